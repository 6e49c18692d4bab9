package bpf4j.jit.ir;

import bpf4j.isa.Insn;

import java.util.List;

/// A subprogram in basic blocks. Instructions are numbered densely in ascending order of their
/// slots; unreachable ones have no number.
///
/// @param index the number of the subprogram, 0 for the program's entry
/// @param entry the block that begins at its first instruction
/// @param pcs the slot of each instruction
/// @param blocks in ascending order
public record Body(int index, int entry, int[] pcs, Insn[] insns, List<Block> blocks) {
    /// Instructions that run one after the other.
    ///
    /// @param first the number of the first instruction
    /// @param end the number after the last instruction
    /// @param next the block that follows when the last instruction does not jump, or -1
    /// @param target the block that the last instruction jumps to, or -1
    public record Block(int index, int first, int end, int next, int target) {}

    /// The slot of the subprogram's first instruction.
    public int pc() {
        return pcs[blocks.get(entry).first];
    }

    /// The number of instructions.
    public int size() {
        return pcs.length;
    }
}
