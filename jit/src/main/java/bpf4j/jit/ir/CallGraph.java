package bpf4j.jit.ir;

import bpf4j.isa.Insn;
import bpf4j.runtime.Address;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Which subprograms call which.
public final class CallGraph {
    private static final int TAIL_CALL = 12;

    private final int[][] callees;
    private final BitSet tails = new BitSet();
    private boolean indirect;

    private CallGraph(int count) {
        callees = new int[count][];
    }

    /// The calls between subprograms.
    public static CallGraph of(List<Body> bodies) {
        Map<Integer, Integer> indexes = new HashMap<>();
        for (Body body : bodies) {
            indexes.put(body.pc(), body.index());
        }
        CallGraph graph = new CallGraph(bodies.size());
        for (Body body : bodies) {
            BitSet callees = new BitSet();
            for (int i = 0; i < body.size(); i++) {
                switch (body.insns()[i]) {
                    case Insn.CallLocal call ->
                            callees.set(indexes.getOrDefault(body.pcs()[i] + 1 + call.offset(), 0));
                    case Insn.CallHelper call -> {
                        if (call.id() == TAIL_CALL) {
                            graph.tails.set(body.index());
                        }
                    }
                    case Insn.CallReg _ -> graph.indirect = true;
                    default -> {}
                }
            }
            graph.callees[body.index()] = callees.stream().toArray();
        }
        return graph;
    }

    /// The subprograms that contain tail calls. What they call has returned before.
    public BitSet tails() {
        return (BitSet) tails.clone();
    }

    /// Whether calls of subprograms by each other cannot nest deeper than Linux permits, whatever
    /// else is known: then the stack has room, also below callbacks and tail calls, of which there
    /// are few.
    public boolean shallow() {
        if (indirect || !tails.isEmpty()) {
            return false;
        }
        int[] depths = new int[callees.length];
        for (int i = 0; i < callees.length; i++) {
            if (depth(i, depths, 0) > Address.MAX_FRAMES) {
                return false;
            }
        }
        return true;
    }

    /// The number of frames that a subprogram and its callees take, or more than permitted.
    private int depth(int index, int[] depths, int above) {
        if (above > Address.MAX_FRAMES) {
            return above;
        }
        if (depths[index] == 0) {
            int deepest = 0;
            for (int callee : callees[index]) {
                deepest = Math.max(deepest, depth(callee, depths, above + 1));
            }
            depths[index] = deepest + 1;
        }
        return depths[index];
    }
}
