package bpf4j.verifier.facts;

import bpf4j.isa.AluOp;
import bpf4j.isa.AtomicOp;
import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.isa.Size;
import bpf4j.isa.Width;
import bpf4j.spec.ContextLayout;
import bpf4j.spec.LoadPolicy;
import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.domain.Scalar;
import bpf4j.verifier.facts.Value.Any;
import bpf4j.verifier.facts.Value.Number;
import bpf4j.verifier.facts.Value.Pointer;

import org.jspecify.annotations.Nullable;

/// What an instruction does to a frame, calls and jumps excepted.
final class Transfer {
    private final ProgramSpec spec;
    private final LoadPolicy policy;

    Transfer(ProgramSpec spec, LoadPolicy policy) {
        this.spec = spec;
        this.policy = policy;
    }

    /// The value of an operand.
    static Value operand(FrameState state, Operand operand) {
        return switch (operand) {
            case Operand.Reg(int number) -> state.regs[number];
            case Operand.Imm(int value) -> Number.constant(value);
        };
    }

    /// Where an instruction accesses memory, or null when it does not.
    static @Nullable Access access(FrameState state, Insn insn) {
        return switch (insn) {
            case Insn.Load load -> access(state.regs[load.src()], load.off(), load.size());
            case Insn.Store store -> access(state.regs[store.dst()], store.off(), store.size());
            case Insn.Atomic atomic ->
                    access(state.regs[atomic.dst()], atomic.off(), atomic.size());
            case Insn.LoadAcquire load -> access(state.regs[load.src()], load.off(), load.size());
            case Insn.StoreRelease store ->
                    access(state.regs[store.dst()], store.off(), store.size());
            default -> null;
        };
    }

    private static Access access(Value base, int off, Size size) {
        if (!(base instanceof Pointer pointer)) {
            return new Access(null, -1, Scalar.UNKNOWN, size.bytes());
        }
        Scalar offset =
                off == 0
                        ? pointer.offset()
                        : Scalar.alu64(AluOp.ADD, pointer.offset(), Scalar.constant(off));
        return new Access(pointer.region(), pointer.index(), offset, size.bytes());
    }

    /// Executes an instruction that is neither a call, nor a jump, nor an exit.
    void execute(FrameState state, int pc, Insn insn) {
        Value[] regs = state.regs;
        switch (insn) {
            case Insn.Alu alu -> regs[alu.dst()] = alu(state, alu);
            case Insn.Neg neg ->
                    regs[neg.dst()] =
                            Values.number(Scalar.neg(neg.width(), regs[neg.dst()].bits()));
            case Insn.MovSx mov ->
                    regs[mov.dst()] =
                            Values.number(
                                    Scalar.movsx(mov.width(), mov.bits(), regs[mov.src()].bits()));
            case Insn.ByteSwap swap ->
                    regs[swap.dst()] =
                            Values.number(
                                    Scalar.tightByteSwap(
                                            swap.kind(), swap.bits(), regs[swap.dst()].bits()));
            case Insn.AddrSpaceCast cast -> regs[cast.dst()] = Any.MIXED;
            case Insn.LoadImm64 load -> regs[load.dst()] = immediate(pc, load);
            case Insn.Load load -> {
                Value loaded = load(state, access(regs[load.src()], load.off(), load.size()));
                regs[load.dst()] =
                        load.signed()
                                ? Values.number(loaded.bits().signExtend(load.size().bytes()))
                                : loaded;
            }
            case Insn.LoadAcquire load ->
                    regs[load.dst()] =
                            load(state, access(regs[load.src()], load.off(), load.size()));
            case Insn.Store store ->
                    store(
                            state,
                            access(regs[store.dst()], store.off(), store.size()),
                            operand(state, store.src()));
            case Insn.StoreRelease store ->
                    store(
                            state,
                            access(regs[store.dst()], store.off(), store.size()),
                            regs[store.src()]);
            case Insn.Atomic atomic -> atomic(state, atomic);
            case Insn.LoadAbs load -> legacyLoad(state, load.size());
            case Insn.LoadInd load -> legacyLoad(state, load.size());
            case Insn.Jump _,
                    Insn.JumpIf _,
                    Insn.MayGoto _,
                    Insn.CallHelper _,
                    Insn.CallLocal _,
                    Insn.CallKfunc _,
                    Insn.CallReg _,
                    Insn.Exit _ ->
                    throw new AssertionError(insn);
        }
    }

    private static Value alu(FrameState state, Insn.Alu alu) {
        Value left = state.regs[alu.dst()];
        Value right = operand(state, alu.src());
        boolean wide = alu.width() == Width.W64;
        if (alu.op() == AluOp.MOV) {
            return wide ? right : Values.number(right.bits().zext32());
        }
        boolean same = alu.src() instanceof Operand.Reg(int number) && number == alu.dst();
        if (same && (alu.op() == AluOp.XOR || alu.op() == AluOp.SUB)) {
            return Number.constant(0);
        }
        if (wide && left instanceof Pointer p && !p.nullable()) {
            if (alu.op() == AluOp.ADD && !(right instanceof Pointer)) {
                return moved(p, AluOp.ADD, right.bits());
            }
            if (alu.op() == AluOp.SUB && !(right instanceof Pointer)) {
                return moved(p, AluOp.SUB, right.bits());
            }
        }
        if (wide && alu.op() == AluOp.ADD && right instanceof Pointer p && !p.nullable()) {
            if (!(left instanceof Pointer)) {
                return moved(p, AluOp.ADD, left.bits());
            }
        }
        return Values.number(Scalar.tightAlu(alu.width(), alu.op(), left.bits(), right.bits()));
    }

    /// A pointer at another offset. Exact for any number: addresses wrap around as offsets do.
    private static Pointer moved(Pointer p, AluOp op, Scalar by) {
        return new Pointer(p.region(), p.index(), Scalar.alu64(op, p.offset(), by), false, -1);
    }

    private static Value immediate(int pc, Insn.LoadImm64 load) {
        return switch (load.kind()) {
            case CONST -> Number.constant(load.value());
            case MAP, MAP_IDX -> Pointer.to(Region.MAP_HANDLE, load.imm(), 0);
            case MAP_VALUE, MAP_IDX_VALUE ->
                    Pointer.to(Region.MAP_VALUE, load.imm(), Integer.toUnsignedLong(load.imm2()));
            case FUNC -> Pointer.to(Region.FUNCTION, pc + 1 + load.imm(), 0);
            case BTF_ID -> Any.MIXED;
        };
    }

    private Value load(FrameState state, Access access) {
        int bytes = access.bytes();
        if (access.region() == Region.STACK && access.isFixed()) {
            return state.load(access.offset().value(), bytes);
        }
        if (access.region() == Region.CTX) {
            return field(access);
        }
        if (access.region() == Region.MAP_VALUE && access.isFixed()) {
            return mapValue(access);
        }
        if (access.region() == null && bytes == 4) {
            // Four bytes of a context may be the address of a packet.
            return Any.MIXED;
        }
        // A spilled pointer can only be where pointers can be spilled; elsewhere it is a number.
        return FrameState.unknown(bytes);
    }

    private Value mapValue(Access access) {
        int map = access.map();
        if (map < 0 || map >= spec.maps().size() || !spec.maps().get(map).isConstant()) {
            return FrameState.unknown(access.bytes());
        }
        int at = (int) access.offset().value();
        return Number.constant(spec.maps().get(map).constant(at, access.bytes()));
    }

    private Value field(Access access) {
        int bytes = access.bytes();
        if (!access.isFixed()) {
            return FrameState.unknown(bytes);
        }
        ContextLayout.Field field =
                spec.type().context().field((int) access.offset().value(), bytes, false, policy);
        if (field == null) {
            return Any.MIXED;
        }
        return switch (field.kind()) {
            case SCALAR -> FrameState.unknown(bytes);
            case PACKET, PACKET_META, PACKET_END ->
                    new Pointer(Region.PACKET, -1, Scalar.UNKNOWN, false, -1);
            case SOCKET, SOCK_COMMON_OR_NULL, SOCKET_OR_NULL, FLOW_KEYS, TP_BUFFER -> Any.MIXED;
        };
    }

    private static void store(FrameState state, Access access, Value value) {
        if (access.region() == Region.STACK && access.isFixed()) {
            state.store(access.offset().value(), access.bytes(), value);
        } else {
            overwrite(state, access);
        }
    }

    /// Forgets what an access may change.
    private static void overwrite(FrameState state, Access access) {
        if (access.region() == null) {
            state.forgetIfLeaky();
        } else if (access.region() == Region.STACK) {
            long last = access.offset().smax();
            state.forget(access.offset().smin(), last > 0 ? Long.MAX_VALUE : last + access.bytes());
        }
    }

    private static void atomic(FrameState state, Insn.Atomic atomic) {
        Access access = access(state.regs[atomic.dst()], atomic.off(), atomic.size());
        overwrite(state, access);
        if (atomic.fetch() || atomic.op() == AtomicOp.XCHG || atomic.op() == AtomicOp.CMPXCHG) {
            int result = atomic.op() == AtomicOp.CMPXCHG ? 0 : atomic.src();
            state.regs[result] = FrameState.unknown(access.bytes());
        }
    }

    private static void legacyLoad(FrameState state, Size size) {
        state.regs[0] = new Number(Scalar.ofSize(size.bytes()));
        clobber(state);
    }

    /// Forgets r1 to r5, and what r0 was linked with.
    static void clobber(FrameState state) {
        if (state.links != null) {
            state.links.clear(0b111111);
        }
        for (int reg = 1; reg <= 5; reg++) {
            state.regs[reg] = Any.UNSET;
        }
    }

    /// Whether an instruction forgets r1 to r5.
    static boolean clobbers(Insn insn) {
        return Solver.isCall(insn) || insn instanceof Insn.LoadAbs || insn instanceof Insn.LoadInd;
    }

    /// The register that an instruction writes, or -1.
    static int written(Insn insn) {
        return switch (insn) {
            case Insn.Alu alu -> alu.dst();
            case Insn.Neg neg -> neg.dst();
            case Insn.MovSx mov -> mov.dst();
            case Insn.ByteSwap swap -> swap.dst();
            case Insn.AddrSpaceCast cast -> cast.dst();
            case Insn.LoadImm64 load -> load.dst();
            case Insn.Load load -> load.dst();
            case Insn.LoadAcquire load -> load.dst();
            case Insn.Atomic atomic -> {
                if (atomic.op() == AtomicOp.CMPXCHG) {
                    yield 0;
                }
                yield atomic.fetch() || atomic.op() == AtomicOp.XCHG ? atomic.src() : -1;
            }
            case Insn.LoadAbs _,
                    Insn.LoadInd _,
                    Insn.CallHelper _,
                    Insn.CallLocal _,
                    Insn.CallKfunc _,
                    Insn.CallReg _ ->
                    0;
            case Insn.Store _,
                    Insn.StoreRelease _,
                    Insn.Jump _,
                    Insn.JumpIf _,
                    Insn.MayGoto _,
                    Insn.Exit _ ->
                    -1;
        };
    }
}
