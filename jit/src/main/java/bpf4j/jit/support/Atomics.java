package bpf4j.jit.support;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Atomic operations on the values of a map, sequentially consistent. Each returns the old value; a
/// place that is not aligned or outside is an exception.
public final class Atomics {
    private static final VarHandle INT =
            ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();
    private static final VarHandle LONG =
            ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

    private Atomics() {}

    /// Adds to 4 bytes.
    public static int add(MemorySegment segment, long offset, int operand) {
        return (int) INT.getAndAdd(segment, offset, operand);
    }

    /// Adds to 8 bytes.
    public static long add(MemorySegment segment, long offset, long operand) {
        return (long) LONG.getAndAdd(segment, offset, operand);
    }

    /// Sets bits of 4 bytes.
    public static int or(MemorySegment segment, long offset, int operand) {
        return (int) INT.getAndBitwiseOr(segment, offset, operand);
    }

    /// Sets bits of 8 bytes.
    public static long or(MemorySegment segment, long offset, long operand) {
        return (long) LONG.getAndBitwiseOr(segment, offset, operand);
    }

    /// Clears bits of 4 bytes.
    public static int and(MemorySegment segment, long offset, int operand) {
        return (int) INT.getAndBitwiseAnd(segment, offset, operand);
    }

    /// Clears bits of 8 bytes.
    public static long and(MemorySegment segment, long offset, long operand) {
        return (long) LONG.getAndBitwiseAnd(segment, offset, operand);
    }

    /// Flips bits of 4 bytes.
    public static int xor(MemorySegment segment, long offset, int operand) {
        return (int) INT.getAndBitwiseXor(segment, offset, operand);
    }

    /// Flips bits of 8 bytes.
    public static long xor(MemorySegment segment, long offset, long operand) {
        return (long) LONG.getAndBitwiseXor(segment, offset, operand);
    }

    /// Replaces 4 bytes.
    public static int exchange(MemorySegment segment, long offset, int operand) {
        return (int) INT.getAndSet(segment, offset, operand);
    }

    /// Replaces 8 bytes.
    public static long exchange(MemorySegment segment, long offset, long operand) {
        return (long) LONG.getAndSet(segment, offset, operand);
    }

    /// Replaces 4 bytes if they are as expected.
    public static int compareAndExchange(
            MemorySegment segment, long offset, int expected, int fresh) {
        return (int) INT.compareAndExchange(segment, offset, expected, fresh);
    }

    /// Replaces 8 bytes if they are as expected.
    public static long compareAndExchange(
            MemorySegment segment, long offset, long expected, long fresh) {
        return (long) LONG.compareAndExchange(segment, offset, expected, fresh);
    }
}
