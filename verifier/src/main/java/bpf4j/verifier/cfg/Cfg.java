package bpf4j.verifier.cfg;

import bpf4j.isa.Code;
import bpf4j.isa.Insn;
import bpf4j.isa.WideKind;
import bpf4j.spec.HelperSpec;
import bpf4j.spec.LoadPolicy;
import bpf4j.spec.ProgramSpec;
import bpf4j.spec.ProgramType.Capability;
import bpf4j.verifier.report.Rule;
import bpf4j.verifier.report.Violation;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// The control flow of a program: its subprograms, where paths can meet, its loops, and which
/// registers are live where. Arrays are indexed by slot.
public final class Cfg {
    /// The instructions by slot, null at the second slot of a wide load.
    public final @Nullable Insn[] insns;

    /// The subprograms by number.
    public final Subprogram[] subprograms;

    /// Where a state may be compared with earlier ones.
    public final boolean[] prunePoint;

    /// Where the previous instruction is not always the one before.
    public final boolean[] jumpPoint;

    /// Where a state is always remembered.
    public final boolean[] forced;

    /// Calls of helpers and kfuncs that call a subprogram of this program before they return.
    public final boolean[] callsCallback;

    /// The `next` functions of iterators.
    public final boolean[] iteratorNext;

    /// The strongly connected component (loop) that an instruction belongs to, 0 for none.
    public final int[] component;

    /// The registers live before an instruction, as a bit mask.
    public final short[] liveBefore;

    /// Spills around calls that do not count as stack.
    public final FastCalls fastCalls;

    private final ProgramSpec spec;

    private Cfg(ProgramSpec spec, Subprogram[] subprograms) {
        this.spec = spec;
        this.subprograms = subprograms;
        Code code = spec.code();
        int size = code.size();
        insns = new @Nullable Insn[size];
        for (int pc = 0; pc < size; pc = code.next(pc)) {
            insns[pc] = code.at(pc);
        }
        prunePoint = new boolean[size];
        jumpPoint = new boolean[size];
        forced = new boolean[size];
        callsCallback = new boolean[size];
        iteratorNext = new boolean[size];
        component = new int[size];
        liveBefore = new short[size];
        fastCalls = new FastCalls(this, spec);
    }

    /// Finds the control flow, or refuses.
    public static Cfg of(ProgramSpec spec, LoadPolicy policy) {
        if (spec.code().size() == 0) {
            throw new Violation(
                    Rule.MALFORMED, Violation.E2BIG, -1, -1, "a program has no instructions");
        }
        Subprogram[] subprograms = Subprograms.find(spec, policy);
        Subprograms.check(spec.code(), subprograms);
        Subprograms.checkAbnormalReturns(spec, subprograms);
        return new Cfg(spec, subprograms);
    }

    /// Marks where paths meet and checks that everything is reached; then finds loops and live
    /// registers.
    public void analyse(LoadPolicy policy) {
        walk(policy.grants(Capability.BPF));
        spreadEffects();
        Components.find(this);
        RegisterLiveness.compute(this, spec);
    }

    /// The instruction that begins at a slot.
    public Insn at(int pc) {
        Insn insn = insns[pc];
        if (insn == null) {
            throw new AssertionError("slot " + pc + " is the second of a wide load");
        }
        return insn;
    }

    /// The slot behind the instruction at `pc`.
    public int next(int pc) {
        return pc + Code.slotsOf(at(pc));
    }

    /// The subprogram that begins at a slot, or null.
    public @Nullable Subprogram startingAt(int pc) {
        Subprogram sub = holding(pc);
        return sub.start == pc ? sub : null;
    }

    /// The subprogram that holds a slot.
    public Subprogram holding(int pc) {
        int low = 0;
        int high = subprograms.length - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (subprograms[middle].start <= pc) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return subprograms[low];
    }

    /// The name of the kernel function that an instruction calls.
    public String kfunc(Insn.CallKfunc call) {
        int index = call.id();
        return index >= 0 && index < spec.externs().size() ? spec.externs().get(index) : "";
    }

    /// The slot that a jump or a local call at `pc` leads to, or -1.
    public static int target(Insn insn, int pc) {
        return switch (insn) {
            case Insn.Jump jump -> pc + 1 + jump.offset();
            case Insn.JumpIf jump -> pc + 1 + jump.offset();
            case Insn.MayGoto jump -> pc + 1 + jump.offset();
            case Insn.CallLocal call -> pc + 1 + call.offset();
            case Insn.LoadImm64 load when load.kind() == WideKind.FUNC -> pc + 1 + load.imm();
            default -> -1;
        };
    }

    /// Whether control never goes to the next slot.
    static boolean ends(Insn insn) {
        return insn instanceof Insn.Exit || insn instanceof Insn.Jump;
    }

    /// Depth first over all edges, calls included, fall-through edges first.
    private void walk(boolean loopsPermitted) {
        int size = insns.length;
        byte[] state = new byte[size]; // 0 unseen, 1 to 3 edges followed, 4 done
        int[] stack = new int[size + 1];
        int depth = 0;
        stack[depth++] = 0;
        state[0] = 1;
        while (depth > 0) {
            int pc = stack[depth - 1];
            Insn insn = insns[pc];
            int target = -1;
            if (insn == null) {
                // A jump into the middle of a wide load: refused below, where Linux looks for it.
                state[pc]++;
                target = state[pc] == 2 ? pc + 1 : -1;
                depth -= state[pc] == 4 ? 1 : 0;
            } else if (state[pc] == 1) {
                state[pc] = 2;
                mark(pc, insn);
                target = insn instanceof Insn.Jump ? target(insn, pc) : ends(insn) ? -1 : next(pc);
            } else if (state[pc] == 2) {
                state[pc] = 3;
                target = insn instanceof Insn.Jump ? -1 : target(insn, pc);
            } else {
                state[pc] = 4;
                depth--;
                continue;
            }
            if (target < 0) {
                continue;
            }
            if (target >= size) {
                throw new Violation(
                        Rule.CONTROL_FLOW,
                        Violation.EINVAL,
                        pc,
                        -1,
                        "jump out of range from insn " + pc + " to " + target);
            }
            if (state[target] == 0) {
                state[target] = 1;
                stack[depth++] = target;
            } else if (state[target] < 4 && !loopsPermitted) {
                throw new Violation(
                        Rule.CONTROL_FLOW,
                        Violation.EINVAL,
                        pc,
                        -1,
                        "back-edge from insn " + pc + " to " + target);
            }
        }
        for (int pc = 0; pc < size; pc = next(pc)) {
            if (state[pc] != 4) {
                throw new Violation(
                        Rule.UNREACHABLE, Violation.EINVAL, pc, -1, "unreachable insn " + pc);
            }
            if (insns[pc] instanceof Insn.LoadImm64 && state[pc + 1] != 0) {
                throw new Violation(
                        Rule.CONTROL_FLOW,
                        Violation.EINVAL,
                        pc,
                        -1,
                        "jump into the middle of ldimm64 insn " + pc);
            }
        }
    }

    /// Linux's choice of places where states are compared.
    private void mark(int pc, Insn insn) {
        switch (insn) {
            case Insn.Jump jump -> meet(target(jump, pc));
            case Insn.JumpIf jump -> {
                prunePoint[pc] = true;
                meet(target(jump, pc));
            }
            case Insn.MayGoto jump -> {
                prunePoint[pc] = true;
                forced[pc] = true;
                meet(target(jump, pc));
            }
            case Insn.CallHelper call -> {
                if (Callbacks.isAsync(call.id())) {
                    prunePoint[pc] = true;
                }
                if (Callbacks.isSync(call.id())) {
                    callback(pc);
                }
                afterCall(pc);
            }
            case Insn.CallKfunc call -> {
                String name = kfunc(call);
                if (name.startsWith("bpf_iter_") && name.endsWith("_next")) {
                    iteratorNext[pc] = true;
                    prunePoint[pc] = true;
                    forced[pc] = true;
                }
                afterCall(pc);
            }
            case Insn.CallLocal call -> {
                afterCall(pc);
                prunePoint[pc] = true;
                meet(target(call, pc));
            }
            case Insn.LoadImm64 load when load.kind() == WideKind.FUNC -> {
                if (pc + 2 < insns.length) {
                    prunePoint[pc + 2] = true;
                    jumpPoint[pc + 2] = true;
                }
                prunePoint[pc] = true;
                meet(target(load, pc));
            }
            case Insn.CallReg ignored -> afterCall(pc);
            default -> {}
        }
    }

    private void callback(int pc) {
        callsCallback[pc] = true;
        forced[pc] = true;
        prunePoint[pc] = true;
        jumpPoint[pc] = true;
    }

    private void afterCall(int pc) {
        if (pc + 1 < insns.length) {
            prunePoint[pc + 1] = true;
            jumpPoint[pc + 1] = true;
        }
    }

    private void meet(int target) {
        if (target >= 0 && target < insns.length) {
            prunePoint[target] = true;
            jumpPoint[target] = true;
        }
    }

    /// What callees do, their callers do.
    private void spreadEffects() {
        for (Subprogram sub : subprograms) {
            for (int pc = sub.start; pc < sub.end; pc = next(pc)) {
                if (at(pc) instanceof Insn.CallHelper call) {
                    HelperSpec helper = spec.type().helper(call.id());
                    if (helper != null && helper.is(HelperSpec.Trait.CHANGES_PACKET)) {
                        sub.changesPacket = true;
                    }
                    if (helper != null && helper.is(HelperSpec.Trait.MIGHT_SLEEP)) {
                        sub.mightSleep = true;
                    }
                    if (call.id() == 12) {
                        sub.changesPacket = true;
                    }
                }
            }
        }
        boolean changed = true;
        while (changed) {
            changed = false;
            for (Subprogram sub : subprograms) {
                for (int pc = sub.start; pc < sub.end; pc = next(pc)) {
                    int target = target(at(pc), pc);
                    if (target < sub.start || target >= sub.end) {
                        Subprogram callee = target < 0 ? null : startingAt(target);
                        if (callee != null
                                && ((callee.changesPacket && !sub.changesPacket)
                                        || (callee.mightSleep && !sub.mightSleep))) {
                            sub.changesPacket |= callee.changesPacket;
                            sub.mightSleep |= callee.mightSleep;
                            changed = true;
                        }
                    }
                }
            }
        }
    }

    @Override
    public String toString() {
        return "Cfg" + Arrays.toString(component);
    }
}
