package bpf4j.verifier;

/// How a program is explored. None of these changes which programs are safe; some find that out
/// with more work, which tests use to check the short cuts.
///
/// @param logLevel 0 for no log, 1 for the path that was refused, 2 for every instruction explored;
///     4 more for statistics
/// @param processedLimit instructions explored before giving up
/// @param pendingLimit branches that may wait to be explored
/// @param allPrecise compare all scalars when looking for an equal state
/// @param prune whether paths end at a state that includes theirs
/// @param checkpointEverywhere remember every state, as `BPF_F_TEST_STATE_FREQ` does
public record Options(
        int logLevel,
        int processedLimit,
        int pendingLimit,
        boolean allPrecise,
        boolean prune,
        boolean checkpointEverywhere) {
    /// Linux's limits, no log.
    public static final Options DEFAULT = new Options(0, 1_000_000, 8192, false, true, false);

    /// The same with another log level.
    public Options withLogLevel(int level) {
        return new Options(
                level, processedLimit, pendingLimit, allPrecise, prune, checkpointEverywhere);
    }
}
