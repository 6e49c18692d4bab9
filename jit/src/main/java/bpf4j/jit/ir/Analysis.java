package bpf4j.jit.ir;

/// All that is found out about a subprogram before its bytecode is written.
public record Analysis(
        Body body, Effects effects, Liveness liveness, Webs webs, Knowledge knowledge) {

    /// The variables that are read after each instruction of a block, in order.
    public long[] liveAfter(Body.Block block) {
        long[] after = new long[block.end() - block.first()];
        long live = liveness.out(block);
        for (int i = block.end() - 1; i >= block.first(); i--) {
            after[i - block.first()] = live;
            int pc = body.pcs()[i];
            live = live & ~effects.defs(pc, body.insns()[i]) | effects.uses(pc, body.insns()[i]);
        }
        return after;
    }
}
