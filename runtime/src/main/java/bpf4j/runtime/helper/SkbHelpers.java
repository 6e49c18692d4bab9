package bpf4j.runtime.helper;

import bpf4j.runtime.Errno;
import bpf4j.runtime.Execution;
import bpf4j.runtime.Memory;
import bpf4j.runtime.Packets;

import java.lang.foreign.MemorySegment;

/// Helpers on socket buffers.
final class SkbHelpers {
    private static final long RECOMPUTE_CSUM = 1;
    private static final long INVALIDATE_HASH = 2;

    private SkbHelpers() {}

    static void register(Registry registry) {
        registry.add(26, (x, r1, r2, r3, r4, r5) -> load(x, x.data, r2, r3, r4));
        registry.add(68, SkbHelpers::loadRelative);
        registry.add(9, SkbHelpers::store);
        registry.add(39, SkbHelpers::pullData);
    }

    /// Fills the memory with zeros when the bytes are not all there.
    private static long load(Execution x, int start, long offset, long address, long length) {
        long at = offset & 0xFFFF_FFFFL;
        long size = length & 0xFFFF_FFFFL;
        MemorySegment memory = Memory.segment(x, address, size, true);
        long index = Memory.index(x, address);
        if (at > Integer.MAX_VALUE || start + at + size > x.dataEnd) {
            memory.asSlice(index, size).fill((byte) 0);
            return -Errno.EFAULT;
        }
        MemorySegment.copy(x.packetSegment(), x.packetBase + start + at, memory, index, size);
        return 0;
    }

    private static long loadRelative(
            Execution x, long ctx, long offset, long address, long length, long header) {
        int start;
        switch ((int) header) {
            case 0 -> start = x.packetState.macHeader;
            case 1 -> start = x.packetState.networkHeader;
            default -> {
                Memory.segment(x, address, length & 0xFFFF_FFFFL, true)
                        .asSlice(Memory.index(x, address), length & 0xFFFF_FFFFL)
                        .fill((byte) 0);
                return -Errno.EFAULT;
            }
        }
        return (offset & 0xFFFF_FFFFL) > 0xFFFF
                ? load(x, start, 0xFFFF_FFFFL, address, length)
                : load(x, start, offset, address, length);
    }

    private static long store(
            Execution x, long ctx, long offset, long address, long length, long flags) {
        if ((flags & ~(RECOMPUTE_CSUM | INVALIDATE_HASH)) != 0) {
            return -Errno.EINVAL;
        }
        long at = offset & 0xFFFF_FFFFL;
        long size = length & 0xFFFF_FFFFL;
        if (at > Integer.MAX_VALUE || x.data + at + size > x.dataEnd) {
            return -Errno.EFAULT;
        }
        MemorySegment.copy(
                Memory.segment(x, address, size, false),
                Memory.index(x, address),
                x.packetSegment(),
                x.packetBase + x.data + at,
                size);
        if ((flags & INVALIDATE_HASH) != 0) {
            Memory.INTS.set(x.context, Packets.SKB_HASH, 0);
        }
        return 0;
    }

    /// Packets are always whole here.
    private static long pullData(Execution x, long ctx, long length, long r3, long r4, long r5) {
        return (length & 0xFFFF_FFFFL) > x.dataEnd - x.data ? -Errno.ENOMEM : 0;
    }
}
