package bpf4j.runtime.helper;

import bpf4j.runtime.Address;
import bpf4j.runtime.Errno;
import bpf4j.runtime.Execution;
import bpf4j.runtime.Memory;

import java.lang.foreign.MemorySegment;

/// Dynamic pointers: 16 bytes on the program's stack that say where memory is and how much. As in
/// Linux: the address of the memory (8 bytes, 0 in an invalid one), its size with the kind in bits
/// 28 to 30 and "read only" in bit 31 (4 bytes), an offset into it (4 bytes). For packets the
/// address is the context's.
final class Dynptr {
    static final int LOCAL = 1;
    static final int RINGBUF = 2;
    static final int SKB = 3;
    static final int XDP = 4;

    /// Records that one call of `bpf_user_ringbuf_drain` takes at most.
    static final int MAX_DRAINED = 128 * 1024;

    private static final int MAX_SIZE = (1 << 24) - 1;
    private static final int SIZE_MASK = 0xFF_FFFF;
    private static final int READ_ONLY = 1 << 31;

    private Dynptr() {}

    static void register(Registry registry) {
        registry.add(197, Dynptr::fromMemory);
        registry.add(198, Dynptr::reserve);
        registry.add(199, (x, r1, r2, r3, r4, r5) -> commit(x, r1, false));
        registry.add(200, (x, r1, r2, r3, r4, r5) -> commit(x, r1, true));
        registry.add(201, Dynptr::read);
        registry.add(202, Dynptr::write);
        registry.add(203, Dynptr::data);
        registry.kfunc("bpf_dynptr_slice", Dynptr::slice);
        registry.kfunc(
                "bpf_dynptr_slice_rdwr",
                (x, r1, r2, r3, r4, r5) -> isReadOnly(x, r1) ? 0 : slice(x, r1, r2, r3, r4, r5));
        registry.kfunc("bpf_dynptr_adjust", Dynptr::adjust);
        registry.kfunc("bpf_dynptr_is_null", (x, r1, r2, r3, r4, r5) -> isNull(x, r1) ? 1 : 0);
        registry.kfunc(
                "bpf_dynptr_is_rdonly",
                (x, r1, r2, r3, r4, r5) -> !isNull(x, r1) && isReadOnly(x, r1) ? 1 : 0);
        registry.kfunc(
                "bpf_dynptr_size",
                (x, r1, r2, r3, r4, r5) -> isNull(x, r1) ? -Errno.EINVAL : size(x, r1));
        registry.kfunc("bpf_dynptr_clone", Dynptr::copyPointer);
        registry.kfunc("bpf_dynptr_copy", Dynptr::copy);
        registry.kfunc("bpf_dynptr_memset", Dynptr::fill);
        registry.kfunc(
                "bpf_dynptr_from_skb", (x, r1, r2, r3, r4, r5) -> packet(x, r1, r2, r3, SKB));
        registry.kfunc(
                "bpf_dynptr_from_xdp", (x, r1, r2, r3, r4, r5) -> packet(x, r1, r2, r3, XDP));
    }

    static void init(Execution x, long dynptr, int kind, long address, int size) {
        Memory.store(x, dynptr, 8, address);
        Memory.store(x, dynptr + 8, 4, size | kind << 28);
        Memory.store(x, dynptr + 12, 4, 0);
    }

    static void makeReadOnly(Execution x, long dynptr) {
        Memory.store(x, dynptr + 8, 4, word(x, dynptr) | READ_ONLY);
    }

    private static void clear(Execution x, long dynptr) {
        Memory.store(x, dynptr, 8, 0);
        Memory.store(x, dynptr + 8, 8, 0);
    }

    private static int word(Execution x, long dynptr) {
        return (int) Memory.load(x, dynptr + 8, 4);
    }

    private static long target(Execution x, long dynptr) {
        return Memory.load(x, dynptr, 8);
    }

    private static boolean isNull(Execution x, long dynptr) {
        return target(x, dynptr) == 0;
    }

    private static boolean isReadOnly(Execution x, long dynptr) {
        return (word(x, dynptr) & READ_ONLY) != 0;
    }

    private static int size(Execution x, long dynptr) {
        return word(x, dynptr) & SIZE_MASK;
    }

    private static int kind(Execution x, long dynptr) {
        return word(x, dynptr) >>> 28 & 7;
    }

    private static boolean outside(Execution x, long dynptr, long offset, long length) {
        long size = size(x, dynptr);
        return length > size || offset > size - length;
    }

    /// The address of a byte that the pointer leads to; not checked.
    private static long at(Execution x, long dynptr, long offset) {
        long place = Memory.load(x, dynptr + 12, 4) + offset;
        return switch (kind(x, dynptr)) {
            case SKB, XDP -> Address.of(Address.PACKET, (int) (x.data + place));
            default -> target(x, dynptr) + place;
        };
    }

    private static long u32(long value) {
        return value & 0xFFFF_FFFFL;
    }

    private static long fromMemory(
            Execution x, long data, long size, long flags, long dynptr, long r5) {
        int error = u32(size) > MAX_SIZE ? -Errno.E2BIG : flags != 0 ? -Errno.EINVAL : 0;
        if (error != 0) {
            clear(x, dynptr);
        } else {
            init(x, dynptr, LOCAL, data, (int) size);
        }
        return error;
    }

    private static long packet(Execution x, long ctx, long flags, long dynptr, int kind) {
        if (flags != 0) {
            clear(x, dynptr);
            return -Errno.EINVAL;
        }
        init(x, dynptr, kind, ctx, x.dataEnd - x.data);
        if (x.packetState.readOnly) {
            makeReadOnly(x, dynptr);
        }
        return 0;
    }

    private static long reserve(
            Execution x, long map, long size, long flags, long dynptr, long r5) {
        int error = flags != 0 ? -Errno.EINVAL : u32(size) > MAX_SIZE ? -Errno.E2BIG : 0;
        long record = error != 0 ? 0 : EventHelpers.ringbuf(x, map).reserve(u32(size));
        if (record == 0) {
            clear(x, dynptr);
            return error != 0 ? error : -Errno.EINVAL;
        }
        init(x, dynptr, RINGBUF, record, (int) size);
        return 0;
    }

    private static long commit(Execution x, long dynptr, boolean discard) {
        if (!isNull(x, dynptr)) {
            EventHelpers.commit(x, target(x, dynptr), discard);
            clear(x, dynptr);
        }
        return 0;
    }

    private static long read(
            Execution x, long to, long length, long dynptr, long offset, long flags) {
        long size = u32(length);
        long place = u32(offset);
        if (isNull(x, dynptr) || flags != 0) {
            return -Errno.EINVAL;
        }
        if (outside(x, dynptr, place, size)) {
            return -Errno.E2BIG;
        }
        move(x, at(x, dynptr, place), to, size);
        return 0;
    }

    private static long write(
            Execution x, long dynptr, long offset, long from, long length, long flags) {
        long size = u32(length);
        long place = u32(offset);
        if (isNull(x, dynptr) || isReadOnly(x, dynptr)) {
            return -Errno.EINVAL;
        }
        if (outside(x, dynptr, place, size)) {
            return -Errno.E2BIG;
        }
        if (flags != 0 && (kind(x, dynptr) != SKB || (flags & ~3L) != 0)) {
            return -Errno.EINVAL;
        }
        move(x, from, at(x, dynptr, place), size);
        return 0;
    }

    private static void move(Execution x, long from, long to, long size) {
        if (size > 0) {
            MemorySegment.copy(
                    Memory.segment(x, from, size, false),
                    Memory.index(x, from),
                    Memory.segment(x, to, size, true),
                    Memory.index(x, to),
                    size);
        }
    }

    private static long data(Execution x, long dynptr, long offset, long length, long r4, long r5) {
        boolean memory = kind(x, dynptr) == LOCAL || kind(x, dynptr) == RINGBUF;
        return isNull(x, dynptr)
                        || outside(x, dynptr, u32(offset), u32(length))
                        || isReadOnly(x, dynptr)
                        || !memory
                ? 0
                : at(x, dynptr, u32(offset));
    }

    private static long slice(
            Execution x, long dynptr, long offset, long buffer, long length, long r5) {
        return isNull(x, dynptr) || outside(x, dynptr, u32(offset), u32(length))
                ? 0
                : at(x, dynptr, u32(offset));
    }

    private static long adjust(Execution x, long dynptr, long start, long end, long r4, long r5) {
        long from = u32(start);
        long to = u32(end);
        if (isNull(x, dynptr) || from > to) {
            return -Errno.EINVAL;
        }
        if (to > size(x, dynptr)) {
            return -Errno.ERANGE;
        }
        Memory.store(x, dynptr + 12, 4, Memory.load(x, dynptr + 12, 4) + from);
        Memory.store(x, dynptr + 8, 4, word(x, dynptr) & ~SIZE_MASK | (int) (to - from));
        return 0;
    }

    private static long copyPointer(
            Execution x, long dynptr, long other, long r3, long r4, long r5) {
        if (isNull(x, dynptr)) {
            clear(x, other);
            return -Errno.EINVAL;
        }
        move(x, dynptr, other, 16);
        return 0;
    }

    private static long copy(
            Execution x, long to, long toOffset, long from, long fromOffset, long length) {
        long size = u32(length);
        if (isNull(x, to) || isNull(x, from) || isReadOnly(x, to)) {
            return size == 0 || isReadOnly(x, to) ? -Errno.EINVAL : -Errno.E2BIG;
        }
        if (outside(x, to, u32(toOffset), size) || outside(x, from, u32(fromOffset), size)) {
            return -Errno.E2BIG;
        }
        move(x, at(x, from, u32(fromOffset)), at(x, to, u32(toOffset)), size);
        return 0;
    }

    private static long fill(
            Execution x, long dynptr, long offset, long length, long value, long r5) {
        long size = u32(length);
        if (isNull(x, dynptr) || isReadOnly(x, dynptr)) {
            return -Errno.EINVAL;
        }
        if (outside(x, dynptr, u32(offset), size)) {
            return -Errno.E2BIG;
        }
        long address = at(x, dynptr, u32(offset));
        if (size > 0) {
            Memory.segment(x, address, size, true)
                    .asSlice(Memory.index(x, address), size)
                    .fill((byte) value);
        }
        return 0;
    }
}
