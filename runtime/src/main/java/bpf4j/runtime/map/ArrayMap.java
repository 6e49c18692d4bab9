package bpf4j.runtime.map;

import bpf4j.runtime.Address;
import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.BpfMap;
import bpf4j.runtime.Errno;
import bpf4j.runtime.Execution;
import bpf4j.runtime.MapException;
import bpf4j.runtime.Memory;
import bpf4j.spec.MapSpec;

import java.lang.foreign.MemorySegment;
import java.util.function.IntFunction;

/// An array, or an array for each CPU. The value of `index` on `cpu` begins at
/// `cpu * cpuBytes() + index * stride()` in [#values]; all of them exist from the start.
public final class ArrayMap extends BpfMap {
    private final MemorySegment values;
    private final int stride;
    private final int entries;
    private final int cpus;
    private final long cpuBytes;

    private ArrayMap(MapSpec spec, int id, MemorySegment values, int stride, int cpus) {
        super(spec, id);
        this.values = values;
        this.stride = stride;
        this.entries = spec.maxEntries();
        this.cpus = cpus;
        this.cpuBytes = (long) stride * Integer.toUnsignedLong(spec.maxEntries());
    }

    static ArrayMap create(AddressSpace space, MapSpec spec) throws MapException {
        IntFunction<ArrayMap> constructor = constructor(space, spec);
        return space.create(constructor);
    }

    /// An array that serves another map as storage: addresses that it gives are offsets.
    static ArrayMap hidden(AddressSpace space, MapSpec spec) throws MapException {
        return constructor(space, spec).apply(0);
    }

    private static IntFunction<ArrayMap> constructor(AddressSpace space, MapSpec spec)
            throws MapException {
        int cpus = spec.type().isPerCpu() ? space.cpus() : 1;
        int stride = (int) align8(spec.valueSize());
        long bytes = (long) stride * Integer.toUnsignedLong(spec.maxEntries());
        MemorySegment values = space.allocate(spec, MapRules.multiply(spec, bytes, cpus));
        return id -> new ArrayMap(spec, id, values, stride, cpus);
    }

    @Override
    public MemorySegment values() {
        return values;
    }

    @Override
    public long stride() {
        return stride;
    }

    /// The bytes of the values of one CPU; with one CPU, of all values.
    public long cpuBytes() {
        return cpuBytes;
    }

    @Override
    public int cpus() {
        return cpus;
    }

    /// The address of the value at an unsigned index on a CPU, or 0.
    public long lookup(int cpu, int index) {
        return Integer.compareUnsigned(index, entries) < 0 ? valueAddress(place(cpu, index)) : 0;
    }

    private int place(int cpu, int index) {
        return (int) ((cpus == 1 ? 0 : cpu * cpuBytes) + Integer.toUnsignedLong(index) * stride);
    }

    @Override
    public long lookup(int cpu, MemorySegment keys, long key) {
        return lookup(cpu, keys.get(Memory.INT, key));
    }

    @Override
    public int update(
            int cpu, MemorySegment keys, long key, MemorySegment from, long value, long flags) {
        int refusal = checkFlags(flags);
        if (refusal != 0) {
            return refusal;
        }
        int index = keys.get(Memory.INT, key);
        if (Integer.compareUnsigned(index, entries) >= 0) {
            return -Errno.E2BIG;
        }
        if ((flags & NOEXIST) != 0) {
            return -Errno.EEXIST;
        }
        long target = place(cpu, index) & 0xFFFF_FFFFL;
        if ((flags & LOCK) != 0) {
            copyLocked(from, value, values, target);
        } else {
            copyValue(from, value, values, target);
        }
        return 0;
    }

    @Override
    public int delete(MemorySegment keys, long key) {
        return -Errno.EINVAL;
    }

    @Override
    public int nextKey(MemorySegment keys, long key, MemorySegment nexts, long next) {
        return nextIndex(entries, keys, key, nexts, next);
    }

    /// The next key of a map whose keys are the numbers below `entries`.
    static int nextIndex(
            int entries, MemorySegment keys, long key, MemorySegment nexts, long next) {
        int index = key < 0 ? -1 : keys.get(Memory.INT, key);
        if (Integer.compareUnsigned(index, entries) >= 0) {
            nexts.set(Memory.INT, next, 0);
            return 0;
        }
        if (index == entries - 1) {
            return -Errno.ENOENT;
        }
        nexts.set(Memory.INT, next, index + 1);
        return 0;
    }

    @Override
    public long forEach(int cpu, ElementVisitor visitor) {
        long visited = 0;
        for (int index = 0; index < entries; index++) {
            visited++;
            // Keys of arrays lie in no map memory; the visitor gets the number itself.
            if (visitor.visit(index, lookup(cpu, index)) != 0) {
                break;
            }
        }
        return visited;
    }

    @Override
    public long keyAddress(Execution execution, long value) {
        long index = (Address.offset(value) & 0xFFFF_FFFFL) % cpuBytes / stride;
        return execution.addObject(MemorySegment.ofArray(new int[] {(int) index}));
    }
}
