package bpf4j.loader;

import bpf4j.spec.LoadException;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A relocatable ELF object for BPF: sections, symbols and relocations, in either byte order. Every
/// place in the file is checked when it is read; memory is bounded by a small multiple of the
/// file's size.
final class Elf {
    static final int SHT_PROGBITS = 1;
    static final int SHT_SYMTAB = 2;
    static final int SHT_RELA = 4;
    static final int SHT_NOBITS = 8;
    static final int SHT_REL = 9;

    static final int SHF_ALLOC = 2;
    static final int SHF_EXECINSTR = 4;

    static final int SHN_UNDEF = 0;
    static final int SHN_LORESERVE = 0xFF00;

    private static final int HEADER = 64;
    private static final int SECTION = 64;
    private static final int SYMBOL = 24;

    private final ByteBuffer in;
    private final List<Section> sections = new ArrayList<>();
    private final List<Symbol> symbols = new ArrayList<>();
    private final Map<String, Section> byName = new HashMap<>();
    private final Map<Integer, List<Symbol>> bySection = new HashMap<>();

    /// A section; `size` is what it takes in memory, which for a `.bss` is not in the file.
    record Section(
            int index,
            String name,
            int type,
            long flags,
            long start,
            long size,
            int link,
            int info,
            long alignment) {
        boolean isCode() {
            return type == SHT_PROGBITS && (flags & SHF_EXECINSTR) != 0 && size > 0;
        }
    }

    /// A symbol; `section` is an index, or one of the reserved numbers.
    record Symbol(
            int index,
            String name,
            Kind kind,
            Binding binding,
            boolean hidden,
            int section,
            long value,
            long size) {
        boolean isUndefined() {
            return section == SHN_UNDEF;
        }

        /// How a message names it.
        String label() {
            return name.isEmpty() ? "symbol " + index : "'" + name + "'";
        }
    }

    enum Kind {
        NOTYPE,
        OBJECT,
        FUNC,
        SECTION,
        FILE,
        OTHER
    }

    enum Binding {
        LOCAL,
        GLOBAL,
        WEAK,
        OTHER
    }

    /// A relocation of the 4 or 8 bytes at `offset` of the section that it applies to.
    record Relocation(long offset, int type, Symbol symbol) {}

    private Elf(ByteBuffer in) {
        this.in = in;
    }

    /// Reads a whole object file.
    static Elf parse(byte[] file) throws LoadException {
        ElfHeader.check(file);
        ByteOrder order = file[5] == 2 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        Elf elf = new Elf(ByteBuffer.wrap(file).order(order));
        elf.readSections();
        elf.readSymbols();
        elf.sections.forEach(section -> elf.byName.putIfAbsent(section.name, section));
        for (Symbol symbol : elf.symbols) {
            elf.bySection.computeIfAbsent(symbol.section, _ -> new ArrayList<>()).add(symbol);
        }
        return elf;
    }

    ByteOrder order() {
        return in.order();
    }

    List<Section> sections() {
        return sections;
    }

    List<Symbol> symbols() {
        return symbols;
    }

    /// The first section with this name, if any.
    java.util.Optional<Section> section(String name) {
        return java.util.Optional.ofNullable(byName.get(name));
    }

    /// The symbols that are defined in a section, in the order of the file.
    List<Symbol> symbols(Section section) {
        return bySection.getOrDefault(section.index, List.of());
    }

    /// The section that a symbol is defined in.
    Section sectionOf(Symbol symbol) throws LoadException {
        if (symbol.section <= SHN_UNDEF || symbol.section >= sections.size()) {
            throw new LoadException(
                    symbol.label() + " is defined in no section (index " + symbol.section + ")");
        }
        return sections.get(symbol.section);
    }

    /// The contents of a section, read-only, in the order of the file.
    ByteBuffer data(Section section) throws LoadException {
        if (section.type == SHT_NOBITS) {
            throw new LoadException("section '" + section.name + "' has no contents in the file");
        }
        return in.slice((int) section.start, (int) section.size).order(in.order());
    }

    /// The contents of a section as bytes of its own.
    byte[] bytes(Section section) throws LoadException {
        byte[] bytes = new byte[(int) section.size];
        data(section).get(bytes);
        return bytes;
    }

    /// The relocations that apply to each section, by its index, in the order of the file.
    Map<Integer, List<Relocation>> relocations() throws LoadException {
        Map<Integer, List<Relocation>> found = new HashMap<>();
        for (Section section : sections) {
            if (section.type != SHT_REL && section.type != SHT_RELA) {
                continue;
            }
            if (section.info <= 0 || section.info >= sections.size()) {
                throw new LoadException(
                        "section '"
                                + section.name
                                + "' relocates section "
                                + section.info
                                + " of "
                                + (sections.size() - 1));
            }
            // Those of debug information are the most, and nobody's business here.
            if (sections.get(section.info).name.startsWith(".debug")) {
                continue;
            }
            found.computeIfAbsent(section.info, _ -> new ArrayList<>())
                    .addAll(relocationsIn(section));
        }
        return found;
    }

    private List<Relocation> relocationsIn(Section section) throws LoadException {
        int entry = section.type == SHT_REL ? 16 : 24;
        ByteBuffer data = data(section);
        if (section.size % entry != 0) {
            throw new LoadException(
                    "section '"
                            + section.name
                            + "' of "
                            + section.size
                            + " bytes is no whole number of relocations");
        }
        List<Relocation> list = new ArrayList<>((int) section.size / entry);
        for (int at = 0; at < section.size; at += entry) {
            long info = data.getLong(at + 8);
            long symbol = info >>> 32;
            if (symbol >= symbols.size()) {
                throw new LoadException(
                        "section '"
                                + section.name
                                + "' at byte "
                                + at
                                + " names symbol "
                                + symbol
                                + " of "
                                + symbols.size());
            }
            if (entry == 24 && data.getLong(at + 16) != 0) {
                throw new LoadException(
                        "section '"
                                + section.name
                                + "' at byte "
                                + at
                                + " has an explicit addend; BPF objects keep it in the"
                                + " instruction");
            }
            list.add(new Relocation(data.getLong(at), (int) info, symbols.get((int) symbol)));
        }
        return list;
    }

    private void readSections() throws LoadException {
        long table = in.getLong(40);
        int entry = in.getShort(58) & 0xFFFF;
        long count = in.getShort(60) & 0xFFFF;
        long names = in.getShort(62) & 0xFFFF;
        if (table == 0) {
            throw new LoadException("the object has no sections");
        }
        if (entry != SECTION || table < HEADER || table > in.capacity() - SECTION) {
            throw truncated("its section table at byte " + table);
        }
        if (count == 0) {
            count = in.getLong((int) table + 32);
        }
        if (names == 0xFFFF) {
            names = in.getInt((int) table + 40) & 0xFFFF_FFFFL;
        }
        if (count < 0 || count > (in.capacity() - table) / SECTION) {
            throw truncated("its table of " + count + " sections at byte " + table);
        }
        if (names >= count) {
            throw new LoadException("section names are in section " + names + " of " + count);
        }
        int strings = (int) table + (int) names * SECTION;
        ElfStrings pool = strings(in.getLong(strings + 24), in.getLong(strings + 32), "names");
        long sum = 0;
        for (int i = 0; i < count; i++) {
            int at = (int) table + i * SECTION;
            int type = in.getInt(at + 4);
            long start = in.getLong(at + 24);
            long size = in.getLong(at + 32);
            String name = pool.at(in.getInt(at));
            if (name == null) {
                throw new LoadException("section " + i + " has its name outside the name table");
            }
            if (i == 0 || type == 0) {
                start = 0;
                size = 0;
                type = 0;
            } else if (type == SHT_NOBITS) {
                if (size < 0 || size > Integer.MAX_VALUE) {
                    throw new LoadException(
                            "section '"
                                    + name
                                    + "' takes "
                                    + Long.toUnsignedString(size)
                                    + " bytes");
                }
            } else if (type != 0) {
                if (start < 0
                        || size < 0
                        || start > in.capacity()
                        || size > in.capacity() - start) {
                    throw truncated("section '" + name + "'");
                }
                sum += size;
            }
            sections.add(
                    new Section(
                            i,
                            name,
                            type,
                            in.getLong(at + 8),
                            start,
                            size,
                            in.getInt(at + 40),
                            in.getInt(at + 44),
                            in.getLong(at + 48)));
        }
        if (sum > in.capacity()) {
            throw new LoadException("sections overlap: together they are larger than the file");
        }
    }

    private void readSymbols() throws LoadException {
        Section table = null;
        for (Section section : sections) {
            if (section.type == SHT_SYMTAB) {
                if (table != null) {
                    throw new LoadException("the object has more than one symbol table");
                }
                table = section;
            }
        }
        if (table == null) {
            throw new LoadException("the object has no symbol table (stripped?)");
        }
        if (table.link <= 0 || table.link >= sections.size() || table.size % SYMBOL != 0) {
            throw new LoadException("the symbol table is malformed");
        }
        Section names = sections.get(table.link);
        ElfStrings pool = strings(names.start, names.size, "symbol names");
        ByteBuffer data = data(table);
        int count = (int) table.size / SYMBOL;
        for (int i = 0; i < count; i++) {
            int at = i * SYMBOL;
            String name = pool.at(data.getInt(at));
            if (name == null) {
                throw new LoadException("symbol " + i + " has its name outside the name table");
            }
            int info = data.get(at + 4);
            symbols.add(
                    new Symbol(
                            i,
                            name,
                            kind(info & 0xF),
                            binding((info >> 4) & 0xF),
                            (data.get(at + 5) & 3) == 1 || (data.get(at + 5) & 3) == 2,
                            data.getShort(at + 6) & 0xFFFF,
                            data.getLong(at + 8),
                            data.getLong(at + 16)));
        }
    }

    private ElfStrings strings(long start, long size, String what) throws LoadException {
        if (start < 0 || size < 0 || start > in.capacity() || size > in.capacity() - start) {
            throw truncated("the table of " + what);
        }
        return new ElfStrings(in, (int) start, (int) (start + size));
    }

    private LoadException truncated(String what) {
        return new LoadException(
                "the object is cut off or malformed: "
                        + what
                        + " lies outside its "
                        + in.capacity()
                        + " bytes");
    }

    private static Kind kind(int number) {
        return switch (number) {
            case 0 -> Kind.NOTYPE;
            case 1 -> Kind.OBJECT;
            case 2 -> Kind.FUNC;
            case 3 -> Kind.SECTION;
            case 4 -> Kind.FILE;
            default -> Kind.OTHER;
        };
    }

    private static Binding binding(int number) {
        return switch (number) {
            case 0 -> Binding.LOCAL;
            case 1 -> Binding.GLOBAL;
            case 2 -> Binding.WEAK;
            default -> Binding.OTHER;
        };
    }
}
