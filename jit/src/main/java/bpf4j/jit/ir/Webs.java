package bpf4j.jit.ir;

import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.jit.ir.Body.Block;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// The values of a subprogram: each definition of a variable, united with those that reach the same
/// use. All definitions of a web share one representation, so that control flow needs no
/// conversions.
public final class Webs {
    private final int[] parent;
    private final @Nullable Rep[] reps;
    private final int[] entryBase;
    private final long[] entryMask;
    private final int[] defBase;
    private final int parameters;
    private final long parameterMask;

    private Webs(Body body, Effects effects, Liveness liveness, long parameterMask) {
        int blocks = body.blocks().size();
        entryBase = new int[blocks];
        entryMask = new long[blocks];
        defBase = new int[body.size()];
        int nodes = 0;
        for (int b = 0; b < blocks; b++) {
            entryBase[b] = nodes;
            entryMask[b] = liveness.in(b);
            nodes += Long.bitCount(entryMask[b]);
        }
        for (int i = 0; i < body.size(); i++) {
            defBase[i] = nodes;
            nodes += Long.bitCount(effects.defs(body.pcs()[i], body.insns()[i]));
        }
        parameters = nodes;
        this.parameterMask = parameterMask;
        nodes += Long.bitCount(parameterMask);
        parent = new int[nodes];
        Arrays.setAll(parent, i -> i);
        reps = new Rep[nodes];
    }

    /// The webs of a subprogram whose parameters are the variables of `parameterMask`.
    public static Webs of(
            Body body,
            Effects effects,
            Liveness liveness,
            Knowledge knowledge,
            long parameterMask) {
        Webs webs = new Webs(body, effects, liveness, parameterMask & liveness.in(body.entry()));
        int[] current = new int[Effects.LIMIT];
        for (Block block : body.blocks()) {
            for (long rest = liveness.in(block.index()); rest != 0; rest &= rest - 1) {
                int variable = Long.numberOfTrailingZeros(rest);
                current[variable] = webs.entry(block.index(), variable);
            }
            for (int i = block.first(); i < block.end(); i++) {
                long defs = effects.defs(body.pcs()[i], body.insns()[i]);
                for (long rest = defs; rest != 0; rest &= rest - 1) {
                    int variable = Long.numberOfTrailingZeros(rest);
                    current[variable] = node(webs.defBase[i], defs, variable);
                }
            }
            webs.unite(block.next(), current, liveness);
            webs.unite(block.target(), current, liveness);
        }
        for (long rest = webs.parameterMask; rest != 0; rest &= rest - 1) {
            int variable = Long.numberOfTrailingZeros(rest);
            webs.union(webs.parameter(variable), webs.entry(body.entry(), variable));
            webs.join(webs.parameter(variable), knowledge.before(body.pc(), variable));
        }
        for (Block block : body.blocks()) {
            webs.represent(body, block, effects, liveness, knowledge);
        }
        return webs;
    }

    /// The representation of a variable at the start of a block.
    public Rep atEntry(int block, int variable) {
        return rep(entry(block, variable));
    }

    /// The representation that instruction number `i`, which writes `defs`, gives to a variable.
    public Rep defined(int i, long defs, int variable) {
        return rep(node(defBase[i], defs, variable));
    }

    /// The variables that are parameters of the subprogram and read.
    public long parameters() {
        return parameterMask;
    }

    private void represent(
            Body body, Block block, Effects effects, Liveness liveness, Knowledge knowledge) {
        long live = liveness.out(block);
        for (int i = block.end() - 1; i >= block.first(); i--) {
            int pc = body.pcs()[i];
            long defs = effects.defs(pc, body.insns()[i]);
            for (long rest = defs & live; rest != 0; rest &= rest - 1) {
                int variable = Long.numberOfTrailingZeros(rest);
                join(
                        node(defBase[i], defs, variable),
                        variable < Effects.FIRST_SLOT
                                ? knowledge.after(pc, body.insns()[i])
                                : stored(pc, body.insns()[i], variable, effects, knowledge));
            }
            live = live & ~defs | effects.uses(pc, body.insns()[i]);
        }
    }

    /// What a store leaves in a stack slot.
    private static Rep stored(
            int pc, Insn insn, int variable, Effects effects, Knowledge knowledge) {
        Operand source = ((Insn.Store) insn).src();
        Rep rep =
                switch (source) {
                    case Operand.Reg(int number) -> knowledge.before(pc, number);
                    case Operand.Imm(int value) -> new Rep.Constant(value);
                };
        int bytes = effects.slots().bytes(variable);
        if (bytes == 8) {
            return rep;
        }
        if (!(rep instanceof Rep.Constant(long value))) {
            return Rep.Plain.U32;
        }
        int below = 0;
        for (int v = effects.slots().first(pc); v < variable; v++) {
            below += effects.slots().bytes(v);
        }
        return new Rep.Constant(value >>> 8 * below & (1L << 8 * bytes) - 1);
    }

    private void unite(int block, int[] current, Liveness liveness) {
        if (block >= 0) {
            for (long rest = liveness.in(block); rest != 0; rest &= rest - 1) {
                int variable = Long.numberOfTrailingZeros(rest);
                union(current[variable], entry(block, variable));
            }
        }
    }

    private int entry(int block, int variable) {
        return node(entryBase[block], entryMask[block], variable);
    }

    private int parameter(int variable) {
        return node(parameters, parameterMask, variable);
    }

    private static int node(int base, long mask, int variable) {
        return base + Long.bitCount(mask & (1L << variable) - 1);
    }

    private void join(int node, Rep rep) {
        int root = find(node);
        Rep known = reps[root];
        reps[root] = known == null ? rep : Rep.join(known, rep);
    }

    /// A web without definitions holds what is never written: 0.
    private Rep rep(int node) {
        Rep rep = reps[find(node)];
        return rep == null ? new Rep.Constant(0) : rep;
    }

    private void union(int a, int b) {
        int one = find(a);
        int other = find(b);
        if (one != other) {
            parent[Math.max(one, other)] = Math.min(one, other);
        }
    }

    private int find(int node) {
        int root = node;
        while (parent[root] != root) {
            parent[root] = parent[parent[root]];
            root = parent[root];
        }
        return root;
    }
}
