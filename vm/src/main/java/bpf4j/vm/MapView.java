package bpf4j.vm;

import bpf4j.runtime.Address;
import bpf4j.runtime.BpfMap;
import bpf4j.runtime.Errno;
import bpf4j.spec.MapSpec;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// A live map as an application sees it: keys and values as bytes. Programs may run meanwhile; what
/// is
/// read of a value is then not one moment's, as in Linux.
public final class MapView {
    private final BpfMap map;
    private final int cpus;

    MapView(BpfMap map) {
        this.map = map;
        this.cpus = map.cpus();
    }

    /// What the map was declared as.
    public MapSpec spec() {
        return map.spec();
    }

    /// The map's name.
    public String name() {
        return map.spec().name();
    }

    /// How many values a key has: the number of CPUs for a per-CPU map, else 1.
    public int valuesPerKey() {
        return cpus;
    }

    BpfMap live() {
        return map;
    }

    /// A copy of a key's value, or null; for a per-CPU map that of CPU 0.
    public byte @Nullable [] lookup(byte[] key) {
        return lookup(key, 0);
    }

    /// A copy of a key's value on a CPU, or null.
    public byte @Nullable [] lookup(byte[] key, int cpu) {
        long address = map.peek(cpu, keySegment(key), 0);
        if (address == 0) {
            return null;
        }
        return map.values()
                .asSlice(Address.offset(address), spec().valueSize())
                .toArray(ValueLayout.JAVA_BYTE);
    }

    /// Copies of all values of a key, one a CPU; empty when the key is not there.
    public List<byte[]> lookupAll(byte[] key) {
        List<byte[]> values = new ArrayList<>(cpus);
        for (int cpu = 0; cpu < cpus; cpu++) {
            byte[] value = lookup(key, cpu);
            if (value != null) {
                values.add(value);
            }
        }
        return values;
    }

    /// Stores a value; for a per-CPU map the same one on every CPU.
    ///
    /// @throws MapOperationException when the map is full, frozen, or has no such index
    public void update(byte[] key, byte[] value) {
        if (value.length != spec().valueSize()) {
            throw new IllegalArgumentException(
                    "map \"%s\": %d bytes given, its values have %d"
                            .formatted(name(), value.length, spec().valueSize()));
        }
        if (map.frozen()) {
            throw new MapOperationException(name(), "update", Errno.EPERM);
        }
        for (int cpu = 0; cpu < cpus; cpu++) {
            int result = map.update(cpu, keySegment(key), 0, MemorySegment.ofArray(value), 0, 0);
            if (result < 0) {
                throw new MapOperationException(name(), "update", -result);
            }
        }
    }

    /// Deletes a key; false when it was not there.
    public boolean delete(byte[] key) {
        int result = map.delete(keySegment(key), 0);
        if (result < 0 && result != -Errno.ENOENT) {
            throw new MapOperationException(name(), "delete", -result);
        }
        return result >= 0;
    }

    /// The keys that are there, each a copy.
    public List<byte[]> keys() {
        List<byte[]> keys = new ArrayList<>();
        byte[] key = new byte[spec().keySize()];
        byte[] next = new byte[spec().keySize()];
        long at = -1;
        while (map.nextKey(MemorySegment.ofArray(key), at, MemorySegment.ofArray(next), 0) >= 0) {
            keys.add(next.clone());
            System.arraycopy(next, 0, key, 0, next.length);
            at = 0;
        }
        return keys;
    }

    /// This map with keys and values of Java types; see [Layout#of] for what types can be.
    ///
    /// @throws IllegalArgumentException when a type has another size than the map's
    public <K, V> TypedMap<K, V> typed(Class<K> key, Class<V> value) {
        return typed(Layout.of(key, spec().keySize()), Layout.of(value, spec().valueSize()));
    }

    /// This map with keys and values of the caller's layouts.
    public <K, V> TypedMap<K, V> typed(Layout<K> key, Layout<V> value) {
        return new TypedMap<>(this, key, value);
    }

    private MemorySegment keySegment(byte[] key) {
        if (key.length != spec().keySize()) {
            throw new IllegalArgumentException(
                    "map \"%s\": %d bytes given, its keys have %d"
                            .formatted(name(), key.length, spec().keySize()));
        }
        return MemorySegment.ofArray(key);
    }
}
