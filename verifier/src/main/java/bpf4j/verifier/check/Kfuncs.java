package bpf4j.verifier.check;

import bpf4j.isa.Insn;
import bpf4j.spec.HelperSpec.Arg;
import bpf4j.spec.HelperSpec.ArgFlag;
import bpf4j.spec.HelperSpec.ArgKind;
import bpf4j.spec.KfuncSpec;
import bpf4j.verifier.report.Rule;
import bpf4j.verifier.report.Violation;
import bpf4j.verifier.state.Frame;
import bpf4j.verifier.state.Kind;
import bpf4j.verifier.state.Reference;
import bpf4j.verifier.state.Reg;
import bpf4j.verifier.state.Slot;
import bpf4j.verifier.state.State;

import java.util.List;

/// Calls of kfuncs: iterators, dynptrs, read-side sections.
final class Kfuncs {
    private static final int ACTIVE = 1;
    private static final int DRAINED = 2;

    private final Env env;
    private final Arguments arguments;
    private final HelperMemory helperMemory;
    private final Memory memory;
    private final StackMemory stack;
    private final Dynptrs dynptrs;
    private Instructions.Loops loops = new Instructions.Loops() {};

    Kfuncs(
            Env env,
            Arguments arguments,
            HelperMemory helperMemory,
            Memory memory,
            StackMemory stack,
            Dynptrs dynptrs) {
        this.env = env;
        this.arguments = arguments;
        this.helperMemory = helperMemory;
        this.memory = memory;
        this.stack = stack;
        this.dynptrs = dynptrs;
    }

    void follow(Instructions.Loops how) {
        loops = how;
    }

    /// Calls a kfunc; returns the next instruction.
    int call(Insn.CallKfunc insn) {
        String name = env.cfg.kfunc(insn);
        KfuncSpec kfunc = bpf4j.spec.Kfuncs.byName(name);
        if (kfunc == null) {
            throw Violation.invalid(
                    Rule.KERNEL_TYPES, -1, "kernel function " + name + " is not known here");
        }
        if (!kfunc.allowedIn(env.spec.type())) {
            throw Violation.access(
                    Rule.HELPER_NOT_PERMITTED,
                    -1,
                    "calling kernel function " + name + " is not allowed");
        }
        sections(kfunc);
        CallMeta meta = new CallMeta(null);
        List<Arg> args = kfunc.args();
        for (int i = 0; i < args.size(); i++) {
            check(kfunc, args, i, meta);
        }
        int size = (int) meta.memSize;
        boolean next = kfunc.role() == KfuncSpec.Role.ITER_NEXT;
        stack.writeRaw(meta);
        env.clobberCallerSaved();
        Reg result =
                switch (kfunc.returns()) {
                    case VOID -> Reg.NOT_INIT;
                    case INTEGER -> Reg.UNKNOWN;
                    case MEM4_OR_NULL ->
                            Reg.pointer(Kind.MEM, kfunc.name().contains("bits") ? 8 : 4)
                                    .withFlags(Reg.OR_NULL | Reg.READ_ONLY)
                                    .withRef(meta.ref);
                    case SLICE_OR_NULL -> slice(kfunc, meta, size);
                };
        if (result.isNullable()) {
            result = result.withId(env.newId());
        }
        env.set(0, result);
        if (next) {
            iterate(meta);
        }
        return env.pc + 1;
    }

    private Reg slice(KfuncSpec kfunc, CallMeta meta, int size) {
        boolean packet = meta.dynptrType == Dynptrs.SKB || meta.dynptrType == Dynptrs.XDP;
        boolean write = kfunc.role() == KfuncSpec.Role.SLICE_RDWR;
        if (write
                && packet
                && env.spec.type().packet() != bpf4j.spec.ProgramType.PacketAccess.READ_WRITE) {
            throw Violation.invalid(
                    Rule.READ_ONLY_MEMORY, 1, "the prog does not allow writes to packet data");
        }
        int flags = Reg.OR_NULL | (write ? 0 : Reg.READ_ONLY) | (packet ? Reg.PACKET_SLICE : 0);
        return Reg.pointer(Kind.MEM, size)
                .withFlags(flags)
                .withExtra(meta.dynptrId)
                .withRef(meta.ref);
    }

    private void sections(KfuncSpec kfunc) {
        State state = env.state;
        switch (kfunc.role()) {
            case RCU_LOCK -> {
                if (state.rcuLocks > 0) {
                    throw Violation.invalid(
                            Rule.LOCK,
                            -1,
                            "nested rcu read lock (kernel function " + kfunc.name() + ")");
                }
                state.rcuLocks++;
            }
            case RCU_UNLOCK -> {
                if (state.rcuLocks == 0) {
                    throw Violation.invalid(
                            Rule.LOCK,
                            -1,
                            "unmatched rcu read unlock (kernel function " + kfunc.name() + ")");
                }
                state.rcuLocks--;
            }
            case PREEMPT_DISABLE -> state.preemptLocks++;
            case PREEMPT_ENABLE -> {
                if (state.preemptLocks == 0) {
                    throw Violation.invalid(
                            Rule.LOCK,
                            -1,
                            "unmatched attempt to enable preemption (kernel function "
                                    + kfunc.name()
                                    + ")");
                }
                state.preemptLocks--;
            }
            default -> {}
        }
    }

    private void check(KfuncSpec kfunc, List<Arg> args, int index, CallMeta meta) {
        int regno = index + 1;
        Arg arg = args.get(index);
        if (arg.kind() == ArgKind.IGNORED) {
            return;
        }
        Reg reg = env.reg(regno);
        if (arg.kind() != ArgKind.ANYTHING && arg.kind() != ArgKind.CONST) {
            boolean trusted = args.getFirst().kind() == ArgKind.CTX;
            if (trusted && (reg.isNull() || reg.isNullable())) {
                throw Violation.access(
                        Rule.NULL_DEREFERENCE,
                        regno,
                        "Possibly NULL pointer passed to trusted arg" + index);
            }
            helperMemory.checkArgumentOffset(reg, regno, false, arg.kind() == ArgKind.DYNPTR);
        }
        switch (arg.kind()) {
            case ITER -> iterator(kfunc, arg, reg, regno, meta);
            case DYNPTR -> dynptr(kfunc, arg, reg, regno, meta);
            case CONST -> {
                constant(reg, regno);
                meta.memSize = reg.var.value();
            }
            case SLICE -> {
                Reg size = env.reg(regno + 1);
                if (!size.isScalar()) {
                    throw Violation.invalid(
                            Rule.HELPER_ARGUMENT,
                            regno + 1,
                            "arg#"
                                    + index
                                    + " pointer type UNKNOWN  must point to scalar, or struct with"
                                    + " scalar");
                }
                if (!reg.isNull()) {
                    Reg saved = reg;
                    if (reg.isNullable()) {
                        env.set(regno, helperMemory.notNull(reg));
                    }
                    checkSized(index);
                    env.set(regno, saved);
                }
            }
            case ANYTHING -> {
                if (!reg.isScalar()) {
                    throw notScalar(regno);
                }
            }
            case CTX -> {
                if (reg.kind != Kind.CTX) {
                    throw Violation.invalid(
                            Rule.HELPER_ARGUMENT,
                            regno,
                            "arg#" + index + " expected pointer to ctx, but got " + reg.typeName());
                }
            }
            default -> throw new AssertionError(arg.kind());
        }
    }

    private void checkSized(int index) {
        int size = index + 2;
        try {
            helperMemory.checkSized(size, false, true, new CallMeta(null));
            helperMemory.checkSized(size, true, true, new CallMeta(null));
        } catch (Violation violation) {
            throw new Violation(
                    violation.rule(),
                    violation.errno(),
                    violation.pc(),
                    violation.register(),
                    violation.kernelText()
                            + "\narg#"
                            + index
                            + " arg#"
                            + (index + 1)
                            + " memory, len pair leads to invalid memory access");
        }
    }

    private static Violation notScalar(int regno) {
        return Violation.invalid(Rule.HELPER_ARGUMENT, regno, "R" + regno + " is not a scalar");
    }

    private void constant(Reg reg, int regno) {
        if (!reg.isScalar()) {
            throw notScalar(regno);
        }
        if (!reg.var.isConst()) {
            throw Violation.invalid(
                    Rule.HELPER_ARGUMENT, regno, "R" + regno + " must be a known constant");
        }
        env.precise.register(regno);
    }

    private void dynptr(KfuncSpec kfunc, Arg arg, Reg reg, int regno, CallMeta meta) {
        if (kfunc.role() == KfuncSpec.Role.CLONE && arg.flags().contains(ArgFlag.UNINIT)) {
            Reg source = meta.clone;
            if (source == null) {
                throw new AssertionError("a clone without a source");
            }
            if (reg.kind != Kind.STACK) {
                arguments.dynptr(arg, reg, regno);
            }
            arguments.createDynptr(arg, reg, regno, source);
            return;
        }
        arguments.dynptr(arg, reg, regno);
        if (!arg.flags().contains(ArgFlag.UNINIT)) {
            Reg stored = dynptrs.stored(reg);
            meta.clone = stored;
            meta.dynptrId = stored.id;
            meta.dynptrType = stored.size;
            meta.ref = stored.ref;
        }
    }

    private void iterator(KfuncSpec kfunc, Arg arg, Reg reg, int regno, CallMeta meta) {
        boolean bits = arg.flags().contains(ArgFlag.ITER_BITS);
        int slots = bits ? 2 : 1;
        String name = bits ? "iter_bits" : "iter_num";
        if (reg.kind != Kind.STACK) {
            throw Violation.invalid(
                    Rule.ITERATOR,
                    regno,
                    "arg#" + (regno - 1) + " expected pointer to an iterator on stack");
        }
        int slot = dynptrs.slotOf(reg, "iter", slots);
        if (kfunc.role() == KfuncSpec.Role.ITER_NEW) {
            create(reg, regno, slot, slots, bits, name);
            return;
        }
        if (slot < 0 || !isActive(env.frameOf(reg), slot, slots, bits)) {
            throw Violation.invalid(
                    Rule.ITERATOR,
                    regno,
                    (slot == Dynptrs.WRONG ? dynptrs.complaint() : "")
                            + "expected an initialized "
                            + name
                            + " as arg #"
                            + (regno - 1));
        }
        Frame frame = env.frameOf(reg);
        for (int i = 0; i < slots; i++) {
            env.state.markRead(frame.number, slot - i);
        }
        meta.iteratorFrame = frame.number;
        meta.iteratorSlot = slot;
        meta.ref = frame.slot(slot).stored().ref;
        if (kfunc.role() == KfuncSpec.Role.ITER_DESTROY) {
            int ref = meta.ref;
            env.state.release(ref);
            Env.replaceAll(env.state, other -> other.ref == ref ? env.invalidated() : other);
            for (int i = 0; i < slots; i++) {
                frame.set(slot - i, Slot.EMPTY);
                env.state.written[frame.number] |= 1L << (slot - i);
            }
        }
    }

    private static boolean isActive(Frame frame, int slot, int slots, boolean bits) {
        for (int i = 0; i < slots; i++) {
            Slot part = frame.slot(slot - i);
            if (!part.isIterator()
                    || (part.stored().ref != 0) != (i == 0)
                    || part.stored().mapId != 0
                    || (part.stored().off == 1) != bits) {
                return false;
            }
        }
        return true;
    }

    private void create(Reg reg, int regno, int slot, int slots, boolean bits, String name) {
        boolean used = slot == Dynptrs.WRONG;
        Frame frame = env.frameOf(reg);
        for (int i = 0; slot >= 0 && i < slots; i++) {
            used |= frame.slot(slot - i).isIterator();
        }
        if (used) {
            throw Violation.invalid(
                    Rule.ITERATOR,
                    regno,
                    (slot == Dynptrs.WRONG ? dynptrs.complaint() : "")
                            + "expected uninitialized "
                            + name
                            + " as arg #"
                            + (regno - 1));
        }
        for (int i = 0; i < slots; i++) {
            memory.store(regno, 8 * i, 8, -1, null, false);
        }
        slot = dynptrs.slotOf(reg, "iter", slots);
        int ref = env.newId();
        env.state.acquire(
                new Reference(ref, env.pc, env.frame().inCallback ? env.state.current : 0));
        for (int i = 0; i < slots; i++) {
            Reg part =
                    Reg.pointer(Kind.ITERATOR, ACTIVE)
                            .withOff(bits ? 1 : 0)
                            .withRef(i == 0 ? ref : 0);
            frame.set(slot - i, Slot.of(Slot.ITERATOR, part));
            env.state.written[frame.number] |= 1L << (slot - i);
        }
    }

    /// The iterator gives another element on a path of its own; on this path it is at its end.
    private void iterate(CallMeta meta) {
        Frame frame = env.state.frame(meta.iteratorFrame);
        Reg iterator = frame.slot(meta.iteratorSlot).stored();
        if (iterator.size == ACTIVE) {
            State other = env.fork(env.pc + 1);
            Frame there = other.frame(meta.iteratorFrame);
            there.set(
                    meta.iteratorSlot,
                    there.slot(meta.iteratorSlot).withReg(iterator.withExtra(iterator.extra + 1)));
            State parent = env.state.parent;
            if (parent != null) {
                loops.widen(env.pc, other, parent);
            }
            Reg element = other.regs()[0];
            other.regs()[0] = element.withFlags(element.flags & ~Reg.OR_NULL);
        }
        frame.set(
                meta.iteratorSlot,
                frame.slot(meta.iteratorSlot).withReg(iterator.withSize(DRAINED)));
        env.set(0, Reg.ZERO);
    }
}
