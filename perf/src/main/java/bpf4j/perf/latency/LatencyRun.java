package bpf4j.perf.latency;

import bpf4j.loader.ObjectSpec;
import bpf4j.perf.compare.Programs;
import bpf4j.perf.compare.Ring;
import bpf4j.perf.compare.Sample;
import bpf4j.perf.compare.Workload;
import bpf4j.perf.compare.Workload.Entry;
import bpf4j.perf.compare.Workload.PacketMemory;
import bpf4j.spec.LoadException;
import bpf4j.verifier.VerificationException;
import bpf4j.vm.Bpf;
import bpf4j.vm.BpfObject;
import bpf4j.vm.Runner;

import com.fasterxml.jackson.databind.ObjectMapper;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// One start of one program in this process: the time until its first packet is done, the time of
/// packets from then on, and the time until they are as fast as they will be. Wall-clock time: the
/// JVM's compilers work in other threads meanwhile.
public final class LatencyRun {
    private static final long WATCHED_NANOS = 1_500_000_000;
    private static final long WINDOW_NANOS = 1_000_000;

    /// Consecutive windows that must be fast for a steady state.
    private static final int STEADY = 10;

    /// How much slower than in the end they may be.
    private static final double TOLERANCE = 1.5;

    private static final String[] OTHERS = {
        "checksum", "prime", "flow_table", "lpm_lookup", "switch32", "strcmp256", "tail_chain"
    };

    private final String program;
    private final String start;
    private final Path programs;
    private final List<Sample> samples = new ArrayList<>();
    private long sink;

    private LatencyRun(String program, String start, Path programs) {
        this.program = program;
        this.start = start;
        this.programs = programs;
    }

    /// Arguments: program, `cold` or `warm`, folder of the C sources, output.
    public static void main(String[] args) throws Exception {
        long begun = System.nanoTime();
        LatencyRun run = new LatencyRun(args[0], args[1], Path.of(args[2]));
        if (run.start.equals("warm")) {
            run.others();
            begun = System.nanoTime();
        }
        run.watch(begun);
        if (run.sink == 42) {
            System.out.print("");
        }
        new ObjectMapper().writeValue(Path.of(args[3]).toFile(), run.samples);
    }

    private Runner load(String name) throws LoadException, VerificationException {
        Workload.Setup setup =
                new Workload.Setup(
                        Programs.named(name).workload(),
                        "jit",
                        Entry.SINGLE,
                        PacketMemory.HEAP,
                        programs,
                        null,
                        null);
        BpfObject object = Bpf.create().load(ObjectSpec.load(setup.object(".bpf.o")));
        return object.program(name).runner();
    }

    /// What a JVM has done that runs programs already.
    private void others() throws LoadException, VerificationException {
        for (String other : OTHERS) {
            if (other.equals(program)) {
                continue;
            }
            for (int i = 0; i < 3; i++) {
                Runner runner = load(other);
                byte[] packet = Programs.named(other).workload().packet();
                for (int k = 0; k < 2000; k++) {
                    sink += runner.run(packet, 0, packet.length);
                }
            }
        }
    }

    private void watch(long begun) throws LoadException, VerificationException {
        Runner runner = load(program);
        Ring ring = Ring.of(Programs.named(program).workload().packet());
        sink += runner.run(ring.bytes(), 0, ring.length());
        long first = System.nanoTime();
        add("first-packet-" + start, (double) (first - begun));
        List<Window> windows = new ArrayList<>();
        long packets = 1;
        long now = first;
        long count = 1;
        while (now - first < WATCHED_NANOS) {
            long window = now;
            for (long i = 0; i < count; i++) {
                sink += runner.run(ring.bytes(), ring.start(i), ring.length());
            }
            now = System.nanoTime();
            packets += count;
            windows.add(new Window(packets, now - first, (double) (now - window) / count));
            if (now - window < WINDOW_NANOS) {
                count *= 2;
            }
        }
        curve(windows);
        add("steady-state-" + start, (double) steady(windows));
    }

    /// A stretch of packets.
    ///
    /// @param packets how many there were up to its end
    /// @param nanos how long after the first packet it ended
    /// @param ns the time of one packet in it
    record Window(long packets, long nanos, double ns) {}

    /// When packets had become as fast as they are in the end, in nanoseconds after the first.
    static long steady(List<Window> windows) {
        double[] tail =
                windows.subList(windows.size() * 3 / 4, windows.size()).stream()
                        .mapToDouble(Window::ns)
                        .sorted()
                        .toArray();
        double limit = TOLERANCE * tail[tail.length / 2];
        int fast = 0;
        for (int i = 0; i < windows.size(); i++) {
            fast = windows.get(i).ns <= limit ? fast + 1 : 0;
            if (fast == STEADY) {
                return i == STEADY - 1 ? 0 : windows.get(i - STEADY).nanos;
            }
        }
        return windows.getLast().nanos;
    }

    /// One sample for each doubling of the packets: the mean of those between.
    private void curve(List<Window> windows) {
        long next = 2;
        long packets = 0;
        double nanos = 0;
        long before = 1;
        for (Window window : windows) {
            packets += window.packets - before;
            nanos += window.ns * (window.packets - before);
            before = window.packets;
            if (before >= next) {
                add("warm-up-%s-%d".formatted(start, Long.highestOneBit(before)), nanos / packets);
                next = 2 * Long.highestOneBit(before);
                packets = 0;
                nanos = 0;
            }
        }
    }

    private void add(String what, double ns) {
        samples.add(Sample.of(program, "jit", what, "heap", ns));
    }
}
