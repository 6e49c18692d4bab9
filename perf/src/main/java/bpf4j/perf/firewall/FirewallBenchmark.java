package bpf4j.perf.firewall;

import bpf4j.runtime.Execution;
import bpf4j.runtime.PacketSource;
import bpf4j.runtime.Packets;
import bpf4j.vm.Bpf;
import bpf4j.vm.BpfProgram;
import bpf4j.vm.Engine;
import bpf4j.vm.Runner;
import bpf4j.vm.capture.CaptureReader;
import bpf4j.vm.capture.Packet;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/// The example firewall over the example capture in memory: nanoseconds a packet, by hand, compiled
/// (packet by packet and as one batch) and interpreted. Before timing, every contender's count of
/// packets that pass is compared.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class FirewallBenchmark {
    private static final int PACKETS = 2989;
    private static final int PASS = 2;

    private final byte[] bytes = new byte[1 << 21];
    private final int[] starts = new int[PACKETS + 1];
    private final HandFirewall hand = new HandFirewall();
    private Runner jit;
    private BpfProgram jitProgram;
    private Runner interpreter;

    @SuppressWarnings("NullAway.Init") // JMH calls prepare before anything else
    public FirewallBenchmark() {}

    /// Reads the capture and loads the program; both lie in the folder `bpf4j.examples`.
    @Setup
    public void prepare() throws Exception {
        Path examples = Path.of(System.getProperty("bpf4j.examples", "examples"));
        Path object = examples.resolve("xdp_firewall.bpf.o");
        int count = 0;
        try (CaptureReader reader = CaptureReader.open(examples.resolve("traffic.pcap"))) {
            for (Packet packet = reader.next(); packet != null; packet = reader.next()) {
                System.arraycopy(packet.bytes(), 0, bytes, starts[count], packet.length());
                starts[count + 1] = starts[count] + packet.length();
                count++;
            }
        }
        jitProgram = Bpf.create().load(object).program("xdp_firewall");
        jit = jitProgram.runner();
        interpreter =
                Bpf.builder()
                        .engine(Engine.INTERPRETER)
                        .build()
                        .load(object)
                        .program("xdp_firewall")
                        .runner();
        int[] passed = {byHand(), compiled(), compiledBatch(), interpreted()};
        if (count != PACKETS || Arrays.stream(passed).distinct().count() != 1) {
            throw new IllegalStateException(
                    "%d packets, passed: %s".formatted(count, Arrays.toString(passed)));
        }
    }

    @Benchmark
    @OperationsPerInvocation(PACKETS)
    public int byHand() {
        int passed = 0;
        for (int i = 0; i < PACKETS; i++) {
            if (hand.run(bytes, starts[i], starts[i + 1] - starts[i]) == PASS) {
                passed++;
            }
        }
        return passed;
    }

    @Benchmark
    @OperationsPerInvocation(PACKETS)
    public int compiled() {
        return over(jit);
    }

    @Benchmark
    @OperationsPerInvocation(PACKETS)
    public int compiledBatch() {
        Source source = new Source();
        jitProgram.loaded().runAll(jit.execution(), source);
        return source.passed;
    }

    @Benchmark
    @OperationsPerInvocation(PACKETS)
    public int interpreted() {
        return over(interpreter);
    }

    private int over(Runner runner) {
        int passed = 0;
        for (int i = 0; i < PACKETS; i++) {
            if (runner.run(bytes, starts[i], starts[i + 1] - starts[i]) == PASS) {
                passed++;
            }
        }
        return passed;
    }

    private final class Source implements PacketSource {
        private int at;
        private int passed;

        @Override
        public boolean next(Execution execution) {
            if (at == PACKETS) {
                return false;
            }
            Packets.prepareXdp(execution, bytes, starts[at], starts[at + 1] - starts[at]);
            at++;
            return true;
        }

        @Override
        public void done(Execution execution, long r0) {
            if (r0 == PASS) {
                passed++;
            }
        }
    }
}
