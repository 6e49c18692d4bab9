package bpf4j.jit.support;

import bpf4j.runtime.Memory;

import java.lang.foreign.MemorySegment;

/// What the handles of [Views] and [Memory] do, as methods.
///
/// HotSpot's second compiler inlines them as long as the caller is small; its first one, which
/// would take half a millisecond for each, does not: the locals that nobody uses are more than it
/// accepts (`C1InlineStackLimit`).
@SuppressWarnings("unused")
public final class Accesses {
    private Accesses() {}

    /// Loads from an array.
    public static short getShort(byte[] array, int index) {
        long a, b, c, d, e;
        return (short) Memory.SHORTS.get(array, index);
    }

    /// Stores in an array.
    public static void setShort(byte[] array, int index, short value) {
        long a, b, c, d, e;
        Memory.SHORTS.set(array, index, value);
    }

    /// Loads from an array.
    public static int getInt(byte[] array, int index) {
        long a, b, c, d, e;
        return (int) Memory.INTS.get(array, index);
    }

    /// Stores in an array.
    public static void setInt(byte[] array, int index, int value) {
        long a, b, c, d, e;
        Memory.INTS.set(array, index, value);
    }

    /// Loads from an array.
    public static long getLong(byte[] array, int index) {
        long a, b, c, d, e;
        return (long) Memory.LONGS.get(array, index);
    }

    /// Stores in an array.
    public static void setLong(byte[] array, int index, long value) {
        long a, b, c, d, e;
        Memory.LONGS.set(array, index, value);
    }

    /// Loads from a segment.
    public static byte getByte(MemorySegment segment, long offset) {
        long a, b, c, d, e;
        return (byte) Views.BYTE.get(segment, offset);
    }

    /// Stores in a segment.
    public static void setByte(MemorySegment segment, long offset, byte value) {
        long a, b, c, d, e;
        Views.BYTE.set(segment, offset, value);
    }

    /// Loads from a segment.
    public static short getShort(MemorySegment segment, long offset) {
        long a, b, c, d, e;
        return (short) Views.SHORT.get(segment, offset);
    }

    /// Stores in a segment.
    public static void setShort(MemorySegment segment, long offset, short value) {
        long a, b, c, d, e;
        Views.SHORT.set(segment, offset, value);
    }

    /// Loads from a segment.
    public static int getInt(MemorySegment segment, long offset) {
        long a, b, c, d, e;
        return (int) Views.INT.get(segment, offset);
    }

    /// Stores in a segment.
    public static void setInt(MemorySegment segment, long offset, int value) {
        long a, b, c, d, e;
        Views.INT.set(segment, offset, value);
    }

    /// Loads from a segment.
    public static long getLong(MemorySegment segment, long offset) {
        long a, b, c, d, e;
        return (long) Views.LONG.get(segment, offset);
    }

    /// Stores in a segment.
    public static void setLong(MemorySegment segment, long offset, long value) {
        long a, b, c, d, e;
        Views.LONG.set(segment, offset, value);
    }
}
