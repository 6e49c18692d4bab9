package bpf4j.runtime.map;

import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.BpfMap;
import bpf4j.runtime.Errno;
import bpf4j.runtime.MapException;
import bpf4j.spec.MapSpec;
import bpf4j.spec.MapType;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// A value for each object that owns one (`sk_storage`, `task_storage`, `inode_storage`,
/// `cgrp_storage`) or for each cgroup (`cgroup_storage`, `percpu_cgroup_storage`). An owner is a
/// 64-bit number: the address of the object, or the cgroup's id.
public final class StorageMap extends BpfMap {
    /// Owners that can have a value at the same time.
    private static final int CAPACITY = 1024;

    private final HashedMap storage;

    private StorageMap(MapSpec spec, int id, HashedMap storage) {
        super(spec, id);
        this.storage = storage;
    }

    static StorageMap create(AddressSpace space, MapSpec spec) throws MapException {
        MapType type =
                spec.type() == MapType.PERCPU_CGROUP_STORAGE ? MapType.PERCPU_HASH : MapType.HASH;
        MapSpec inside = MapSpec.of(spec.name(), type, 8, spec.valueSize(), CAPACITY);
        HashedMap storage = HashedMap.hidden(space, inside);
        return space.create(id -> new StorageMap(spec, id, storage));
    }

    /// The address of an owner's value. When it has none: a new one, with the given bytes or zeros,
    /// where `create` is set and there is room, else 0.
    public long get(
            int cpu, long owner, boolean create, @Nullable MemorySegment initial, long index) {
        long place = storage.lookup(cpu, owner);
        if (place == 0 && create) {
            MemorySegment key = MemorySegment.ofArray(new long[] {owner});
            MemorySegment from =
                    initial != null ? initial : MemorySegment.ofArray(new byte[spec().valueSize()]);
            storage.update(cpu, key, 0, from, initial != null ? index : 0, NOEXIST);
            place = storage.lookup(cpu, owner);
        }
        return place == 0 ? 0 : valueAddress((int) place);
    }

    /// Deletes an owner's value: 0 or -ENOENT.
    public int remove(long owner) {
        return storage.delete(MemorySegment.ofArray(new long[] {owner}), 0);
    }

    private static long owner(MapSpec spec, MemorySegment keys, long key) {
        return spec.keySize() >= 8
                ? keys.get(bpf4j.runtime.Memory.LONG, key)
                : keys.get(bpf4j.runtime.Memory.INT, key) & 0xFFFF_FFFFL;
    }

    @Override
    public long lookup(int cpu, MemorySegment keys, long key) {
        return get(cpu, owner(spec(), keys, key), false, null, 0);
    }

    @Override
    public int update(
            int cpu, MemorySegment keys, long key, MemorySegment from, long value, long flags) {
        MemorySegment owner = MemorySegment.ofArray(new long[] {owner(spec(), keys, key)});
        return storage.update(cpu, owner, 0, from, value, flags);
    }

    @Override
    public int delete(MemorySegment keys, long key) {
        return remove(owner(spec(), keys, key));
    }

    @Override
    public int nextKey(MemorySegment keys, long key, MemorySegment nexts, long next) {
        return -Errno.ENOTSUPP;
    }

    @Override
    public int cpus() {
        return storage.cpus();
    }

    @Override
    public MemorySegment values() {
        return storage.values();
    }

    @Override
    public long stride() {
        return storage.stride();
    }
}
