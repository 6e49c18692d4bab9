package bpf4j.jit.support;

import bpf4j.isa.AtomicOp;
import bpf4j.runtime.Address;
import bpf4j.runtime.Execution;
import bpf4j.runtime.Memory;
import bpf4j.spec.ContextLayout;
import bpf4j.spec.ContextLayout.Field;
import bpf4j.spec.ContextLayout.Kind;

/// Memory access through addresses of which nothing is known. The running frame is named by the
/// stack offset of its r10: memory below the frame is out of reach.
public final class Checked {
    private Checked() {}

    private static boolean inStack(long address, int size, int frame) {
        int offset = (int) address;
        return (int) (address >>> 32) == Address.STACK
                && offset >= frame - Address.FRAME_SIZE
                && offset <= Address.STACK_TOP - size;
    }

    private static boolean inHeapPacket(Execution x, long address, int size) {
        int offset = (int) address;
        return (int) (address >>> 32) == Address.PACKET
                && offset >= x.dataMeta
                && offset <= x.dataEnd - size
                && x.nativePacket == null;
    }

    /// Loads a byte, zero-extended.
    public static long load1(Execution x, long address, int frame, ContextLayout layout) {
        if (inStack(address, 1, frame)) {
            return x.stack[(int) address] & 0xFFL;
        }
        if (inHeapPacket(x, address, 1)) {
            return x.packet[x.packetBase + (int) address] & 0xFFL;
        }
        return loadElsewhere(x, address, 1, frame, layout);
    }

    /// Loads 2 bytes, zero-extended.
    public static long load2(Execution x, long address, int frame, ContextLayout layout) {
        if (inStack(address, 2, frame)) {
            return (short) Memory.SHORTS.get(x.stack, (int) address) & 0xFFFFL;
        }
        if (inHeapPacket(x, address, 2)) {
            return (short) Memory.SHORTS.get(x.packet, x.packetBase + (int) address) & 0xFFFFL;
        }
        return loadElsewhere(x, address, 2, frame, layout);
    }

    /// Loads 4 bytes, zero-extended. A pointer field of the context gives all 64 bits.
    public static long load4(Execution x, long address, int frame, ContextLayout layout) {
        if (inStack(address, 4, frame)) {
            return (int) Memory.INTS.get(x.stack, (int) address) & 0xFFFF_FFFFL;
        }
        if (inHeapPacket(x, address, 4)) {
            return (int) Memory.INTS.get(x.packet, x.packetBase + (int) address) & 0xFFFF_FFFFL;
        }
        return loadElsewhere(x, address, 4, frame, layout);
    }

    /// Loads 8 bytes.
    public static long load8(Execution x, long address, int frame, ContextLayout layout) {
        if (inStack(address, 8, frame)) {
            return (long) Memory.LONGS.get(x.stack, (int) address);
        }
        if (inHeapPacket(x, address, 8)) {
            return (long) Memory.LONGS.get(x.packet, x.packetBase + (int) address);
        }
        return loadElsewhere(x, address, 8, frame, layout);
    }

    private static long loadElsewhere(
            Execution x, long address, int size, int frame, ContextLayout layout) {
        if (Address.region(address) == Address.CONTEXT && size >= 4) {
            Field field = layout.at(Address.offset(address));
            if (field != null && field.kind() != Kind.SCALAR) {
                return x.contextPointer(field.kind());
            }
        }
        checkStack(address, size, frame, false);
        return Memory.load(x, address, size);
    }

    /// Stores the low byte of a value.
    public static void store1(Execution x, long address, long value, int frame) {
        if (inStack(address, 1, frame)) {
            x.stack[(int) address] = (byte) value;
        } else if (inHeapPacket(x, address, 1)) {
            x.packet[x.packetBase + (int) address] = (byte) value;
        } else {
            checkStack(address, 1, frame, true);
            Memory.store(x, address, 1, value);
        }
    }

    /// Stores the low 2 bytes of a value.
    public static void store2(Execution x, long address, long value, int frame) {
        if (inStack(address, 2, frame)) {
            Memory.SHORTS.set(x.stack, (int) address, (short) value);
        } else if (inHeapPacket(x, address, 2)) {
            Memory.SHORTS.set(x.packet, x.packetBase + (int) address, (short) value);
        } else {
            checkStack(address, 2, frame, true);
            Memory.store(x, address, 2, value);
        }
    }

    /// Stores the low 4 bytes of a value.
    public static void store4(Execution x, long address, long value, int frame) {
        if (inStack(address, 4, frame)) {
            Memory.INTS.set(x.stack, (int) address, (int) value);
        } else if (inHeapPacket(x, address, 4)) {
            Memory.INTS.set(x.packet, x.packetBase + (int) address, (int) value);
        } else {
            checkStack(address, 4, frame, true);
            Memory.store(x, address, 4, value);
        }
    }

    /// Stores 8 bytes.
    public static void store8(Execution x, long address, long value, int frame) {
        if (inStack(address, 8, frame)) {
            Memory.LONGS.set(x.stack, (int) address, value);
        } else if (inHeapPacket(x, address, 8)) {
            Memory.LONGS.set(x.packet, x.packetBase + (int) address, value);
        } else {
            checkStack(address, 8, frame, true);
            Memory.store(x, address, 8, value);
        }
    }

    /// An atomic operation; returns the old value, zero-extended.
    public static long atomic(
            Execution x,
            long address,
            long operand,
            long expected,
            AtomicOp op,
            int size,
            int frame) {
        checkStack(address, size, frame, true);
        return Memory.atomic(x, op, size, address, operand, expected);
    }

    /// A load that later accesses cannot precede.
    public static long loadAcquire(Execution x, long address, int size, int frame) {
        checkStack(address, size, frame, false);
        return Memory.loadAcquire(x, address, size);
    }

    /// A store that earlier accesses cannot follow.
    public static void storeRelease(Execution x, long address, long value, int size, int frame) {
        checkStack(address, size, frame, true);
        Memory.storeRelease(x, address, size, value);
    }

    private static void checkStack(long address, int size, int frame, boolean write) {
        if (Address.region(address) == Address.STACK
                && Address.offset(address) < frame - Address.FRAME_SIZE) {
            throw Memory.outside(address, size, write);
        }
    }
}
