package bpf4j.verifier.facts;

import bpf4j.isa.Insn;
import bpf4j.isa.WideKind;
import bpf4j.spec.HelperSpec;
import bpf4j.spec.HelperSpec.ArgKind;
import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.cfg.Cfg;
import bpf4j.verifier.cfg.Subprogram;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// The basic blocks of a program, by position: what a block's beginning depends on comes before it,
/// but for loops, whose blocks lie together. Callees depend on their callers, callers on what their
/// callees return.
final class Blocks {
    /// The slot where the block at a position begins.
    final int[] starts;

    /// The positions of blocks that are in loops.
    final BitSet looping = new BitSet();

    /// The position behind the loop or block that begins at a position.
    final int[] ends;

    /// The local calls of each subprogram, by its number.
    final List<List<Integer>> callers = new ArrayList<>();

    private final Cfg cfg;
    private final ProgramSpec spec;
    private final BitSet leaders = new BitSet();

    /// The position of the block that begins at a slot.
    private final int[] positions;

    private final BitSet taken = new BitSet();

    private Blocks(Cfg cfg, ProgramSpec spec) {
        this.cfg = cfg;
        this.spec = spec;
        for (Subprogram sub : cfg.subprograms) {
            leaders.set(sub.start);
            callers.add(new ArrayList<>());
        }
        for (int pc = 0; pc < cfg.insns.length; pc = cfg.next(pc)) {
            find(pc, cfg.at(pc));
        }
        leaders.clear(cfg.insns.length);
        starts = new int[leaders.cardinality()];
        ends = new int[starts.length];
        positions = new int[cfg.insns.length];
    }

    static Blocks of(Cfg cfg, ProgramSpec spec) {
        Blocks blocks = new Blocks(cfg, spec);
        blocks.order();
        return blocks;
    }

    int count() {
        return starts.length;
    }

    /// Whether a block begins at a slot.
    boolean beginsAt(int pc) {
        return leaders.get(pc);
    }

    /// The position of the block that begins at a slot.
    int position(int pc) {
        return positions[pc];
    }

    /// The position of the block that holds a slot.
    int holding(int pc) {
        return positions[leaders.previousSetBit(pc)];
    }

    /// The slots of the functions of which the program takes the address.
    int[] functions() {
        return taken.stream().toArray();
    }

    private void find(int pc, Insn insn) {
        if (insn instanceof Insn.CallLocal) {
            callers.get(cfg.holding(Cfg.target(insn, pc)).number).add(pc);
        } else if (isFunction(insn)) {
            taken.set(Cfg.target(insn, pc));
        } else if (isJump(insn)) {
            leaders.set(Cfg.target(insn, pc));
            leaders.set(pc + 1);
        } else if (insn instanceof Insn.Exit) {
            leaders.set(pc + 1);
        }
    }

    private static boolean isFunction(Insn insn) {
        return insn instanceof Insn.LoadImm64 load && load.kind() == WideKind.FUNC;
    }

    private static boolean isJump(Insn insn) {
        return insn instanceof Insn.Jump
                || insn instanceof Insn.JumpIf
                || insn instanceof Insn.MayGoto;
    }

    private void order() {
        int[] slots = leaders.stream().toArray();
        for (int node = 0; node < slots.length; node++) {
            positions[slots[node]] = node;
        }
        Graph.Order order = graph(slots).order();
        int count = 0;
        int first = 0;
        int group = -1;
        for (int node : order.nodes()) {
            if (node >= slots.length) {
                continue;
            }
            if (order.groups()[node] != group) {
                group = order.groups()[node];
                first = count;
            }
            starts[count] = slots[node];
            positions[slots[node]] = count++;
            ends[first] = count;
            if (count - first > 1 || order.selfEdges().get(node)) {
                looping.set(first, count);
            }
        }
    }

    /// The nodes are the blocks by place, then what each subprogram returns.
    private Graph graph(int[] slots) {
        Graph graph = new Graph(slots.length + cfg.subprograms.length);
        for (int slot : slots) {
            graph.nextNode();
            int pc = slot;
            Insn last;
            do {
                last = cfg.at(pc);
                connect(graph, slots.length, pc, last);
                pc = cfg.next(pc);
            } while (pc < cfg.insns.length && !leaders.get(pc));
            if (!(last instanceof Insn.Jump) && !(last instanceof Insn.Exit)) {
                graph.edge(positions[pc]);
            }
        }
        for (Subprogram sub : cfg.subprograms) {
            graph.nextNode();
            for (int pc : callers.get(sub.number)) {
                graph.edge(holding(pc));
            }
        }
        return graph;
    }

    /// The edges of an instruction, but for the one to the next.
    private void connect(Graph graph, int blocks, int pc, Insn insn) {
        switch (insn) {
            case Insn.Jump _, Insn.JumpIf _, Insn.MayGoto _, Insn.CallLocal _ ->
                    graph.edge(positions[Cfg.target(insn, pc)]);
            case Insn.Exit _, Insn.LoadAbs _, Insn.LoadInd _ ->
                    graph.edge(blocks + cfg.holding(pc).number);
            case Insn.CallHelper call -> {
                if (call.id() == Calls.TAIL_CALL) {
                    graph.edge(blocks + cfg.holding(pc).number);
                }
                HelperSpec helper = spec.type().helper(call.id());
                if (helper == null
                        || helper.args().stream().anyMatch(arg -> arg.kind() == ArgKind.FUNC)) {
                    connectAll(graph);
                }
            }
            case Insn.CallKfunc _, Insn.CallReg _ -> connectAll(graph);
            default -> {}
        }
    }

    private void connectAll(Graph graph) {
        for (int pc = taken.nextSetBit(0); pc >= 0; pc = taken.nextSetBit(pc + 1)) {
            graph.edge(positions[pc]);
        }
    }
}
