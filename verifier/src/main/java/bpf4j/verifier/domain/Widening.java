package bpf4j.verifier.domain;

/// Widening: bounds that keep growing move to far thresholds, so that loops reach a fixpoint soon.
final class Widening {
    private Widening() {}

    /// Both drafts' values and more, in `a`.
    static Draft widen(Draft a, Draft b, long[] thresholds) {
        a.known = a.known.join(b.known);
        widen(a.full, b.full, thresholds);
        widen(a.low, b.low, thresholds);
        return a;
    }

    private static void widen(Range a, Range b, long[] thresholds) {
        if (Range.less(b.umin, a.umin)) {
            a.umin = unsignedFloor(b.umin, thresholds);
        }
        if (Range.less(a.umax, b.umax)) {
            a.umax = unsignedCeiling(a, b.umax, thresholds);
        }
        if (b.smin < a.smin) {
            a.smin = signedFloor(a, b.smin, thresholds);
        }
        if (b.smax > a.smax) {
            a.smax = signedCeiling(a, b.smax, thresholds);
        }
    }

    /// The greatest threshold or power of two that is at most `bound`, or 0.
    private static long unsignedFloor(long bound, long[] thresholds) {
        long best = Long.highestOneBit(bound);
        for (long threshold : thresholds) {
            if (!Range.less(bound, threshold) && Range.less(best, threshold)) {
                best = threshold;
            }
        }
        return best;
    }

    /// The least threshold or power of two minus one that is at least `bound`.
    private static long unsignedCeiling(Range range, long bound, long[] thresholds) {
        long best = bound == 0 ? 0 : -1L >>> Long.numberOfLeadingZeros(bound);
        for (long threshold : thresholds) {
            long unsigned = range.unsigned(threshold);
            if (!Range.less(unsigned, bound) && Range.less(unsigned, best)) {
                best = unsigned;
            }
        }
        return best;
    }

    private static long signedFloor(Range range, long bound, long[] thresholds) {
        long best =
                bound >= 0
                        ? Long.highestOneBit(bound)
                        : ~(~bound == 0 ? 0 : -1L >>> Long.numberOfLeadingZeros(~bound));
        for (long threshold : thresholds) {
            long signed = range.signed(threshold);
            if (signed <= bound && signed > best) {
                best = signed;
            }
        }
        return best;
    }

    private static long signedCeiling(Range range, long bound, long[] thresholds) {
        long best =
                bound < 0
                        ? ~Long.highestOneBit(~bound)
                        : (bound == 0 ? 0 : -1L >>> Long.numberOfLeadingZeros(bound));
        for (long threshold : thresholds) {
            long signed = range.signed(threshold);
            if (signed >= bound && signed < best) {
                best = signed;
            }
        }
        return best;
    }
}
