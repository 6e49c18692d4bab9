package bpf4j.verifier.facts;

import bpf4j.isa.AluOp;
import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.isa.WideKind;
import bpf4j.spec.LoadPolicy;
import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.cfg.Cfg;
import bpf4j.verifier.cfg.Subprogram;
import bpf4j.verifier.domain.Scalar;
import bpf4j.verifier.facts.Value.Any;
import bpf4j.verifier.facts.Value.Number;
import bpf4j.verifier.facts.Value.Pointer;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.TreeSet;

/// Finds what holds before every block of a program: forward over all its subprograms at once,
/// joining where paths meet, widening at loops, until nothing changes; then twice without widening,
/// which only makes it more precise.
final class Solver {
    /// Joins before a loop widens.
    private static final int PLAIN_JOINS = 2;

    /// Widenings to the program's own constants before only powers of two remain.
    private static final int THRESHOLD_JOINS = 40;

    /// After so many joins at one place, what still changes becomes unknown.
    private static final int MAX_JOINS = 120;

    private static final int MAX_THRESHOLDS = 96;

    private static final int MAX_STEPS = 4;
    private static final long[] NO_THRESHOLDS = {};
    private static final Values.Joiner PLAIN = Scalar::join;

    final Cfg cfg;
    final ProgramSpec spec;
    private final Transfer transfer;
    private final Calls calls;
    private final long[] thresholds;
    private final BitSet leaders = new BitSet();
    private final BitSet loopHeads = new BitSet();
    private final BitSet dirty = new BitSet();
    private final int[] joins;
    private final BitSet leaky;

    /// The local calls of each subprogram, by its number.
    private final List<List<Integer>> callSites = new ArrayList<>();

    private boolean widened;

    /// What holds before each block, by the slot where it begins; null where unreachable.
    private @Nullable FrameState[] before;

    /// What each subprogram returns, by its number; null when it does not.
    private @Nullable Value[] results;

    /// Computes under the assumption that addresses of a frame stay typed, except in subprograms
    /// whose numbers are in `leaky`. Whether it holds can be seen from the outcome: up to the first
    /// loss of a type, everything computed is right.
    Solver(ProgramSpec spec, LoadPolicy policy, Cfg cfg, BitSet leaky) {
        this.leaky = leaky;
        this.spec = spec;
        this.cfg = cfg;
        transfer = new Transfer(spec, policy);
        calls = new Calls(spec);
        int size = cfg.insns.length;
        joins = new int[size];
        before = new FrameState[size];
        results = new Value[cfg.subprograms.length];
        thresholds = thresholds(cfg);
        findLeaders();
    }

    private static long[] thresholds(Cfg cfg) {
        TreeSet<Long> found = new TreeSet<>();
        List<Integer> steps = steps(cfg);
        for (int pc = 0; pc < cfg.insns.length; pc = cfg.next(pc)) {
            Operand operand =
                    switch (cfg.at(pc)) {
                        case Insn.JumpIf jump -> jump.src();
                        case Insn.Alu alu when alu.op() == AluOp.MOV -> alu.src();
                        default -> null;
                    };
            if (operand instanceof Operand.Imm(int value) && found.size() < MAX_THRESHOLDS) {
                found.add(value - 1L);
                found.add((long) value);
                found.add(value + 1L);
                // A counter that ends at a value is at most one step below it before.
                for (int step : steps) {
                    found.add((long) value - step);
                }
            }
        }
        return found.stream().mapToLong(Long::longValue).toArray();
    }

    private void findLeaders() {
        for (Subprogram sub : cfg.subprograms) {
            leaders.set(sub.start);
            callSites.add(new ArrayList<>());
        }
        for (int pc = 0; pc < cfg.insns.length; pc = cfg.next(pc)) {
            Insn insn = cfg.at(pc);
            if (insn instanceof Insn.CallLocal) {
                callSites.get(cfg.holding(Cfg.target(insn, pc)).number).add(pc);
            }
            if (!isJump(insn)) {
                continue;
            }
            int target = Cfg.target(insn, pc);
            leaders.set(target);
            if (target <= pc) {
                loopHeads.set(target);
            }
            leaders.set(pc + 1);
        }
    }

    /// What counters of loops are increased by, beside 1: few constants, those of additions.
    private static List<Integer> steps(Cfg cfg) {
        TreeSet<Integer> found = new TreeSet<>();
        for (int pc = 0; pc < cfg.insns.length && found.size() < MAX_STEPS; pc = cfg.next(pc)) {
            if (cfg.at(pc) instanceof Insn.Alu alu
                    && alu.op() == AluOp.ADD
                    && alu.src() instanceof Operand.Imm(int value)
                    && value > 1
                    && value <= 64) {
                found.add(value);
            }
        }
        return List.copyOf(found);
    }

    private static boolean isJump(Insn insn) {
        return insn instanceof Insn.Jump
                || insn instanceof Insn.JumpIf
                || insn instanceof Insn.MayGoto;
    }

    static boolean isCall(Insn insn) {
        return insn instanceof Insn.CallHelper
                || insn instanceof Insn.CallLocal
                || insn instanceof Insn.CallKfunc
                || insn instanceof Insn.CallReg;
    }

    /// What the entry of the program finds.
    private FrameState entry() {
        FrameState state = new FrameState(leaky.get(0));
        state.regs[1] = Pointer.to(Region.CTX, -1, 0);
        return state;
    }

    void solve() {
        Ascent ascent = new Ascent();
        ascent.flow(0, entry());
        int pc = -1;
        while (!dirty.isEmpty()) {
            pc = dirty.nextSetBit(pc + 1);
            if (pc < 0) {
                pc = dirty.nextSetBit(0);
            }
            dirty.clear(pc);
            FrameState state = before[pc];
            if (state != null) {
                walk(pc, state.copy(), ascent);
            }
        }
        if (widened) {
            descend();
            descend();
        }
    }

    /// Recomputes every block's beginning from what is known, which holds for every run; so does
    /// the outcome.
    private void descend() {
        Descent descent = new Descent();
        descent.flow(0, entry());
        for (int pc = leaders.nextSetBit(0); pc >= 0; pc = leaders.nextSetBit(pc + 1)) {
            FrameState state = pc < before.length ? before[pc] : null;
            if (state != null) {
                walk(pc, state.copy(), descent);
            }
        }
        before = descent.states;
        results = descent.found;
    }

    /// What a walk over a block does at its ends and calls.
    interface Visitor extends Calls.Listener {
        /// Control goes from the end of a block to the beginning of another.
        void flow(int target, FrameState state);

        /// A subprogram returns a value.
        void exit(int pc, Value result);

        /// Before an instruction.
        default void before(int pc, FrameState state) {}

        /// After an instruction that does not end the block.
        default void after(int pc, FrameState state) {}
    }

    /// Executes the block that begins at `start`, changing `state`.
    void walk(int start, FrameState state, Visitor visitor) {
        int pc = start;
        while (true) {
            Insn insn = cfg.at(pc);
            visitor.before(pc, state);
            switch (insn) {
                case Insn.Jump _ -> {
                    visitor.flow(Cfg.target(insn, pc), state);
                    return;
                }
                case Insn.MayGoto _ -> {
                    visitor.flow(Cfg.target(insn, pc), state.copy());
                    visitor.flow(pc + 1, state);
                    return;
                }
                case Insn.JumpIf jump -> {
                    FrameState taken = Branches.follow(state.copy(), jump, true);
                    if (taken != null) {
                        visitor.flow(Cfg.target(insn, pc), taken);
                    }
                    FrameState other = Branches.follow(state, jump, false);
                    if (other != null) {
                        visitor.flow(pc + 1, other);
                    }
                    return;
                }
                case Insn.Exit _ -> {
                    visitor.exit(pc, state.regs[0]);
                    return;
                }
                case Insn.CallHelper call when call.id() == Calls.TAIL_CALL ->
                        visitor.exit(pc, Any.MIXED);
                case Insn.LoadAbs _, Insn.LoadInd _ -> visitor.exit(pc, Number.constant(0));
                default -> {}
            }
            if (isCall(insn)) {
                if (!calls.execute(state, pc, insn, visitor)) {
                    return;
                }
            } else {
                Links.step(state, pc, insn);
                transfer.execute(state, pc, insn);
            }
            visitor.after(pc, state);
            pc = cfg.next(pc);
            if (leaders.get(pc)) {
                visitor.flow(pc, state);
                return;
            }
        }
    }

    /// Walks every reachable block once more.
    void visit(Visitor visitor) {
        for (int pc = leaders.nextSetBit(0); pc >= 0; pc = leaders.nextSetBit(pc + 1)) {
            FrameState state = pc < before.length ? before[pc] : null;
            if (state != null) {
                walk(pc, state.copy(), visitor);
            }
        }
    }

    /// What holds before the block at `pc`, or null.
    @Nullable FrameState before(int pc) {
        return before[pc];
    }

    /// What the subprogram at a slot returns, or null.
    @Nullable Value result(int target) {
        return results[cfg.holding(target).number];
    }

    /// The registers live before `pc`.
    int live(int pc) {
        return cfg.liveBefore[pc];
    }

    private FrameState calleeEntry(int target, Value[] args) {
        FrameState state = new FrameState(leaky.get(cfg.holding(target).number));
        System.arraycopy(args, 1, state.regs, 1, 5);
        return state;
    }

    /// Calls every function of which the program takes the address, with anything.
    void callAnything(Calls.Listener listener) {
        Value[] args = new Value[6];
        Arrays.fill(args, Any.MIXED);
        for (int pc = 0; pc < cfg.insns.length; pc = cfg.next(pc)) {
            if (cfg.at(pc) instanceof Insn.LoadImm64 load && load.kind() == WideKind.FUNC) {
                listener.call(Cfg.target(load, pc), args);
            }
        }
    }

    /// Grows states until nothing changes.
    private final class Ascent implements Visitor {
        @Override
        public void flow(int target, FrameState state) {
            FrameState known = before[target];
            if (known == null) {
                state.keep(live(target));
                before[target] = state;
                dirty.set(target);
                return;
            }
            if (known.join(state, live(target), joiner(target))) {
                joins[target]++;
                dirty.set(target);
            }
        }

        private Values.Joiner joiner(int target) {
            int count = joins[target];
            if (count > MAX_JOINS) {
                return (a, b) -> a.includes(b) ? a : Scalar.UNKNOWN;
            }
            if (count < PLAIN_JOINS || !loopHeads.get(target) && count < THRESHOLD_JOINS) {
                return PLAIN;
            }
            widened = true;
            long[] stops = count < THRESHOLD_JOINS ? thresholds : NO_THRESHOLDS;
            return (a, b) -> Scalar.widen(a, b, stops);
        }

        @Override
        public void exit(int pc, Value result) {
            int number = cfg.holding(pc).number;
            Value old = results[number];
            Value joined =
                    old == null
                            ? Values.withoutOrigin(result)
                            : Values.join(old, Values.withoutOrigin(result), PLAIN);
            if (!joined.equals(old)) {
                results[number] = joined;
                dirtyCallers(number);
            }
        }

        /// What follows a call depends on what the callee returns.
        private void dirtyCallers(int number) {
            for (int pc : callSites.get(number)) {
                dirty.set(leaders.previousSetBit(pc));
            }
        }

        @Override
        public void call(int target, Value[] args) {
            flow(target, calleeEntry(target, args));
        }

        @Override
        public @Nullable Value result(int target) {
            return Solver.this.result(target);
        }

        @Override
        public void callAnything() {
            Solver.this.callAnything(this);
        }

        @Override
        public void expose(long from, long to) {}
    }

    /// Computes every state anew from those known.
    private final class Descent implements Visitor {
        final @Nullable FrameState[] states = new FrameState[before.length];
        final @Nullable Value[] found = new Value[results.length];

        @Override
        public void flow(int target, FrameState state) {
            FrameState known = states[target];
            if (known == null) {
                state.keep(live(target));
                states[target] = state;
            } else {
                known.join(state, live(target), PLAIN);
            }
        }

        @Override
        public void exit(int pc, Value result) {
            int number = cfg.holding(pc).number;
            Value old = found[number];
            Value plain = Values.withoutOrigin(result);
            found[number] = old == null ? plain : Values.join(old, plain, PLAIN);
        }

        @Override
        public void call(int target, Value[] args) {
            flow(target, calleeEntry(target, args));
        }

        @Override
        public @Nullable Value result(int target) {
            return Solver.this.result(target);
        }

        @Override
        public void callAnything() {
            Solver.this.callAnything(this);
        }

        @Override
        public void expose(long from, long to) {}
    }
}
