package bpf4j.jit.support;

import bpf4j.isa.Semantics;
import bpf4j.isa.Size;
import bpf4j.runtime.Execution;
import bpf4j.runtime.Memory;
import bpf4j.runtime.ProgramFault;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// Small operations that generated code calls, so that it stays short; HotSpot inlines them.
public final class Access {
    private static final Class<?> NATIVE = MemorySegment.NULL.getClass();

    private Access() {}

    /// The address of a place in a region, or null for -1.
    public static long nullableAddress(int place, long region) {
        return place < 0 ? 0 : region | place;
    }

    /// The place that an address has in its region, or -1 for null.
    public static int place(long address) {
        return address == 0 ? -1 : (int) address;
    }

    /// The place of the value at an unsigned index in an array, or -1.
    public static int arrayPlace(int index, int entries, int stride) {
        return Integer.compareUnsigned(index, entries) < 0 ? index * stride : -1;
    }

    /// The place of the value at an unsigned index in the array that begins at `base`, or -1.
    public static int arrayPlace(int index, int entries, int stride, int base) {
        return Integer.compareUnsigned(index, entries) < 0 ? base + index * stride : -1;
    }

    /// The same segment. Where all are plain native memory, HotSpot drops the second path, and so
    /// knows the segment's class, whatever other segments the process uses; else it would check the
    /// class at every access. Mapped files take the second path.
    public static MemorySegment nativeMemory(@Nullable MemorySegment segment) {
        if (segment == null) {
            throw new ProgramFault("the packet is not in native memory");
        }
        if (segment.getClass() == NATIVE) {
            return segment;
        }
        return segment;
    }

    /// A fault that generated code throws.
    public static ProgramFault fault(String message) {
        return new ProgramFault(message);
    }

    /// What to throw for an exception that came up at slot `pc`: a fault.
    public static ProgramFault translate(RuntimeException exception, int pc) {
        return exception instanceof ProgramFault fault
                ? fault.at(pc)
                : new ProgramFault("internal check: " + exception).at(pc);
    }

    /// Takes instructions from the fuel.
    public static void spend(Execution execution, int count) {
        if ((execution.fuel -= count) < 0) {
            execution.fuel = 0;
            throw new ProgramFault("the program used up its fuel");
        }
    }

    /// A legacy packet load.
    ///
    /// @param offset of the first byte from the packet's first, or from a header where Linux says
    /// so
    ///     (`SKF_NET_OFF`, `SKF_LL_OFF`)
    /// @return the value, or -1 when the packet has no such bytes: the program then ends
    public static long legacyLoad(Execution x, long offset, int size) {
        int start = x.data;
        long at = offset;
        if (at < 0 && at >= -0x10_0000) {
            start = x.packetState.networkHeader;
            at += 0x10_0000;
        } else if (at < 0 && at >= -0x20_0000) {
            start = x.packetState.macHeader;
            at += 0x20_0000;
        }
        if (at < 0 || start + at + size > x.dataEnd) {
            return -1;
        }
        long value = Memory.loadPacket(x, (int) (start + at), size);
        return Semantics.fromNetwork(size == 1 ? Size.B : size == 2 ? Size.H : Size.W, value);
    }
}
