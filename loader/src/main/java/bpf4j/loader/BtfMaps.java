package bpf4j.loader;

import bpf4j.btf.Btf;
import bpf4j.btf.BtfType;
import bpf4j.spec.LoadException;
import bpf4j.spec.MapSpec;
import bpf4j.spec.MapType;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Reads the maps that an object defines as typed variables in `.maps`: each attribute is a member
/// of an anonymous struct, its value the length of an array or a type behind a pointer.
final class BtfMaps {
    private static final String SECTION = ".maps";
    private static final int PAGE = 4096;

    private final Elf elf;
    private final Btf btf;
    private final Map<Integer, List<Elf.Relocation>> relocations;

    BtfMaps(Elf elf, Btf btf, Map<Integer, List<Elf.Relocation>> relocations) {
        this.elf = elf;
        this.btf = btf;
        this.relocations = relocations;
    }

    List<ObjectMap> read() throws LoadException {
        Elf.Section section = elf.section(SECTION).orElse(null);
        if (section == null) {
            return List.of();
        }
        int id = btf.find(SECTION, BtfType.DataSec.class);
        if (id < 0 || !(btf.type(id) instanceof BtfType.DataSec types)) {
            throw new LoadException("section '.maps' has no description in BTF; compile with -g");
        }
        Map<Integer, List<Elf.Relocation>> references = references(section, types);
        List<ObjectMap> maps = new ArrayList<>();
        for (BtfType.Entry entry : types.entries()) {
            if (!(btf.type(entry.var()) instanceof BtfType.Var variable)) {
                throw new LoadException("section '.maps' holds something that is no variable");
            }
            Definition definition = new Definition(variable.name());
            definition.read(variable.type(), false);
            MapSpec spec =
                    definition.spec(entry, references.getOrDefault(entry.offset(), List.of()));
            maps.add(
                    new ObjectMap(
                            spec,
                            section.index(),
                            Integer.toUnsignedLong(entry.offset()),
                            ObjectMap.Origin.BTF));
        }
        return maps;
    }

    /// The relocations inside each definition, by the offset where it begins.
    private Map<Integer, List<Elf.Relocation>> references(
            Elf.Section section, BtfType.DataSec types) throws LoadException {
        java.util.TreeMap<Integer, Integer> starts = new java.util.TreeMap<>();
        for (BtfType.Entry entry : types.entries()) {
            starts.put(entry.offset(), entry.size());
        }
        Map<Integer, List<Elf.Relocation>> found = new HashMap<>();
        for (Elf.Relocation relocation : relocations.getOrDefault(section.index(), List.of())) {
            if (relocation.type() == 0) {
                continue;
            }
            Map.Entry<Integer, Integer> start =
                    relocation.offset() == (int) relocation.offset()
                            ? starts.floorEntry((int) relocation.offset())
                            : null;
            if (start == null) {
                throw new LoadException(
                        "a relocation at byte "
                                + relocation.offset()
                                + " of section '.maps' is in no map");
            }
            found.computeIfAbsent(start.getKey(), _ -> new ArrayList<>()).add(relocation);
        }
        return found;
    }

    /// One definition, as far as it is read.
    private final class Definition {
        private final String name;
        private int type;
        private int keySize;
        private int valueSize;
        private int keyType;
        private int valueType;
        private int maxEntries;
        private int flags;
        private long extra;
        private int pinning;
        private @Nullable Definition inner;
        private boolean programs;
        private int valuesAt = -1;

        Definition(String name) {
            this.name = name;
        }

        void read(int id, boolean isInner) throws LoadException {
            int resolved = btf.resolve(id);
            if (!(btf.type(resolved) instanceof BtfType.Struct struct) || struct.union()) {
                throw fail("is a " + btf.type(resolved).kind() + ", not a struct");
            }
            for (BtfType.Member member : struct.members()) {
                if (inner != null || programs) {
                    throw fail("has members after 'values', which must be the last");
                }
                attribute(member, isInner);
            }
            if (type == 0) {
                throw fail("has no type");
            }
        }

        private void attribute(BtfType.Member member, boolean isInner) throws LoadException {
            switch (member.name()) {
                case "type" -> type = number(member);
                case "max_entries" -> maxEntries = number(member);
                case "map_flags" -> flags = number(member);
                // Where the memory is makes no difference to a program.
                case "numa_node" -> number(member);
                case "key_size" -> keySize = size(member, keySize, number(member));
                case "value_size" -> valueSize = size(member, valueSize, number(member));
                case "key" -> {
                    keyType = pointee(member);
                    keySize = size(member, keySize, sizeOf(member, keyType));
                }
                case "value" -> {
                    valueType = pointee(member);
                    valueSize = size(member, valueSize, sizeOf(member, valueType));
                }
                case "map_extra" -> extra = wideNumber(member);
                case "pinning" -> {
                    if (isInner) {
                        throw fail("is an inner map and cannot be pinned");
                    }
                    pinning = number(member);
                }
                case "values" -> values(member, isInner);
                default -> throw fail("has the unknown attribute '" + member.name() + "'");
            }
        }

        private void values(BtfType.Member member, boolean isInner) throws LoadException {
            if (isInner) {
                throw fail("is an inner map of a map of maps, which cannot hold maps itself");
            }
            if (!(btf.type(btf.resolve(member.type())) instanceof BtfType.Array array)
                    || array.length() != 0
                    || !(btf.type(btf.resolve(array.element())) instanceof BtfType.Ptr ptr)) {
                throw fail("has 'values' that are no open array of pointers");
            }
            size(member, valueSize, 4);
            valueSize = 4;
            valuesAt = member.bitOffset() / 8;
            if (btf.type(btf.resolve(ptr.type())) instanceof BtfType.FuncProto) {
                if (type != MapType.PROG_ARRAY.number()) {
                    throw fail("holds programs but is no prog_array");
                }
                programs = true;
                return;
            }
            if (type != MapType.ARRAY_OF_MAPS.number() && type != MapType.HASH_OF_MAPS.number()) {
                throw fail("has 'values' but is no map of maps and no prog_array");
            }
            inner = new Definition(name + ".inner");
            inner.read(ptr.type(), true);
        }

        /// Wide attributes are an enumeration with one value, or written as [#number].
        private long wideNumber(BtfType.Member member) throws LoadException {
            if (btf.type(btf.resolve(member.type())) instanceof BtfType.Enum values
                    && values.values().size() == 1) {
                return values.values().getFirst().value();
            }
            return Integer.toUnsignedLong(number(member));
        }

        /// Attributes are `int (*name)[VALUE]`.
        private int number(BtfType.Member member) throws LoadException {
            if (btf.type(btf.resolve(member.type())) instanceof BtfType.Ptr ptr
                    && btf.type(btf.resolve(ptr.type())) instanceof BtfType.Array array) {
                return array.length();
            }
            // ... or `__ulong(name, VALUE)`: an enumeration with one value.
            if (btf.type(btf.resolve(member.type())) instanceof BtfType.Ptr ptr
                    && btf.type(btf.resolve(ptr.type())) instanceof BtfType.Enum values
                    && values.values().size() == 1) {
                return (int) values.values().getFirst().value();
            }
            throw fail("has the attribute '" + member.name() + "', which is no number");
        }

        private int pointee(BtfType.Member member) throws LoadException {
            if (btf.type(btf.resolve(member.type())) instanceof BtfType.Ptr ptr) {
                return ptr.type();
            }
            throw fail("has the attribute '" + member.name() + "', which is no pointer");
        }

        private int sizeOf(BtfType.Member member, int id) throws LoadException {
            long size = btf.sizeOf(id);
            if (size < 0 || size > Integer.MAX_VALUE) {
                throw fail(
                        "has the attribute '"
                                + member.name()
                                + "' of type "
                                + id
                                + " without size");
            }
            return (int) size;
        }

        private int size(BtfType.Member member, int before, int now) throws LoadException {
            if (before != 0 && before != now) {
                throw fail(
                        "has the attribute '"
                                + member.name()
                                + "' of "
                                + now
                                + " bytes after "
                                + before);
            }
            return now;
        }

        MapSpec spec(BtfType.Entry entry, List<Elf.Relocation> references) throws LoadException {
            MapType mapType;
            try {
                mapType = MapType.of(type);
            } catch (LoadException e) {
                throw fail("has an unknown type: " + e.getMessage());
            }
            if (mapType == MapType.RINGBUF || mapType == MapType.USER_RINGBUF) {
                maxEntries = ringSize(maxEntries);
            }
            boolean nested = mapType == MapType.ARRAY_OF_MAPS || mapType == MapType.HASH_OF_MAPS;
            if (nested && valueSize == 0) {
                valueSize = 4;
            }
            return new MapSpec(
                    name,
                    mapType,
                    keySize,
                    valueSize,
                    maxEntries,
                    flags,
                    extra,
                    inner == null ? null : inner.spec(entry, List.of()),
                    btf,
                    keyType,
                    valueType,
                    initial(entry, references),
                    false,
                    pinning);
        }

        private List<MapSpec.Entry> initial(BtfType.Entry entry, List<Elf.Relocation> references)
                throws LoadException {
            List<MapSpec.Entry> initial = new ArrayList<>();
            for (Elf.Relocation reference : references) {
                long place = reference.offset() - Integer.toUnsignedLong(entry.offset());
                if (valuesAt < 0 || place < valuesAt || (place - valuesAt) % 8 != 0) {
                    throw fail(
                            "has a relocation at byte " + place + ", where no value is expected");
                }
                long slot = (place - valuesAt) / 8;
                ByteBuffer key = ByteBuffer.allocate(4).order(keyOrder());
                key.putInt((int) slot);
                Elf.Symbol symbol = reference.symbol();
                initial.add(
                        new MapSpec.Entry(
                                key.array(),
                                programs
                                        ? new MapSpec.Content.ProgramRef(symbol.name())
                                        : new MapSpec.Content.MapRef(symbol.name())));
            }
            return initial;
        }

        private ByteOrder keyOrder() {
            return elf.order();
        }

        private LoadException fail(String what) {
            return new LoadException("map '" + name + "' " + what);
        }
    }

    /// A ring is a power of two of whole pages, as libbpf makes it.
    static int ringSize(int declared) {
        if (declared == 0 || (Integer.bitCount(declared) == 1 && declared % PAGE == 0)) {
            return declared;
        }
        for (long size = PAGE; size <= 1L << 31; size <<= 1) {
            if (size > Integer.toUnsignedLong(declared)) {
                return (int) size;
            }
        }
        return declared;
    }
}
