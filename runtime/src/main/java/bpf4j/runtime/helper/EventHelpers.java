package bpf4j.runtime.helper;

import bpf4j.runtime.Address;
import bpf4j.runtime.BpfMap;
import bpf4j.runtime.Errno;
import bpf4j.runtime.Execution;
import bpf4j.runtime.Memory;
import bpf4j.runtime.PacketState;
import bpf4j.runtime.ProgramFault;
import bpf4j.runtime.map.PerfEventArrayMap;
import bpf4j.runtime.map.RingbufMap;
import bpf4j.runtime.map.UserRingbufMap;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Helpers that send records to consumers, or take records from the host.
final class EventHelpers {
    private static final long INDEX = 0xFFFF_FFFFL;
    private static final long CURRENT_CPU = INDEX;
    private static final long CONTEXT_LENGTH = 0xF_FFFFL << 32;
    private static final long WAKEUPS = 3;

    private EventHelpers() {}

    static void register(Registry registry) {
        registry.add(25, EventHelpers::perfOutput);
        registry.add(22, EventHelpers::perfRead);
        registry.add(55, EventHelpers::perfReadValue);
        registry.add(130, EventHelpers::output);
        registry.add(131, EventHelpers::reserve);
        registry.add(132, (x, r1, r2, r3, r4, r5) -> commit(x, r1, false));
        registry.add(133, (x, r1, r2, r3, r4, r5) -> commit(x, r1, true));
        registry.add(134, (x, r1, r2, r3, r4, r5) -> ringbuf(x, r1).query(r2));
        registry.add(209, EventHelpers::drain);
    }

    private static long perfOutput(
            Execution x, long ctx, long map, long flags, long data, long size) {
        boolean packet = x.packetState.kind != PacketState.Kind.NONE;
        if ((flags & ~(INDEX | (packet ? CONTEXT_LENGTH : 0))) != 0) {
            return -Errno.EINVAL;
        }
        long extra = packet ? (flags & CONTEXT_LENGTH) >>> 32 : 0;
        if (extra > x.dataEnd - x.data) {
            return -Errno.EFAULT;
        }
        if (!(x.space.mapAt(map) instanceof PerfEventArrayMap events)) {
            throw new ProgramFault("perf_event_output to a map that is no perf_event_array");
        }
        MemorySegment memory = Memory.segment(x, data, size, false);
        byte[] sample = new byte[(int) (size + extra)];
        MemorySegment.copy(
                memory, ValueLayout.JAVA_BYTE, Memory.index(x, data), sample, 0, (int) size);
        MemorySegment.copy(
                x.packetSegment(),
                ValueLayout.JAVA_BYTE,
                (long) x.packetBase + x.data,
                sample,
                (int) size,
                (int) extra);
        long index = (flags & INDEX) == CURRENT_CPU ? x.cpu : flags & INDEX;
        return events.output((int) index, x.cpu, sample);
    }

    /// There are no hardware counters here.
    private static long perfRead(Execution x, long map, long flags, long r3, long r4, long r5) {
        if ((flags & ~INDEX) != 0) {
            return -Errno.EINVAL;
        }
        long index = flags == CURRENT_CPU ? x.cpu : flags;
        int entries = x.space.mapAt(map).spec().maxEntries();
        return index >= Integer.toUnsignedLong(entries) ? -Errno.E2BIG : -Errno.ENOENT;
    }

    private static long perfReadValue(
            Execution x, long map, long flags, long to, long size, long r5) {
        Memory.segment(x, to, size, true).asSlice(Memory.index(x, to), size).fill((byte) 0);
        return size != 24 ? -Errno.EINVAL : perfRead(x, map, flags, 0, 0, 0);
    }

    static RingbufMap ringbuf(Execution x, long handle) {
        if (x.space.mapAt(handle) instanceof RingbufMap ringbuf) {
            return ringbuf;
        }
        throw new ProgramFault("the map is no ringbuf");
    }

    private static long output(Execution x, long map, long data, long size, long flags, long r5) {
        if ((flags & ~WAKEUPS) != 0) {
            return -Errno.EINVAL;
        }
        MemorySegment memory = Memory.segment(x, data, size, false);
        return ringbuf(x, map).output(memory, Memory.index(x, data), size);
    }

    private static long reserve(Execution x, long map, long size, long flags, long r4, long r5) {
        return flags != 0 ? 0 : ringbuf(x, map).reserve(size);
    }

    /// Submits or discards the record at an address.
    static long commit(Execution x, long record, boolean discard) {
        BpfMap map =
                x.space.mapAt(
                        Address.of(Address.region(record) - Address.VALUES + Address.MAPS, 0));
        if (!(map instanceof RingbufMap ringbuf)) {
            throw new ProgramFault(
                    Address.describe(record) + " is not a reserved ring buffer record");
        }
        ringbuf.commit(record, discard);
        return 0;
    }

    /// Hands the records of the host to a callback, which gets a dynptr to each.
    private static long drain(
            Execution x, long map, long function, long context, long flags, long r5) {
        if ((flags & ~WAKEUPS) != 0) {
            return -Errno.EINVAL;
        }
        if (!(x.space.mapAt(map) instanceof UserRingbufMap ring)) {
            throw new ProgramFault("the map is no user_ringbuf");
        }
        if (!ring.begin()) {
            return -Errno.EBUSY;
        }
        try {
            long dynptr = x.addObject(MemorySegment.ofArray(new byte[16]));
            long drained = 0;
            while (drained < Dynptr.MAX_DRAINED) {
                byte[] record = ring.take();
                if (record == null) {
                    break;
                }
                long address = x.addObject(MemorySegment.ofArray(record).asReadOnly());
                Dynptr.init(x, dynptr, Dynptr.LOCAL, address, record.length);
                Dynptr.makeReadOnly(x, dynptr);
                drained++;
                long stop = MapHelpers.call(x, function, dynptr, context, 0, 0, 0);
                x.removeObject(address);
                if (stop != 0) {
                    break;
                }
            }
            x.removeObject(dynptr);
            return drained;
        } finally {
            ring.end();
        }
    }
}
