package bpf4j.testkit.fuzz;

import bpf4j.testkit.fuzz.Finding.Check;

import org.jspecify.annotations.Nullable;

/// What the checks made of one trial.
///
/// @param accepted whether our verifier accepts the program
/// @param linux whether Linux does; null when it was not asked
/// @param refusal the rule by which we refuse it, or empty
/// @param problem what is wrong, or null
record Judgement(
        boolean accepted, @Nullable Boolean linux, String refusal, @Nullable Problem problem) {

    /// Something wrong.
    ///
    /// @param packet the index of the packet that shows it, or -1
    record Problem(Check check, String text, int packet) {}
}
