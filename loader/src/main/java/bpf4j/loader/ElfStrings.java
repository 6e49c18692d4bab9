package bpf4j.loader;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// A string table, decoded where asked, bounded in sum as tails of one string may all be names.
final class ElfStrings {
    private static final int LONGEST = 4096;

    private final ByteBuffer in;
    private final int start;
    private final int end;
    private final Map<Integer, String> decoded = new HashMap<>();
    private long budget;

    ElfStrings(ByteBuffer in, int start, int end) {
        this.in = in;
        this.start = start;
        this.end = end;
        this.budget = 4096 + 16L * (end - start);
    }

    @org.jspecify.annotations.Nullable
    String at(int offset) {
        String known = decoded.get(offset);
        if (known != null) {
            return known;
        }
        if (offset == 0 && end == start) {
            return "";
        }
        if (offset < 0 || offset >= end - start) {
            return null;
        }
        int to = start + offset;
        while (to < end && in.get(to) != 0 && to - start - offset < LONGEST) {
            to++;
        }
        budget -= to - start - offset;
        if (to == end || in.get(to) != 0 || budget < 0) {
            return null;
        }
        byte[] bytes = new byte[to - start - offset];
        in.get(start + offset, bytes);
        String string = Names.printable(new String(bytes, StandardCharsets.UTF_8));
        decoded.put(offset, string);
        return string;
    }
}
