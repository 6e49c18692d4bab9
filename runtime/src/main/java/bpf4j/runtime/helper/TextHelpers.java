package bpf4j.runtime.helper;

import bpf4j.runtime.Errno;
import bpf4j.runtime.Execution;
import bpf4j.runtime.Memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Helpers on text: formatting, numbers from strings, comparison.
final class TextHelpers {
    /// Linux: MAX_BPRINTF_VARARGS.
    private static final int MAX_ARGS = 12;

    private static final long BASE = 0x1F;

    private TextHelpers() {}

    static void register(Registry registry) {
        registry.add(6, TextHelpers::printk);
        registry.add(177, TextHelpers::vprintk);
        registry.add(165, TextHelpers::snprintf);
        registry.add(105, (x, r1, r2, r3, r4, r5) -> parse(x, r1, r2, r3, r4, true));
        registry.add(106, (x, r1, r2, r3, r4, r5) -> parse(x, r1, r2, r3, r4, false));
        registry.add(182, TextHelpers::compare);
    }

    private static long printk(Execution x, long format, long size, long r3, long r4, long r5) {
        return print(x, format, size, new long[] {r3, r4, r5});
    }

    private static long vprintk(
            Execution x, long format, long size, long data, long length, long r5) {
        int bytes = (int) length;
        if (invalid(data, bytes)) {
            return -Errno.EINVAL;
        }
        return print(x, format, size, arguments(x, data, bytes));
    }

    private static boolean invalid(long data, int bytes) {
        return (bytes & 7) != 0
                || Integer.compareUnsigned(bytes, MAX_ARGS * 8) > 0
                || bytes != 0 && data == 0;
    }

    private static long[] arguments(Execution x, long data, int bytes) {
        long[] args = new long[bytes / 8];
        for (int i = 0; i < args.length; i++) {
            args[i] = Memory.load(x, data + 8L * i, 8);
        }
        return args;
    }

    private static long print(Execution x, long format, long size, long[] args) {
        int[] error = new int[1];
        String template = Formatter.terminated(x, format, size & 0xFFFF_FFFFL);
        String text = Formatter.format(x, template, args, error);
        if (text == null) {
            return error[0];
        }
        String kept =
                text.length() < Formatter.MAX_TEXT
                        ? text
                        : text.substring(0, Formatter.MAX_TEXT - 1);
        x.host.trace(kept);
        return text.length();
    }

    private static long snprintf(
            Execution x, long to, long toSize, long format, long data, long length) {
        int bytes = (int) length;
        if (invalid(data, bytes)) {
            return -Errno.EINVAL;
        }
        int[] error = new int[1];
        // The verifier demands a constant string; its end bounds the read.
        String template = string(x, format);
        String text = Formatter.format(x, template, arguments(x, data, bytes), error);
        if (text == null) {
            return error[0];
        }
        int room = (int) toSize;
        if (room > 0) {
            MemorySegment memory = Memory.segment(x, to, room, true);
            long index = Memory.index(x, to);
            byte[] kept = Formatter.bytes(text);
            int count = Math.min(kept.length, room - 1);
            MemorySegment.copy(kept, 0, memory, ValueLayout.JAVA_BYTE, index, count);
            memory.set(ValueLayout.JAVA_BYTE, index + count, (byte) 0);
        }
        return text.length() + 1L;
    }

    /// The zero-terminated string at an address.
    private static String string(Execution x, long address) {
        StringBuilder text = new StringBuilder();
        for (long at = address; ; at++) {
            long value = Memory.load(x, at, 1);
            if (value == 0) {
                return text.toString();
            }
            text.append((char) value);
        }
    }

    /// `bpf_strtol` and `bpf_strtoul`: the number of characters used.
    private static long parse(
            Execution x, long buffer, long size, long flags, long result, boolean signed) {
        Memory.store(x, result, 8, 0);
        int base = (int) (flags & BASE);
        if (size == 0
                || base != 0 && base != 8 && base != 10 && base != 16
                || (flags & ~BASE) != 0) {
            return -Errno.EINVAL;
        }
        MemorySegment memory = Memory.segment(x, buffer, size, false);
        long start = Memory.index(x, buffer);
        int at = 0;
        while (at < size && isSpace(memory.get(ValueLayout.JAVA_BYTE, start + at))) {
            at++;
        }
        boolean negative = at < size && memory.get(ValueLayout.JAVA_BYTE, start + at) == '-';
        at += negative ? 1 : 0;
        if (at >= size) {
            return -Errno.EINVAL;
        }
        int limit = (int) Math.min(size - at, 63);
        byte[] digits = new byte[limit];
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, start + at, digits, 0, limit);
        int skip = 0;
        boolean hex =
                limit > 2 && digits[0] == '0' && (digits[1] | 0x20) == 'x' && digit(digits[2]) < 16;
        if (base == 0) {
            base = limit > 0 && digits[0] == '0' ? hex ? 16 : 8 : 10;
        }
        if (base == 16 && limit > 1 && digits[0] == '0' && (digits[1] | 0x20) == 'x') {
            skip = 2;
        }
        long value = 0;
        boolean overflow = false;
        int count = skip;
        while (count < limit && digit(digits[count]) < base) {
            long next = value * base + digit(digits[count]);
            overflow |=
                    Long.compareUnsigned(
                                    value, Long.divideUnsigned(-1L - digit(digits[count]), base))
                            > 0;
            value = next;
            count++;
        }
        if (overflow) {
            return -Errno.ERANGE;
        }
        if (count == skip) {
            return -Errno.EINVAL;
        }
        if (signed) {
            if (negative ? -value > 0 : value < 0) {
                return -Errno.ERANGE;
            }
            Memory.store(x, result, 8, negative ? -value : value);
        } else {
            if (negative) {
                return -Errno.EINVAL;
            }
            Memory.store(x, result, 8, value);
        }
        return at + (long) count;
    }

    private static boolean isSpace(byte c) {
        return c == ' ' || c >= 9 && c <= 13 || (c & 0xFF) == 0xA0;
    }

    private static int digit(byte c) {
        int value = c >= 0 ? Character.digit((char) c, 16) : -1;
        return value < 0 ? 99 : value;
    }

    private static long compare(Execution x, long left, long size, long right, long r4, long r5) {
        long limit = size & 0xFFFF_FFFFL;
        for (long i = 0; i < limit; i++) {
            long a = Memory.load(x, left + i, 1);
            long b = Memory.load(x, right + i, 1);
            if (a != b) {
                return a < b ? -1 : 1;
            }
            if (a == 0) {
                break;
            }
        }
        return 0;
    }
}
