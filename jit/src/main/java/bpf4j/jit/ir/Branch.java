package bpf4j.jit.ir;

/// What is known of a conditional jump.
public enum Branch {
    OPEN,
    ALWAYS,
    NEVER
}
