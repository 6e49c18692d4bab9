package bpf4j.runtime.map;

import bpf4j.runtime.Address;
import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.BpfMap;
import bpf4j.runtime.Errno;
import bpf4j.runtime.MapException;
import bpf4j.runtime.ProgramFault;
import bpf4j.spec.MapSpec;

import java.lang.foreign.MemorySegment;

/// A ring buffer of records from programs to one consumer (`ringbuf`); `max_entries` is its size in
/// bytes.
///
/// The positions of producer and consumer count bytes since creation; each record takes a header of
/// 8 bytes and its data, rounded up to 8. [#values] is twice the size, so that a record that
/// begins before the end goes on behind it in one piece. Lengths are kept outside of the memory
/// that programs reach.
public final class RingbufMap extends BpfMap {
    /// What `bpf_ringbuf_query` asks for.
    public static final int AVAIL_DATA = 0;

    public static final int RING_SIZE = 1;
    public static final int CONS_POS = 2;
    public static final int PROD_POS = 3;

    private static final int HEADER = 8;
    private static final int BUSY = 1 << 31;
    private static final int DISCARDED = 1 << 30;

    /// Linux: RINGBUF_MAX_RECORD_SZ.
    private static final int MAX_RECORD = Integer.MAX_VALUE / 4;

    private final MemorySegment values;
    private final int size;

    /// The length and marks of the record at each position that one can begin at.
    private final int[] lengths;

    private long consumed;
    private long produced;
    private long pending;

    private RingbufMap(MapSpec spec, int id, MemorySegment values) {
        super(spec, id);
        this.values = values;
        size = spec.maxEntries();
        lengths = new int[size / 8];
    }

    static RingbufMap create(AddressSpace space, MapSpec spec) throws MapException {
        space.reserve(spec, spec.maxEntries() / 2L);
        MemorySegment values = space.allocate(spec, 2L * spec.maxEntries());
        return space.create(id -> new RingbufMap(spec, id, values));
    }

    /// Takes a record; the memory is only valid during the call.
    @FunctionalInterface
    public interface Consumer {
        void accept(MemorySegment record);
    }

    /// Hands all complete records to a consumer, in the order in which they were reserved; stops at
    /// the first that is not yet submitted. One thread consumes at a time.
    ///
    /// @return the number of records, without discarded ones
    public int consume(Consumer consumer) {
        int count = 0;
        while (true) {
            int length;
            long start;
            synchronized (this) {
                if (consumed == produced) {
                    return count;
                }
                start = consumed;
                length = lengths[slot(start)];
                if ((length & BUSY) != 0) {
                    return count;
                }
            }
            int bytes = length & ~DISCARDED;
            if ((length & DISCARDED) == 0) {
                count++;
                consumer.accept(values.asSlice((start & (size - 1)) + HEADER, bytes).asReadOnly());
            }
            synchronized (this) {
                consumed = start + taken(bytes);
            }
        }
    }

    private int slot(long position) {
        return (int) (position & (size - 1)) >> 3;
    }

    private static long taken(int bytes) {
        return align8(bytes + (long) HEADER);
    }

    /// `bpf_ringbuf_reserve`: the address of a new record's data, or 0 when there is no room.
    public synchronized long reserve(long bytes) {
        if (Long.compareUnsigned(bytes, MAX_RECORD) > 0 || taken((int) bytes) > size) {
            return 0;
        }
        while (produced - pending > 0) {
            int length = lengths[slot(pending)];
            if ((length & BUSY) != 0) {
                break;
            }
            pending += taken(length & ~DISCARDED);
        }
        long next = produced + taken((int) bytes);
        if (next - consumed > size - 1 || next - pending > size - 1) {
            return 0;
        }
        lengths[slot(produced)] = (int) bytes | BUSY;
        long address = valueAddress((int) (produced & (size - 1)) + HEADER);
        produced = next;
        return address;
    }

    /// `bpf_ringbuf_submit` and `bpf_ringbuf_discard` of a record that [#reserve] gave.
    public synchronized void commit(long address, boolean discard) {
        int slot = (Address.offset(address) - HEADER) >> 3;
        if (slot < 0 || slot >= lengths.length || (lengths[slot] & BUSY) == 0) {
            throw new ProgramFault(
                    Address.describe(address) + " is not a reserved ring buffer record");
        }
        lengths[slot] = lengths[slot] & ~BUSY | (discard ? DISCARDED : 0);
    }

    /// `bpf_ringbuf_output`: 0, or -EAGAIN when there is no room.
    public int output(MemorySegment data, long index, long bytes) {
        long address = reserve(bytes);
        if (address == 0) {
            return -Errno.EAGAIN;
        }
        MemorySegment.copy(data, index, values, Address.offset(address), bytes);
        commit(address, false);
        return 0;
    }

    /// `bpf_ringbuf_query`.
    public synchronized long query(long what) {
        return switch ((int) what) {
            case AVAIL_DATA -> produced - consumed;
            case RING_SIZE -> size;
            case CONS_POS -> consumed;
            case PROD_POS -> produced;
            default -> 0;
        };
    }

    @Override
    public MemorySegment values() {
        return values;
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
