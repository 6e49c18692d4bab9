package bpf4j.verifier.mutation;

import java.util.BitSet;

/// The switch that all mutants hang on: every conditional jump of the verifier, instrumented by
/// [Instrumenter], asks here what to do. One mutant is on at a time, or none. Not for threads.
public final class Mutant {
    /// The jump is what it was.
    static final int PLAIN = 0;

    /// The jump is always taken.
    static final int ALWAYS = 1;

    /// The jump is never taken.
    static final int NEVER = 2;

    /// `<` is `<=`, `>=` is `>`, and the other way round.
    static final int BOUNDARY = 3;

    /// Jumps per check, so that loops that a mutant made endless end.
    private static final long BUDGET = 1_000_000;

    private static byte[] modes = {};
    private static long left = BUDGET;
    private static boolean exhausted;
    private static boolean recording;
    private static final BitSet reached = new BitSet();

    private Mutant() {}

    /// Thrown when a check takes too long.
    static final class Endless extends Error {
        private static final long serialVersionUID = 1;

        Endless() {
            super("more than " + BUDGET + " jumps", null, false, false);
        }
    }

    /// Makes room for the jumps that there are.
    static void sites(int count) {
        modes = new byte[count];
    }

    /// Begins a check.
    static void begin() {
        left = BUDGET;
        exhausted = false;
    }

    /// Whether the last check took too long.
    static boolean wasLong() {
        return exhausted;
    }

    static void set(int site, int mode) {
        modes[site] = (byte) mode;
    }

    /// The jumps reached since the last call.
    static BitSet takeReached() {
        BitSet taken = (BitSet) reached.clone();
        reached.clear();
        return taken;
    }

    static void record(boolean on) {
        recording = on;
    }

    /// Whether a jump is taken that would be if `taken`.
    public static boolean decide(boolean taken, int site) {
        if (--left < 0) {
            left = BUDGET / 10;
            exhausted = true;
            throw new Endless();
        }
        if (recording) {
            reached.set(site);
        }
        if (site >= modes.length) {
            return taken;
        }
        return switch (modes[site]) {
            case ALWAYS -> true;
            case NEVER -> false;
            default -> taken;
        };
    }

    /// Whether the bounds of a comparison are to be others.
    public static boolean isBoundary(int site) {
        return site < modes.length && modes[site] == BOUNDARY;
    }
}
