package bpf4j.runtime;

/// What a helper does.
@FunctionalInterface
public interface HelperFunction {
    /// Calls the helper with r1 to r5; addresses are synthetic, see [Address].
    ///
    /// @return r0
    /// @throws ProgramFault for an argument that a verified program cannot pass
    long call(Execution execution, long r1, long r2, long r3, long r4, long r5);
}
