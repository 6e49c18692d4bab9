package bpf4j.jit.ir;

import bpf4j.isa.Insn;
import bpf4j.jit.ir.Body.Block;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// Takes out instructions whose results nothing reads and that do nothing else. Fewer instructions
/// mean smaller methods; HotSpot would drop most of them, but not the bounds checks of loads.
public final class DeadCode {
    private DeadCode() {}

    /// The subprogram without them. Every block keeps its last instruction, and the subprogram its
    /// first.
    public static Body remove(Body body, Effects effects, Liveness liveness, Knowledge knowledge) {
        BitSet kept = new BitSet(body.size());
        for (Block block : body.blocks()) {
            long live = liveness.out(block);
            for (int i = block.end() - 1; i >= block.first(); i--) {
                int pc = body.pcs()[i];
                Insn insn = body.insns()[i];
                long defs = effects.defs(pc, insn);
                boolean needed =
                        i == block.end() - 1
                                || pc == body.pc()
                                || (defs & live) != 0
                                || !isPure(pc, insn, knowledge);
                if (needed) {
                    kept.set(i);
                    live = live & ~defs | effects.uses(pc, insn);
                }
            }
        }
        return kept.cardinality() == body.size() ? body : keep(body, kept);
    }

    private static boolean isPure(int pc, Insn insn, Knowledge knowledge) {
        return switch (insn) {
            case Insn.Alu _, Insn.Neg _, Insn.MovSx _, Insn.ByteSwap _, Insn.LoadImm64 _ -> true;
            case Insn.Load _ -> knowledge.isTrusted() && knowledge.region(pc) != null;
            default -> false;
        };
    }

    private static Body keep(Body body, BitSet kept) {
        int[] pcs = new int[kept.cardinality()];
        Insn[] insns = new Insn[pcs.length];
        List<Block> blocks = new ArrayList<>(body.blocks().size());
        int count = 0;
        for (Block block : body.blocks()) {
            int first = count;
            for (int i = block.first(); i < block.end(); i++) {
                if (kept.get(i)) {
                    pcs[count] = body.pcs()[i];
                    insns[count++] = body.insns()[i];
                }
            }
            blocks.add(new Block(block.index(), first, count, block.next(), block.target()));
        }
        return new Body(
                body.index(), body.entry(), Arrays.copyOf(pcs, count), insns, List.copyOf(blocks));
    }
}
