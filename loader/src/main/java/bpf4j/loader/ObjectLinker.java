package bpf4j.loader;

import bpf4j.spec.LoadException;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Links several objects into one, by the rules of `bpftool gen object`: sections of one name are
/// joined, a strong definition wins over weak ones, the first of several weak ones wins, externs
/// are
/// resolved by definitions of the same type, and the stricter visibility holds.
final class ObjectLinker {
    private final List<ObjectFile> files;
    private final ByteOrder order;
    private final Map<String, Joined> sections = new LinkedHashMap<>();
    private final Map<String, Global> globals = new LinkedHashMap<>();
    private final List<ElfWriter.Symbol> locals = new ArrayList<>();
    private final LinkedBtf types = new LinkedBtf();
    private final List<Addend> addends = new ArrayList<>();
    private final List<String> localSections = new ArrayList<>();

    /// A section of the result.
    private static final class Joined {
        final String name;
        final int type;
        final long flags;
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final List<Pending> relocations = new ArrayList<>();
        long size;
        long alignment;
        int index;
        int symbol = -1;

        Joined(Elf.Section section) {
            this.name = section.name();
            this.type = section.type();
            this.flags = section.flags();
        }
    }

    /// A relocation whose symbol has no index yet.
    private record Pending(long offset, int type, @Nullable Global global, int local) {}

    /// A global symbol of the result.
    private static final class Global {
        final String name;
        ObjectFile file;
        Elf.Symbol symbol;
        boolean weak;
        boolean hidden;
        @Nullable Joined section;
        long value;
        int index;

        Global(String name, ObjectFile file, Elf.Symbol symbol) {
            this.name = name;
            this.file = file;
            this.symbol = symbol;
            this.weak = symbol.binding() == Elf.Binding.WEAK;
            this.hidden = symbol.hidden();
        }
    }

    private ObjectLinker(List<ObjectFile> files) {
        this.files = files;
        this.order = files.getFirst().elf().order();
    }

    /// The object file that the given ones make together.
    static byte[] link(List<ObjectFile> files) throws LoadException {
        if (files.isEmpty()) {
            throw new LoadException("nothing to link");
        }
        for (ObjectFile file : files) {
            if (file.elf().order() != files.getFirst().elf().order()) {
                throw new LoadException(
                        "object '"
                                + file.name()
                                + "' has another byte order than '"
                                + files.getFirst().name()
                                + "'");
            }
        }
        return new ObjectLinker(files).link();
    }

    private byte[] link() throws LoadException {
        List<Map<Integer, Long>> places = new ArrayList<>();
        for (ObjectFile file : files) {
            places.add(join(file));
        }
        for (int i = 0; i < files.size(); i++) {
            resolve(files.get(i), places.get(i));
        }
        for (int i = 0; i < files.size(); i++) {
            relocate(files.get(i), places.get(i));
        }
        for (int i = 0; i < files.size(); i++) {
            addTypes(files.get(i), places.get(i));
        }
        return write();
    }

    /// Appends the sections of an object and gives, by index, where each begins in the joined one.
    private Map<Integer, Long> join(ObjectFile file) throws LoadException {
        Map<Integer, Long> places = new HashMap<>();
        for (Elf.Section section : file.elf().sections()) {
            if (!isKept(section)) {
                continue;
            }
            Joined joined = sections.get(section.name());
            if (joined == null) {
                joined = new Joined(section);
                sections.put(section.name(), joined);
            } else if (joined.type != section.type() || joined.flags != section.flags()) {
                throw new LoadException(
                        "section '"
                                + section.name()
                                + "' of object '"
                                + file.name()
                                + "' differs in type or flags from that of an earlier object");
            } else if (section.name().equals("license") || section.name().equals("version")) {
                if (!java.util.Arrays.equals(
                        joined.bytes.toByteArray(), file.elf().bytes(section))) {
                    throw new LoadException(
                            "section '"
                                    + section.name()
                                    + "' of object '"
                                    + file.name()
                                    + "' differs from that of an earlier object");
                }
                continue;
            }
            long alignment = Math.max(1, Math.min(4096, section.alignment()));
            long start = (joined.size + alignment - 1) / alignment * alignment;
            joined.alignment = Math.max(joined.alignment, alignment);
            if (section.type() != Elf.SHT_NOBITS) {
                joined.bytes.writeBytes(new byte[(int) (start - joined.bytes.size())]);
                joined.bytes.writeBytes(file.elf().bytes(section));
            }
            joined.size = start + section.size();
            places.put(section.index(), start);
        }
        return places;
    }

    private static boolean isKept(Elf.Section section) {
        boolean content = section.type() == Elf.SHT_PROGBITS || section.type() == Elf.SHT_NOBITS;
        boolean special = section.name().equals("license") || section.name().equals("version");
        return content
                && ((section.flags() & Elf.SHF_ALLOC) != 0 || special)
                && !section.name().equals(".eh_frame")
                && !(section.size() == 0 && section.name().equals(".text"));
    }

    private void resolve(ObjectFile file, Map<Integer, Long> places) throws LoadException {
        for (Elf.Symbol symbol : file.elf().symbols()) {
            boolean global =
                    symbol.binding() == Elf.Binding.GLOBAL || symbol.binding() == Elf.Binding.WEAK;
            if (!global || symbol.name().isEmpty()) {
                continue;
            }
            if (!symbol.isUndefined() && !places.containsKey(symbol.section())) {
                continue;
            }
            Global known = globals.get(symbol.name());
            if (known == null) {
                Global first = new Global(symbol.name(), file, symbol);
                define(first, file, symbol, places);
                globals.put(symbol.name(), first);
            } else {
                merge(known, file, symbol, places);
            }
        }
    }

    private void merge(Global known, ObjectFile file, Elf.Symbol symbol, Map<Integer, Long> places)
            throws LoadException {
        boolean weak = symbol.binding() == Elf.Binding.WEAK;
        boolean defined = !symbol.isUndefined();
        boolean knownDefined = !known.symbol.isUndefined();
        if (defined && knownDefined && !weak && !known.weak) {
            throw new LoadException(
                    "'"
                            + known.name
                            + "' is defined in '"
                            + known.file.name()
                            + "' and in '"
                            + file.name()
                            + "'; one of them must be __weak");
        }
        GlobalTypes.check(known.name, known.file, file, defined && knownDefined);
        boolean wasWeak = known.weak;
        known.hidden |= symbol.hidden();
        if (!weak) {
            known.weak = false;
        }
        if (defined && (!knownDefined || (wasWeak && !weak))) {
            define(known, file, symbol, places);
        }
    }

    private void define(
            Global global, ObjectFile file, Elf.Symbol symbol, Map<Integer, Long> places)
            throws LoadException {
        global.file = file;
        global.symbol = symbol;
        if (!symbol.isUndefined()) {
            global.section = joinedOf(file, symbol);
            global.value = placeOf(symbol, places) + symbol.value();
        }
    }

    private Joined joinedOf(ObjectFile file, Elf.Symbol symbol) throws LoadException {
        Joined joined = sections.get(file.elf().sectionOf(symbol).name());
        if (joined == null) {
            throw new LoadException(
                    symbol.label() + " of object '" + file.name() + "' is in a section left out");
        }
        return joined;
    }

    private static long placeOf(Elf.Symbol symbol, Map<Integer, Long> places) {
        return places.getOrDefault(symbol.section(), 0L);
    }

    /// Moves relocations and local symbols to the joined sections.
    private void relocate(ObjectFile file, Map<Integer, Long> places) throws LoadException {
        Map<Integer, Integer> localIndexes = new HashMap<>();
        for (Elf.Symbol symbol : file.elf().symbols()) {
            boolean kept = places.containsKey(symbol.section()) && !symbol.isUndefined();
            if (symbol.binding() != Elf.Binding.LOCAL || !kept) {
                continue;
            }
            Joined joined = joinedOf(file, symbol);
            if (symbol.kind() == Elf.Kind.SECTION) {
                if (joined.symbol < 0) {
                    joined.symbol = locals.size();
                    locals.add(local(symbol, joined.name, 0));
                }
                localIndexes.put(symbol.index(), joined.symbol);
            } else {
                localIndexes.put(symbol.index(), locals.size());
                locals.add(local(symbol, joined.name, placeOf(symbol, places)));
            }
        }
        for (Elf.Section section : file.elf().sections()) {
            Joined joined = sections.get(section.name());
            Long start = places.get(section.index());
            if (joined == null || start == null || section.name().equals("license")) {
                continue;
            }
            for (Elf.Relocation relocation : file.relocations(section.index())) {
                joined.relocations.add(
                        pending(file, section, relocation, start, localIndexes, places));
            }
        }
    }

    /// A local symbol; its section is found by name when all have their indexes.
    private ElfWriter.Symbol local(Elf.Symbol symbol, String section, long start) {
        localSections.add(section);
        return new ElfWriter.Symbol(
                symbol.kind() == Elf.Kind.SECTION ? "" : symbol.name(),
                symbol.kind(),
                Elf.Binding.LOCAL,
                symbol.hidden(),
                0,
                symbol.kind() == Elf.Kind.SECTION ? 0 : start + symbol.value(),
                symbol.size());
    }

    private Pending pending(
            ObjectFile file,
            Elf.Section section,
            Elf.Relocation relocation,
            long start,
            Map<Integer, Integer> localIndexes,
            Map<Integer, Long> places)
            throws LoadException {
        Elf.Symbol symbol = relocation.symbol();
        long offset = start + relocation.offset();
        Integer local = localIndexes.get(symbol.index());
        if (local != null) {
            if (symbol.kind() == Elf.Kind.SECTION) {
                moveAddend(file, section, relocation, start, placeOf(symbol, places));
            }
            return new Pending(offset, relocation.type(), null, local);
        }
        Global global = globals.get(symbol.name());
        if (global == null) {
            throw new LoadException(
                    "object '"
                            + file.name()
                            + "': a relocation of section '"
                            + section.name()
                            + "' refers to "
                            + symbol.label()
                            + ", which is left out");
        }
        return new Pending(offset, relocation.type(), global, -1);
    }

    /// What is relative to a section moves with that section's part.
    private void moveAddend(
            ObjectFile file, Elf.Section section, Elf.Relocation relocation, long start, long by)
            throws LoadException {
        if (by == 0) {
            return;
        }
        if (!section.isCode()
                || relocation.offset() < 0
                || relocation.offset() > section.size() - 8
                || relocation.offset() % 8 != 0) {
            throw new LoadException(
                    "object '"
                            + file.name()
                            + "': section '"
                            + section.name()
                            + "' has a relocation against a section, which linking cannot move");
        }
        addends.add(new Addend(section.name(), (int) (start + relocation.offset()), by));
    }

    /// A change of an immediate in a joined section of code.
    private record Addend(String section, int offset, long by) {}

    private void addTypes(ObjectFile file, Map<Integer, Long> places) {
        Map<String, Long> starts = new HashMap<>();
        for (Elf.Section section : file.elf().sections()) {
            Long start = places.get(section.index());
            if (start != null) {
                starts.put(section.name(), start);
            }
        }
        types.add(
                file,
                starts,
                name -> {
                    Global global = globals.get(name);
                    return global == null || global.file == file;
                });
    }

    private byte[] write() throws LoadException {
        ElfWriter out = new ElfWriter(order);
        Map<String, byte[]> contents = new HashMap<>();
        for (Joined joined : sections.values()) {
            contents.put(joined.name, joined.bytes.toByteArray());
        }
        for (Addend addend : addends) {
            ByteBuffer code = ByteBuffer.wrap(contents.getOrDefault(addend.section, new byte[0]));
            code.order(order);
            int at = addend.offset;
            boolean call = (code.get(at) & 0xFF) == Slot.CALL;
            long moved = code.getInt(at + 4) + (call ? addend.by / 8 : addend.by);
            code.putInt(at + 4, (int) moved);
        }
        for (Joined joined : sections.values()) {
            joined.index =
                    out.section(
                            joined.name,
                            joined.type,
                            joined.flags,
                            contents.getOrDefault(joined.name, new byte[0]),
                            joined.size,
                            joined.alignment);
        }
        types.write(out, order, sectionSizes());
        List<ElfWriter.Symbol> symbols = symbols();
        int symbolTable = out.next();
        for (Joined joined : sections.values()) {
            symbolTable += joined.relocations.isEmpty() ? 0 : 1;
        }
        for (Joined joined : sections.values()) {
            if (!joined.relocations.isEmpty()) {
                out.relocations(joined.index, relocations(joined), symbolTable);
            }
        }
        return out.write(symbols);
    }

    private Map<String, Long> sectionSizes() {
        Map<String, Long> sizes = new HashMap<>();
        sections.forEach((name, joined) -> sizes.put(name, joined.size));
        return sizes;
    }

    private List<ElfWriter.Symbol> symbols() {
        List<ElfWriter.Symbol> symbols = new ArrayList<>();
        for (int i = 0; i < locals.size(); i++) {
            ElfWriter.Symbol local = locals.get(i);
            Joined joined = sections.get(localSections.get(i));
            symbols.add(
                    new ElfWriter.Symbol(
                            local.name(),
                            local.kind(),
                            local.binding(),
                            local.hidden(),
                            joined == null ? 0 : joined.index,
                            local.value(),
                            local.size()));
        }
        for (Global global : globals.values()) {
            global.index = symbols.size() + 1;
            symbols.add(
                    new ElfWriter.Symbol(
                            global.name,
                            global.symbol.kind(),
                            global.weak ? Elf.Binding.WEAK : Elf.Binding.GLOBAL,
                            global.hidden,
                            global.section == null ? 0 : global.section.index,
                            global.value,
                            global.symbol.size()));
        }
        return symbols;
    }

    private static List<ElfWriter.Relocation> relocations(Joined joined) {
        List<ElfWriter.Relocation> relocations = new ArrayList<>();
        joined.relocations.sort(Comparator.comparingLong(Pending::offset));
        for (Pending pending : joined.relocations) {
            relocations.add(
                    new ElfWriter.Relocation(
                            pending.offset,
                            pending.type,
                            pending.global == null ? pending.local + 1 : pending.global.index));
        }
        return relocations;
    }
}
