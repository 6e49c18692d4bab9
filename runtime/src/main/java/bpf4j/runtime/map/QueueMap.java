package bpf4j.runtime.map;

import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.BpfMap;
import bpf4j.runtime.Errno;
import bpf4j.runtime.MapException;
import bpf4j.spec.MapSpec;
import bpf4j.spec.MapType;

import java.lang.foreign.MemorySegment;

/// Values in the order of their arrival, without keys: first in, first out (`queue`) or last in,
/// first out (`stack`).
public final class QueueMap extends BpfMap {
    private final MemorySegment values;
    private final boolean stack;
    private final int stride;
    private final int slots;
    private int head;
    private int tail;

    private QueueMap(MapSpec spec, int id, MemorySegment values, int stride) {
        super(spec, id);
        this.values = values;
        this.stride = stride;
        stack = spec.type() == MapType.STACK;
        // One slot stays empty, so that a full ring differs from an empty one.
        slots = spec.maxEntries() + 1;
    }

    static QueueMap create(AddressSpace space, MapSpec spec) throws MapException {
        int stride = (int) align8(spec.valueSize());
        long slots = Integer.toUnsignedLong(spec.maxEntries()) + 1;
        if (slots > Integer.MAX_VALUE) {
            throw new MapException(
                    spec.name(), Errno.E2BIG, "%d entries are too many".formatted(slots));
        }
        MemorySegment values = space.allocate(spec, MapRules.multiply(spec, stride, slots));
        return space.create(id -> new QueueMap(spec, id, values, stride));
    }

    @Override
    public synchronized int push(MemorySegment from, long value, long flags) {
        boolean replace = (flags & EXIST) != 0;
        if ((flags & NOEXIST) != 0 || Long.compareUnsigned(flags, EXIST) > 0) {
            return -Errno.EINVAL;
        }
        int next = head + 1 == slots ? 0 : head + 1;
        if (next == tail) {
            if (!replace) {
                return -Errno.E2BIG;
            }
            tail = tail + 1 == slots ? 0 : tail + 1;
        }
        MemorySegment.copy(from, value, values, (long) head * stride, spec().valueSize());
        head = next;
        return 0;
    }

    @Override
    public synchronized int pop(MemorySegment to, long value) {
        return take(to, value, true);
    }

    @Override
    public synchronized int peekHead(MemorySegment to, long value) {
        return take(to, value, false);
    }

    private int take(MemorySegment to, long value, boolean remove) {
        if (head == tail) {
            to.asSlice(value, spec().valueSize()).fill((byte) 0);
            return -Errno.ENOENT;
        }
        int last = head == 0 ? slots - 1 : head - 1;
        int slot = stack ? last : tail;
        MemorySegment.copy(values, (long) slot * stride, to, value, spec().valueSize());
        if (remove) {
            if (stack) {
                head = last;
            } else {
                tail = tail + 1 == slots ? 0 : tail + 1;
            }
        }
        return 0;
    }

    @Override
    public MemorySegment values() {
        return values;
    }

    @Override
    public long stride() {
        return stride;
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
        return -Errno.EINVAL;
    }

    @Override
    public int nextKey(MemorySegment keys, long key, MemorySegment nexts, long next) {
        return -Errno.EINVAL;
    }
}
