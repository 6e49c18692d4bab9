package bpf4j.verifier.cfg;

import bpf4j.isa.Insn;

/// Finds the loops of each subprogram as strongly connected components (Tarjan 1972, with a stack
/// of its own). A call that calls back is a loop by itself.
final class Components {
    private static final int DONE = Integer.MAX_VALUE;

    private final Cfg cfg;
    private final int[] order;
    private final int[] low;
    private final int[] open;
    private int openCount;
    private final int[] path;
    private final byte[] edge;
    private int pathCount;
    private int visited;
    private int found;

    private Components(Cfg cfg) {
        this.cfg = cfg;
        int size = cfg.insns.length;
        order = new int[size];
        low = new int[size];
        open = new int[size];
        path = new int[size];
        edge = new byte[size];
    }

    static void find(Cfg cfg) {
        Components components = new Components(cfg);
        for (int pc = 0; pc < cfg.insns.length; pc = cfg.next(pc)) {
            if (components.order[pc] == 0) {
                components.visit(pc);
            }
        }
    }

    private void enter(int pc) {
        order[pc] = ++visited;
        low[pc] = visited;
        open[openCount++] = pc;
        path[pathCount++] = pc;
        edge[pc] = 0;
    }

    private void visit(int root) {
        enter(root);
        while (pathCount > 0) {
            int pc = path[pathCount - 1];
            Insn insn = cfg.at(pc);
            int target = successor(insn, pc, edge[pc]);
            if (target == -2) {
                leave(pc, insn);
                continue;
            }
            edge[pc]++;
            if (target < 0) {
                continue;
            }
            if (order[target] == 0) {
                enter(target);
            } else if (low[target] != DONE) {
                low[pc] = Math.min(low[pc], low[target]);
            }
        }
    }

    /// The edge with a number: a slot, -1 for none, -2 behind the last.
    private int successor(Insn insn, int pc, int number) {
        return switch (number) {
            case 0 -> Cfg.ends(insn) ? -1 : cfg.next(pc);
            case 1 -> isJump(insn) ? Cfg.target(insn, pc) : -1;
            default -> -2;
        };
    }

    private static boolean isJump(Insn insn) {
        return insn instanceof Insn.Jump
                || insn instanceof Insn.JumpIf
                || insn instanceof Insn.MayGoto;
    }

    private void leave(int pc, Insn insn) {
        pathCount--;
        if (low[pc] == order[pc]) {
            boolean loop =
                    open[openCount - 1] != pc
                            || cfg.callsCallback[pc]
                            || (isJump(insn) && Cfg.target(insn, pc) == pc);
            int number = loop ? ++found : 0;
            int member;
            do {
                member = open[--openCount];
                low[member] = DONE;
                cfg.component[member] = number;
            } while (member != pc);
        }
        if (pathCount > 0) {
            int before = path[pathCount - 1];
            if (low[pc] != DONE) {
                low[before] = Math.min(low[before], low[pc]);
            }
        }
    }
}
