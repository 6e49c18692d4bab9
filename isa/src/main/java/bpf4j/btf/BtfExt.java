package bpf4j.btf;

import bpf4j.spec.LoadException;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a `.BTF.ext` section says about instructions, by the name of the section of code that they
/// are in: functions, source lines and CO-RE relocations, in the order of the file. Offsets count
/// bytes from the start of the section.
public record BtfExt(
        Map<String, List<FuncInfo>> functions,
        Map<String, List<LineInfo>> lines,
        Map<String, List<Relocation>> relocations) {

    /// Nothing known about any instruction.
    public static final BtfExt NONE = new BtfExt(Map.of(), Map.of(), Map.of());

    private static final int HEADER = 24;

    public BtfExt {
        functions = Map.copyOf(functions);
        lines = Map.copyOf(lines);
        relocations = Map.copyOf(relocations);
    }

    /// The function that begins at an instruction; `type` is the id of its [BtfType.Func].
    public record FuncInfo(int byteOffset, int type) {}

    /// The source line of the instructions from one on.
    public record LineInfo(int byteOffset, String file, String text, int line, int column) {}

    /// A CO-RE relocation (Linux: `struct bpf_core_relo`) of an instruction.
    ///
    /// @param access the path into the type, such as `0:1:2`
    /// @param kind Linux's number of the kind (`enum bpf_core_relo_kind`)
    public record Relocation(int byteOffset, int type, String access, int kind) {}

    static BtfExt parse(byte[] section, BtfStrings strings, Btf btf) throws LoadException {
        return new Reader(section, strings, btf).read();
    }

    /// Reads a `.BTF.ext` section whose strings are in a reader that has read its `.BTF`.
    private static final class Reader {
        private final ByteBuffer in;
        private final int size;
        private final BtfStrings strings;
        private final Btf btf;

        Reader(byte[] section, BtfStrings strings, Btf btf) throws LoadException {
            this.in = ByteBuffer.wrap(section);
            this.size = section.length;
            this.strings = strings;
            this.btf = btf;
            if (size < HEADER) {
                throw new LoadException(
                        ".BTF.ext of " + size + " bytes is shorter than its header");
            }
            in.order(BtfReader.order(in.order(ByteOrder.BIG_ENDIAN).getShort(0)));
        }

        BtfExt read() throws LoadException {
            long header = unsigned(4);
            if (header < HEADER || header > size) {
                throw new LoadException(".BTF.ext has a header of " + header + " bytes");
            }
            Map<String, List<FuncInfo>> functions =
                    table("func_info", header, 8, 8, at -> function(at));
            Map<String, List<LineInfo>> lines = table("line_info", header, 16, 16, at -> line(at));
            Map<String, List<Relocation>> relocations =
                    header >= 32
                            ? table("core_relo", header, 24, 16, at -> relocation(at))
                            : Map.of();
            return new BtfExt(functions, lines, relocations);
        }

        /// One of the tables, whose place is in the header at `field`.
        private <T> Map<String, List<T>> table(
                String what, long header, int field, int least, Entry<T> entry)
                throws LoadException {
            long start = header + unsigned(field);
            long end = start + unsigned(field + 4);
            if (end > size) {
                throw new LoadException(
                        ".BTF.ext of "
                                + size
                                + " bytes ends before its "
                                + what
                                + " (to byte "
                                + end
                                + ")");
            }
            Map<String, List<T>> found = new LinkedHashMap<>();
            if (start == end) {
                return found;
            }
            if (end - start < 4) {
                throw new LoadException(".BTF.ext: " + what + " is cut off");
            }
            long record = unsigned((int) start);
            if (record < least || record > 4096) {
                throw new LoadException(
                        ".BTF.ext: a record of " + what + " has " + record + " bytes");
            }
            long at = start + 4;
            while (at < end) {
                if (end - at < 8) {
                    throw new LoadException(".BTF.ext: " + what + " at byte " + at + " is cut off");
                }
                String section = string(in.getInt((int) at), (int) at);
                long count = unsigned((int) at + 4);
                at += 8;
                if (count * record > end - at) {
                    throw new LoadException(
                            ".BTF.ext: "
                                    + what
                                    + " at byte "
                                    + at
                                    + " is cut off: "
                                    + count
                                    + " records");
                }
                List<T> list = found.computeIfAbsent(section, _ -> new ArrayList<>());
                for (long i = 0; i < count; i++) {
                    list.add(entry.at((int) at));
                    at += record;
                }
            }
            found.replaceAll((_, list) -> List.copyOf(list));
            return found;
        }

        private FuncInfo function(int at) throws LoadException {
            int type = in.getInt(at + 4);
            if (type < 0 || type >= btf.size() || !(btf.type(type) instanceof BtfType.Func)) {
                throw new LoadException(
                        ".BTF.ext: func_info at byte "
                                + at
                                + " names type "
                                + Integer.toUnsignedString(type)
                                + ", which is no function");
            }
            return new FuncInfo(in.getInt(at), type);
        }

        private LineInfo line(int at) throws LoadException {
            int place = in.getInt(at + 12);
            return new LineInfo(
                    in.getInt(at),
                    string(in.getInt(at + 4), at),
                    string(in.getInt(at + 8), at),
                    place >>> 10,
                    place & 0x3FF);
        }

        private Relocation relocation(int at) throws LoadException {
            int type = in.getInt(at + 4);
            if (type < 0 || type >= btf.size()) {
                throw new LoadException(
                        ".BTF.ext: core_relo at byte "
                                + at
                                + " names type "
                                + Integer.toUnsignedString(type)
                                + " of "
                                + (btf.size() - 1));
            }
            return new Relocation(
                    in.getInt(at), type, string(in.getInt(at + 8), at), in.getInt(at + 12));
        }

        private String string(int offset, int at) throws LoadException {
            String string = strings.at(offset);
            if (string == null) {
                throw new LoadException(
                        ".BTF.ext at byte "
                                + at
                                + " names the string at "
                                + Integer.toUnsignedString(offset)
                                + strings.complaint());
            }
            return string;
        }

        private long unsigned(int offset) {
            return Integer.toUnsignedLong(in.getInt(offset));
        }

        private interface Entry<T> {
            T at(int at) throws LoadException;
        }
    }
}
