package bpf4j.jit.ir;

import bpf4j.jit.ir.Body.Block;

import java.util.Arrays;

/// The range in which the predecessors of each block lie.
public final class Predecessors {
    private final int[] first;
    private final int[] last;

    private Predecessors(int count) {
        first = new int[count];
        last = new int[count];
        Arrays.fill(first, Integer.MAX_VALUE);
        Arrays.fill(last, -1);
    }

    /// The predecessors in a subprogram.
    public static Predecessors of(Body body) {
        Predecessors predecessors = new Predecessors(body.blocks().size());
        for (Block block : body.blocks()) {
            predecessors.add(block.next(), block.index());
            predecessors.add(block.target(), block.index());
        }
        return predecessors;
    }

    private void add(int block, int predecessor) {
        if (block >= 0) {
            first[block] = Math.min(first[block], predecessor);
            last[block] = Math.max(last[block], predecessor);
        }
    }

    /// The first predecessor of a block; greater than any block where there is none.
    public int first(int block) {
        return first[block];
    }

    /// The last predecessor of a block, or -1.
    public int last(int block) {
        return last[block];
    }
}
