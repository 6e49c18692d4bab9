package bpf4j.testkit.fuzz;

/// Instructions that not every implementation knows.
public enum Feature {
    /// Calls of a program's own functions.
    CALLS,
    /// Atomic operations other than addition.
    ATOMICS,
    /// Signed division, sign-extending moves and loads, unconditional byte swaps.
    V4
}
