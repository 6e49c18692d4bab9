package bpf4j.btf;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/// Writes types as a `.BTF` section (Linux `Documentation/bpf/btf.rst`, section 2).
final class BtfWriter {
    private static final int HEADER = 24;

    private final ByteOrder order;
    private final ByteArrayOutputStream types = new ByteArrayOutputStream();
    private final ByteArrayOutputStream strings = new ByteArrayOutputStream();
    private final Map<String, Integer> offsets = new HashMap<>();

    BtfWriter(ByteOrder order) {
        this.order = order;
        this.offsets.put("", 0);
        this.strings.write(0);
    }

    byte[] write(Btf btf) {
        for (int id = 1; id < btf.size(); id++) {
            write(btf.type(id));
        }
        return section();
    }

    /// The two sections; the strings of both are in the first.
    BtfSections.Encoded write(BtfSections sections) {
        Btf btf = sections.types();
        for (int id = 1; id < btf.size(); id++) {
            write(btf.type(id));
        }
        BtfExt ext = sections.ext();
        byte[] functions =
                table(8, ext.functions(), info -> new int[] {info.byteOffset(), info.type()});
        byte[] lines =
                table(
                        16,
                        ext.lines(),
                        info ->
                                new int[] {
                                    info.byteOffset(),
                                    string(info.file()),
                                    string(info.text()),
                                    info.line() << 10 | (info.column() & 0x3FF)
                                });
        byte[] core =
                table(
                        16,
                        ext.relocations(),
                        info ->
                                new int[] {
                                    info.byteOffset(),
                                    info.type(),
                                    string(info.access()),
                                    info.kind()
                                });
        int header = HEADER + 8;
        ByteBuffer out =
                ByteBuffer.allocate(header + functions.length + lines.length + core.length)
                        .order(order);
        out.putShort((short) BtfReader.MAGIC).put((byte) 1).put((byte) 0).putInt(header);
        out.putInt(0).putInt(functions.length);
        out.putInt(functions.length).putInt(lines.length);
        out.putInt(functions.length + lines.length).putInt(core.length);
        out.put(functions).put(lines).put(core);
        return new BtfSections.Encoded(section(), out.array());
    }

    /// A table of `.BTF.ext`: the size of a record, then the records of each section of code.
    private <T> byte[] table(int record, Map<String, List<T>> infos, Function<T, int[]> words) {
        if (infos.isEmpty()) {
            return new byte[0];
        }
        long size = 4;
        for (List<T> list : infos.values()) {
            size += 8 + (long) record * list.size();
        }
        ByteBuffer table = ByteBuffer.allocate(Math.toIntExact(size)).order(order);
        table.putInt(record);
        for (Map.Entry<String, List<T>> entry : new TreeMap<>(infos).entrySet()) {
            table.putInt(string(entry.getKey())).putInt(entry.getValue().size());
            for (T info : entry.getValue()) {
                for (int word : words.apply(info)) {
                    table.putInt(word);
                }
            }
        }
        return table.array();
    }

    private byte[] section() {
        ByteBuffer out = ByteBuffer.allocate(HEADER + types.size() + strings.size()).order(order);
        out.putShort((short) BtfReader.MAGIC).put((byte) 1).put((byte) 0).putInt(HEADER);
        out.putInt(0).putInt(types.size()).putInt(types.size()).putInt(strings.size());
        out.put(types.toByteArray()).put(strings.toByteArray());
        return out.array();
    }

    private void write(BtfType type) {
        switch (type) {
            case BtfType.Void _ -> throw new IllegalArgumentException("only type 0 is void");
            case BtfType.Int t -> {
                head(t.name(), 1, 0, false, t.size());
                int encoding = (t.signed() ? 1 : 0) | (t.isChar() ? 2 : 0) | (t.isBool() ? 4 : 0);
                put(encoding << 24 | t.offset() << 16 | t.bits());
            }
            case BtfType.Ptr t -> head("", 2, 0, false, t.type());
            case BtfType.Array t -> {
                head("", 3, 0, false, 0);
                put(t.element(), t.index(), t.length());
            }
            case BtfType.Struct t -> struct(t);
            case BtfType.Enum t -> enumeration(t);
            case BtfType.Fwd t -> head(t.name(), 7, 0, t.union(), 0);
            case BtfType.Typedef t -> head(t.name(), 8, 0, false, t.type());
            case BtfType.Volatile t -> head("", 9, 0, false, t.type());
            case BtfType.Const t -> head("", 10, 0, false, t.type());
            case BtfType.Restrict t -> head("", 11, 0, false, t.type());
            case BtfType.Func t -> head(t.name(), 12, t.linkage(), false, t.proto());
            case BtfType.FuncProto t -> {
                head("", 13, t.params().size(), false, t.returns());
                for (BtfType.Param param : t.params()) {
                    put(string(param.name()), param.type());
                }
            }
            case BtfType.Var t -> {
                head(t.name(), 14, 0, false, t.type());
                put(t.linkage());
            }
            case BtfType.DataSec t -> {
                head(t.name(), 15, t.entries().size(), false, t.size());
                for (BtfType.Entry entry : t.entries()) {
                    put(entry.var(), entry.offset(), entry.size());
                }
            }
            case BtfType.Float t -> head(t.name(), 16, 0, false, t.size());
            case BtfType.DeclTag t -> {
                head(t.tag(), 17, 0, false, t.type());
                put(t.component());
            }
            case BtfType.TypeTag t -> head(t.tag(), 18, 0, false, t.type());
        }
    }

    private void struct(BtfType.Struct struct) {
        List<BtfType.Member> members = struct.members();
        boolean bitfields = members.stream().anyMatch(member -> member.bitWidth() != 0);
        head(struct.name(), struct.union() ? 5 : 4, members.size(), bitfields, struct.size());
        for (BtfType.Member member : members) {
            put(
                    string(member.name()),
                    member.type(),
                    bitfields ? member.bitWidth() << 24 | member.bitOffset() : member.bitOffset());
        }
    }

    private void enumeration(BtfType.Enum enumeration) {
        List<BtfType.Value> values = enumeration.values();
        boolean wide = enumeration.wide();
        head(
                enumeration.name(),
                wide ? 19 : 6,
                values.size(),
                enumeration.signed(),
                enumeration.size());
        for (BtfType.Value value : values) {
            put(string(value.name()), (int) value.value());
            if (wide) {
                put((int) (value.value() >>> 32));
            }
        }
    }

    private void head(String name, int kind, int count, boolean flag, int third) {
        put(string(name), (flag ? 1 << 31 : 0) | kind << 24 | count & 0xFFFF, third);
    }

    private void put(int... words) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * words.length).order(order);
        for (int word : words) {
            bytes.putInt(word);
        }
        types.writeBytes(bytes.array());
    }

    private int string(String string) {
        return offsets.computeIfAbsent(
                string,
                text -> {
                    int offset = strings.size();
                    strings.writeBytes(text.getBytes(StandardCharsets.UTF_8));
                    strings.write(0);
                    return offset;
                });
    }
}
