package bpf4j.jit.support;

import bpf4j.runtime.Memory;

import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/// Views of a segment as little-endian values at any offset, of type `(MemorySegment, long)`; an
/// offset outside is an exception. Those of byte arrays are in [Memory].
///
/// Generated code calls the handles themselves: what they consist of is always inlined, whereas
/// methods of ours around them are not in programs of some hundred instructions, because HotSpot
/// counts what it has inlined so far.
public final class Views {
    public static final VarHandle BYTE = ValueLayout.JAVA_BYTE.varHandle();
    public static final VarHandle SHORT = Memory.SHORT.varHandle();
    public static final VarHandle INT = Memory.INT.varHandle();
    public static final VarHandle LONG = Memory.LONG.varHandle();

    private Views() {}
}
