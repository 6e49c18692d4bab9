package bpf4j.runtime.map;

import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.BpfMap;
import bpf4j.runtime.Errno;
import bpf4j.runtime.MapException;
import bpf4j.spec.MapSpec;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;

/// Records from the host to programs (`user_ringbuf`), which a program drains with
/// `bpf_user_ringbuf_drain`; `max_entries` is the size in bytes.
public final class UserRingbufMap extends BpfMap {
    private static final int HEADER = 8;

    private final MemorySegment none = MemorySegment.ofArray(new byte[0]);
    private final Deque<byte[]> records = new ArrayDeque<>();
    private long used;
    private boolean draining;

    private UserRingbufMap(MapSpec spec, int id) {
        super(spec, id);
    }

    static UserRingbufMap create(AddressSpace space, MapSpec spec) throws MapException {
        space.reserve(spec, spec.maxEntries());
        return space.create(id -> new UserRingbufMap(spec, id));
    }

    /// Adds a record: 0, -E2BIG when it is larger than the ring, -ENOSPC when there is no room.
    public synchronized int submit(byte[] record) {
        long size = align8(record.length + (long) HEADER);
        if (size > spec().maxEntries()) {
            return -Errno.E2BIG;
        }
        if (used + size > spec().maxEntries()) {
            return -Errno.ENOSPC;
        }
        used += size;
        records.add(record.clone());
        return 0;
    }

    /// Takes the next record away, or gives null.
    public synchronized byte @Nullable [] take() {
        byte[] record = records.poll();
        if (record != null) {
            used -= align8(record.length + (long) HEADER);
        }
        return record;
    }

    /// Begins to drain; false while another program does.
    public synchronized boolean begin() {
        if (draining) {
            return false;
        }
        draining = true;
        return true;
    }

    /// Ends what [#begin] began.
    public synchronized void end() {
        draining = false;
    }

    @Override
    public MemorySegment values() {
        return none;
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
        return -Errno.ENOTSUPP;
    }

    @Override
    public int delete(MemorySegment keys, long key) {
        return -Errno.ENOTSUPP;
    }

    @Override
    public int nextKey(MemorySegment keys, long key, MemorySegment nexts, long next) {
        return -Errno.ENOTSUPP;
    }
}
