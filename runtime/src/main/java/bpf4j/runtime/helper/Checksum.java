package bpf4j.runtime.helper;

import bpf4j.runtime.Memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The internet checksum (RFC 1071) in Linux's arithmetic: partial sums are 32-bit one's complement
/// numbers over words in memory order, so that results compare exactly.
final class Checksum {
    private Checksum() {}

    /// One's complement addition of partial sums.
    static int add(int left, int right) {
        int sum = left + right;
        return sum + (Integer.compareUnsigned(sum, right) < 0 ? 1 : 0);
    }

    /// One's complement subtraction of partial sums.
    static int subtract(int left, int right) {
        return add(left, ~right);
    }

    /// A partial sum folded to 16 bits.
    static int fold16(int sum) {
        int folded = (sum & 0xFFFF) + (sum >>> 16);
        return ((folded & 0xFFFF) + (folded >>> 16)) & 0xFFFF;
    }

    /// A partial sum as it stands in a header: folded and inverted.
    static int finish(int sum) {
        return ~fold16(sum) & 0xFFFF;
    }

    /// The partial sum of memory, added to `seed`; a last odd byte counts as if a zero followed.
    static int partial(MemorySegment memory, long index, long size, int seed) {
        long sum = seed & 0xFFFF_FFFFL;
        long at = 0;
        for (; at + 4 <= size; at += 4) {
            sum += memory.get(Memory.INT, index + at) & 0xFFFF_FFFFL;
        }
        if (at + 2 <= size) {
            sum += memory.get(Memory.SHORT, index + at) & 0xFFFF;
            at += 2;
        }
        if (at < size) {
            sum += memory.get(ValueLayout.JAVA_BYTE, index + at) & 0xFF;
        }
        sum = (sum & 0xFFFF_FFFFL) + (sum >>> 32);
        return (int) ((sum & 0xFFFF_FFFFL) + (sum >>> 32));
    }

    /// A header's checksum after a 16-bit word changed.
    static int replace2(int check, int from, int to) {
        int sum = add16(~check & 0xFFFF, ~from & 0xFFFF);
        return ~add16(sum, to & 0xFFFF) & 0xFFFF;
    }

    private static int add16(int left, int right) {
        int sum = left + right;
        return (sum & 0xFFFF) + (sum >>> 16) & 0xFFFF;
    }

    /// A header's checksum after a 32-bit word changed.
    static int replace4(int check, int from, int to) {
        return finish(add(subtract(~check & 0xFFFF, from), to));
    }

    /// A header's checksum after a change whose partial sum is `diff`.
    static int replaceByDiff(int check, int diff) {
        return finish(add(diff, ~check & 0xFFFF));
    }
}
