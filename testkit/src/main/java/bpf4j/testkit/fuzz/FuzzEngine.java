package bpf4j.testkit.fuzz;

/// What takes part in a comparison; the interpreter always does.
public enum FuzzEngine {
    INTERPRETER,
    JIT,
    JIT_NOFACTS,
    KERNEL
}
