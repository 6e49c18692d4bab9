package bpf4j.runtime;

import bpf4j.isa.AtomicOp;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.foreign.ValueLayout.OfInt;
import java.lang.foreign.ValueLayout.OfLong;
import java.lang.foreign.ValueLayout.OfShort;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Access to any memory that a program can address, checked against the bounds of its region.
/// Values
/// are little endian; loads extend with zeros. Sizes are 1, 2, 4 or 8 bytes.
///
/// Whatever lies outside is a [ProgramFault].
public final class Memory {
    /// Views of a byte array as little-endian values at any index.
    public static final VarHandle SHORTS =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    public static final VarHandle INTS =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    public static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /// Layouts of little-endian values at any address.
    public static final OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    public static final OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    public static final OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final VarHandle ATOMIC_INT =
            ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();
    private static final VarHandle ATOMIC_LONG =
            ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

    private Memory() {}

    /// The value of `size` bytes at an address.
    public static long load(Execution execution, long address, int size) {
        byte[] heap = heap(execution, address, size);
        if (heap != null) {
            int index = heapIndex(execution, address);
            return switch (size) {
                case 1 -> heap[index] & 0xFFL;
                case 2 -> (short) SHORTS.get(heap, index) & 0xFFFFL;
                case 4 -> (int) INTS.get(heap, index) & 0xFFFF_FFFFL;
                default -> (long) LONGS.get(heap, index);
            };
        }
        return get(segment(execution, address, size, false), index(execution, address), size);
    }

    /// The little-endian value of `size` bytes of the packet for a legacy packet load, which may
    /// read
    /// the link-layer header that lies before the packet's data. The caller has checked the end.
    public static long loadPacket(Execution execution, int offset, int size) {
        if (offset >= execution.dataMeta) {
            return load(execution, Address.of(Address.PACKET, offset), size);
        }
        long index = (long) execution.packetBase + offset;
        MemorySegment memory = execution.packetSegment();
        if (index < 0 || index > memory.byteSize() - size) {
            throw outside(Address.of(Address.PACKET, offset), size, false);
        }
        return get(memory, index, size);
    }

    /// Stores the low `size` bytes of a value.
    public static void store(Execution execution, long address, int size, long value) {
        byte[] heap = heap(execution, address, size);
        if (heap != null) {
            int index = heapIndex(execution, address);
            switch (size) {
                case 1 -> heap[index] = (byte) value;
                case 2 -> SHORTS.set(heap, index, (short) value);
                case 4 -> INTS.set(heap, index, (int) value);
                default -> LONGS.set(heap, index, value);
            }
            return;
        }
        put(segment(execution, address, size, true), index(execution, address), size, value);
    }

    /// An atomic operation of 4 or 8 bytes, sequentially consistent on memory that runs share.
    ///
    /// @param expected what `CMPXCHG` compares with
    /// @return the old value, zero-extended
    public static long atomic(
            Execution execution, AtomicOp op, int size, long address, long operand, long expected) {
        byte[] heap = heap(execution, address, size);
        if (heap != null) {
            // Only this run sees its stack and packet.
            long old = load(execution, address, size);
            store(execution, address, size, combine(op, size, old, operand, expected));
            return old;
        }
        MemorySegment memory = segment(execution, address, size, true);
        long index = index(execution, address);
        if ((memory.address() + index) % size != 0) {
            throw new ProgramFault(
                    "atomic operation of "
                            + size
                            + " bytes at "
                            + Address.describe(address)
                            + " is not aligned");
        }
        return size == 8
                ? atomicLong(op, memory, index, operand, expected)
                : atomicInt(op, memory, index, (int) operand, (int) expected) & 0xFFFF_FFFFL;
    }

    private static long combine(AtomicOp op, int size, long old, long operand, long expected) {
        return switch (op) {
            case ADD -> old + operand;
            case OR -> old | operand;
            case AND -> old & operand;
            case XOR -> old ^ operand;
            case XCHG -> operand;
            case CMPXCHG -> old == (size == 8 ? expected : expected & 0xFFFF_FFFFL) ? operand : old;
        };
    }

    private static long atomicLong(
            AtomicOp op, MemorySegment memory, long index, long operand, long expected) {
        return switch (op) {
            case ADD -> (long) ATOMIC_LONG.getAndAdd(memory, index, operand);
            case OR -> (long) ATOMIC_LONG.getAndBitwiseOr(memory, index, operand);
            case AND -> (long) ATOMIC_LONG.getAndBitwiseAnd(memory, index, operand);
            case XOR -> (long) ATOMIC_LONG.getAndBitwiseXor(memory, index, operand);
            case XCHG -> (long) ATOMIC_LONG.getAndSet(memory, index, operand);
            case CMPXCHG -> (long) ATOMIC_LONG.compareAndExchange(memory, index, expected, operand);
        };
    }

    private static int atomicInt(
            AtomicOp op, MemorySegment memory, long index, int operand, int expected) {
        return switch (op) {
            case ADD -> (int) ATOMIC_INT.getAndAdd(memory, index, operand);
            case OR -> (int) ATOMIC_INT.getAndBitwiseOr(memory, index, operand);
            case AND -> (int) ATOMIC_INT.getAndBitwiseAnd(memory, index, operand);
            case XOR -> (int) ATOMIC_INT.getAndBitwiseXor(memory, index, operand);
            case XCHG -> (int) ATOMIC_INT.getAndSet(memory, index, operand);
            case CMPXCHG -> (int) ATOMIC_INT.compareAndExchange(memory, index, expected, operand);
        };
    }

    /// A load that later loads and stores of this thread cannot precede (`load_acquire`).
    public static long loadAcquire(Execution execution, long address, int size) {
        long value = load(execution, address, size);
        VarHandle.acquireFence();
        return value;
    }

    /// A store that earlier loads and stores of this thread cannot follow (`store_release`).
    public static void storeRelease(Execution execution, long address, int size, long value) {
        VarHandle.releaseFence();
        store(execution, address, size, value);
    }

    /// The segment that holds `size` bytes from an address on; see [#index]. Checked for reading,
    /// or
    /// for writing too.
    public static MemorySegment segment(
            Execution execution, long address, long size, boolean write) {
        int region = Address.region(address);
        int offset = Address.offset(address);
        switch (region) {
            case Address.STACK -> {
                if (inside(offset, size, 0, Address.STACK_TOP)) {
                    return execution.stackSegment;
                }
            }
            case Address.PACKET -> {
                if (inside(offset, size, execution.dataMeta, execution.dataEnd)) {
                    return execution.packetSegment();
                }
            }
            case Address.CONTEXT -> {
                if (inside(offset, size, 0, execution.context.length)) {
                    return execution.contextSegment();
                }
            }
            default -> {
                if (region >= Address.VALUES && region < Address.MAPS) {
                    BpfMap map = execution.space.find(region - Address.VALUES);
                    if (map != null && map.permits(offset, size, write)) {
                        return map.values();
                    }
                } else {
                    MemorySegment object = execution.object(region);
                    if (object != null
                            && inside(offset, size, 0, object.byteSize())
                            && !(write && object.isReadOnly())) {
                        return object;
                    }
                }
            }
        }
        throw outside(address, size, write);
    }

    /// The index in its [#segment] of the byte at an address.
    public static long index(Execution execution, long address) {
        int offset = Address.offset(address);
        return Address.region(address) == Address.PACKET
                ? execution.packetBase + offset
                : offset & 0xFFFF_FFFFL;
    }

    /// The fault of an access outside the memory that a program may touch.
    public static ProgramFault outside(long address, long size, boolean write) {
        return new ProgramFault(
                (write ? "write of " : "read of ")
                        + size
                        + (size == 1 ? " byte at " : " bytes at ")
                        + Address.describe(address)
                        + " lies outside the program's memory");
    }

    private static boolean inside(int offset, long size, long low, long high) {
        return offset >= low && size >= 0 && size <= high - offset;
    }

    /// The array that holds the addressed bytes, or null when they are in no heap array.
    private static byte @Nullable [] heap(Execution execution, long address, int size) {
        int offset = Address.offset(address);
        switch (Address.region(address)) {
            case Address.STACK -> {
                if (inside(offset, size, 0, Address.STACK_TOP)) {
                    return execution.stack;
                }
            }
            case Address.PACKET -> {
                if (execution.nativePacket == null
                        && inside(offset, size, execution.dataMeta, execution.dataEnd)) {
                    return execution.packet;
                }
            }
            case Address.CONTEXT -> {
                if (inside(offset, size, 0, execution.context.length)) {
                    return execution.context;
                }
            }
            default -> {}
        }
        return null;
    }

    private static int heapIndex(Execution execution, long address) {
        return (int) index(execution, address);
    }

    /// The little-endian value of `size` bytes in a segment, zero-extended.
    public static long get(MemorySegment memory, long index, int size) {
        return switch (size) {
            case 1 -> memory.get(ValueLayout.JAVA_BYTE, index) & 0xFFL;
            case 2 -> memory.get(SHORT, index) & 0xFFFFL;
            case 4 -> memory.get(INT, index) & 0xFFFF_FFFFL;
            default -> memory.get(LONG, index);
        };
    }

    /// Stores the low `size` bytes of a value in a segment, little endian.
    public static void put(MemorySegment memory, long index, int size, long value) {
        switch (size) {
            case 1 -> memory.set(ValueLayout.JAVA_BYTE, index, (byte) value);
            case 2 -> memory.set(SHORT, index, (short) value);
            case 4 -> memory.set(INT, index, (int) value);
            default -> memory.set(LONG, index, value);
        }
    }
}
