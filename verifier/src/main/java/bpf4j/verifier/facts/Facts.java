package bpf4j.verifier.facts;

import bpf4j.spec.LoadPolicy;
import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.cfg.Cfg;
import bpf4j.verifier.domain.Tri;

import org.jspecify.annotations.Nullable;

import java.util.BitSet;
import java.util.List;

/// What holds of an accepted program on every run, by slot of instruction: which instructions can
/// be reached, what registers hold, where memory is accessed, what jumps do. Immutable.
///
/// Facts suppose that the program was accepted. They are computed over all paths joined, never
/// taken from the verdict's search, which skips paths (verifier.md: a pruned path's values appear
/// in
/// no state of it).
public final class Facts {
    private final Value[] @Nullable [] before;
    private final @Nullable Value[] written;
    private final Tri[] branches;
    private final @Nullable Access[] accesses;
    private final List<Routine> routines;

    Facts(
            Value[] @Nullable [] before,
            @Nullable Value[] written,
            Tri[] branches,
            @Nullable Access[] accesses,
            List<Routine> routines) {
        this.before = before;
        this.written = written;
        this.branches = branches;
        this.accesses = accesses;
        this.routines = List.copyOf(routines);
    }

    /// Computes the facts of a program that was accepted under a policy.
    public static Facts of(ProgramSpec spec, LoadPolicy policy) {
        Cfg cfg = Cfg.of(spec, policy);
        cfg.analyse(policy);
        return of(spec, policy, cfg);
    }

    /// Computes the facts of an accepted program whose control flow is known.
    @SuppressWarnings("exports")
    public static Facts of(ProgramSpec spec, LoadPolicy policy, Cfg cfg) {
        Blocks blocks = Blocks.of(cfg, spec);
        BitSet leaky = new BitSet();
        while (true) {
            Collector collector = new Collector(cfg);
            new Solver(spec, policy, cfg, blocks, leaky, collector).solve();
            int before = leaky.cardinality();
            leaky.or(collector.leaky());
            if (leaky.cardinality() == before) {
                return collector.facts();
            }
        }
    }

    /// Whether some run may come to slot `pc`.
    public boolean reachable(int pc) {
        return before[pc] != null;
    }

    /// What register `reg` (0 to 10) holds before the instruction at `pc`. UNSET where that is not
    /// reachable.
    public Value before(int pc, int reg) {
        Value[] values = before[pc];
        return values == null ? Value.Any.UNSET : values[reg];
    }

    /// What the register that the instruction at `pc` writes (r0 for calls) holds after it; UNSET
    /// when it writes none or is not reachable.
    public Value written(int pc) {
        Value value = written[pc];
        return value == null ? Value.Any.UNSET : value;
    }

    /// Whether the conditional jump at `pc` is taken: always, never, or now and then. MAYBE for
    /// other instructions.
    public Tri branch(int pc) {
        return branches[pc];
    }

    /// Where the load, store or atomic operation at `pc` accesses memory; null for other
    /// instructions and where not reachable.
    public @Nullable Access access(int pc) {
        return accesses[pc];
    }

    /// The map that register `reg` holds a handle of before `pc`, as an index into
    /// [ProgramSpec#maps], or -1 when it is not always the same.
    public int map(int pc, int reg) {
        return before(pc, reg) instanceof Value.Pointer pointer
                        && pointer.region() == Region.MAP_HANDLE
                        && !pointer.nullable()
                ? pointer.index()
                : -1;
    }

    /// The first slot of the subprogram that register `reg` holds the address of before `pc` (a
    /// callback), or -1 when it is not always the same.
    public int function(int pc, int reg) {
        return before(pc, reg) instanceof Value.Pointer pointer
                        && pointer.region() == Region.FUNCTION
                        && !pointer.nullable()
                ? pointer.index()
                : -1;
    }

    /// The subprograms, the entry first, by ascending place.
    public List<Routine> routines() {
        return routines;
    }

    /// The subprogram that holds slot `pc`.
    public Routine routine(int pc) {
        Routine found = routines.getFirst();
        for (Routine routine : routines) {
            if (routine.start() <= pc) {
                found = routine;
            }
        }
        return found;
    }
}
