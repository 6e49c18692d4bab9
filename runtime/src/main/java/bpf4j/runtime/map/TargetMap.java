package bpf4j.runtime.map;

import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.BpfMap;
import bpf4j.runtime.Errno;
import bpf4j.runtime.MapException;
import bpf4j.runtime.Memory;
import bpf4j.runtime.RedirectMap;
import bpf4j.spec.MapSpec;
import bpf4j.spec.MapType;

import java.lang.foreign.MemorySegment;

/// A map of places that packets are redirected to: `devmap`, `devmap_hash`, `cpumap`, `xskmap`,
/// `sockmap`, `sockhash`, `reuseport_sockarray`, `cgroup_array`. The places are data: whoever runs
/// the program sees from the execution which one it chose. A value whose first 4 bytes (interface,
/// queue size, socket number) are 0 stands for no place.
public final class TargetMap extends BpfMap implements RedirectMap {
    private final BpfMap places;
    private final boolean hashed;

    private TargetMap(MapSpec spec, int id, BpfMap places, boolean hashed) {
        super(spec, id);
        this.places = places;
        this.hashed = hashed;
    }

    static TargetMap create(AddressSpace space, MapSpec spec) throws MapException {
        boolean hashed = spec.type() == MapType.DEVMAP_HASH || spec.type() == MapType.SOCKHASH;
        MapSpec storage =
                MapSpec.of(
                        spec.name(),
                        hashed ? MapType.HASH : MapType.ARRAY,
                        spec.keySize(),
                        spec.valueSize(),
                        spec.maxEntries());
        BpfMap places = hashed ? HashedMap.hidden(space, storage) : ArrayMap.hidden(space, storage);
        return space.create(id -> new TargetMap(spec, id, places, hashed));
    }

    private boolean sockets() {
        return switch (spec().type()) {
            case SOCKMAP, SOCKHASH, REUSEPORT_SOCKARRAY, XSKMAP, CGROUP_ARRAY -> true;
            default -> false;
        };
    }

    @Override
    public boolean hasTarget(int key) {
        MemorySegment keys = MemorySegment.ofArray(new byte[Math.max(4, spec().keySize())]);
        keys.set(Memory.INT, 0, key);
        return find(keys, 0) != 0;
    }

    @Override
    public boolean broadcasts() {
        return spec().type() == MapType.DEVMAP || spec().type() == MapType.DEVMAP_HASH;
    }

    /// The number that stands for the place of a key (interface, queue size, socket), or 0.
    public int target(MemorySegment keys, long key) {
        long place = find(keys, key);
        return place == 0 ? 0 : first(place);
    }

    private int first(long place) {
        return places.values().get(Memory.INT, place & 0xFFFF_FFFFL);
    }

    private long find(MemorySegment keys, long key) {
        long place = places.lookup(0, keys, key);
        return place == 0 || first(place) == 0 ? 0 : place;
    }

    /// Interfaces and CPUs can be looked at; sockets are objects, which do not exist here.
    @Override
    public long lookup(int cpu, MemorySegment keys, long key) {
        long place = sockets() ? 0 : find(keys, key);
        return place == 0 ? 0 : valueAddress((int) place);
    }

    @Override
    public long peek(int cpu, MemorySegment keys, long key) {
        long place = find(keys, key);
        return place == 0 ? 0 : valueAddress((int) place);
    }

    @Override
    public int update(
            int cpu, MemorySegment keys, long key, MemorySegment from, long value, long flags) {
        if (Long.compareUnsigned(flags, EXIST) > 0) {
            return -Errno.EINVAL;
        }
        boolean there = find(keys, key) != 0;
        if (!hashed) {
            if (places.lookup(0, keys, key) == 0) {
                return -Errno.E2BIG;
            }
            if (flags == NOEXIST && (!sockets() || there)) {
                return -Errno.EEXIST;
            }
            if (flags == EXIST && sockets() && !there) {
                return -Errno.ENOENT;
            }
            return places.update(0, keys, key, from, value, ANY);
        }
        if (there && flags == NOEXIST) {
            return -Errno.EEXIST;
        }
        if (!there && flags == EXIST) {
            return -Errno.ENOENT;
        }
        if (from.get(Memory.INT, value) == 0) {
            return -Errno.EINVAL;
        }
        return places.update(0, keys, key, from, value, ANY);
    }

    @Override
    public int delete(MemorySegment keys, long key) {
        if (hashed) {
            return places.delete(keys, key);
        }
        long place = places.lookup(0, keys, key);
        if (place == 0) {
            return -Errno.EINVAL;
        }
        int old = first(place);
        places.values().asSlice(place & 0xFFFF_FFFFL, spec().valueSize()).fill((byte) 0);
        // Linux: a socket that is not there is an error, an interface is not.
        return old == 0 && sockets() && spec().type() != MapType.XSKMAP ? -Errno.EINVAL : 0;
    }

    @Override
    public int nextKey(MemorySegment keys, long key, MemorySegment nexts, long next) {
        return places.nextKey(keys, key, nexts, next);
    }

    @Override
    public MemorySegment values() {
        return places.values();
    }

    @Override
    public long stride() {
        return places.stride();
    }

    @Override
    public boolean permits(int offset, long size, boolean write) {
        return !write && places.permits(offset, size, false);
    }
}
