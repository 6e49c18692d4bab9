package bpf4j.runtime;

/// A program that an engine made ready to run. Immutable and safe for use by several threads, each
/// with an [Execution] of its own.
@FunctionalInterface
public interface LoadedProgram {
    /// Runs the program on the context and packet that `execution` holds, and the programs that it
    /// tail-calls.
    ///
    /// @return r0 at exit
    /// @throws ProgramFault when the program does what it must not
    long run(Execution execution);

    /// Runs the program up to its exit or a tail call; the callee is then
    /// [Execution#next].
    default long enter(Execution execution) {
        return run(execution);
    }

    /// Runs the program on each packet of a source.
    ///
    /// @throws ProgramFault when the program does what it must not; the packets after that are not
    ///     run
    default void runAll(Execution execution, PacketSource source) {
        while (source.next(execution)) {
            source.done(execution, run(execution));
        }
    }
}
