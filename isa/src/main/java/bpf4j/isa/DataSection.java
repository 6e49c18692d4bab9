package bpf4j.isa;

import bpf4j.spec.MapSpec;
import bpf4j.spec.MapType;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// The bytes between `.data` and the next section: an array map of one value, as libbpf makes one
/// of each data section.
final class DataSection {
    private static final int MOST_BYTES = 1 << 24;
    private static final int RDONLY_PROG = 0x80;
    private static final int MMAPABLE = 0x400;

    private final String name;
    private final int map;
    private final boolean readOnly;
    private byte[] bytes = new byte[64];
    private int size;

    /// @param map the index of the map that it becomes
    DataSection(String name, int map, boolean readOnly) {
        this.name = name;
        this.map = map;
        this.readOnly = readOnly;
    }

    int map() {
        return map;
    }

    int size() {
        return size;
    }

    MapSpec spec() {
        MapSpec spec =
                MapSpec.of(name, MapType.ARRAY, 4, Math.max(1, size), 1)
                        .withFlags(readOnly ? RDONLY_PROG | MMAPABLE : MMAPABLE)
                        .withInitial(
                                List.of(
                                        new MapSpec.Entry(
                                                new byte[4],
                                                new MapSpec.Content.Bytes(
                                                        Arrays.copyOf(bytes, Math.max(1, size))))));
        return readOnly ? spec.freeze() : spec;
    }

    static boolean isData(String directive) {
        return switch (directive) {
            case ".ascii", ".asciz", ".string", ".zero", ".space", ".skip" -> true;
            default -> width(directive) > 0 || directive.endsWith("align");
        };
    }

    private static int width(String directive) {
        return switch (directive) {
            case ".byte", ".1byte" -> 1;
            case ".short", ".half", ".2byte" -> 2;
            case ".long", ".int", ".word", ".4byte" -> 4;
            case ".quad", ".8byte" -> 8;
            default -> 0;
        };
    }

    void read(Line line, Token directive) throws AssemblyException {
        String text = directive.text();
        switch (text) {
            case ".ascii", ".asciz", ".string" -> {
                do {
                    Token string = line.take();
                    if (string.kind() != Token.Kind.STRING) {
                        throw line.error(
                                string,
                                "expected a text in quotes, found " + Line.describe(string));
                    }
                    append(line, string.text().getBytes(StandardCharsets.UTF_8));
                    if (!text.equals(".ascii")) {
                        append(line, new byte[1]);
                    }
                } while (line.accept(","));
            }
            case ".zero", ".space", ".skip" ->
                    append(line, new byte[(int) line.number(0, MOST_BYTES, "a number of bytes")]);
            default -> {
                if (text.endsWith("align")) {
                    align(line, text.equals(".p2align"));
                } else {
                    numbers(line, width(text));
                }
            }
        }
    }

    private void align(Line line, boolean power) throws AssemblyException {
        int step =
                power
                        ? 1 << line.number(0, 12, "the power of two")
                        : (int) line.number(1, 4096, "the alignment");
        append(line, new byte[(step - size % step) % step]);
        if (line.accept(",")) {
            line.number(0, 255, "the byte to fill with");
        }
    }

    private void numbers(Line line, int width) throws AssemblyException {
        do {
            long value =
                    width == 8
                            ? line.number()
                            : line.number(
                                    -(1L << (width * 8 - 1)), (1L << (width * 8)) - 1, "a value");
            byte[] number = new byte[width];
            for (int i = 0; i < width; i++) {
                number[i] = (byte) (value >>> i * 8);
            }
            append(line, number);
        } while (line.accept(","));
    }

    private void append(Line line, byte[] more) throws AssemblyException {
        if (more.length > MOST_BYTES - size) {
            throw line.error(line.peek(), "'" + name + "' is larger than " + MOST_BYTES + " bytes");
        }
        if (size + more.length > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more.length));
        }
        System.arraycopy(more, 0, bytes, size, more.length);
        size += more.length;
    }
}
