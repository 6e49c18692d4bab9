package bpf4j.isa;

import bpf4j.spec.MapSpec;
import bpf4j.spec.MapType;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The maps that `.map` and `.entry` declare, in order:
/// `.map flows, hash, key=4, value=8, entries=16`, `.entry flows, "01000000", "0200000000000000"`.
final class MapTable {
    private static final List<String> OPTIONS =
            List.of("key", "value", "entries", "flags", "extra", "pinning", "inner", "frozen");

    private final Map<String, Integer> indexes = new LinkedHashMap<>();
    private final Map<String, MapSpec> templates = new HashMap<>();
    private final List<MapSpec> specs = new ArrayList<>();

    Set<String> names() {
        return indexes.keySet();
    }

    /// The index of a map, or -1.
    int index(String name) {
        return indexes.getOrDefault(name, -1);
    }

    /// Makes room for a map that is described later; its index.
    int reserve(String name) {
        return add(MapSpec.of(name, MapType.ARRAY, 4, 1, 1));
    }

    private int add(MapSpec spec) {
        indexes.put(spec.name(), specs.size());
        specs.add(spec);
        return specs.size() - 1;
    }

    /// The maps; data sections hold their place.
    List<MapSpec> specs() {
        return specs;
    }

    /// Reads what follows the name in `.map`.
    void declare(Line line, Token name) throws AssemblyException {
        add(describe(line, name));
    }

    /// Reads what follows `.template`: a map that only describes the inner maps of others.
    void template(Line line) throws AssemblyException {
        Token name = line.name("a name");
        templates.put(name.text(), describe(line, name));
    }

    private MapSpec describe(Line line, Token name) throws AssemblyException {
        line.expect(",");
        MapType type = type(line);
        Map<String, Long> numbers = new LinkedHashMap<>();
        MapSpec inner = null;
        boolean frozen = false;
        while (line.accept(",")) {
            Token option = line.word("an option of the map");
            switch (option.text()) {
                case "frozen" -> frozen = true;
                case "inner" -> {
                    line.expect("=");
                    MapSpec template = templates.get(line.peek().text());
                    if (template != null) {
                        line.take();
                    }
                    inner = template != null ? template : specs.get(existing(line));
                }
                default -> numbers.put(option.text(), number(line, option));
            }
        }
        return new MapSpec(
                name.text(),
                type,
                numbers.getOrDefault("key", 0L).intValue(),
                numbers.getOrDefault("value", 0L).intValue(),
                numbers.getOrDefault("entries", 0L).intValue(),
                numbers.getOrDefault("flags", 0L).intValue(),
                numbers.getOrDefault("extra", 0L),
                inner,
                null,
                0,
                0,
                List.of(),
                frozen,
                numbers.getOrDefault("pinning", 0L).intValue());
    }

    private static Long number(Line line, Token option) throws AssemblyException {
        if (!OPTIONS.contains(option.text())) {
            throw line.error(
                    option,
                    "unknown option '"
                            + option.text()
                            + "'"
                            + Nearest.suggestion(option.text(), OPTIONS)
                            + " (known: "
                            + String.join(", ", OPTIONS)
                            + ")");
        }
        line.expect("=");
        return option.text().equals("extra")
                ? line.number()
                : line.number(0, 0xffff_ffffL, "'" + option.text() + "'");
    }

    private static MapType type(Line line) throws AssemblyException {
        Token word = line.peek();
        if (line.atNumber()) {
            int number = (int) line.number(0, MapType.values().length - 1, "a map type");
            return MapType.values()[number];
        }
        line.word("a map type such as hash");
        for (MapType type : MapType.values()) {
            if (type.label().equals(word.text())) {
                return type;
            }
        }
        throw line.error(
                word,
                "unknown map type '"
                        + word.text()
                        + "'"
                        + Nearest.suggestion(
                                word.text(),
                                Arrays.stream(MapType.values()).map(MapType::label).toList()));
    }

    /// Reads what follows `.entry`: map, key, and value, `map NAME` or `program NAME`.
    void entry(Line line) throws AssemblyException {
        int index = existing(line);
        line.expect(",");
        byte[] key = hex(line);
        line.expect(",");
        MapSpec.Content content;
        if (line.accept("map")) {
            content = new MapSpec.Content.MapRef(line.name("a map").text());
        } else if (line.accept("program")) {
            content = new MapSpec.Content.ProgramRef(line.name("a program").text());
        } else {
            content = new MapSpec.Content.Bytes(hex(line));
        }
        MapSpec spec = specs.get(index);
        List<MapSpec.Entry> entries = new ArrayList<>(spec.initial());
        entries.add(new MapSpec.Entry(key, content));
        specs.set(index, spec.withInitial(entries));
    }

    private int existing(Line line) throws AssemblyException {
        Token name = line.name("a map");
        Integer index = indexes.get(name.text());
        if (index == null) {
            throw line.error(
                    name,
                    "no map is named '"
                            + name.text()
                            + "' so far"
                            + Nearest.suggestion(name.text(), indexes.keySet()));
        }
        return index;
    }

    private static byte[] hex(Line line) throws AssemblyException {
        Token text = line.take();
        if (text.kind() != Token.Kind.STRING) {
            throw line.error(text, "expected bytes in hex in quotes, found " + Line.describe(text));
        }
        try {
            return HexFormat.of().parseHex(text.text().replace(" ", ""));
        } catch (IllegalArgumentException e) {
            throw line.error(text, "bytes are pairs of hex digits");
        }
    }
}
