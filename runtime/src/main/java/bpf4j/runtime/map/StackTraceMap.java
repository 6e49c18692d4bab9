package bpf4j.runtime.map;

import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.BpfMap;
import bpf4j.runtime.Errno;
import bpf4j.runtime.MapException;
import bpf4j.runtime.Memory;
import bpf4j.spec.MapSpec;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/// Stacks of addresses by id (`stack_trace`). There are no kernel stacks here: a host stores the
/// traces that programs shall find, with [#put].
public final class StackTraceMap extends BpfMap {
    private final ArrayMap traces;
    private final BitSet present = new BitSet();

    private StackTraceMap(MapSpec spec, int id, ArrayMap traces) {
        super(spec, id);
        this.traces = traces;
    }

    static StackTraceMap create(AddressSpace space, MapSpec spec) throws MapException {
        ArrayMap traces =
                ArrayMap.hidden(
                        space,
                        MapSpec.of(
                                spec.name(),
                                bpf4j.spec.MapType.ARRAY,
                                4,
                                spec.valueSize(),
                                spec.maxEntries()));
        return space.create(id -> new StackTraceMap(spec, id, traces));
    }

    /// Stores a trace, cut or filled with zeros to the size of a value, and returns its id.
    public synchronized int put(long[] addresses) {
        int hash = java.util.Arrays.hashCode(addresses);
        int id = Integer.remainderUnsigned(hash, spec().maxEntries());
        present.set(id);
        for (int i = 0; i < spec().valueSize() / 8; i++) {
            values().set(
                            Memory.LONG,
                            id * traces.stride() + 8L * i,
                            i < addresses.length ? addresses[i] : 0);
        }
        return id;
    }

    @Override
    public synchronized long peek(int cpu, MemorySegment keys, long key) {
        int id = keys.get(Memory.INT, key);
        return id >= 0 && present.get(id) ? valueAddress((int) traces.lookup(0, id)) : 0;
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
    public synchronized int delete(MemorySegment keys, long key) {
        int id = keys.get(Memory.INT, key);
        if (Integer.compareUnsigned(id, spec().maxEntries()) >= 0) {
            return -Errno.E2BIG;
        }
        boolean there = present.get(id);
        present.clear(id);
        return there ? 0 : -Errno.ENOENT;
    }

    @Override
    public synchronized int nextKey(MemorySegment keys, long key, MemorySegment nexts, long next) {
        int id = key < 0 ? -1 : keys.get(Memory.INT, key);
        int from = id < 0 || !present.get(id) ? 0 : id + 1;
        int found = present.nextSetBit(from);
        if (found < 0) {
            return -Errno.ENOENT;
        }
        nexts.set(Memory.INT, next, found);
        return 0;
    }

    @Override
    public MemorySegment values() {
        return traces.values();
    }

    @Override
    public long stride() {
        return traces.stride();
    }
}
