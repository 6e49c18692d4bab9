package bpf4j.runtime;

import org.jspecify.annotations.Nullable;

/// A map of programs, for tail calls.
public interface ProgramArray {
    /// The program at an index (unsigned), or null where there is none.
    @Nullable LoadedProgram program(int index);
}
