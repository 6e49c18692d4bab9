package bpf4j.verifier.facts;

import bpf4j.isa.Cond;
import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.isa.Width;
import bpf4j.verifier.domain.Refined;
import bpf4j.verifier.domain.Scalar;
import bpf4j.verifier.domain.Tri;
import bpf4j.verifier.facts.Value.Any;
import bpf4j.verifier.facts.Value.Number;
import bpf4j.verifier.facts.Value.Pointer;

import org.jspecify.annotations.Nullable;

/// What a conditional jump tells of the values compared.
final class Branches {
    private Branches() {}

    /// Whether a jump is taken.
    static Tri holds(FrameState state, Insn.JumpIf jump) {
        Value left = state.regs[jump.dst()];
        Value right = Transfer.operand(state, jump.src());
        if (left instanceof Pointer p) {
            return holds(jump, p, right);
        }
        if (right instanceof Pointer p) {
            return holds(jump, p, left);
        }
        return Scalar.holds(jump.cond(), jump.width(), left.bits(), right.bits());
    }

    private static Tri holds(Insn.JumpIf jump, Pointer p, Value other) {
        if (p.nullable() || !comparesWithNull(jump, p, other)) {
            return Tri.MAYBE;
        }
        return jump.cond() == Cond.JNE ? Tri.YES : Tri.NO;
    }

    /// The frame on one side of a jump that may go there, or null when no run does after all. May
    /// change `state` itself.
    static @Nullable FrameState follow(FrameState state, Insn.JumpIf jump, boolean taken) {
        Value left = state.regs[jump.dst()];
        Value right = Transfer.operand(state, jump.src());
        if (left instanceof Pointer p) {
            return withZero(state, jump, p, right, taken);
        }
        if (right instanceof Pointer p) {
            return withZero(state, jump, p, left, taken);
        }
        Refined refined =
                Scalar.branch(jump.cond(), jump.width(), left.bits(), right.bits(), taken);
        if (refined == null) {
            return null;
        }
        boolean same = jump.src() instanceof Operand.Reg(int number) && number == jump.dst();
        if (same) {
            return state;
        }
        narrow(state, jump.dst(), left, refined.left());
        if (jump.src() instanceof Operand.Reg(int number)) {
            narrow(state, number, right, refined.right());
        }
        return state;
    }

    private static void narrow(FrameState state, int reg, Value old, Scalar bits) {
        if (old != Any.UNSET && !bits.equals(old.bits())) {
            state.regs[reg] = new Number(bits);
            if (state.links != null) {
                state.links.narrow(state, reg, bits);
            }
        }
    }

    /// Whether a pointer is compared with null for equality, and would not equal it by chance.
    private static boolean comparesWithNull(Insn.JumpIf jump, Pointer p, Value other) {
        boolean zero = other instanceof Number(Scalar scalar) && scalar.isConst(0);
        boolean equality = jump.cond() == Cond.JEQ || jump.cond() == Cond.JNE;
        return zero && equality && jump.width() == Width.W64 && isNearBase(p);
    }

    /// A pointer compared with 0 is null or is not.
    private static FrameState withZero(
            FrameState state, Insn.JumpIf jump, Pointer p, Value other, boolean taken) {
        if (!p.nullable() || !comparesWithNull(jump, p, other)) {
            return state;
        }
        boolean isNull = (jump.cond() == Cond.JEQ) == taken;
        if (p.origin() >= 0) {
            state.resolve(p.origin(), isNull);
            return state;
        }
        Value resolved = isNull ? Number.constant(0) : Values.nonNull(p);
        int reg = state.regs[jump.dst()] == p ? jump.dst() : register(jump.src());
        if (reg >= 0 && reg < 10) {
            state.regs[reg] = resolved;
        }
        return state;
    }

    /// Whether the address cannot wrap around to 0: all regions begin at 2^32 or above.
    private static boolean isNearBase(Pointer p) {
        return p.region() != Region.PACKET
                && p.offset().smin() > -(1L << 31)
                && p.offset().smax() < 1L << 31;
    }

    private static int register(Operand operand) {
        return operand instanceof Operand.Reg(int number) ? number : -1;
    }
}
