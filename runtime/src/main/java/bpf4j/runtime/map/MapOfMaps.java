package bpf4j.runtime.map;

import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.BpfMap;
import bpf4j.runtime.Errno;
import bpf4j.runtime.MapException;
import bpf4j.runtime.Memory;
import bpf4j.spec.MapSpec;
import bpf4j.spec.MapType;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// A map whose values are maps (`array_of_maps`, `hash_of_maps`). A program that looks up gets the
/// inner map itself; hosts store with [#put].
public final class MapOfMaps extends BpfMap {
    private static final MemorySegment NONE = MemorySegment.ofArray(new byte[0]);

    private final AddressSpace space;

    /// Holds the ids of the inner maps, plus 1.
    private final BpfMap ids;

    private MapOfMaps(AddressSpace space, MapSpec spec, int id, BpfMap ids) {
        super(spec, id);
        this.space = space;
        this.ids = ids;
    }

    static MapOfMaps create(AddressSpace space, MapSpec spec) throws MapException {
        boolean array = spec.type() == MapType.ARRAY_OF_MAPS;
        MapSpec storage =
                MapSpec.of(
                        spec.name(),
                        array ? MapType.ARRAY : MapType.HASH,
                        spec.keySize(),
                        4,
                        spec.maxEntries());
        // The storage keeps its values in memory of its own, which programs cannot reach.
        BpfMap ids = array ? ArrayMap.hidden(space, storage) : HashedMap.hidden(space, storage);
        return space.create(id -> new MapOfMaps(space, spec, id, ids));
    }

    private @Nullable BpfMap at(long valueAddress) {
        int id =
                valueAddress == 0
                        ? 0
                        : ids.values().get(Memory.INT, (int) valueAddress & 0xFFFF_FFFFL);
        return id == 0 ? null : space.map(id - 1);
    }

    /// The inner map for a key, or null.
    public @Nullable BpfMap get(MemorySegment keys, long key) {
        return at(ids.lookup(0, keys, key));
    }

    /// Stores an inner map.
    ///
    /// @return 0 or a negative errno: -EINVAL when the map differs from the template
    public int put(MemorySegment keys, long key, BpfMap inner, long flags) {
        if (!fits(inner.spec())) {
            return -Errno.EINVAL;
        }
        MemorySegment value = MemorySegment.ofArray(new int[] {inner.id() + 1});
        return ids.update(0, keys, key, value, 0, flags);
    }

    private boolean fits(MapSpec inner) {
        MapSpec template = spec().inner();
        return template != null
                && template.type() == inner.type()
                && template.keySize() == inner.keySize()
                && template.valueSize() == inner.valueSize()
                && template.flags() == inner.flags()
                && (template.type() != MapType.ARRAY
                        || (template.flags() & INNER_MAP) != 0
                        || template.maxEntries() == inner.maxEntries())
                && Objects.equals(template.inner(), inner.inner());
    }

    @Override
    public long lookup(int cpu, MemorySegment keys, long key) {
        BpfMap inner = get(keys, key);
        return inner == null ? 0 : inner.handle();
    }

    @Override
    public int update(
            int cpu, MemorySegment keys, long key, MemorySegment from, long value, long flags) {
        return -Errno.EINVAL;
    }

    @Override
    public int delete(MemorySegment keys, long key) {
        if (spec().type() == MapType.HASH_OF_MAPS) {
            return ids.delete(keys, key);
        }
        long place = ids.lookup(0, keys, key);
        if (place == 0) {
            return -Errno.E2BIG;
        }
        int old = ids.values().get(Memory.INT, (int) place & 0xFFFF_FFFFL);
        ids.values().set(Memory.INT, (int) place & 0xFFFF_FFFFL, 0);
        return old == 0 ? -Errno.ENOENT : 0;
    }

    @Override
    public int nextKey(MemorySegment keys, long key, MemorySegment nexts, long next) {
        return ids.nextKey(keys, key, nexts, next);
    }

    @Override
    public MemorySegment values() {
        return NONE;
    }

    @Override
    public long stride() {
        return 1;
    }
}
