package bpf4j.jit.support;

import bpf4j.runtime.Memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Little-endian values at any offset of a segment; an offset outside is an exception.
public final class Segments {
    private Segments() {}

    /// Loads a byte.
    public static byte getByte(MemorySegment segment, long offset) {
        return segment.get(ValueLayout.JAVA_BYTE, offset);
    }

    /// Loads 2 bytes.
    public static short getShort(MemorySegment segment, long offset) {
        return segment.get(Memory.SHORT, offset);
    }

    /// Loads 4 bytes.
    public static int getInt(MemorySegment segment, long offset) {
        return segment.get(Memory.INT, offset);
    }

    /// Loads 8 bytes.
    public static long getLong(MemorySegment segment, long offset) {
        return segment.get(Memory.LONG, offset);
    }

    /// Stores the low byte of a value.
    public static void setByte(MemorySegment segment, long offset, int value) {
        segment.set(ValueLayout.JAVA_BYTE, offset, (byte) value);
    }

    /// Stores the low 2 bytes of a value.
    public static void setShort(MemorySegment segment, long offset, int value) {
        segment.set(Memory.SHORT, offset, (short) value);
    }

    /// Stores 4 bytes.
    public static void setInt(MemorySegment segment, long offset, int value) {
        segment.set(Memory.INT, offset, value);
    }

    /// Stores 8 bytes.
    public static void setLong(MemorySegment segment, long offset, long value) {
        segment.set(Memory.LONG, offset, value);
    }
}
