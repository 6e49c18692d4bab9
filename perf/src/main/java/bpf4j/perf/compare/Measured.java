package bpf4j.perf.compare;

import org.jspecify.annotations.Nullable;

/// What came of one contender on one program: the time of each round, or why there is none.
///
/// @param rounds nanoseconds a run in each round; the same index is the same moment for all
///     contenders of a program
/// @param reason why it did not run, or null
/// @param wrong whether it ran and did something else than the reference
public record Measured(
        String program,
        String contender,
        String entry,
        String memory,
        double[] rounds,
        @Nullable String reason,
        boolean wrong) {

    static Measured of(String program, Candidate candidate, double[] rounds) {
        return new Measured(
                program,
                candidate.name(),
                Candidate.lower(candidate.entry()),
                Candidate.lower(candidate.memory()),
                rounds,
                null,
                false);
    }

    static Measured without(String program, Candidate candidate, String reason, boolean wrong) {
        return new Measured(
                program,
                candidate.name(),
                Candidate.lower(candidate.entry()),
                Candidate.lower(candidate.memory()),
                new double[0],
                reason,
                wrong);
    }

    /// The line of the results.
    Sample sample() {
        return Sample.of(program, contender, entry, memory, rounds);
    }

    /// How many times as long as `base` this takes: the median of the rounds' ratios, since what
    /// disturbs a round disturbs both. Where the base is a small difference of two times, rounds
    /// alone mean nothing, and it is the ratio of the medians.
    double ratio(Measured base) {
        double middle = Sample.quantile(base.rounds, 0.5);
        if (Sample.quantile(base.rounds, 0) < middle / 2) {
            return Sample.quantile(rounds, 0.5) / middle;
        }
        double[] ratios = new double[Math.min(rounds.length, base.rounds.length)];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = rounds[i] / base.rounds[i];
        }
        return Sample.quantile(ratios, 0.5);
    }
}
