package bpf4j.verifier;

import bpf4j.spec.ProgramSpec;

/// A program that an engine takes: verified, or merely checked for form and then run with every
/// memory access checked.
public sealed interface Executable permits VerifiedProgram, CheckedProgram {
    /// The program as it was declared.
    ProgramSpec spec();
}
