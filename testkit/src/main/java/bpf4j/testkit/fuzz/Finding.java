package bpf4j.testkit.fuzz;

/// Something that must not be.
///
/// @param check which check failed
/// @param text one paragraph: what differs, with both values
/// @param trial the program and packet that show it, as small as could be made
/// @param instructions the number of instructions of the program before it was made smaller
public record Finding(Check check, String text, Trial trial, int instructions) {

    /// What is checked.
    public enum Check {
        /// We accept what Linux refuses.
        UNSOUND_ACCEPT,
        /// We refuse what Linux accepts.
        REFUSAL,
        /// Engines disagree on r0, packet, maps or faults.
        DIFFERENCE,
        /// A verified program faulted.
        FAULT,
        /// A step contradicts the verifier's facts.
        FACTS,
        /// The verifier's verdict depends on how it explores.
        PRUNING,
        /// A step lies outside of every state that the verifier explored.
        STATES,
        /// The same gave something else the second time.
        DETERMINISM,
        /// Another implementation gives another result, or none.
        EXTERNAL,
        /// Something threw what it must not.
        CRASH
    }
}
