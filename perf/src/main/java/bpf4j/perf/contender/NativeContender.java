package bpf4j.perf.contender;

import bpf4j.perf.compare.Contender;
import bpf4j.perf.compare.Outcome;
import bpf4j.perf.compare.Ring;
import bpf4j.perf.compare.Unavailable;
import bpf4j.perf.compare.Workload;
import bpf4j.perf.compare.Workload.Entry;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The program compiled by a C compiler for this machine, called through FFM: for each packet, or
/// once with the loop in C.
public final class NativeContender implements Contender {
    private final Workload workload;
    private final Entry entry;
    private final Ring ring;
    private final MemorySegment packets;
    private final MemorySegment[] slices;
    private final NativeLibrary library;
    private final MemorySegment function;

    /// Finds the program in the library.
    public NativeContender(Workload.Setup setup) throws Unavailable {
        workload = setup.workload();
        entry = setup.entry();
        ring = Ring.of(workload.packet());
        packets = NativePackets.ring(ring, Arena.ofAuto());
        slices = NativePackets.of(ring, Arena.ofAuto());
        library = NativeLibrary.open(setup);
        function = library.function(workload.program());
        for (Workload.Fill fill : workload.fills()) {
            library.update(fill);
        }
    }

    @Override
    public Outcome probe(byte[] packet) {
        MemorySegment copy = NativePackets.copy(packet, Arena.ofAuto());
        long r0 =
                entry == Entry.SINGLE
                        ? NativeLibrary.call(function, copy, packet.length)
                        : library.batch(function, copy, new Ring(packet, 1, 0, packet.length), 1);
        return new Outcome((int) r0, copy.toArray(ValueLayout.JAVA_BYTE), library.watch(workload));
    }

    @Override
    public long run(long times) {
        if (entry == Entry.BATCH) {
            return library.batch(function, packets, ring, times);
        }
        long sum = 0;
        for (long i = 0; i < times; i++) {
            MemorySegment packet = slices[(int) i & slices.length - 1];
            sum += (int) NativeLibrary.call(function, packet, ring.length());
        }
        return sum;
    }
}
