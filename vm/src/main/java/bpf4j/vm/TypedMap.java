package bpf4j.vm;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A live map with keys and values of Java types.
public final class TypedMap<K, V> {
    private final MapView map;
    private final Layout<K> keys;
    private final Layout<V> values;

    TypedMap(MapView map, Layout<K> keys, Layout<V> values) {
        this.map = map;
        this.keys = keys;
        this.values = values;
    }

    /// The value of a key, or null; for a per-CPU map that of CPU 0.
    public @Nullable V get(K key) {
        byte[] value = map.lookup(bytes(keys, key));
        return value == null ? null : value(values, value);
    }

    /// The values of a key on all CPUs; empty when the key is not there.
    public List<V> getAll(K key) {
        return map.lookupAll(bytes(keys, key)).stream().map(bytes -> value(values, bytes)).toList();
    }

    /// Stores a value; for a per-CPU map the same one on every CPU.
    ///
    /// @throws MapOperationException when the map is full, frozen, or has no such index
    public void put(K key, V value) {
        map.update(bytes(keys, key), bytes(values, value));
    }

    /// Deletes a key; false when it was not there.
    public boolean remove(K key) {
        return map.delete(bytes(keys, key));
    }

    /// A copy of all entries in the map's order; for a per-CPU map with the values of CPU 0.
    public Map<K, V> entries() {
        Map<K, V> entries = new LinkedHashMap<>();
        for (byte[] key : map.keys()) {
            byte[] value = map.lookup(key);
            if (value != null) {
                entries.put(value(keys, key), value(values, value));
            }
        }
        return entries;
    }

    private static <T> byte[] bytes(Layout<T> layout, T value) {
        byte[] bytes = new byte[layout.size()];
        layout.write(MemorySegment.ofArray(bytes), 0, value);
        return bytes;
    }

    private static <T> T value(Layout<T> layout, byte[] bytes) {
        return layout.read(MemorySegment.ofArray(bytes), 0);
    }
}
