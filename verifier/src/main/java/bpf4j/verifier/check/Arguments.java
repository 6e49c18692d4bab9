package bpf4j.verifier.check;

import bpf4j.spec.HelperSpec.Arg;
import bpf4j.spec.HelperSpec.ArgFlag;
import bpf4j.spec.HelperSpec.ArgKind;
import bpf4j.spec.HelperSpec.Trait;
import bpf4j.spec.MapSpec;
import bpf4j.spec.MapType;
import bpf4j.spec.ProgramType;
import bpf4j.spec.ProgramType.PacketAccess;
import bpf4j.verifier.report.Rule;
import bpf4j.verifier.report.Violation;
import bpf4j.verifier.state.Kind;
import bpf4j.verifier.state.Reg;

import org.jspecify.annotations.Nullable;

/// The arguments of helpers, one by one.
final class Arguments {
    static final int SPIN_LOCK = 93;
    static final int SPIN_UNLOCK = 94;
    static final int MAP_PEEK_ELEM = 89;
    private static final int INNER_MAP = 1 << 12;

    private final Env env;
    private final Memory memory;
    private final HelperMemory helperMemory;
    private final StackMemory stack;
    private final MapFields fields;
    private final Dynptrs dynptrs;

    Arguments(
            Env env,
            Memory memory,
            HelperMemory helperMemory,
            StackMemory stack,
            MapFields fields,
            Dynptrs dynptrs) {
        this.env = env;
        this.memory = memory;
        this.helperMemory = helperMemory;
        this.stack = stack;
        this.fields = fields;
        this.dynptrs = dynptrs;
    }

    /// Checks the argument in a register.
    ///
    /// @param previous the argument before it, or itself for the first
    void check(Arg arg, Arg previous, int regno, CallMeta meta) {
        Reg reg = env.readable(regno);
        if (arg.kind() == ArgKind.ANYTHING) {
            if (env.isSecret(reg)) {
                throw Violation.access(
                        Rule.POINTER_LEAK, regno, "R" + regno + " leaks addr into helper function");
            }
            return;
        }
        if (reg.kind.isPacket() && !mayPassPacket(meta)) {
            throw Violation.access(
                    Rule.HELPER_ARGUMENT, regno, "helper access to the packet is not allowed");
        }
        ArgKind kind = resolve(arg, meta);
        boolean release = arg.flags().contains(ArgFlag.RELEASE);
        boolean skip = reg.isNull() && arg.flags().contains(ArgFlag.NULLABLE);
        if (skip) {
            env.precise.register(regno);
        } else {
            ArgumentKinds.check(arg, kind, reg, regno);
            helperMemory.checkArgumentOffset(reg, regno, release, kind == ArgKind.DYNPTR);
        }
        if (release) {
            checkRelease(reg, regno, kind, meta);
        }
        if (reg.ref != 0 && reg.kind != Kind.DYNPTR) {
            if (meta.ref != 0) {
                throw new Violation(
                        Rule.REFERENCE,
                        Violation.EFAULT,
                        -1,
                        regno,
                        "more than one arg with ref_obj_id R"
                                + regno
                                + " "
                                + reg.ref
                                + " "
                                + meta.ref);
            }
            meta.ref = reg.ref;
        }
        checkKind(arg, previous, kind, reg, regno, meta, skip);
    }

    private boolean mayPassPacket(CallMeta meta) {
        ProgramType type = env.spec.type();
        return type.is(ProgramType.Trait.PACKET_TO_ANY_HELPER)
                || (type.packet() != PacketAccess.NONE
                        && meta.helper != null
                        && meta.helper.is(Trait.PACKET_ACCESS));
    }

    private static ArgKind resolve(Arg arg, CallMeta meta) {
        ArgKind kind = arg.kind();
        if (kind != ArgKind.MAP_VALUE || meta.map == null) {
            return kind;
        }
        MapType type = meta.map.type();
        if (type != MapType.SOCKMAP && type != MapType.SOCKHASH) {
            return kind;
        }
        if (arg.flags().contains(ArgFlag.UNINIT)) {
            throw Violation.invalid(
                    Rule.MAP_AND_HELPER, -1, "invalid arg_type for sockmap/sockhash");
        }
        return ArgKind.BTF_ID_SOCK_COMMON;
    }

    private void checkRelease(Reg reg, int regno, ArgKind kind, CallMeta meta) {
        if (kind == ArgKind.DYNPTR) {
            if (reg.kind != Kind.STACK) {
                throw Violation.invalid(
                        Rule.DYNPTR, regno, "cannot release unowned const bpf_dynptr");
            }
            int slot = dynptrs.slotOf(reg);
            if (slot < 0 || env.frameOf(reg).slot(slot).stored().ref == 0) {
                throw Violation.invalid(
                        Rule.DYNPTR,
                        regno,
                        dynptrs.complaint() + "arg " + regno + " is an unacquired reference");
            }
        } else if ((reg.ref == 0 || reg.is(Reg.ADDED_TO_NUMBER)) && !reg.isNull()) {
            throw Violation.invalid(
                    Rule.REFERENCE,
                    regno,
                    "R" + regno + " must be referenced when passed to release function");
        }
        meta.releaseRegister = regno;
    }

    private void checkKind(
            Arg arg,
            Arg previous,
            ArgKind kind,
            Reg reg,
            int regno,
            CallMeta meta,
            boolean isNull) {
        boolean writes =
                arg.flags().contains(ArgFlag.WRITE) || arg.flags().contains(ArgFlag.UNINIT);
        switch (kind) {
            case CONST_MAP_PTR -> {
                if (meta.map != null && (meta.map != reg.map || meta.mapId != reg.mapId)) {
                    throw Violation.invalid(
                            Rule.HELPER_ARGUMENT,
                            regno,
                            "timer pointer in R1 map_uid="
                                    + meta.mapId
                                    + " doesn't match map pointer in R2 map_uid="
                                    + reg.mapId);
                }
                meta.map = reg.map;
                meta.mapId = reg.mapId;
            }
            case MAP_KEY -> {
                MapSpec map = meta.theMap();
                helperMemory.check(regno, map.keySize(), false, false, null);
                if ((map.type() == MapType.ARRAY || map.type() == MapType.PERCPU_ARRAY)
                        && (map.flags() & INNER_MAP) == 0) {
                    meta.constantKey = stack.constantKey(reg, map.keySize());
                }
            }
            case MAP_VALUE -> {
                if (!isNull) {
                    meta.raw = arg.flags().contains(ArgFlag.UNINIT);
                    helperMemory.check(regno, meta.theMap().valueSize(), writes, false, meta);
                }
            }
            case MEM -> meta.raw = arg.flags().contains(ArgFlag.UNINIT);
            case FIXED_MEM -> {
                meta.raw = arg.flags().contains(ArgFlag.UNINIT);
                helperMemory.check(regno, arg.size(), writes, false, meta);
                if (arg.flags().contains(ArgFlag.ALIGNED)) {
                    memory.checkAlignment(reg, 0, arg.size(), true);
                }
            }
            case CONST_SIZE, CONST_SIZE_OR_ZERO ->
                    helperMemory.checkSized(
                            regno,
                            previous.flags().contains(ArgFlag.WRITE)
                                    || previous.flags().contains(ArgFlag.UNINIT),
                            kind == ArgKind.CONST_SIZE_OR_ZERO,
                            meta);
            case CONST_ALLOC_SIZE_OR_ZERO -> {
                if (!reg.var.isConst()) {
                    throw Violation.access(
                            Rule.HELPER_ARGUMENT, regno, "R" + regno + " is not a known constant'");
                }
                meta.memSize = reg.var.value();
                env.precise.register(regno);
            }
            case SPIN_LOCK -> spinLock(reg, regno, meta);
            case TIMER -> timer(reg, regno, meta);
            case FUNC -> meta.subprogram = isNull ? -1 : reg.size;
            case DYNPTR -> dynptr(arg, reg, regno);
            case CONST_STR -> constantText(reg, regno);
            case KPTR, PERCPU_BTF_ID ->
                    throw Violation.invalid(
                            Rule.KERNEL_TYPES,
                            regno,
                            "R" + regno + " must point to a kernel object, which has no type here");
            case CTX,
                    SOCK_COMMON,
                    SOCKET,
                    BTF_ID,
                    BTF_ID_SOCK_COMMON,
                    RINGBUF_MEM,
                    STACK,
                    ITER,
                    CONST,
                    IGNORED,
                    SLICE,
                    ANYTHING -> {}
        }
    }

    private void spinLock(Reg reg, int regno, CallMeta meta) {
        MapSpec map = field(reg, regno, "bpf_spin_lock");
        boolean lock = meta.helper != null && meta.helper.id() == SPIN_LOCK;
        if (lock) {
            if (env.state.lockedMap != null) {
                throw Violation.invalid(
                        Rule.LOCK, regno, "Locking two bpf_spin_locks are not allowed");
            }
            env.state.lockedMap = map;
            env.state.lockId = reg.id;
            return;
        }
        if (env.state.lockedMap == null) {
            throw Violation.invalid(Rule.LOCK, regno, "bpf_spin_unlock without taking a lock");
        }
        if (env.state.lockedMap != map || env.state.lockId != reg.id) {
            throw Violation.invalid(Rule.LOCK, regno, "bpf_spin_unlock of different lock");
        }
        env.state.lockedMap = null;
        env.state.lockId = 0;
    }

    private void timer(Reg reg, int regno, CallMeta meta) {
        meta.map = field(reg, regno, "bpf_timer");
        meta.mapId = reg.mapId;
    }

    /// The map in whose value a register points to a special field.
    private MapSpec field(Reg reg, int regno, String type) {
        if (!reg.var.isConst()) {
            throw Violation.invalid(
                    Rule.SPECIAL_FIELD,
                    regno,
                    "R"
                            + regno
                            + " doesn't have constant offset. "
                            + type
                            + " has to be at the constant offset");
        }
        MapSpec map = reg.theMap();
        if (map.btf() == null || map.valueType() == 0) {
            throw Violation.invalid(
                    Rule.SPECIAL_FIELD,
                    regno,
                    "map '" + map.name() + "' has to have BTF in order to use " + type);
        }
        MapFields.Field field = fields.first(map, type);
        if (field == null) {
            throw Violation.invalid(
                    Rule.SPECIAL_FIELD, regno, "map '" + map.name() + "' has no valid " + type);
        }
        long off = reg.off + reg.var.value();
        if (field.offset() != off) {
            throw Violation.invalid(
                    Rule.SPECIAL_FIELD,
                    regno,
                    "off "
                            + off
                            + " doesn't point to 'struct "
                            + type
                            + "' that is at "
                            + field.offset());
        }
        return map;
    }

    void dynptr(Arg arg, Reg reg, int regno) {
        if (reg.kind != Kind.STACK && reg.kind != Kind.DYNPTR) {
            throw Violation.invalid(
                    Rule.DYNPTR,
                    regno,
                    "arg#" + (regno - 1) + " expected pointer to stack or const struct bpf_dynptr");
        }
        if (arg.flags().contains(ArgFlag.UNINIT)) {
            createDynptr(arg, reg, regno, null);
            return;
        }
        if (reg.kind == Kind.DYNPTR && !arg.flags().contains(ArgFlag.RDONLY)) {
            throw Violation.invalid(
                    Rule.DYNPTR,
                    regno,
                    "cannot pass pointer to const bpf_dynptr, the helper mutates it");
        }
        if (!dynptrs.isInitialised(reg)) {
            throw Violation.invalid(
                    Rule.DYNPTR,
                    regno,
                    dynptrs.complaint() + "Expected an initialized dynptr as arg #" + (regno - 1));
        }
        int type = Dynptrs.typeOf(arg.flags());
        if (type != 0 && dynptrs.stored(reg).size != type) {
            throw Violation.invalid(
                    Rule.DYNPTR,
                    regno,
                    "Expected a dynptr of type " + Dynptrs.name(type) + " as arg #" + (regno - 1));
        }
        dynptrs.markRead(reg);
    }

    /// A dynptr is made on the stack.
    ///
    /// @param clone what is stored of the dynptr that it is a clone of, or null
    void createDynptr(Arg arg, Reg reg, int regno, @Nullable Reg clone) {
        int slot = reg.kind == Kind.DYNPTR ? Dynptrs.WRONG : dynptrs.slotOf(reg);
        if (slot == Dynptrs.WRONG) {
            throw Violation.invalid(
                    Rule.DYNPTR,
                    regno,
                    (reg.kind == Kind.DYNPTR ? "" : dynptrs.complaint())
                            + "Dynptr has to be an uninitialized dynptr");
        }
        memory.store(regno, 0, 8, -1, null, false);
        memory.store(regno, 8, 8, -1, null, false);
        int type = clone == null ? Dynptrs.typeOf(arg.flags()) : clone.size;
        dynptrs.create(reg, type, clone == null ? 0 : clone.ref);
    }

    private void constantText(Reg reg, int regno) {
        MapSpec map = reg.theMap();
        if (!map.isConstant()) {
            throw Violation.access(
                    Rule.HELPER_ARGUMENT,
                    regno,
                    "R" + regno + " does not point to a readonly map'");
        }
        if (!reg.var.isConst()) {
            throw Violation.access(
                    Rule.HELPER_ARGUMENT, regno, "R" + regno + " is not a constant address'");
        }
        memory.checkMapAccess(regno, reg.off, map.valueSize() - reg.off, false);
        for (int i = (int) (reg.off + reg.var.value()); i < map.valueSize(); i++) {
            if (map.constant(i, 1) == 0) {
                return;
            }
        }
        throw Violation.invalid(Rule.HELPER_ARGUMENT, regno, "string is not zero-terminated");
    }
}
