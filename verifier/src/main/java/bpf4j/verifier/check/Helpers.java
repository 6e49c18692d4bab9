package bpf4j.verifier.check;

import bpf4j.isa.Insn;
import bpf4j.spec.HelperSpec;
import bpf4j.spec.HelperSpec.Arg;
import bpf4j.spec.HelperSpec.ArgKind;
import bpf4j.spec.HelperSpec.Trait;
import bpf4j.spec.MapHelpers;
import bpf4j.spec.MapSpec;
import bpf4j.spec.MapType;
import bpf4j.verifier.cfg.Callbacks;
import bpf4j.verifier.domain.Scalar;
import bpf4j.verifier.report.Rule;
import bpf4j.verifier.report.Violation;
import bpf4j.verifier.state.Kind;
import bpf4j.verifier.state.Reference;
import bpf4j.verifier.state.Reg;

import java.util.List;
import java.util.Set;

/// Calls of helpers: what they need and what they leave behind.
final class Helpers {
    private static final int MAP_LOOKUP_ELEM = 1;
    private static final int GET_SMP_PROCESSOR_ID = 8;
    private static final int TAIL_CALL = 12;
    private static final int PROBE_READ_STR = 45;
    private static final int GET_STACK = 67;
    private static final int GET_LOCAL_STORAGE = 81;
    private static final int SK_FULLSOCK = 95;
    private static final int TCP_SOCK = 96;
    private static final int PROBE_READ_USER_STR = 114;
    private static final int PROBE_READ_KERNEL_STR = 115;
    private static final int GET_TASK_STACK = 141;
    private static final int SNPRINTF = 165;
    private static final int GET_FUNC_IP = 173;
    private static final int DYNPTR_FROM_MEM = 197;
    private static final int DYNPTR_WRITE = 202;
    private static final int DYNPTR_DATA = 203;
    private static final int MAX_ERRNO = 4095;
    private static final int MAX_CPUS = 8192;
    private static final int LAST_LINUX = 211;
    private static final Set<Integer> CHANGE_MAPS = Set.of(2, 3, 87, 88);

    private final Env env;
    private final Arguments arguments;
    private final StackMemory stack;
    private final Dynptrs dynptrs;
    private final MapFields fields;
    private final Calls calls;
    private final CallbackCalls callbacks;

    Helpers(
            Env env,
            Arguments arguments,
            StackMemory stack,
            Dynptrs dynptrs,
            MapFields fields,
            Calls calls,
            CallbackCalls callbacks) {
        this.env = env;
        this.arguments = arguments;
        this.stack = stack;
        this.dynptrs = dynptrs;
        this.fields = fields;
        this.calls = calls;
        this.callbacks = callbacks;
    }

    /// Calls a helper; returns the next instruction.
    int call(Insn.CallHelper insn) {
        HelperSpec helper = env.spec.type().helper(insn.id());
        if (helper == null) {
            throw unknown(insn.id());
        }
        checkPermitted(helper);
        CallMeta meta = new CallMeta(helper);
        List<Arg> args = helper.args();
        for (int i = 0; i < args.size(); i++) {
            arguments.check(args.get(i), args.get(Math.max(0, i - 1)), i + 1, meta);
        }
        checkMap(helper, meta);
        stack.writeRaw(meta);
        if (meta.releaseRegister != 0) {
            release(helper, meta);
        }
        boolean changesPacket = special(helper, meta);
        env.clobberCallerSaved();
        env.set(0, result(helper, meta));
        if (meta.map != null && !MapHelpers.compatible(meta.map.type(), helper, env.spec.type())) {
            throw Violation.invalid(
                    Rule.MAP_AND_HELPER,
                    1,
                    "cannot pass map_type "
                            + meta.map.type().number()
                            + " into func bpf_"
                            + helper.name()
                            + "#"
                            + helper.id());
        }
        if (helper.id() == TAIL_CALL) {
            return afterTailCall();
        }
        if (changesPacket || helper.is(Trait.CHANGES_PACKET)) {
            env.forgetPackets();
        }
        return env.pc + 1;
    }

    /// A tail call goes on here when it fails, which changes nothing. One that succeeds never
    /// comes back to the main program; a subprogram's caller gets the called program's result.
    private int afterTailCall() {
        if (env.state.current == 0) {
            return env.pc + 1;
        }
        env.fork(env.pc + 1);
        env.forgetPackets();
        env.set(0, Reg.UNKNOWN);
        return calls.leave();
    }

    private static Violation unknown(int id) {
        HelperSpec known = bpf4j.spec.Helpers.byNumber(id);
        if (id < 0 || id > LAST_LINUX) {
            return Violation.invalid(Rule.UNKNOWN_HELPER, -1, "invalid func unknown#" + id);
        }
        return Violation.invalid(
                Rule.HELPER_NOT_PERMITTED,
                -1,
                "program of this type cannot use helper "
                        + (id == 0
                                ? "bpf_unspec"
                                : known == null ? "unknown" : "bpf_" + known.name())
                        + "#"
                        + id);
    }

    private void checkPermitted(HelperSpec helper) {
        if ((helper.is(Trait.NEEDS_BPF) && !env.bpf)
                || (helper.is(Trait.NEEDS_PERFMON) && !env.allowPointerLeaks)) {
            throw Violation.invalid(
                    Rule.HELPER_NOT_PERMITTED,
                    -1,
                    "program of this type cannot use helper bpf_"
                            + helper.name()
                            + "#"
                            + helper.id());
        }
        if (helper.is(Trait.GPL_ONLY) && !Licences.isGplCompatible(env.spec.license())) {
            throw Violation.invalid(
                    Rule.LICENCE,
                    -1,
                    "cannot call GPL-restricted function from non-GPL compatible program");
        }
        if (helper.is(Trait.MIGHT_SLEEP)) {
            if (!env.state.sleepable) {
                throw Violation.invalid(
                        Rule.SLEEPING, -1, "helper call might sleep in a non-sleepable prog");
            }
            if (env.state.rcuLocks > 0 || env.state.preemptLocks > 0) {
                throw Violation.invalid(
                        Rule.SLEEPING,
                        -1,
                        "sleepable helper bpf_"
                                + helper.name()
                                + "#"
                                + helper.id()
                                + " in "
                                + (env.state.rcuLocks > 0
                                        ? "rcu_read_lock region"
                                        : "non-preemptible region"));
            }
        }
    }

    private void checkMap(HelperSpec helper, CallMeta meta) {
        MapSpec map = meta.map;
        if (map != null && Memory.isReadOnly(map) && CHANGE_MAPS.contains(helper.id())) {
            throw Violation.access(Rule.READ_ONLY_MEMORY, 1, "write into map forbidden");
        }
        if (helper.id() == TAIL_CALL && map != null) {
            if (map.type() != MapType.PROG_ARRAY) {
                throw Violation.invalid(
                        Rule.MAP_AND_HELPER, 2, "expected prog array map for tail call");
            }
            Reg index = env.reg(3);
            if (index.isScalar()
                    && index.var.isConst()
                    && Long.compareUnsigned(index.var.value(), map.maxEntries()) < 0) {
                env.precise.register(3);
            }
        }
    }

    private void release(HelperSpec helper, CallMeta meta) {
        Reg reg = env.reg(meta.releaseRegister);
        boolean released;
        if (helper.args().get(meta.releaseRegister - 1).kind() == ArgKind.DYNPTR) {
            dynptrs.release(reg);
            released = true;
        } else if (meta.ref != 0) {
            released = releaseReference(meta.ref);
        } else {
            released = reg.isNull();
        }
        if (!released) {
            throw Violation.invalid(
                    Rule.REFERENCE,
                    meta.releaseRegister,
                    "func bpf_"
                            + helper.name()
                            + "#"
                            + helper.id()
                            + " reference has not been acquired before");
        }
    }

    private boolean releaseReference(int ref) {
        if (!env.state.release(ref)) {
            return false;
        }
        Env.replaceAll(env.state, reg -> reg.ref == ref ? env.invalidated() : reg);
        return true;
    }

    /// What single helpers do besides; returns whether packet pointers are invalid afterwards.
    private boolean special(HelperSpec helper, CallMeta meta) {
        switch (helper.id()) {
            case TAIL_CALL -> calls.checkResources("tail_call", true);
            case GET_LOCAL_STORAGE -> {
                if (!env.reg(2).isNull()) {
                    throw Violation.invalid(
                            Rule.HELPER_ARGUMENT,
                            2,
                            "get_local_storage() doesn't support non-zero flags");
                }
                env.precise.register(2);
            }
            case Callbacks.FOR_EACH_MAP_ELEM -> callbacks.forEach(meta);
            case Callbacks.TIMER_SET_CALLBACK -> callbacks.timer(meta);
            case Callbacks.LOOP -> callbacks.loop(meta);
            case Callbacks.USER_RINGBUF_DRAIN -> callbacks.drain(meta);
            case Callbacks.FIND_VMA ->
                    throw Violation.invalid(
                            Rule.KERNEL_TYPES, -1, "bpf_find_vma needs kernel types");
            case SNPRINTF -> {
                long length = env.reg(5).var.value();
                Reg format = env.reg(3);
                int start = (int) (format.off + format.var.value());
                if (length % 8 != 0
                        || !FormatString.isValid(format.theMap(), start, (int) (length / 8))) {
                    throw Violation.invalid(Rule.HELPER_ARGUMENT, 3, "Invalid format string");
                }
            }
            case GET_FUNC_IP -> {
                if (!env.spec.type().name().equals("kprobe")) {
                    throw Violation.of(
                            Rule.HELPER_NOT_PERMITTED,
                            Violation.ENOTSUPP,
                            "func bpf_get_func_ip#173 not supported for program type "
                                    + env.spec.type().number());
                }
            }
            case DYNPTR_FROM_MEM -> {
                Kind kind = env.reg(1).kind;
                if (kind != Kind.MAP_VALUE) {
                    throw Violation.access(
                            Rule.DYNPTR,
                            1,
                            "Unsupported reg type "
                                    + env.reg(1).typeName()
                                    + " for bpf_dynptr_from_mem data");
                }
            }
            case DYNPTR_DATA -> {
                Reg stored = dynptrs.stored(env.reg(1));
                meta.dynptrId = stored.id;
                meta.ref = stored.ref;
            }
            case DYNPTR_WRITE -> {
                return dynptrs.stored(env.reg(1)).size == Dynptrs.SKB;
            }
            default -> {}
        }
        return false;
    }

    private Reg result(HelperSpec helper, CallMeta meta) {
        Reg reg =
                switch (helper.returns()) {
                    case INTEGER -> Reg.scalar(range(helper.id(), meta));
                    case VOID -> Reg.NOT_INIT;
                    case MAP_VALUE -> mapValue(meta, false);
                    case MAP_VALUE_OR_NULL -> mapValue(meta, !isAlwaysFound(helper, meta));
                    case SOCKET_OR_NULL -> nullable(Kind.SOCKET);
                    case TCP_SOCK_OR_NULL -> nullable(Kind.TCP_SOCK);
                    case SOCK_COMMON_OR_NULL -> nullable(Kind.SOCK_COMMON);
                    case RINGBUF_MEM_OR_NULL -> memory(meta, Reg.OR_NULL | Reg.RINGBUF);
                    case DYNPTR_MEM_OR_NULL -> memory(meta, Reg.OR_NULL);
                    case BTF_ID, BTF_ID_TRUSTED, MEM_OR_BTF_ID -> Reg.pointer(Kind.KERNEL);
                    case BTF_ID_OR_NULL, MEM_OR_BTF_ID_OR_NULL -> nullable(Kind.KERNEL);
                };
        if (reg.isNullable()) {
            reg = reg.withId(env.newId());
        }
        int id = helper.id();
        if (id == SK_FULLSOCK || id == TCP_SOCK || id == DYNPTR_DATA || isCast(id)) {
            return reg.withRef(meta.ref);
        }
        boolean acquires =
                helper.is(Trait.ACQUIRES)
                        || (id == MAP_LOOKUP_ELEM
                                && meta.map != null
                                && (meta.map.type() == MapType.SOCKMAP
                                        || meta.map.type() == MapType.SOCKHASH));
        if (acquires) {
            int ref = env.newId();
            env.state.acquire(
                    new Reference(ref, env.pc, env.frame().inCallback ? env.state.current : 0));
            return reg.withId(ref).withRef(ref);
        }
        return reg;
    }

    private static boolean isCast(int id) {
        return id >= 136 && id <= 140;
    }

    private static Reg nullable(Kind kind) {
        return Reg.pointer(kind).withFlags(Reg.OR_NULL);
    }

    private static Reg memory(CallMeta meta, int flags) {
        int size = (int) Math.min(Integer.toUnsignedLong((int) meta.memSize), Integer.MAX_VALUE);
        return Reg.pointer(Kind.MEM, size).withFlags(flags).withExtra(meta.dynptrId);
    }

    private Reg mapValue(CallMeta meta, boolean nullable) {
        MapSpec map = meta.theMap();
        Reg reg = Reg.ofMap(Kind.MAP_VALUE, map, meta.mapId);
        if (nullable) {
            return reg.withFlags(Reg.OR_NULL);
        }
        return fields.has(map, "bpf_spin_lock") ? reg.withId(env.newId()) : reg;
    }

    /// An array's element exists when the index is known to be inside.
    private static boolean isAlwaysFound(HelperSpec helper, CallMeta meta) {
        return helper.id() == MAP_LOOKUP_ELEM
                && meta.constantKey >= 0
                && meta.constantKey < Integer.toUnsignedLong(meta.theMap().maxEntries());
    }

    private static Scalar range(int id, CallMeta meta) {
        return switch (id) {
            case GET_STACK,
                    GET_TASK_STACK,
                    PROBE_READ_STR,
                    PROBE_READ_KERNEL_STR,
                    PROBE_READ_USER_STR ->
                    Scalar.signedRange(-MAX_ERRNO, meta.sizeMax);
            case GET_SMP_PROCESSOR_ID -> Scalar.unsignedRange(0, MAX_CPUS - 1);
            default -> Scalar.UNKNOWN;
        };
    }
}
