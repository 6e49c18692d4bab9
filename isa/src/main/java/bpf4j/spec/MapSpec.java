package bpf4j.spec;

import bpf4j.btf.Btf;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// A map as a program declares it: sizes in bytes, types by BTF, what it holds at first.
///
/// @param flags Linux's `BPF_F_*` map creation flags
/// @param extra Linux's `map_extra`
/// @param inner the template of the inner maps of a map of maps
/// @param btf the types that `keyType` and `valueType` (ids, 0 where unknown) refer to
/// @param initial entries to store at creation, in order
/// @param frozen whether programs and users can no longer write it after `initial` is stored
/// @param pinning `LIBBPF_PIN_*`, kept as data
public record MapSpec(
        String name,
        MapType type,
        int keySize,
        int valueSize,
        int maxEntries,
        int flags,
        long extra,
        @Nullable MapSpec inner,
        @Nullable Btf btf,
        int keyType,
        int valueType,
        List<Entry> initial,
        boolean frozen,
        int pinning) {

    private static final int RDONLY_PROG = 1 << 7;

    /// An initial entry.
    public record Entry(byte[] key, Content content) {}

    /// What an initial entry holds.
    public sealed interface Content {
        /// Bytes.
        record Bytes(byte[] value) implements Content {}

        /// A map of the same object, by name: an entry of a map of maps.
        record MapRef(String map) implements Content {}

        /// A program of the same object, by name: an entry of a program array.
        record ProgramRef(String program) implements Content {}
    }

    public MapSpec {
        initial = List.copyOf(initial);
    }

    /// A map without BTF, flags and initial contents.
    public static MapSpec of(
            String name, MapType type, int keySize, int valueSize, int maxEntries) {
        return new MapSpec(
                name,
                type,
                keySize,
                valueSize,
                maxEntries,
                0,
                0,
                null,
                null,
                0,
                0,
                List.of(),
                false,
                0);
    }

    /// The same map with another number of entries.
    public MapSpec withMaxEntries(int entries) {
        return new MapSpec(
                name, type, keySize, valueSize, entries, flags, extra, inner, btf, keyType,
                valueType, initial, frozen, pinning);
    }

    /// The same map with other flags.
    public MapSpec withFlags(int changed) {
        return new MapSpec(
                name,
                type,
                keySize,
                valueSize,
                maxEntries,
                changed,
                extra,
                inner,
                btf,
                keyType,
                valueType,
                initial,
                frozen,
                pinning);
    }

    /// The same map with another inner template.
    public MapSpec withInner(MapSpec template) {
        return new MapSpec(
                name,
                type,
                keySize,
                valueSize,
                maxEntries,
                flags,
                extra,
                template,
                btf,
                keyType,
                valueType,
                initial,
                frozen,
                pinning);
    }

    /// The same map with other initial entries.
    public MapSpec withInitial(List<Entry> entries) {
        return new MapSpec(
                name,
                type,
                keySize,
                valueSize,
                maxEntries,
                flags,
                extra,
                inner,
                btf,
                keyType,
                valueType,
                entries,
                frozen,
                pinning);
    }

    /// Whether neither the program nor anybody else can ever change what the map holds, as of the
    /// `.rodata` of an object (`bpf_map_is_rdonly`).
    public boolean isConstant() {
        return (flags & RDONLY_PROG) != 0 && frozen && type == MapType.ARRAY && maxEntries == 1;
    }

    /// The little-endian number that a constant map holds in `bytes` bytes from `at` on.
    public long constant(int at, int bytes) {
        byte[] content = firstBytes();
        long number = 0;
        for (int i = bytes - 1; i >= 0; i--) {
            int index = at + i;
            int next = index >= 0 && index < content.length ? content[index] & 0xFF : 0;
            number = number << 8 | next;
        }
        return number;
    }

    private byte[] firstBytes() {
        for (Entry entry : initial) {
            if (entry.content() instanceof Content.Bytes(byte[] value)) {
                return value;
            }
        }
        return new byte[0];
    }

    /// The same map, frozen.
    public MapSpec freeze() {
        return new MapSpec(
                name,
                type,
                keySize,
                valueSize,
                maxEntries,
                flags,
                extra,
                inner,
                btf,
                keyType,
                valueType,
                initial,
                true,
                pinning);
    }

    /// The same map with type ids of BTF that is kept elsewhere.
    public MapSpec withTypeIds(int key, int value) {
        return new MapSpec(
                name,
                type,
                keySize,
                valueSize,
                maxEntries,
                flags,
                extra,
                inner,
                btf,
                key,
                value,
                initial,
                frozen,
                pinning);
    }

    /// The same map with types for its keys and values.
    public MapSpec withTypes(Btf types, int key, int value) {
        return new MapSpec(
                name,
                type,
                keySize,
                valueSize,
                maxEntries,
                flags,
                extra,
                inner,
                types,
                key,
                value,
                initial,
                frozen,
                pinning);
    }
}
