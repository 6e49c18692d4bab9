package bpf4j.testkit.cases;

/// Something that judges and runs cases.
public interface CaseEngine {
    /// The engine's name, as in `--engine`.
    String name();

    /// Loads the case's program and runs its runs, in order, with its maps.
    ///
    /// @param logLevel 0, 1 or 2: how much the log says
    CaseResult run(Case test, int logLevel);
}
