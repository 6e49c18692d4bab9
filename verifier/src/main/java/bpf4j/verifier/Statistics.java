package bpf4j.verifier;

import java.util.List;

/// What it took to verify a program, counted as Linux counts it.
///
/// @param processed instructions explored, repeated visits included
/// @param states checkpoints made
/// @param peakStates checkpoints kept at once
/// @param maxStatesPerInsn checkpoints at one instruction at once
/// @param maxStackDepth bytes of the deepest chain of calls
/// @param stackDepths bytes of stack that each subprogram uses, the entry first
public record Statistics(
        int processed,
        int states,
        int peakStates,
        int maxStatesPerInsn,
        int maxStackDepth,
        List<Integer> stackDepths) {
    /// Of a program that was refused before it was explored.
    public static final Statistics NONE = new Statistics(0, 0, 0, 0, 0, List.of());

    public Statistics {
        stackDepths = List.copyOf(stackDepths);
    }
}
