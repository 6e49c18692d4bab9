package bpf4j.runtime.helper;

import bpf4j.runtime.Errno;
import bpf4j.runtime.Execution;
import bpf4j.runtime.Memory;
import bpf4j.runtime.ProgramFault;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Helpers that read memory at any address: what is no memory of the program gives -EFAULT and
/// zeros.
final class ProbeHelpers {
    private ProbeHelpers() {}

    static void register(Registry registry) {
        for (int id : new int[] {4, 112, 113}) {
            registry.add(id, ProbeHelpers::read);
        }
        for (int id : new int[] {45, 114, 115}) {
            registry.add(id, ProbeHelpers::readString);
        }
    }

    private static long read(Execution x, long to, long length, long from, long r4, long r5) {
        long size = length & 0xFFFF_FFFFL;
        MemorySegment target = Memory.segment(x, to, size, true);
        long index = Memory.index(x, to);
        MemorySegment source = readable(x, from, size);
        if (source == null) {
            target.asSlice(index, size).fill((byte) 0);
            return -Errno.EFAULT;
        }
        MemorySegment.copy(source, Memory.index(x, from), target, index, size);
        return 0;
    }

    /// Copies up to and with the terminating zero; returns the length with it.
    private static long readString(Execution x, long to, long length, long from, long r4, long r5) {
        long size = length & 0xFFFF_FFFFL;
        MemorySegment target = Memory.segment(x, to, size, true);
        long index = Memory.index(x, to);
        for (long i = 0; i < size; i++) {
            MemorySegment source = readable(x, from + i, 1);
            if (source == null) {
                target.asSlice(index, size).fill((byte) 0);
                return -Errno.EFAULT;
            }
            byte value = source.get(ValueLayout.JAVA_BYTE, Memory.index(x, from + i));
            if (i == size - 1) {
                value = 0;
            }
            target.set(ValueLayout.JAVA_BYTE, index + i, value);
            if (value == 0) {
                return i + 1;
            }
        }
        return 0;
    }

    static @org.jspecify.annotations.Nullable MemorySegment readable(
            Execution x, long address, long size) {
        try {
            return Memory.segment(x, address, size, false);
        } catch (ProgramFault fault) {
            return null;
        }
    }
}
