package bpf4j.jit.ir;

import bpf4j.jit.ir.Body.Block;

/// Which variables each block needs from before it: a backward fixpoint.
public final class Liveness {
    private final long[] in;

    private Liveness(long[] in) {
        this.in = in;
    }

    /// The variables whose values are read at or after the start of `block`.
    public long in(int block) {
        return in[block];
    }

    /// The variables whose values are read after `block`.
    public long out(Block block) {
        return (block.next() < 0 ? 0 : in[block.next()])
                | (block.target() < 0 ? 0 : in[block.target()]);
    }

    /// The liveness of a subprogram.
    public static Liveness of(Body body, Effects effects) {
        int count = body.blocks().size();
        long[] uses = new long[count];
        long[] defs = new long[count];
        for (Block block : body.blocks()) {
            long used = 0;
            long defined = 0;
            for (int i = block.first(); i < block.end(); i++) {
                int pc = body.pcs()[i];
                used |= effects.uses(pc, body.insns()[i]) & ~defined;
                defined |= effects.defs(pc, body.insns()[i]);
            }
            uses[block.index()] = used;
            defs[block.index()] = defined;
        }
        Liveness liveness = new Liveness(new long[count]);
        boolean changed = true;
        while (changed) {
            changed = false;
            for (int b = count - 1; b >= 0; b--) {
                long in = uses[b] | liveness.out(body.blocks().get(b)) & ~defs[b];
                changed |= in != liveness.in[b];
                liveness.in[b] = in;
            }
        }
        return liveness;
    }
}
