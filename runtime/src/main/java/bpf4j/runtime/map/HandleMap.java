package bpf4j.runtime.map;

import bpf4j.runtime.BpfMap;
import bpf4j.runtime.Errno;
import bpf4j.runtime.Memory;
import bpf4j.spec.MapSpec;

import java.lang.foreign.MemorySegment;

/// An array whose values are things of the host rather than bytes: programs, consumers, sockets.
/// Programs cannot look into it and hosts store in it through the map's own methods.
abstract class HandleMap extends BpfMap {
    private static final MemorySegment NONE = MemorySegment.ofArray(new byte[0]);

    HandleMap(MapSpec spec, int id) {
        super(spec, id);
    }

    /// Whether there is something at an index below `max_entries`.
    abstract boolean present(int index);

    /// Takes away what is at an index; 0 or a negative errno.
    abstract int remove(int index);

    @Override
    public MemorySegment values() {
        return NONE;
    }

    @Override
    public long stride() {
        return 1;
    }

    @Override
    public long lookup(int cpu, MemorySegment keys, long key) {
        return 0;
    }

    @Override
    public int update(
            int cpu, MemorySegment keys, long key, MemorySegment from, long value, long flags) {
        return -Errno.EINVAL;
    }

    @Override
    public int delete(MemorySegment keys, long key) {
        int index = keys.get(Memory.INT, key);
        return Integer.compareUnsigned(index, spec().maxEntries()) >= 0
                ? -Errno.E2BIG
                : remove(index);
    }

    @Override
    public int nextKey(MemorySegment keys, long key, MemorySegment nexts, long next) {
        return ArrayMap.nextIndex(spec().maxEntries(), keys, key, nexts, next);
    }

    /// Whether a value is stored for an index.
    public final boolean contains(int index) {
        return index >= 0 && index < spec().maxEntries() && present(index);
    }
}
