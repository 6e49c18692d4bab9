package bpf4j.verifier;

import bpf4j.verifier.domain.Scalar;

import org.jspecify.annotations.Nullable;

/// Watches a program being verified: every instruction on every path. For tests and fuzzers;
/// verification is slower while it is watched.
@FunctionalInterface
public interface ExplorationObserver {
    /// Called before each instruction explored.
    ///
    /// @param pc its slot
    /// @param state what the verifier knows there, to be read during this call only
    void step(int pc, Explored state);

    /// What the verifier knows at some place on a path.
    interface Explored {
        /// What a register holds, in the log's words: `scalar`, `map_value_or_null`, `?` when it
        /// was never written.
        String kind(int register);

        /// The numbers that a register may hold; null unless it holds one and is still read.
        @Nullable Scalar number(int register);

        /// Whether a register holds a pointer that is not null, and is still read.
        boolean isNonNull(int register);
    }
}
