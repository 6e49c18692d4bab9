package bpf4j.perf.contender;

import bpf4j.perf.compare.Contender;
import bpf4j.perf.compare.Outcome;
import bpf4j.perf.compare.Ring;
import bpf4j.perf.compare.Unavailable;
import bpf4j.perf.compare.Workload;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;

/// libpcap's interpreter of classic BPF, `bpf_filter`, on the packet filter as libpcap compiles it
/// from text. The loop over packets is in C.
public final class PcapContender implements Contender {
    private static final String FILTER = "ip and tcp and (dst port 80 or dst port 443)";
    private static final String LIBRARY = "libpcap.so.0.8";
    private static final int ETHERNET = 1;
    private static final int SNAP = 65535;

    private final Ring ring;
    private final MemorySegment packets;
    private final NativeLibrary library;
    private final MemorySegment filter;
    private final MemorySegment insns;

    /// Compiles the filter.
    public PcapContender(Workload.Setup setup) throws Unavailable {
        if (!setup.workload().program().equals("packet_filter")) {
            throw new Unavailable("not a packet filter");
        }
        ring = Ring.of(setup.workload().packet());
        packets = NativePackets.ring(ring, Arena.ofAuto());
        library = NativeLibrary.open(setup);
        SymbolLookup pcap;
        try {
            pcap = SymbolLookup.libraryLookup(LIBRARY, Arena.global());
        } catch (IllegalArgumentException e) {
            throw new Unavailable(LIBRARY + " is not installed");
        }
        filter = pcap.findOrThrow("bpf_filter");
        // struct bpf_program: the number of instructions, and where they are.
        MemorySegment program = Arena.ofAuto().allocate(16, 8);
        try {
            MemorySegment handle =
                    (MemorySegment)
                            Linker.nativeLinker()
                                    .downcallHandle(
                                            pcap.findOrThrow("pcap_open_dead"),
                                            FunctionDescriptor.of(
                                                    ValueLayout.ADDRESS,
                                                    ValueLayout.JAVA_INT,
                                                    ValueLayout.JAVA_INT))
                                    .invokeExact(ETHERNET, SNAP);
            int status =
                    (int)
                            Linker.nativeLinker()
                                    .downcallHandle(
                                            pcap.findOrThrow("pcap_compile"),
                                            FunctionDescriptor.of(
                                                    ValueLayout.JAVA_INT,
                                                    ValueLayout.ADDRESS,
                                                    ValueLayout.ADDRESS,
                                                    ValueLayout.ADDRESS,
                                                    ValueLayout.JAVA_INT,
                                                    ValueLayout.JAVA_INT))
                                    .invokeExact(
                                            handle,
                                            program,
                                            Arena.global().allocateFrom(FILTER),
                                            1,
                                            -1);
            if (status != 0) {
                throw new Unavailable("libpcap does not compile the filter");
            }
        } catch (Unavailable e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
        insns = program.get(ValueLayout.ADDRESS, 8);
    }

    @Override
    public Outcome probe(byte[] packet) {
        MemorySegment copy = NativePackets.copy(packet, Arena.ofAuto());
        return new Outcome((int) batch(copy, new Ring(packet, 1, 0, packet.length), 1), null, null);
    }

    @Override
    public long run(long times) {
        return batch(packets, ring, times);
    }

    private long batch(MemorySegment from, Ring shape, long times) {
        return library.batch("perf_filter_batch", filter, insns, from, shape, times);
    }
}
