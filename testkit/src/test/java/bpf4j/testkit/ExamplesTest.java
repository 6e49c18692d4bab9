package bpf4j.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import bpf4j.kernel.KernelMap;
import bpf4j.kernel.KernelProgram;
import bpf4j.loader.ObjectSpec;
import bpf4j.runtime.Execution;
import bpf4j.spec.ProgramSpec;
import bpf4j.vm.Bpf;
import bpf4j.vm.BpfObject;
import bpf4j.vm.BpfProgram;
import bpf4j.vm.Engine;
import bpf4j.vm.MapView;
import bpf4j.vm.TestRun;
import bpf4j.vm.capture.CaptureReader;
import bpf4j.vm.capture.Packet;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The example programs over the example capture, on every engine.
class ExamplesTest {
    private static final Path EXAMPLES = Path.of("..", "examples");
    private static final int ETHERNET = 14;

    private static List<byte[]> capture() throws Exception {
        List<byte[]> packets = new ArrayList<>();
        try (CaptureReader reader = CaptureReader.open(EXAMPLES.resolve("traffic.pcap"))) {
            for (Packet packet = reader.next(); packet != null; packet = reader.next()) {
                packets.add(Arrays.copyOf(packet.bytes(), packet.length()));
            }
        }
        return packets;
    }

    private static BpfProgram load(Engine engine, ObjectSpec object, List<MapView> maps)
            throws Exception {
        BpfObject loaded = Bpf.builder().engine(engine).cpus(1).build().load(object);
        maps.addAll(loaded.maps());
        return loaded.programs().getFirst();
    }

    private static TestRun.Result run(BpfProgram program, Execution execution, byte[] packet) {
        return TestRun.run(
                program.loaded(), program.spec().type(), execution, packet, new byte[0], 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"xdp_firewall", "flow_counter", "xdp_lb", "dns_filter", "tc_mark"})
    void theEnginesAndLinuxAgree(String name) throws Exception {
        ObjectSpec object = ObjectSpec.load(EXAMPLES.resolve(name + ".bpf.o"));
        List<MapView> interpreted = new ArrayList<>();
        List<MapView> compiled = new ArrayList<>();
        BpfProgram interpreter = load(Engine.INTERPRETER, object, interpreted);
        BpfProgram jit = load(Engine.JIT, object, compiled);
        Execution interpreterExecution = interpreter.runner().execution();
        Execution jitExecution = jit.runner().execution();
        String reason = KernelProgram.unavailable();
        ProgramSpec spec = object.programs().getFirst();
        try (KernelObject kernel = reason == null ? KernelObject.load(spec, 1) : null) {
            int number = 0;
            for (byte[] packet : capture()) {
                number++;
                String place = name + ", packet " + number;
                TestRun.Result first = run(interpreter, interpreterExecution, packet);
                TestRun.Result second = run(jit, jitExecution, packet);
                assertEquals(first.r0(), second.r0(), place);
                assertArrayEquals(first.data(), second.data(), place);
                if (kernel != null && packet.length >= ETHERNET) {
                    KernelProgram.Run third = kernel.program().run(packet, new byte[0], 1);
                    assertEquals(first.errno(), third.errno(), place);
                    if (first.errno() != 0) {
                        continue;
                    }
                    assertEquals((int) first.r0(), third.retval(), place);
                    assertArrayEquals(first.data(), third.data(), place);
                }
            }
            assertTrue(number > 1000);
            for (int i = 0; i < interpreted.size(); i++) {
                Map<String, String> ours = entries(interpreted.get(i));
                assertEquals(ours, entries(compiled.get(i)), interpreted.get(i).name());
            }
            if (kernel != null) {
                compareMaps(interpreted, kernel.maps());
            }
        }
        assumeTrue(reason == null, "compared with each other only: " + reason);
    }

    private static Map<String, String> entries(MapView map) {
        Map<String, String> entries = new TreeMap<>();
        for (byte[] key : map.keys()) {
            byte[] value = map.lookup(key);
            if (value != null) {
                entries.put(HexFormat.of().formatHex(key), steady(map.name(), value));
            }
        }
        return entries;
    }

    private static void compareMaps(List<MapView> ours, List<KernelMap> theirs) {
        for (KernelMap map : theirs) {
            for (MapView view : ours) {
                if (view.name().equals(map.spec().name())) {
                    Map<String, String> entries = new TreeMap<>();
                    for (byte[] key : map.keys()) {
                        byte[] value = map.lookup(key);
                        if (value != null) {
                            entries.put(
                                    HexFormat.of().formatHex(key),
                                    steady(view.name(), summed(map, value)));
                        }
                    }
                    assertEquals(entries, entries(view), view.name());
                }
            }
        }
    }

    /// All CPUs' counters in one: Linux ran on any CPU.
    private static byte[] summed(KernelMap map, byte[] value) {
        int size = map.spec().valueSize();
        if (!map.spec().type().isPerCpu()) {
            return value;
        }
        long[] sums = new long[size / 8];
        java.nio.ByteBuffer all =
                java.nio.ByteBuffer.wrap(value).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < value.length / 8; i++) {
            sums[i % sums.length] += all.getLong(8 * i);
        }
        java.nio.ByteBuffer sum =
                java.nio.ByteBuffer.allocate(size).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        for (long s : sums) {
            sum.putLong(s);
        }
        return sum.array();
    }

    /// A value without the times in it: flows hold when they were first and last seen.
    private static String steady(String map, byte[] value) {
        byte[] kept = value.clone();
        if (map.equals("flows")) {
            Arrays.fill(kept, 16, 32, (byte) 0);
        }
        return HexFormat.of().formatHex(kept);
    }
}
