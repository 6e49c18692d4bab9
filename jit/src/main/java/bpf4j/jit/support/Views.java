package bpf4j.jit.support;

import bpf4j.runtime.Memory;

import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/// Views of a segment as little-endian values at any offset, of type `(MemorySegment, long)`; an
/// offset outside is an exception. Those of byte arrays are in [Memory].
final class Views {
    static final VarHandle BYTE = ValueLayout.JAVA_BYTE.varHandle();
    static final VarHandle SHORT = Memory.SHORT.varHandle();
    static final VarHandle INT = Memory.INT.varHandle();
    static final VarHandle LONG = Memory.LONG.varHandle();

    private Views() {}
}
