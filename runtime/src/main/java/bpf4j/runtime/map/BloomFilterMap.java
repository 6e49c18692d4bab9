package bpf4j.runtime.map;

import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.BpfMap;
import bpf4j.runtime.Errno;
import bpf4j.runtime.MapException;
import bpf4j.spec.MapSpec;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicLongArray;

/// A set that may take a value for a member that is none (`bloom_filter`): push adds, peek asks.
public final class BloomFilterMap extends BpfMap {
    private static final MemorySegment NONE = MemorySegment.ofArray(new byte[0]);

    private final AtomicLongArray bits;
    private final int hashes;
    private final long mask;

    private BloomFilterMap(MapSpec spec, int id, long bitCount, int hashes) {
        super(spec, id);
        this.hashes = hashes;
        mask = bitCount - 1;
        bits = new AtomicLongArray((int) (bitCount / 64));
    }

    /// Of `hashes` bits for each of `max_entries` values, 7/5 are kept, rounded up to a power of
    /// two: what makes the rate of false answers least.
    static BloomFilterMap create(AddressSpace space, MapSpec spec) throws MapException {
        int hashes = (int) (spec.extra() & 0xF) == 0 ? 5 : (int) (spec.extra() & 0xF);
        long wanted = Integer.toUnsignedLong(spec.maxEntries()) * hashes * 7 / 5;
        long bitCount = Math.clamp(Long.highestOneBit(Math.max(wanted, 1) * 2 - 1), 64, 1L << 36);
        space.reserve(spec, bitCount / 8);
        return space.create(id -> new BloomFilterMap(spec, id, bitCount, hashes));
    }

    private long bit(MemorySegment values, long value, int number) {
        long mixed = 0x9E37_79B9_7F4A_7C15L * (number + 1);
        for (long i = 0; i < spec().valueSize(); i++) {
            mixed ^= values.get(ValueLayout.JAVA_BYTE, value + i) & 0xFF;
            mixed *= 0xFF51_AFD7_ED55_8CCDL;
            mixed ^= mixed >>> 32;
        }
        return mixed & mask;
    }

    @Override
    public int push(MemorySegment values, long value, long flags) {
        if (flags != ANY) {
            return -Errno.EINVAL;
        }
        for (int i = 0; i < hashes; i++) {
            long bit = bit(values, value, i);
            long one = 1L << (bit & 63);
            bits.accumulateAndGet((int) (bit >>> 6), one, (left, right) -> left | right);
        }
        return 0;
    }

    /// Whether the value may have been pushed: 0, or -ENOENT when it surely was not.
    @Override
    public int peekHead(MemorySegment values, long value) {
        for (int i = 0; i < hashes; i++) {
            long bit = bit(values, value, i);
            if ((bits.get((int) (bit >>> 6)) >>> (bit & 63) & 1) == 0) {
                return -Errno.ENOENT;
            }
        }
        return 0;
    }

    @Override
    public int pop(MemorySegment values, long value) {
        return -Errno.EOPNOTSUPP;
    }

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
        return -Errno.EOPNOTSUPP;
    }

    @Override
    public int nextKey(MemorySegment keys, long key, MemorySegment nexts, long next) {
        return -Errno.EOPNOTSUPP;
    }
}
