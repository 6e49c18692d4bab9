package bpf4j.verifier.facts;

import bpf4j.isa.Insn;
import bpf4j.spec.LoadPolicy;
import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.cfg.Cfg;
import bpf4j.verifier.cfg.Subprogram;
import bpf4j.verifier.domain.Scalar;
import bpf4j.verifier.domain.Tri;
import bpf4j.verifier.facts.Value.Any;
import bpf4j.verifier.facts.Value.Number;
import bpf4j.verifier.facts.Value.Pointer;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.BitSet;

/// Finds what holds before every block of a program: forward over its blocks in an order in which
/// each comes after what it depends on, joining where paths meet. A block in no loop is executed
/// once. The blocks of a loop are executed until nothing changes, widening where control comes
/// back,
/// then twice without widening, which only makes it more precise. What the collector is told is
/// final.
final class Solver implements Calls.Listener {
    /// Joins before a loop widens.
    private static final int PLAIN_JOINS = 2;

    /// Widenings to the program's own constants before only powers of two remain.
    private static final int THRESHOLD_JOINS = 40;

    /// After so many joins at one place, what still changes becomes unknown.
    private static final int MAX_JOINS = 120;

    private static final long[] NO_THRESHOLDS = {};
    private static final Values.Joiner PLAIN = Scalar::join;

    private final Cfg cfg;
    private final Blocks blocks;
    private final Transfer transfer;
    private final Calls calls;
    private final BitSet leaky;
    private final Collector collector;
    private long @Nullable [] thresholds;

    /// What holds before each block, by position; null where unreachable.
    private final @Nullable FrameState[] before;

    /// What each subprogram returns, by its number; null when it does not.
    private final @Nullable Value[] results;

    /// What subprograms are found to return: the same, unless it is computed anew.
    private @Nullable Value[] found;

    private Mode mode = Mode.FINAL;

    /// The position of the block being executed.
    private int position;

    // The loop being solved.
    private int first;
    private int end;
    private boolean widened;
    private final BitSet dirty = new BitSet();
    private final BitSet heads = new BitSet();
    private final int[] joins;

    /// What went from each block to ones that are not later, by position.
    private final @Nullable Back[] backs;

    /// What blocks are executed for.
    private enum Mode {
        /// States of a loop grow until nothing changes.
        ASCENT,
        /// States of a loop are computed anew from those known.
        DESCENT,
        /// States do not change any more: the collector is told, and what comes after the loop.
        FINAL
    }

    /// Control that went to a block that is not later, and other such control from the same block.
    private record Back(int target, FrameState state, @Nullable Back other) {}

    /// Computes under the assumption that addresses of a frame stay typed, except in subprograms
    /// whose numbers are in `leaky`. Whether it holds can be seen from the outcome: up to the first
    /// loss of a type, everything computed is right.
    Solver(
            ProgramSpec spec,
            LoadPolicy policy,
            Cfg cfg,
            Blocks blocks,
            BitSet leaky,
            Collector collector) {
        this.cfg = cfg;
        this.blocks = blocks;
        this.leaky = leaky;
        this.collector = collector;
        transfer = new Transfer(spec, policy);
        calls = new Calls(spec);
        joins = new int[blocks.count()];
        before = new FrameState[blocks.count()];
        backs = new Back[blocks.count()];
        results = new Value[cfg.subprograms.length];
        found = results;
    }

    /// What the entry of the program finds.
    private FrameState entry() {
        FrameState state = new FrameState(leaky.get(0));
        state.regs[1] = Pointer.to(Region.CTX, -1, 0);
        return state;
    }

    void solve() {
        merge(blocks.position(0), entry());
        for (first = 0; first < blocks.count(); first = end) {
            end = blocks.ends[first];
            if (blocks.looping.get(first)) {
                loop();
                continue;
            }
            FrameState state = before[first];
            if (state != null) {
                before[first] = null;
                walk(first, state);
            }
        }
    }

    private void loop() {
        @Nullable FrameState[] base = new FrameState[end - first];
        for (int i = first; i < end; i++) {
            FrameState state = before[i];
            base[i - first] = state == null ? null : state.copy();
        }
        widened = false;
        mode = Mode.ASCENT;
        ascend();
        if (widened) {
            mode = Mode.DESCENT;
            descend(base);
        }
        mode = Mode.FINAL;
        descend(base);
    }

    private void ascend() {
        for (int i = first; i < end; i++) {
            dirty.set(i, before[i] != null);
        }
        int next = first - 1;
        while (!dirty.isEmpty()) {
            next = dirty.nextSetBit(next + 1);
            if (next < 0) {
                next = dirty.nextSetBit(0);
            }
            dirty.clear(next);
            backs[next] = null;
            walkCopy(next);
        }
    }

    /// Executes every block of the loop once more. When states were widened, they are computed
    /// anew:
    /// from what came from before the loop, from what went back last time, and from each other. All
    /// of that holds for every run, so does the outcome.
    private void descend(@Nullable FrameState[] base) {
        if (!widened) {
            for (int i = first; i < end; i++) {
                walkCopy(i);
            }
            return;
        }
        found = new Value[results.length];
        for (int i = first; i < end; i++) {
            FrameState state = base[i - first];
            before[i] = state == null ? null : state.copy();
        }
        for (int i = first; i < end; i++) {
            Back back = backs[i];
            backs[i] = null;
            for (; back != null; back = back.other) {
                merge(back.target, back.state);
            }
        }
        for (int i = first; i < end; i++) {
            walkCopy(i);
        }
        for (Subprogram sub : cfg.subprograms) {
            int entry = blocks.position(sub.start);
            if (first <= entry && entry < end) {
                results[sub.number] = found[sub.number];
            }
        }
        found = results;
    }

    private void walkCopy(int at) {
        FrameState state = before[at];
        if (state != null) {
            walk(at, state.copy());
        }
    }

    /// Executes the block at a position, changing `state`.
    private void walk(int at, FrameState state) {
        position = at;
        int pc = blocks.starts[at];
        boolean isFinal = mode == Mode.FINAL;
        if (isFinal) {
            collector.begin(pc, state);
        }
        while (true) {
            Insn insn = cfg.at(pc);
            if (isFinal) {
                collector.before(pc, insn, state);
            }
            switch (insn) {
                case Insn.Jump _ -> {
                    flow(Cfg.target(insn, pc), state);
                    return;
                }
                case Insn.MayGoto _ -> {
                    flow(Cfg.target(insn, pc), state.copy());
                    flow(pc + 1, state);
                    return;
                }
                case Insn.JumpIf jump -> {
                    branch(pc, jump, state);
                    return;
                }
                case Insn.Exit _ -> {
                    exit(pc, state.regs[0]);
                    return;
                }
                case Insn.CallHelper call when call.id() == Calls.TAIL_CALL -> exit(pc, Any.MIXED);
                case Insn.LoadAbs _, Insn.LoadInd _ -> exit(pc, Number.constant(0));
                default -> {}
            }
            if (isCall(insn)) {
                if (!calls.execute(state, pc, insn, this)) {
                    return;
                }
            } else {
                Links.step(state, pc, insn);
                transfer.execute(state, pc, insn);
            }
            if (isFinal) {
                collector.after(pc, insn, state);
            }
            pc = cfg.next(pc);
            if (blocks.beginsAt(pc)) {
                flow(pc, state);
                return;
            }
        }
    }

    static boolean isCall(Insn insn) {
        return insn instanceof Insn.CallHelper
                || insn instanceof Insn.CallLocal
                || insn instanceof Insn.CallKfunc
                || insn instanceof Insn.CallReg;
    }

    private void branch(int pc, Insn.JumpIf jump, FrameState state) {
        Tri holds = Branches.holds(state, jump);
        FrameState taken =
                holds == Tri.NO
                        ? null
                        : Branches.follow(holds == Tri.YES ? state : state.copy(), jump, true);
        FrameState other = holds == Tri.YES ? null : Branches.follow(state, jump, false);
        if (mode == Mode.FINAL) {
            collector.branch(pc, taken != null, other != null);
        }
        if (taken != null) {
            flow(Cfg.target(jump, pc), taken);
        }
        if (other != null) {
            flow(pc + 1, other);
        }
    }

    /// Control goes from the block being executed to the beginning of one. Takes the state.
    private void flow(int slot, FrameState state) {
        int target = blocks.position(slot);
        if (target >= end) {
            if (mode == Mode.FINAL) {
                merge(target, state);
            }
            return;
        }
        boolean back = target <= position;
        switch (mode) {
            case ASCENT -> {
                if (back) {
                    heads.set(target);
                    backs[position] = new Back(target, state.copy(), backs[position]);
                }
                grow(target, state);
            }
            case DESCENT -> {
                if (back) {
                    backs[position] = new Back(target, state, backs[position]);
                } else {
                    merge(target, state);
                }
            }
            case FINAL -> {
                if (!back && widened) {
                    merge(target, state);
                } else {
                    collector.joined(state, before[target], live(target));
                }
            }
        }
    }

    private int live(int target) {
        return cfg.liveBefore[blocks.starts[target]];
    }

    private void merge(int target, FrameState state) {
        FrameState known = before[target];
        if (known == null) {
            state.keep(live(target));
            before[target] = state;
        } else {
            known.join(state, live(target), PLAIN);
        }
    }

    private void grow(int target, FrameState state) {
        FrameState known = before[target];
        if (known == null) {
            state.keep(live(target));
            before[target] = state;
            dirty.set(target);
        } else if (known.join(state, live(target), joiner(target))) {
            joins[target]++;
            dirty.set(target);
        }
    }

    private Values.Joiner joiner(int target) {
        int count = joins[target];
        if (count > MAX_JOINS) {
            return (a, b) -> a.includes(b) ? a : Scalar.UNKNOWN;
        }
        if (count < PLAIN_JOINS || (!heads.get(target) && count < THRESHOLD_JOINS)) {
            return PLAIN;
        }
        widened = true;
        long[] stops = count < THRESHOLD_JOINS ? thresholds() : NO_THRESHOLDS;
        return (a, b) -> Scalar.widen(a, b, stops);
    }

    private long[] thresholds() {
        long[] known = thresholds;
        if (known == null) {
            known = Thresholds.of(cfg);
            thresholds = known;
        }
        return known;
    }

    /// A subprogram returns a value.
    private void exit(int pc, Value value) {
        int number = cfg.holding(pc).number;
        Value old = found[number];
        Value plain = Values.withoutOrigin(value);
        Value joined = old == null ? plain : Values.join(old, plain, PLAIN);
        if (joined.equals(old)) {
            return;
        }
        found[number] = joined;
        if (mode == Mode.ASCENT) {
            // What follows a call depends on what the callee returns.
            for (int call : blocks.callers.get(number)) {
                dirty.set(blocks.holding(call));
            }
        }
    }

    @Override
    public void call(int target, Value[] args) {
        FrameState state = new FrameState(leaky.get(cfg.holding(target).number));
        System.arraycopy(args, 1, state.regs, 1, 5);
        if (mode == Mode.FINAL) {
            collector.call(target, args);
        }
        flow(target, state);
    }

    @Override
    public @Nullable Value result(int target) {
        return results[cfg.holding(target).number];
    }

    @Override
    public void callAnything() {
        Value[] args = new Value[6];
        Arrays.fill(args, Any.MIXED);
        for (int target : blocks.functions()) {
            call(target, args);
        }
    }

    @Override
    public void expose(long from, long to) {
        if (mode == Mode.FINAL) {
            collector.expose(from, to);
        }
    }
}
