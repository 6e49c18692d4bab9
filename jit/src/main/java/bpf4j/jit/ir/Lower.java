package bpf4j.jit.ir;

import bpf4j.isa.Code;
import bpf4j.isa.Insn;
import bpf4j.isa.WideKind;
import bpf4j.jit.ir.Body.Block;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.TreeSet;

/// From the slots of a program to subprograms in basic blocks. A subprogram is what can be reached
/// from its first instruction without calls; instructions that cannot be reached are dropped.
public final class Lower {
    /// Blocks are cut at this length, so that methods can be split between them.
    static final int LONGEST_BLOCK = 32;

    private final Code code;
    private final Knowledge knowledge;

    private Lower(Code code, Knowledge knowledge) {
        this.code = code;
        this.knowledge = knowledge;
    }

    /// The subprograms of a program, the entry first, then in ascending order of their slots.
    public static List<Body> lower(Code code, Knowledge knowledge) {
        Lower lower = new Lower(code, knowledge);
        List<Body> bodies = new ArrayList<>();
        for (int entry : lower.entries()) {
            bodies.add(lower.body(bodies.size(), entry));
        }
        return List.copyOf(bodies);
    }

    private TreeSet<Integer> entries() {
        TreeSet<Integer> entries = new TreeSet<>();
        entries.add(0);
        for (int pc = 0; pc < code.size(); pc = code.next(pc)) {
            if (code.at(pc) instanceof Insn.CallLocal call) {
                entries.add(valid(pc + 1 + call.offset(), pc));
            } else if (code.at(pc) instanceof Insn.LoadImm64 load && load.kind() == WideKind.FUNC) {
                entries.add(valid(pc + 1 + load.imm(), pc));
            }
        }
        return entries;
    }

    private int valid(int target, int pc) {
        if (target < 0 || target >= code.size() || code.isSecondSlot(target)) {
            throw new IllegalArgumentException(
                    "insn " + pc + " refers to slot " + target + ", where no instruction begins");
        }
        return target;
    }

    private Body body(int index, int entry) {
        BitSet reached = new BitSet();
        BitSet leaders = new BitSet();
        leaders.set(entry);
        int[] pending = new int[16];
        int count = 0;
        pending[count++] = entry;
        while (count > 0) {
            int pc = pending[--count];
            while (pc >= 0 && !reached.get(pc)) {
                reached.set(pc);
                int target = target(pc);
                if (target >= 0) {
                    leaders.set(target);
                    if (count == pending.length) {
                        pending = Arrays.copyOf(pending, 2 * count);
                    }
                    pending[count++] = target;
                }
                int next = follower(pc);
                if (next >= 0 && (target >= 0 || next != code.next(pc))) {
                    leaders.set(next);
                }
                pc = next;
            }
        }
        int[] pcs = reached.stream().toArray();
        return new Body(index, blockOf(pcs, leaders, entry), pcs, insns(pcs), cut(pcs, leaders));
    }

    private Insn[] insns(int[] pcs) {
        Insn[] insns = new Insn[pcs.length];
        for (int i = 0; i < pcs.length; i++) {
            insns[i] = code.at(pcs[i]);
        }
        return insns;
    }

    /// The number of the block that begins at `pc`; also marks where long blocks are cut.
    private int blockOf(int[] pcs, BitSet leaders, int entry) {
        int length = 0;
        int before = 0;
        int block = 0;
        for (int i = 0; i < pcs.length; i++) {
            boolean gap = i > 0 && (code.next(pcs[i - 1]) != pcs[i] || follower(pcs[i - 1]) < 0);
            if (length == LONGEST_BLOCK || gap) {
                leaders.set(pcs[i]);
            }
            if (leaders.get(pcs[i])) {
                length = 0;
                if (pcs[i] == entry) {
                    block = before;
                }
                before++;
            }
            length++;
        }
        return block;
    }

    private List<Block> cut(int[] pcs, BitSet leaders) {
        int[] blockAt = new int[pcs.length];
        int blocks = 0;
        for (int i = 0; i < pcs.length; i++) {
            blockAt[i] = leaders.get(pcs[i]) ? blocks++ : -1;
        }
        List<Block> cut = new ArrayList<>(blocks);
        int first = 0;
        for (int i = 0; i < pcs.length; i++) {
            if (i + 1 == pcs.length || blockAt[i + 1] >= 0) {
                int next = follower(pcs[i]);
                int target = target(pcs[i]);
                cut.add(
                        new Block(
                                cut.size(),
                                first,
                                i + 1,
                                next < 0 ? -1 : blockAt[Arrays.binarySearch(pcs, next)],
                                target < 0 ? -1 : blockAt[Arrays.binarySearch(pcs, target)]));
                first = i + 1;
            }
        }
        return cut;
    }

    /// The slot that a conditional jump at `pc` goes to, or -1.
    private int target(int pc) {
        return switch (code.at(pc)) {
            case Insn.JumpIf jump
                    when knowledge.branch(pc) != Branch.NEVER
                            && knowledge.branch(pc) != Branch.ALWAYS ->
                    valid(pc + 1 + jump.offset(), pc);
            case Insn.MayGoto jump -> valid(pc + 1 + jump.offset(), pc);
            default -> -1;
        };
    }

    /// The slot that follows `pc` without a choice, or -1.
    private int follower(int pc) {
        return switch (code.at(pc)) {
            case Insn.Exit _ -> -1;
            case Insn.Jump jump -> valid(pc + 1 + jump.offset(), pc);
            case Insn.JumpIf jump when knowledge.branch(pc) == Branch.ALWAYS ->
                    valid(pc + 1 + jump.offset(), pc);
            default -> valid(code.next(pc), pc);
        };
    }
}
