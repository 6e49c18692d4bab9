package bpf4j.isa;

import bpf4j.spec.MapSpec;
import bpf4j.spec.ProgramSpec;
import bpf4j.spec.ProgramType;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// What the directives of an assembly text declare: the program's type and licence, maps, data,
/// externs, constants.
final class Directives {
    private static final List<String> KNOWN =
            List.of(
                    ".program",
                    ".name",
                    ".license",
                    ".section",
                    ".flag",
                    ".map",
                    ".entry",
                    ".extern",
                    ".equ",
                    ".set",
                    ".data",
                    ".rodata",
                    ".bss",
                    ".text",
                    ".byte",
                    ".short",
                    ".long",
                    ".quad",
                    ".ascii",
                    ".asciz",
                    ".zero",
                    ".align");

    /// Directives of compilers that say nothing that a program needs.
    private static final Set<String> IGNORED =
            Set.of(
                    ".globl",
                    ".global",
                    ".local",
                    ".weak",
                    ".hidden",
                    ".type",
                    ".size",
                    ".file",
                    ".loc",
                    ".ident",
                    ".addrsig",
                    ".addrsig_sym");

    private final Map<String, Long> constants;
    private final MapTable maps = new MapTable();
    private final Map<String, Integer> externs = new LinkedHashMap<>();
    private final Map<String, DataSection> sections = new HashMap<>();
    private final Map<String, Place> dataLabels = new LinkedHashMap<>();
    private final Set<ProgramSpec.Flag> flags = new HashSet<>();
    private @Nullable DataSection current;
    private ProgramType type = TypeNames.DEFAULT;
    private String name = "";
    private String section = "";
    private String license = "GPL";

    /// A byte of a data section.
    private record Place(DataSection section, int byteOffset) {}

    Directives(Map<String, Long> constants) {
        this.constants = constants;
    }

    boolean inData() {
        return current != null;
    }

    boolean isDeclared(String symbol) {
        return maps.index(symbol) >= 0
                || externs.containsKey(symbol)
                || dataLabels.containsKey(symbol);
    }

    /// Every name that an address can be taken of.
    Set<String> names() {
        Set<String> names = new LinkedHashSet<>(maps.names());
        names.addAll(dataLabels.keySet());
        names.addAll(externs.keySet());
        return names;
    }

    /// The program's name, `main` where the text does not say.
    String name() {
        return name.isEmpty() ? "main" : name;
    }

    /// The index of an extern, or -1.
    int extern(String symbol) {
        return externs.getOrDefault(symbol, -1);
    }

    /// Defines a label at the end of the data so far; false when no data section is open.
    boolean defineInData(String label) {
        if (current == null) {
            return false;
        }
        dataLabels.put(label, new Place(current, current.size()));
        return true;
    }

    /// The load of the address that a map or data label stands for, or null for other names.
    Insn.@Nullable LoadImm64 address(int dst, String symbol, boolean indexed, int addend) {
        Place place = dataLabels.get(symbol);
        if (place != null && !indexed) {
            return new Insn.LoadImm64(
                    dst, WideKind.MAP_VALUE, place.section.map(), place.byteOffset + addend);
        }
        int map = maps.index(symbol);
        if (map < 0) {
            return null;
        }
        if (indexed) {
            return new Insn.LoadImm64(dst, WideKind.MAP_VALUE, map, addend);
        }
        return addend == 0 ? new Insn.LoadImm64(dst, WideKind.MAP, map, 0) : null;
    }

    ProgramSpec program(
            Code code, List<ProgramSpec.Function> functions, List<ProgramSpec.Line> lines) {
        List<MapSpec> specs = new ArrayList<>(maps.specs());
        for (DataSection data : sections.values()) {
            specs.set(data.map(), data.spec());
        }
        return new ProgramSpec(
                name(),
                section,
                type,
                license,
                code,
                specs,
                List.copyOf(externs.keySet()),
                null,
                functions,
                lines,
                flags);
    }

    void read(Line line) throws AssemblyException {
        Token word = line.take();
        String text = word.text();
        switch (text) {
            case ".program" -> type = TypeNames.read(line);
            case ".name" -> name = line.name("a name").text();
            case ".license", ".licence" -> license = line.name("a licence").text();
            case ".section" -> section = line.name("a section").text();
            case ".flag" -> flags.add(flag(line));
            case ".map" -> map(line);
            case ".template" -> maps.template(line);
            case ".entry" -> maps.entry(line);
            case ".extern" -> extern(line);
            case ".equ", ".set" -> constant(line);
            case ".text" -> current = null;
            case ".data", ".rodata", ".bss" -> open(line, text);
            default -> other(line, word);
        }
    }

    private void other(Line line, Token word) throws AssemblyException {
        String text = word.text();
        if (IGNORED.contains(text)
                || text.startsWith(".cfi_")
                || current == null && text.endsWith("align")) {
            while (!line.atEnd()) {
                line.take();
            }
            return;
        }
        if (!DataSection.isData(text)) {
            throw line.error(
                    word, "unknown directive '" + text + "'" + Nearest.suggestion(text, KNOWN));
        }
        if (current == null) {
            throw line.error(
                    word, "data must follow '.data', '.rodata' or '.bss', not stand among code");
        }
        current.read(line, word);
    }

    private void open(Line line, String kind) throws AssemblyException {
        String map = line.atStatementEnd() ? kind : line.name("a name").text();
        DataSection data = sections.get(map);
        if (data == null) {
            if (isDeclared(map)) {
                throw line.error(line.peek(), "'" + map + "' is defined twice");
            }
            data = new DataSection(map, maps.reserve(map), kind.equals(".rodata"));
            sections.put(map, data);
        }
        current = data;
    }

    private void map(Line line) throws AssemblyException {
        Token map = line.name("a name");
        if (isDeclared(map.text())) {
            throw line.error(map, "'" + map.text() + "' is defined twice");
        }
        maps.declare(line, map);
    }

    private void extern(Line line) throws AssemblyException {
        do {
            Token symbol = line.name("a name");
            if (isDeclared(symbol.text())) {
                throw line.error(symbol, "'" + symbol.text() + "' is defined twice");
            }
            externs.put(symbol.text(), externs.size());
        } while (line.accept(","));
    }

    private void constant(Line line) throws AssemblyException {
        Token symbol = line.word("a name");
        line.expect(",");
        constants.put(symbol.text(), line.number());
    }

    private static ProgramSpec.Flag flag(Line line) throws AssemblyException {
        Token word = line.word("a flag");
        List<String> known =
                Arrays.stream(ProgramSpec.Flag.values())
                        .map(flag -> flag.name().toLowerCase(Locale.ROOT))
                        .toList();
        int index = known.indexOf(word.text());
        if (index < 0) {
            throw line.error(
                    word,
                    "unknown flag '"
                            + word.text()
                            + "'"
                            + Nearest.suggestion(word.text(), known)
                            + " (known: "
                            + String.join(", ", known)
                            + ")");
        }
        return ProgramSpec.Flag.values()[index];
    }
}
