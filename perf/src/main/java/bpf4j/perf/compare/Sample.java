package bpf4j.perf.compare;

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
        int runs) {}
