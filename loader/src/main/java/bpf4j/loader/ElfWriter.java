package bpf4j.loader;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Writes a relocatable ELF object for BPF.
final class ElfWriter {
    private static final int HEADER = 64;
    private static final int SYMBOL = 24;
    private static final int RELOCATION = 16;

    private final ByteOrder order;
    private final List<Part> parts = new ArrayList<>();
    private final ByteArrayOutputStream strings = new ByteArrayOutputStream();
    private final Map<String, Integer> offsets = new HashMap<>();

    /// A section; `size` matters where it has no bytes (`.bss`).
    private record Part(
            String name,
            int type,
            long flags,
            byte[] bytes,
            long size,
            int link,
            int info,
            long alignment,
            int entry) {}

    /// A symbol, its section by index.
    record Symbol(
            String name,
            Elf.Kind kind,
            Elf.Binding binding,
            boolean hidden,
            int section,
            long value,
            long size) {}

    /// A relocation, its symbol by its index.
    record Relocation(long offset, int type, int symbol) {}

    ElfWriter(ByteOrder order) {
        this.order = order;
        strings.write(0);
        offsets.put("", 0);
        parts.add(new Part("", 0, 0, new byte[0], 0, 0, 0, 0, 0));
    }

    /// Adds a section and gives its index.
    int section(String name, int type, long flags, byte[] bytes, long size, long alignment) {
        parts.add(new Part(name, type, flags, bytes, size, 0, 0, alignment, 0));
        return parts.size() - 1;
    }

    /// Adds the relocations of a section; the symbol table comes behind all sections.
    void relocations(int section, List<Relocation> relocations, int symbolTable) {
        ByteBuffer bytes = ByteBuffer.allocate(relocations.size() * RELOCATION).order(order);
        for (Relocation relocation : relocations) {
            bytes.putLong(relocation.offset);
            bytes.putLong((long) relocation.symbol << 32 | relocation.type);
        }
        parts.add(
                new Part(
                        ".rel" + parts.get(section).name,
                        Elf.SHT_REL,
                        0,
                        bytes.array(),
                        bytes.capacity(),
                        symbolTable,
                        section,
                        8,
                        RELOCATION));
    }

    /// The index that the next section will have.
    int next() {
        return parts.size();
    }

    /// The object, with its symbols; local ones must come first.
    byte[] write(List<Symbol> symbols) {
        ByteBuffer table = ByteBuffer.allocate((symbols.size() + 1) * SYMBOL).order(order);
        table.position(SYMBOL);
        int locals = 1;
        for (Symbol symbol : symbols) {
            int binding =
                    switch (symbol.binding) {
                        case LOCAL -> 0;
                        case GLOBAL -> 1;
                        case WEAK -> 2;
                        case OTHER -> 1;
                    };
            int kind =
                    switch (symbol.kind) {
                        case NOTYPE, OTHER -> 0;
                        case OBJECT -> 1;
                        case FUNC -> 2;
                        case SECTION -> 3;
                        case FILE -> 4;
                    };
            locals += binding == 0 ? 1 : 0;
            table.putInt(string(symbol.name)).put((byte) (binding << 4 | kind));
            table.put((byte) (symbol.hidden ? 2 : 0)).putShort((short) symbol.section);
            table.putLong(symbol.value).putLong(symbol.size);
        }
        int symbolTable = parts.size();
        parts.add(
                new Part(
                        ".symtab",
                        Elf.SHT_SYMTAB,
                        0,
                        table.array(),
                        table.capacity(),
                        symbolTable + 1,
                        locals,
                        8,
                        SYMBOL));
        for (Part part : parts) {
            string(part.name);
        }
        string(".strtab");
        byte[] pool = strings.toByteArray();
        parts.add(new Part(".strtab", 3, 0, pool, pool.length, 0, 0, 1, 0));
        return assemble();
    }

    private byte[] assemble() {
        long size = HEADER;
        long[] places = new long[parts.size()];
        for (int i = 1; i < parts.size(); i++) {
            size = (size + 7) / 8 * 8;
            places[i] = size;
            size += parts.get(i).bytes.length;
        }
        size = (size + 7) / 8 * 8;
        long table = size;
        ByteBuffer out =
                ByteBuffer.allocate(Math.toIntExact(size + (long) parts.size() * 64)).order(order);
        out.put(new byte[] {0x7F, 'E', 'L', 'F', 2, (byte) (isBig() ? 2 : 1), 1});
        out.position(16);
        out.putShort((short) 1).putShort((short) 247).putInt(1).putLong(0).putLong(0);
        out.putLong(table).putInt(0).putShort((short) HEADER).putShort((short) 0);
        out.putShort((short) 0).putShort((short) 64).putShort((short) parts.size());
        out.putShort((short) (parts.size() - 1));
        for (int i = 1; i < parts.size(); i++) {
            out.put((int) places[i], parts.get(i).bytes);
        }
        out.position((int) table);
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            out.putInt(string(part.name)).putInt(part.type).putLong(part.flags).putLong(0);
            out.putLong(places[i]).putLong(part.size).putInt(part.link).putInt(part.info);
            out.putLong(part.alignment).putLong(part.entry);
        }
        return out.array();
    }

    private boolean isBig() {
        return order == ByteOrder.BIG_ENDIAN;
    }

    private int string(String text) {
        return offsets.computeIfAbsent(
                text,
                name -> {
                    int offset = strings.size();
                    strings.writeBytes(name.getBytes(StandardCharsets.UTF_8));
                    strings.write(0);
                    return offset;
                });
    }
}
