package bpf4j.verifier.facts;

import bpf4j.isa.AluOp;
import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.isa.Width;
import bpf4j.verifier.domain.Scalar;
import bpf4j.verifier.facts.Value.Number;

import org.jspecify.annotations.Nullable;

/// Registers that differ by known constants: what a jump tells of one, it tells of the others.
/// Loops
/// often compare the copy of a counter that was made before it was increased.
///
/// Registers of a class hold some number plus their `delta` each (mod 2^64). A class is named by
/// the
/// slot of the move that began it.
final class Links {
    private static final int NONE = -1;

    private final int[] classes = {NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE};
    private final long[] deltas = new long[10];

    /// Another set of the same links, or null for null.
    static @Nullable Links copy(@Nullable Links links) {
        if (links == null) {
            return null;
        }
        Links copy = new Links();
        System.arraycopy(links.classes, 0, copy.classes, 0, 10);
        System.arraycopy(links.deltas, 0, copy.deltas, 0, 10);
        return copy;
    }

    /// Keeps the links that hold in other states too; whether that changed any.
    boolean join(@Nullable Links other) {
        boolean changed = false;
        for (int reg = 0; reg < 10; reg++) {
            if (classes[reg] != NONE
                    && (other == null
                            || other.classes[reg] != classes[reg]
                            || other.deltas[reg] != deltas[reg])) {
                classes[reg] = NONE;
                changed = true;
            }
        }
        return changed;
    }

    /// Forgets the links of registers in a mask.
    void clear(int registers) {
        for (int reg = 0; reg < 10; reg++) {
            if ((registers & 1 << reg) != 0) {
                classes[reg] = NONE;
            }
        }
    }

    /// What an instruction that is no call does to the links of a state, before it is executed.
    static void step(FrameState state, int pc, Insn insn) {
        if (insn instanceof Insn.Alu alu) {
            arithmetic(state, pc, alu);
            return;
        }
        int written = Transfer.written(insn);
        if (state.links != null && written >= 0 && written < 10) {
            state.links.classes[written] = NONE;
        }
    }

    private static void arithmetic(FrameState state, int pc, Insn.Alu alu) {
        boolean wide = alu.width() == Width.W64;
        if (alu.op() == AluOp.MOV
                && alu.src() instanceof Operand.Reg(int source)
                && source < 10
                && state.regs[source] instanceof Number
                && (wide || state.regs[source].isU32())) {
            if (source != alu.dst()) {
                links(state).copied(alu.dst(), source, pc);
            }
            return;
        }
        Links links = state.links;
        if (links == null) {
            return;
        }
        boolean sum = alu.op() == AluOp.ADD || alu.op() == AluOp.SUB;
        if (sum && alu.src() instanceof Operand.Imm(int value)) {
            long change = alu.op() == AluOp.ADD ? value : -(long) value;
            if (wide || staysWord(state.regs[alu.dst()], change)) {
                links.deltas[alu.dst()] += change;
                return;
            }
        }
        links.classes[alu.dst()] = NONE;
    }

    /// Whether adding a constant in 32 bits does not wrap around.
    private static boolean staysWord(Value value, long change) {
        return value.isU32()
                && value.bits().umin() + change >= 0
                && value.bits().umax() + change <= 0xFFFF_FFFFL;
    }

    private static Links links(FrameState state) {
        Links links = state.links;
        if (links == null) {
            links = new Links();
            state.links = links;
        }
        return links;
    }

    private void copied(int to, int from, int pc) {
        classes[to] = NONE;
        if (classes[from] == NONE) {
            for (int reg = 0; reg < 10; reg++) {
                if (classes[reg] == pc) {
                    classes[reg] = NONE;
                }
            }
            classes[from] = pc;
            deltas[from] = 0;
        }
        classes[to] = classes[from];
        deltas[to] = deltas[from];
    }

    /// Narrows what is linked with a register that a jump told to hold one of `bits`.
    void narrow(FrameState state, int register, Scalar bits) {
        if (register >= 10 || classes[register] == NONE) {
            return;
        }
        for (int reg = 0; reg < 10; reg++) {
            if (reg != register
                    && classes[reg] == classes[register]
                    && state.regs[reg] instanceof Number(Scalar known)) {
                Scalar moved =
                        Scalar.alu64(
                                AluOp.ADD, bits, Scalar.constant(deltas[reg] - deltas[register]));
                Scalar met = Scalar.meet(known, moved);
                if (met != null && !met.equals(known)) {
                    state.regs[reg] = new Number(met);
                }
            }
        }
    }
}
