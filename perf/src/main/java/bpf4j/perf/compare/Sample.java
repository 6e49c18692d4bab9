package bpf4j.perf.compare;

import java.util.Arrays;

/// One line of the results, as `--json` writes it.
///
/// @param entry `single` or `batch`
/// @param memory where packets lie: `heap`, `native`, `kernel` or `linear`
/// @param ns nanoseconds a run: the median of the rounds
/// @param low the fastest round
/// @param high what nine of ten rounds stay below
/// @param runs how many rounds were timed
public record Sample(
        String program,
        String contender,
        String entry,
        String memory,
        double ns,
        double low,
        double high,
        int runs) {

    /// The sample of some rounds.
    public static Sample of(
            String program, String contender, String entry, String memory, double... rounds) {
        return new Sample(
                program,
                contender,
                entry,
                memory,
                rounded(quantile(rounds, 0.5)),
                rounded(quantile(rounds, 0)),
                rounded(quantile(rounds, 0.9)),
                rounds.length);
    }

    /// The value that a share of the values stays at or below; NaN of none.
    static double quantile(double[] values, double share) {
        if (values.length == 0) {
            return Double.NaN;
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.round(share * (sorted.length - 1))];
    }

    private static double rounded(double ns) {
        return Math.round(ns * 1000) / 1000.0;
    }
}
