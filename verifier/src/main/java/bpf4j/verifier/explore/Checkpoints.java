package bpf4j.verifier.explore;

import bpf4j.isa.Insn;
import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.check.Env;
import bpf4j.verifier.explore.Equivalence.Level;
import bpf4j.verifier.report.Rule;
import bpf4j.verifier.report.Violation;
import bpf4j.verifier.state.Frame;
import bpf4j.verifier.state.Kind;
import bpf4j.verifier.state.Reg;
import bpf4j.verifier.state.State;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;

/// The states that are kept, by instruction: a path ends when one of them covers it. When a state
/// is kept, and when it is dropped again, decides how fast a program is verified; the choices are
/// Linux's.
final class Checkpoints {
    private static final int MANY_STEPS = 40;
    private static final int MAX_UNPRIVILEGED = 64;

    private final Env env;
    private final Equivalence equivalence;
    private final LoopVisits loops;
    private final @Nullable ArrayList<State>[] kept;

    private final int[] visits;
    private final boolean everywhere;
    private int jumps;
    private int previousJumps;
    private int processed;
    private int previousProcessed;

    int total;
    int peak;
    int mostAtOnce;
    private int now;

    @SuppressWarnings({"unchecked", "rawtypes"})
    Checkpoints(Env env, Equivalence equivalence, LoopVisits loops) {
        this.env = env;
        this.equivalence = equivalence;
        this.loops = loops;
        kept = new ArrayList[env.cfg.insns.length];
        visits = new int[env.cfg.insns.length];
        everywhere =
                env.options.checkpointEverywhere()
                        || (env.bpf && env.spec.flags().contains(ProgramSpec.Flag.TEST_STATE_FREQ));
    }

    void countJump() {
        jumps++;
    }

    void countInsn(int pc) {
        processed++;
        visits[pc]++;
    }

    int visits(int pc) {
        return visits[pc];
    }

    int processed() {
        return processed;
    }

    /// Forgets all checkpoints: another function begins.
    void clear() {
        Arrays.fill(kept, null);
        now = 0;
    }

    /// The bucket of the states at an instruction for the call that the state is in. States of
    /// other calls never match, and must not keep this call's from being kept.
    private ArrayList<State> at(int pc, State state) {
        int bucket = Integer.remainderUnsigned(pc ^ state.frame().callSite, kept.length);
        ArrayList<State> states = kept[bucket];
        if (states == null) {
            states = new ArrayList<>(4);
            kept[bucket] = states;
        }
        return states;
    }

    /// Whether the current path need not be followed any further; else the state may be kept.
    boolean visited() {
        int pc = env.pc;
        State state = env.state;
        boolean forced =
                everywhere
                        || env.cfg.forced[pc]
                        || (state.steps != null && state.steps.count > MANY_STEPS);
        boolean add = forced || (jumps - previousJumps >= 2 && processed - previousProcessed >= 8);
        ArrayList<State> states = at(pc, state);
        int seen = 0;
        for (int i = states.size() - 1; i >= 0; i--) {
            State old = states.get(i);
            seen++;
            if (old.pc != pc) {
                continue;
            }
            boolean loop = false;
            boolean covered;
            if (old.branches > 0) {
                int open = open(old, state, pc);
                covered = open == COVERED;
                loop = covered;
                if (!covered
                        && !forced
                        && jumps - previousJumps < 20
                        && processed - previousProcessed < 100) {
                    add = false;
                }
            } else {
                loop = loops.isIncomplete(old);
                covered =
                        env.options.prune()
                                && equivalence.covers(
                                        old, state, loop ? Level.INCLUDED : Level.USED);
            }
            if (covered) {
                old.hits++;
                hit(old, state, pc, loop);
                return true;
            }
            if (add) {
                old.misses++;
            }
            int patience = env.cfg.forced[pc] && old.branches > 0 ? 64 : 3;
            if (old.misses > old.hits * patience + patience) {
                states.remove(i);
                now--;
            }
        }
        mostAtOnce = Math.max(mostAtOnce, seen);
        if (!add || (!env.bpf && seen > MAX_UNPRIVILEGED)) {
            return false;
        }
        keep(states, state, pc);
        return false;
    }

    private static final int MISSED = 0;
    private static final int COVERED = 1;

    /// Compares with a checkpoint on the same path: either a loop that ends by itself has come
    /// back, or a loop that does not.
    private int open(State old, State state, int pc) {
        Frame oldFrame = old.frame();
        if (oldFrame.inAsyncCallback && oldFrame.asyncEntries != state.frame().asyncEntries) {
            return MISSED;
        }
        if (env.cfg.iteratorNext[pc]) {
            return equivalence.covers(old, state, Level.INCLUDED) && iteratorInUse(state)
                    ? COVERED
                    : MISSED;
        }
        if (env.cfg.at(pc) instanceof Insn.MayGoto
                && old.mayGotoDepth != state.mayGotoDepth
                && equivalence.covers(old, state, Level.INCLUDED)) {
            return COVERED;
        }
        if (env.cfg.callsCallback[pc]) {
            return equivalence.covers(old, state, Level.INCLUDED) ? COVERED : MISSED;
        }
        if (sameArrival(old, state)
                && old.mayGotoDepth == state.mayGotoDepth
                && old.callbackUnrollDepth == state.callbackUnrollDepth
                && equivalence.covers(old, state, Level.EXACT)
                && !Equivalence.iteratorsMoved(old, state)) {
            throw Violation.invalid(Rule.INFINITE_LOOP, -1, "infinite loop detected at insn " + pc);
        }
        return MISSED;
    }

    /// Linux takes a loop for an endless one only if no register has changed, even one that nobody
    /// reads any more: a loop that is not may still end by what it does to its states.
    private static boolean sameArrival(State old, State state) {
        Reg[] regs = state.regs();
        for (int i = 0; i < 10; i++) {
            if (!old.arrival[i].same(regs[i])) {
                return false;
            }
        }
        return true;
    }

    private static boolean iteratorInUse(State state) {
        Reg pointer = state.regs()[1];
        if (pointer.kind != Kind.STACK || !pointer.var.isConst()) {
            return false;
        }
        int slot = Frame.slotOf((int) (pointer.off + pointer.var.value()));
        return state.frame(pointer.size).slot(slot).stored().size == 1;
    }

    private void hit(State old, State state, int pc, boolean loop) {
        if (env.cfg.jumpPoint[pc]) {
            env.note();
        }
        state.pc = pc;
        loops.spread(old, state);
        if (loop) {
            loops.end(old, state, pc);
        }
    }

    private void keep(ArrayList<State> states, State state, int pc) {
        total++;
        now++;
        peak = Math.max(peak, now);
        previousJumps = jumps;
        previousProcessed = processed;
        State checkpoint = state.copy();
        checkpoint.pc = pc;
        checkpoint.arrival = state.regs().clone();
        clean(checkpoint, pc);
        states.add(checkpoint);
        state.parent = checkpoint;
        state.firstPc = pc;
        state.steps = null;
        state.depth = checkpoint.depth + 1;
        Arrays.fill(state.written, 0);
        loops.enter(checkpoint);
        env.begin();
    }

    /// Registers that are not live need not be compared.
    private void clean(State checkpoint, int pc) {
        for (int f = 0; f <= checkpoint.current; f++) {
            int live = env.cfg.liveBefore[checkpoint.pcOf(f, pc)];
            Reg[] regs = checkpoint.frame(f).regs;
            for (int i = 0; i < 10; i++) {
                if ((live >> i & 1) == 0) {
                    regs[i] = Reg.NOT_INIT;
                }
            }
        }
    }

    /// A path ended: checkpoints on it may now be explored completely.
    void pathEnded(State state) {
        State at = state.parent;
        while (at != null) {
            at.branches--;
            if (at.branches > 0) {
                return;
            }
            at.arrival = new Reg[0];
            loops.leave(at);
            at = at.parent;
        }
    }

    /// Widens a state by an earlier turn of a loop that begins at `pc`.
    void widen(int pc, State state, State from) {
        ArrayList<State> states = at(pc, from);
        for (int i = states.size() - 1; i >= 0; i--) {
            State old = states.get(i);
            if (old.pc == pc && old.branches > 0 && old.sameCalls(from) && old.depth < from.depth) {
                equivalence.widen(old, state);
                return;
            }
        }
    }
}
