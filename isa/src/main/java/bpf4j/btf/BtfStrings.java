package bpf4j.btf;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// The string table of BTF, decoded where asked. Strings are bounded in length and in sum, so that
/// a table whose offsets all point into one long string stays small.
final class BtfStrings {
    /// A table of nothing but the empty string.
    static final BtfStrings EMPTY = new BtfStrings(ByteBuffer.wrap(new byte[1]), 0, 1);

    private static final int LONGEST = 64 * 1024;

    private final ByteBuffer in;
    private final int start;
    private final int end;
    private final Map<Integer, String> decoded = new HashMap<>();
    private long budget;

    /// The strings in a range of bytes.
    BtfStrings(ByteBuffer in, int start, int end) {
        this.in = in;
        this.start = start;
        this.end = end;
        this.budget = 1024L + 4L * (end - start);
    }

    /// The string at an offset, or null where there is none or too much of it.
    @Nullable String at(int offset) {
        if (offset == 0) {
            return "";
        }
        String known = decoded.get(offset);
        if (known != null) {
            return known;
        }
        if (offset < 0 || offset >= end - start) {
            return null;
        }
        int from = start + offset;
        int to = from;
        while (to < end && in.get(to) != 0) {
            to++;
            if (to - from > LONGEST) {
                return null;
            }
        }
        budget -= to - from;
        if (to == end || budget < 0) {
            return null;
        }
        byte[] bytes = new byte[to - from];
        in.get(from, bytes);
        String string = printable(new String(bytes, StandardCharsets.UTF_8));
        decoded.put(offset, string);
        return string;
    }

    /// The text with its control characters replaced, tabs apart: it is shown in messages of one
    /// line and beside disassembly.
    private static String printable(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i)) && text.charAt(i) != '\t') {
                return text.replaceAll("[\\p{Cntrl}\\x80-\\x9f&&[^\t]]", "\ufffd");
            }
        }
        return text;
    }

    /// Why [#at] may give null, to follow the offset in a message.
    String complaint() {
        return " of " + (end - start) + " bytes of strings, or it is too long";
    }
}
