package bpf4j.runtime.helper;

import bpf4j.runtime.Address;
import bpf4j.runtime.Errno;
import bpf4j.runtime.Execution;
import bpf4j.runtime.Memory;

/// Helpers that compute and correct checksums.
final class ChecksumHelpers {
    private static final long FIELD_MASK = 0xF;
    private static final long PSEUDO_HEADER = 1 << 4;
    private static final long MANGLED_0 = 1 << 5;
    private static final long ENFORCE = 1 << 6;
    private static final long IPV6 = 1 << 7;

    private ChecksumHelpers() {}

    static void register(Registry registry) {
        registry.add(10, ChecksumHelpers::replaceNetwork);
        registry.add(11, ChecksumHelpers::replaceTransport);
        registry.add(28, ChecksumHelpers::difference);
        // A buffer whose checksum no device summed up has none to update or level.
        registry.add(40, (x, r1, r2, r3, r4, r5) -> -Errno.ENOTSUPP);
        registry.add(135, ChecksumHelpers::level);
    }

    /// `bpf_csum_level`: without a checksum from a device there is nothing to adjust.
    private static long level(Execution x, long ctx, long level, long r3, long r4, long r5) {
        return Long.compareUnsigned(level, 3) > 0 ? -Errno.EINVAL : level == 0 ? -Errno.EACCES : 0;
    }

    private static boolean outside(Execution x, long offset) {
        return offset < 0
                || offset > 0xFFFF
                || (offset & 1) != 0
                || offset + 2 > x.dataEnd - x.data;
    }

    private static long replaceNetwork(
            Execution x, long ctx, long offset, long from, long to, long flags) {
        if ((flags & ~FIELD_MASK) != 0) {
            return -Errno.EINVAL;
        }
        int at = (int) offset;
        if (outside(x, at)) {
            return -Errno.EFAULT;
        }
        return replace(x, at, from, to, flags, false);
    }

    private static long replaceTransport(
            Execution x, long ctx, long offset, long from, long to, long flags) {
        if ((flags & ~(FIELD_MASK | PSEUDO_HEADER | MANGLED_0 | ENFORCE | IPV6)) != 0) {
            return -Errno.EINVAL;
        }
        int at = (int) offset;
        if (outside(x, at)) {
            return -Errno.EFAULT;
        }
        boolean mangled = (flags & MANGLED_0) != 0;
        if (mangled
                && (flags & ENFORCE) == 0
                && Memory.load(x, Address.of(Address.PACKET, x.data + at), 2) == 0) {
            return 0;
        }
        return replace(x, at, from, to, flags, mangled);
    }

    private static long replace(
            Execution x, int at, long from, long to, long flags, boolean mangled) {
        long place = Address.of(Address.PACKET, x.data + at);
        int check = (int) Memory.load(x, place, 2);
        int changed;
        switch ((int) (flags & FIELD_MASK)) {
            case 0 -> {
                if (from != 0) {
                    return -Errno.EINVAL;
                }
                changed = Checksum.replaceByDiff(check, (int) to);
            }
            case 2 -> changed = Checksum.replace2(check, (int) from, (int) to);
            case 4 -> changed = Checksum.replace4(check, (int) from, (int) to);
            default -> {
                return -Errno.EINVAL;
            }
        }
        Memory.store(x, place, 2, mangled && changed == 0 ? 0xFFFF : changed);
        return 0;
    }

    /// The partial sum of `to` less that of `from`, folded to 16 bits; any sizes, as since Linux
    /// 6.13.
    private static long difference(
            Execution x, long from, long fromSize, long to, long toSize, long seed) {
        int removed = (int) fromSize;
        int added = (int) toSize;
        int sum = (int) seed;
        if (added > 0) {
            sum =
                    Checksum.partial(
                            Memory.segment(x, to, added, false), Memory.index(x, to), added, sum);
        }
        if (removed > 0) {
            int old =
                    Checksum.partial(
                            Memory.segment(x, from, removed, false),
                            Memory.index(x, from),
                            removed,
                            added > 0 ? 0 : ~sum);
            sum = added > 0 ? Checksum.subtract(sum, old) : ~old;
        }
        return Checksum.fold16(sum);
    }
}
