package bpf4j.verifier.explore;

import bpf4j.verifier.check.Env;
import bpf4j.verifier.state.State;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Loops whose paths were cut because an earlier turn covers a later one. What mattered and what
/// was read in such a loop is not known until all its paths are explored; then the marks go round
/// the loop until nothing changes. Until then everything is compared.
final class LoopVisits {
    private static final int MAX_ROUNDS = 64;

    private final Env env;
    private final Precision precision;
    private final Map<Key, Visit> visits = new HashMap<>();

    /// A loop in a chain of calls: the call sites, then the component.
    private record Key(List<Integer> chain) {}

    private static final class Visit {
        @Nullable State entry;
        final List<State> ends = new ArrayList<>();
    }

    LoopVisits(Env env, Precision precision) {
        this.env = env;
        this.precision = precision;
    }

    /// The outermost loop that a state is in, or null.
    private @Nullable Key key(State state, int pc) {
        Integer[] chain = new Integer[state.current + 1];
        for (int f = 0; f <= state.current; f++) {
            int at = state.pcOf(f, pc);
            int component = env.cfg.component[at];
            if (component != 0) {
                chain[f] = -component;
                return new Key(List.of(Arrays.copyOf(chain, f + 1)));
            }
            chain[f] = at;
        }
        return null;
    }

    private @Nullable Visit visit(State state) {
        if (visits.isEmpty()) {
            return null;
        }
        Key key = key(state, state.pc);
        return key == null ? null : visits.get(key);
    }

    /// A checkpoint was made: the first in its loop is the loop's entry.
    void enter(State checkpoint) {
        Key key = key(checkpoint, checkpoint.pc);
        if (key == null) {
            return;
        }
        Visit visit = visits.computeIfAbsent(key, k -> new Visit());
        if (visit.entry == null) {
            visit.entry = checkpoint;
        }
    }

    /// All paths from a checkpoint are explored.
    void leave(State checkpoint) {
        Visit visit = visit(checkpoint);
        if (visit == null || visit.entry != checkpoint) {
            return;
        }
        spread(visit.ends);
        visit.ends.clear();
        visit.entry = null;
    }

    /// Whether marks of a checkpoint may be incomplete.
    boolean isIncomplete(State checkpoint) {
        Visit visit = visit(checkpoint);
        return visit != null && !visit.ends.isEmpty();
    }

    /// A path ends because a checkpoint of its loop covers it.
    void end(State covering, State now, int pc) {
        Visit visit = visit(covering);
        if (visit == null) {
            throw new AssertionError("a turn of no loop at " + pc);
        }
        State end = now.copy();
        end.pc = pc;
        end.equalTo = covering;
        visit.ends.add(end);
    }

    private void spread(List<State> ends) {
        for (int round = 0; round < MAX_ROUNDS; round++) {
            boolean changed = false;
            for (State end : ends) {
                State covering = end.equalTo;
                if (covering != null) {
                    changed |= spread(covering, end);
                }
            }
            if (!changed) {
                return;
            }
        }
        for (State end : ends) {
            precision.markAll(end);
            markAllRead(end);
        }
    }

    /// What was read and what mattered from the covering state on.
    boolean spread(State covering, State end) {
        boolean changed = precision.propagate(covering, end, end.pc);
        for (int f = 0; f <= covering.current; f++) {
            for (long rest = covering.read[f]; rest != 0; rest &= rest - 1) {
                changed |= end.markRead(f, Long.numberOfTrailingZeros(rest));
            }
        }
        return changed;
    }

    private static void markAllRead(State end) {
        for (State at = end.parent; at != null; at = at.parent) {
            Arrays.fill(at.read, -1);
        }
    }
}
