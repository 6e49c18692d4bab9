package bpf4j.jit.support;

import bpf4j.runtime.Execution;

import java.util.Arrays;

/// A subprogram that is too large for one method: parts, each a class, which hold ascending ranges
/// of blocks.
public final class Split {
    private final int entry;
    private final GeneratedPart[] parts;
    private final int[] firstBlocks;

    /// A subprogram.
    ///
    /// @param entry its first block
    /// @param firstBlocks the first block of each part, ascending
    public Split(int entry, GeneratedPart[] parts, int[] firstBlocks) {
        this.entry = entry;
        this.parts = parts.clone();
        this.firstBlocks = firstBlocks.clone();
    }

    /// Calls the subprogram.
    public long call(Execution x, int pointer, long r1, long r2, long r3, long r4, long r5) {
        Frame frame = new Frame(x, pointer);
        frame.variables[1] = r1;
        frame.variables[2] = r2;
        frame.variables[3] = r3;
        frame.variables[4] = r4;
        frame.variables[5] = r5;
        int block = entry;
        while (block >= 0) {
            block = parts[part(block)].run(frame, block);
        }
        return frame.r0;
    }

    private int part(int block) {
        int found = Arrays.binarySearch(firstBlocks, block);
        return found >= 0 ? found : -found - 2;
    }
}
