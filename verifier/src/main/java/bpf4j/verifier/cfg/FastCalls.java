package bpf4j.verifier.cfg;

import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.isa.Size;
import bpf4j.spec.HelperSpec;
import bpf4j.spec.HelperSpec.Return;
import bpf4j.spec.HelperSpec.Trait;
import bpf4j.spec.ProgramSpec;

import org.jspecify.annotations.Nullable;

/// Registers that compilers spill right before a call and fill right after it, for helpers that
/// leave them alone (`bpf_fastcall`): Linux drops these pairs, so their stack does not count.
public final class FastCalls {
    /// Registers that calls may change: r0 to r5.
    private static final int CALLER_SAVED = 0b111111;

    private static final int SPILLS = 5;
    private static final int STACK = 10;

    private final Cfg cfg;
    private final ProgramSpec spec;
    private final boolean[] jumpTarget;
    private final boolean[] part;
    private final Stack[] stacks;

    /// What is known of the stack of a subprogram.
    private static final class Stack {
        /// The lowest offset of the stack without the dropped pairs.
        int bottom;

        /// Whether pairs are dropped.
        boolean drops;

        /// Whether pairs are kept that use the same stack.
        boolean keeps;

        /// Whether anything else uses the stack of the pairs.
        boolean shared;
    }

    FastCalls(Cfg cfg, ProgramSpec spec) {
        this.cfg = cfg;
        this.spec = spec;
        jumpTarget = new boolean[cfg.insns.length];
        part = new boolean[cfg.insns.length];
        stacks = new Stack[cfg.subprograms.length];
        boolean any = false;
        for (int pc = 0; pc < cfg.insns.length; pc = cfg.next(pc)) {
            Insn insn = cfg.at(pc);
            if (insn instanceof Insn.Jump
                    || insn instanceof Insn.JumpIf
                    || insn instanceof Insn.MayGoto) {
                int target = Cfg.target(insn, pc);
                if (target >= 0 && target < jumpTarget.length) {
                    jumpTarget[target] = true;
                }
            }
            HelperSpec helper = helper(insn);
            any |= helper != null && helper.is(Trait.FASTCALL);
        }
        for (Subprogram sub : cfg.subprograms) {
            stacks[sub.number] = new Stack();
            if (any) {
                find(sub, stacks[sub.number]);
            }
        }
    }

    private @Nullable HelperSpec helper(Insn insn) {
        return insn instanceof Insn.CallHelper call ? spec.type().helper(call.id()) : null;
    }

    private void find(Subprogram sub, Stack stack) {
        int lowest = 0;
        for (int pc = sub.start; pc < sub.end; pc = cfg.next(pc)) {
            if (spill(pc) != null) {
                lowest = Math.min(lowest, offset(pc));
            }
        }
        for (int pc = sub.start; pc < sub.end; pc = cfg.next(pc)) {
            HelperSpec helper = helper(cfg.at(pc));
            if (helper != null) {
                mark(sub, stack, pc, helper, lowest);
            }
        }
    }

    private void mark(Subprogram sub, Stack stack, int call, HelperSpec helper, int lowest) {
        int changed = helper.returns() == Return.VOID ? 0 : 1;
        changed |= (1 << helper.args().size() + 1) - 2;
        int expected = CALLER_SAVED & ~changed;
        int pairs = 0;
        while (pairs < SPILLS) {
            int before = call - pairs - 1;
            int after = call + pairs + 1;
            if (before < sub.start
                    || after >= sub.end
                    || jumpTarget[before + 1]
                    || jumpTarget[after]) {
                break;
            }
            Integer spilled = spill(before);
            Integer filled = fill(after);
            int offset = lowest + 8 * pairs;
            if (spilled == null
                    || !spilled.equals(filled)
                    || (1 << spilled & expected) == 0
                    || offset(before) != offset
                    || offset(after) != offset) {
                break;
            }
            expected &= ~(1 << spilled);
            part[before] = true;
            part[after] = true;
            pairs++;
        }
        if (pairs > 0) {
            if (helper.is(Trait.FASTCALL)) {
                stack.drops = true;
            } else {
                stack.keeps = true;
            }
            stack.bottom = Math.min(stack.bottom, lowest + 8 * pairs);
        }
    }

    /// The register that an instruction stores on the stack with 8 bytes, or null.
    private @Nullable Integer spill(int pc) {
        return cfg.insns[pc] instanceof Insn.Store store
                        && store.size() == Size.DW
                        && store.dst() == STACK
                        && store.src() instanceof Operand.Reg reg
                ? (Integer) reg.number()
                : null;
    }

    /// The register that an instruction loads from the stack with 8 bytes, or null.
    private @Nullable Integer fill(int pc) {
        return cfg.insns[pc] instanceof Insn.Load load
                        && load.size() == Size.DW
                        && load.src() == STACK
                ? (Integer) load.dst()
                : null;
    }

    private int offset(int pc) {
        return switch (cfg.at(pc)) {
            case Insn.Store store -> store.off();
            case Insn.Load load -> load.off();
            default -> 0;
        };
    }

    /// An instruction uses the stack of a subprogram from `offset` on.
    public void use(int subprogram, int pc, long offset) {
        Stack stack = stacks[subprogram];
        if (offset < stack.bottom && !part[pc]) {
            stack.shared = true;
        }
    }

    /// Takes the stack of dropped pairs off the depths of the subprograms.
    public void drop() {
        for (Subprogram sub : cfg.subprograms) {
            Stack stack = stacks[sub.number];
            if (stack.drops && !stack.keeps && !stack.shared) {
                sub.stackDepth = -stack.bottom;
            }
        }
    }
}
