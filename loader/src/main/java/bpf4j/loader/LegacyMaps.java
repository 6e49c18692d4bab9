package bpf4j.loader;

import bpf4j.btf.Btf;
import bpf4j.btf.BtfType;
import bpf4j.spec.LoadException;
import bpf4j.spec.MapSpec;
import bpf4j.spec.MapType;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Reads the maps that an object defines as `struct bpf_map_def` in a section `maps`, which libbpf
/// took before 1.0. All variants begin with type, key size, value size and number of entries; the
/// fifth word are flags; what follows differs: iproute2's has id, pinning, inner id and inner
/// index; bcc's and the kernel samples' have an inner map's index and a NUMA node.
final class LegacyMaps {
    private static final int LEAST = 16;

    private final Elf elf;
    private final @Nullable Btf btf;

    LegacyMaps(Elf elf, @Nullable Btf btf) {
        this.elf = elf;
        this.btf = btf;
    }

    List<ObjectMap> read() throws LoadException {
        List<ObjectMap> maps = new ArrayList<>();
        for (Elf.Section section : elf.sections()) {
            if (isLegacy(section)) {
                read(section, maps);
            }
        }
        return maps;
    }

    static boolean isLegacy(Elf.Section section) {
        return section.type() == Elf.SHT_PROGBITS
                && (section.name().equals("maps") || section.name().startsWith("maps/"));
    }

    private void read(Elf.Section section, List<ObjectMap> maps) throws LoadException {
        List<Elf.Symbol> symbols = new ArrayList<>();
        for (Elf.Symbol symbol : elf.symbols(section)) {
            if (symbol.kind() != Elf.Kind.SECTION && symbol.binding() != Elf.Binding.LOCAL) {
                symbols.add(symbol);
            }
        }
        symbols.sort(Comparator.comparingLong(Elf.Symbol::value));
        if (symbols.isEmpty()) {
            return;
        }
        // All definitions of a section are of one variant: its size is the least distance.
        long each = section.size() - symbols.getLast().value();
        for (int i = 1; i < symbols.size(); i++) {
            long distance = symbols.get(i).value() - symbols.get(i - 1).value();
            each = Math.min(each, distance);
        }
        for (Elf.Symbol symbol : symbols) {
            if (each < LEAST || symbol.value() < 0 || symbol.value() > section.size() - each) {
                throw new LoadException(
                        "map "
                                + symbol.label()
                                + " in section '"
                                + section.name()
                                + "' has "
                                + each
                                + " bytes; struct bpf_map_def has at least "
                                + LEAST);
            }
            maps.add(
                    new ObjectMap(
                            map(section, symbol, (int) each),
                            section.index(),
                            symbol.value(),
                            ObjectMap.Origin.LEGACY));
        }
        link(section, symbols, (int) each, maps);
    }

    private MapSpec map(Elf.Section section, Elf.Symbol symbol, int each) throws LoadException {
        ByteBuffer data = elf.data(section);
        int at = (int) symbol.value();
        MapType type;
        try {
            type = MapType.of(data.getInt(at));
        } catch (LoadException e) {
            throw new LoadException("map " + symbol.label() + ": " + e.getMessage());
        }
        int flags = each >= 20 ? data.getInt(at + 16) : 0;
        int pinning = each >= 36 ? data.getInt(at + 24) : 0;
        MapSpec spec =
                new MapSpec(
                        symbol.name(),
                        type,
                        data.getInt(at + 4),
                        data.getInt(at + 8),
                        type == MapType.RINGBUF
                                ? BtfMaps.ringSize(data.getInt(at + 12))
                                : data.getInt(at + 12),
                        flags,
                        0,
                        null,
                        null,
                        0,
                        0,
                        List.of(),
                        false,
                        pinning);
        return typed(spec);
    }

    /// The map with the types that `BPF_ANNOTATE_KV_PAIR` declared: the members `key` and `value`
    /// of
    /// a struct named after it.
    private MapSpec typed(MapSpec spec) {
        int id = btf == null ? -1 : btf.find("____btf_map_" + spec.name(), BtfType.Struct.class);
        if (btf == null
                || id < 0
                || !(btf.type(id) instanceof BtfType.Struct pair)
                || pair.members().size() < 2) {
            return spec;
        }
        int key = pair.members().get(0).type();
        int value = pair.members().get(1).type();
        return btf.sizeOf(key) == spec.keySize() && btf.sizeOf(value) == spec.valueSize()
                ? spec.withTypes(btf, key, value)
                : spec;
    }

    /// Gives maps of maps their inner templates: by id with iproute2's variant, else by the index
    /// of the map among its section's.
    private void link(Elf.Section section, List<Elf.Symbol> symbols, int each, List<ObjectMap> maps)
            throws LoadException {
        int first = maps.size() - symbols.size();
        ByteBuffer data = elf.data(section);
        List<ObjectMap> plain = List.copyOf(maps.subList(first, maps.size()));
        Map<Integer, Integer> byId = new HashMap<>();
        for (int i = 0; i < symbols.size() && each >= 36; i++) {
            byId.putIfAbsent(data.getInt((int) symbols.get(i).value() + 20), i);
        }
        for (int i = 0; i < symbols.size(); i++) {
            ObjectMap map = plain.get(i);
            MapType type = map.spec().type();
            if (type != MapType.ARRAY_OF_MAPS && type != MapType.HASH_OF_MAPS) {
                continue;
            }
            int at = (int) symbols.get(i).value();
            int inner = -1;
            if (each >= 36) {
                int wanted = data.getInt(at + 28);
                inner = wanted == 0 ? -1 : byId.getOrDefault(wanted, -1);
            } else if (each >= 24) {
                inner = data.getInt(at + 20);
            }
            if (inner >= 0 && inner < symbols.size() && inner != i) {
                maps.set(first + i, map.with(map.spec().withInner(plain.get(inner).spec())));
            }
        }
    }
}
