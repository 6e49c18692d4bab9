package bpf4j.runtime.helper;

import bpf4j.runtime.Address;
import bpf4j.runtime.Errno;
import bpf4j.runtime.Execution;
import bpf4j.runtime.HelperFunction;
import bpf4j.runtime.Memory;
import bpf4j.runtime.ProgramFault;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Helpers that read memory at any address: what is no memory of the program gives an error and
/// zeros.
final class ProbeHelpers {
    private ProbeHelpers() {}

    static void register(Registry registry) {
        HelperFunction read = (x, r1, r2, r3, r4, r5) -> read(x, r1, r2, r3, -Errno.EFAULT);
        HelperFunction string = (x, r1, r2, r3, r4, r5) -> readString(x, r1, r2, r3, -Errno.EFAULT);
        registry.add(4, read);
        registry.add(45, string);
        registry.add(112, read);
        registry.add(114, string);
        registry.add(113, (x, r1, r2, r3, r4, r5) -> read(x, r1, r2, r3, kernelError(r3)));
        registry.add(115, (x, r1, r2, r3, r4, r5) -> readString(x, r1, r2, r3, kernelError(r3)));
    }

    /// An address that cannot be the kernel's at all has an error of its own.
    private static int kernelError(long address) {
        return Address.region(address) == 0 ? -Errno.ERANGE : -Errno.EFAULT;
    }

    private static long read(Execution x, long to, long length, long from, int error) {
        long size = length & 0xFFFF_FFFFL;
        MemorySegment target = Memory.segment(x, to, size, true);
        long index = Memory.index(x, to);
        MemorySegment source = readable(x, from, size);
        if (source == null) {
            target.asSlice(index, size).fill((byte) 0);
            return error;
        }
        MemorySegment.copy(source, Memory.index(x, from), target, index, size);
        return 0;
    }

    /// Copies up to and with the terminating zero; returns the length with it.
    private static long readString(Execution x, long to, long length, long from, int error) {
        long size = length & 0xFFFF_FFFFL;
        MemorySegment target = Memory.segment(x, to, size, true);
        long index = Memory.index(x, to);
        for (long i = 0; i < size; i++) {
            MemorySegment source = readable(x, from + i, 1);
            if (source == null) {
                target.asSlice(index, size).fill((byte) 0);
                return error;
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

    static @Nullable MemorySegment readable(Execution x, long address, long size) {
        try {
            return Memory.segment(x, address, size, false);
        } catch (ProgramFault fault) {
            return null;
        }
    }
}
