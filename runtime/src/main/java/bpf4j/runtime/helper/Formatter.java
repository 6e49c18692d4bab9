package bpf4j.runtime.helper;

import bpf4j.runtime.Errno;
import bpf4j.runtime.Execution;
import bpf4j.runtime.Memory;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/// Formats text as Linux does for `bpf_trace_printk` and `bpf_snprintf`: of the C conversions d, i,
/// u, x, X, c, s with lengths l and ll, and p with the extensions x, s, S, K, B, ks, us, I4, i4,
/// I6, i6. Strings and addresses are read from the program's memory.
final class Formatter {
    /// Linux: MAX_BPRINTF_BUF.
    static final int MAX_TEXT = 1024;

    private final Execution execution;
    private final String format;
    private final long[] args;
    private final StringBuilder text = new StringBuilder();
    private int at;
    private int used;

    /// What is wrong with the format: a negative errno, or 0.
    private int error;

    private Formatter(Execution execution, String format, long[] args) {
        this.execution = execution;
        this.format = format;
        this.args = args;
    }

    /// The text, or null with a negative errno in `error[0]`.
    static @Nullable String format(
            Execution execution, @Nullable String format, long[] args, int[] error) {
        if (format == null) {
            error[0] = -Errno.EINVAL;
            return null;
        }
        Formatter formatter = new Formatter(execution, format, args);
        formatter.run();
        error[0] = formatter.error;
        return formatter.error == 0 ? formatter.text.toString() : null;
    }

    /// The zero-terminated string inside a buffer, one character a byte; null without terminator.
    static @Nullable String terminated(Execution execution, long address, long size) {
        MemorySegment memory = Memory.segment(execution, address, size, false);
        long index = Memory.index(execution, address);
        StringBuilder text = new StringBuilder();
        for (long i = 0; i < size; i++) {
            byte value = memory.get(ValueLayout.JAVA_BYTE, index + i);
            if (value == 0) {
                return text.toString();
            }
            text.append((char) (value & 0xFF));
        }
        return null;
    }

    /// The bytes of a text whose characters are bytes.
    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private char peek(int ahead) {
        return at + ahead < format.length() ? format.charAt(at + ahead) : 0;
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c >= 9 && c <= 13;
    }

    private static boolean isPunctuation(char c) {
        return c > 32 && c < 127 && !Character.isLetterOrDigit(c);
    }

    private void run() {
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c < 32 && !isSpace(c) || c == 127) {
                error = -Errno.EINVAL;
                return;
            }
        }
        while (at < format.length() && error == 0) {
            char c = format.charAt(at++);
            if (c != '%') {
                text.append(c);
            } else if (peek(0) == '%') {
                at++;
                text.append('%');
            } else {
                conversion();
            }
        }
    }

    private void conversion() {
        if (used >= args.length) {
            error = -Errno.EINVAL;
            return;
        }
        boolean left = false;
        boolean zero = false;
        boolean plus = false;
        boolean space = false;
        while (true) {
            char c = peek(0);
            left |= c == '-';
            zero |= c == '0';
            plus |= c == '+';
            space |= c == ' ';
            if (c != '-' && c != '0' && c != '+' && c != ' ') {
                break;
            }
            at++;
        }
        int width = 0;
        while (Character.isDigit(peek(0))) {
            width = Math.min(width * 10 + (peek(0) - '0'), MAX_TEXT);
            at++;
        }
        char c = peek(0);
        at++;
        long value = args[used++];
        switch (c) {
            case 'p' -> pointer(value, width, left);
            case 's' -> {
                if (endsHere()) {
                    pad(string(value), width, left);
                }
            }
            case 'c' -> pad(String.valueOf((char) (value & 0xFF)), width, left);
            default -> number(c, value, width, left, zero, plus ? "+" : space ? " " : "");
        }
    }

    /// Whether no letter or digit follows a conversion that permits none.
    private boolean endsHere() {
        char c = peek(0);
        if (c != 0 && !isSpace(c) && !isPunctuation(c)) {
            error = -Errno.EINVAL;
            return false;
        }
        return true;
    }

    private void number(
            char first, long value, int width, boolean left, boolean zero, String sign) {
        char c = first;
        boolean wide = c == 'l';
        for (int i = 0; i < 2 && c == 'l'; i++) {
            c = peek(0);
            at++;
        }
        String digits;
        String prefix = "";
        switch (c) {
            case 'd', 'i' -> {
                long signed = wide ? value : (int) value;
                prefix = signed < 0 ? "-" : sign;
                digits = signed < 0 ? Long.toUnsignedString(-signed) : Long.toString(signed);
            }
            case 'u' -> digits = Long.toUnsignedString(wide ? value : value & 0xFFFF_FFFFL);
            case 'x', 'X' -> {
                digits = Long.toHexString(wide ? value : value & 0xFFFF_FFFFL);
                digits = c == 'X' ? digits.toUpperCase(java.util.Locale.ROOT) : digits;
            }
            default -> {
                error = -Errno.EINVAL;
                return;
            }
        }
        if (zero && !left) {
            digits = "0".repeat(Math.max(0, width - digits.length() - prefix.length())) + digits;
        }
        pad(prefix + digits, width, left);
    }

    private void pointer(long value, int width, boolean left) {
        char c = peek(0);
        if (c == 0 || isSpace(c) || isPunctuation(c)) {
            pad(hex(value), width, left);
            return;
        }
        at++;
        switch (c) {
            case 'x', 'K' -> pad(hex(value), width, left);
            case 's', 'S', 'B' -> pad("0x" + Long.toHexString(value), width, left);
            case 'k', 'u' -> {
                if (peek(0) != 's') {
                    error = -Errno.EINVAL;
                    return;
                }
                at++;
                if (endsHere()) {
                    pad(string(value), width, left);
                }
            }
            case 'i', 'I' -> {
                char version = peek(0);
                at++;
                if (version == '4') {
                    pad(ipv4(value, c == 'I'), width, left);
                } else if (version == '6') {
                    pad(ipv6(value, c == 'I'), width, left);
                } else {
                    error = -Errno.EINVAL;
                }
            }
            default -> error = -Errno.EINVAL;
        }
    }

    private static String hex(long value) {
        String digits = Long.toHexString(value);
        return "0".repeat(16 - digits.length()) + digits;
    }

    private byte[] read(long address, int size) {
        byte[] bytes = new byte[size];
        MemorySegment memory = ProbeHelpers.readable(execution, address, size);
        if (memory != null) {
            MemorySegment.copy(
                    memory,
                    ValueLayout.JAVA_BYTE,
                    Memory.index(execution, address),
                    bytes,
                    0,
                    size);
        }
        return bytes;
    }

    private String ipv4(long address, boolean plain) {
        StringBuilder quad = new StringBuilder();
        for (byte part : read(address, 4)) {
            quad.append(quad.isEmpty() ? "" : ".");
            String digits = Integer.toString(part & 0xFF);
            quad.append(plain ? "" : "0".repeat(3 - digits.length())).append(digits);
        }
        return quad.toString();
    }

    private String ipv6(long address, boolean colons) {
        byte[] bytes = read(address, 16);
        StringBuilder groups = new StringBuilder();
        for (int i = 0; i < 16; i++) {
            groups.append(colons && i > 0 && i % 2 == 0 ? ":" : "");
            groups.append(Character.forDigit(bytes[i] >> 4 & 15, 16));
            groups.append(Character.forDigit(bytes[i] & 15, 16));
        }
        return groups.toString();
    }

    private String string(long address) {
        StringBuilder found = new StringBuilder();
        for (int i = 0; i < MAX_TEXT / 2; i++) {
            MemorySegment memory = ProbeHelpers.readable(execution, address + i, 1);
            if (memory == null) {
                return "";
            }
            byte value = memory.get(ValueLayout.JAVA_BYTE, Memory.index(execution, address + i));
            if (value == 0) {
                break;
            }
            found.append((char) (value & 0xFF));
        }
        return found.toString();
    }

    private void pad(String piece, int width, boolean left) {
        String blanks = " ".repeat(Math.max(0, width - piece.length()));
        text.append(left ? piece + blanks : blanks + piece);
    }
}
