package bpf4j.jit.support;

import bpf4j.runtime.Execution;

/// What the parts of a subprogram that is too large for one method hand to each other.
public final class Frame {
    /// The running execution.
    public final Execution execution;

    /// The stack offset of r10.
    public final int pointer;

    /// Registers and stack slots.
    public final long[] variables = new long[64];

    /// What `may_goto` has left.
    public int budget = 8 << 20;

    /// The result.
    public long r0;

    /// A frame at the start of a subprogram.
    public Frame(Execution execution, int pointer) {
        this.execution = execution;
        this.pointer = pointer;
    }
}
