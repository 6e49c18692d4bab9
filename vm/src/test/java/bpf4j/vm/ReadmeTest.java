package bpf4j.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bpf4j.isa.Assembler;
import bpf4j.loader.ObjectSpec;
import bpf4j.spec.ContextLayout;
import bpf4j.spec.ProgramSpec;
import bpf4j.spec.ProgramType;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The Java snippets of the README, word for word between the markers.
class ReadmeTest {
    private static final Path OBJECT = Path.of("..", "examples", "xdp_firewall.bpf.o");
    private static final byte[] ARP = new byte[60];

    record Counter(long packets, long bytes) {}

    @Test
    void theWayInRunsPacketsOfEveryKindAndReadsAMap() throws Exception {
        Path path = OBJECT;
        byte[] packet = ARP;
        // begin way in
        BpfObject firewall = Bpf.create().load(path);
        BpfProgram program = firewall.program("xdp_firewall");

        long verdict = program.run(packet); // byte[]: 2 is XDP_PASS
        program.run(ByteBuffer.wrap(packet)); // from position to limit, heap or direct
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment offHeap = arena.allocate(packet.length);
            program.run(offHeap.copyFrom(MemorySegment.ofArray(packet)));
        }
        TypedMap<Integer, Counter> counters =
                firewall.map("counters").typed(Integer.class, Counter.class);
        List<Counter> passed = counters.getAll(1); // PASS_NOT_IP, a value for each CPU
        // end way in
        assertEquals(2, verdict);
        assertEquals(3, passed.stream().mapToLong(Counter::packets).sum());
        assertEquals(180, passed.stream().mapToLong(Counter::bytes).sum());
    }

    @Test
    void anApplicationRegistersAProgramTypeOfItsOwn() throws Exception {
        // begin own type
        ContextLayout request =
                new ContextLayout(
                        "request",
                        16,
                        List.of(
                                ContextLayout.Field.readOnly("size", 0, 4),
                                ContextLayout.Field.readWrite("priority", 4, 4)));
        ProgramType type = ProgramType.builder("request_filter", request).returns(0, 1).build();
        ProgramSpec spec =
                ProgramSpec.of(
                        "small",
                        type,
                        Assembler.code(
                                """
                                r2 = *(u32 *)(r1 + 0)
                                *(u32 *)(r1 + 4) = 7
                                r0 = 0
                                if r2 > 1000 goto +1
                                r0 = 1
                                exit
                                """),
                        List.of());
        Runner runner = Bpf.create().load(spec).runner();
        byte[] context = {100, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
        long accepted = runner.runOnContext(context); // 1; context[4] is 7
        // end own type
        assertEquals(1, accepted);
        assertEquals(7, context[4]);
    }

    @Test
    void theReadmeShowsTheseSnippets() throws Exception {
        String readme = Files.readString(Path.of("..", "README.md"));
        String here = Files.readString(Path.of("src/test/java/bpf4j/vm/ReadmeTest.java"));
        for (String name : List.of("way in", "own type")) {
            int start = here.indexOf("// begin " + name) + ("// begin " + name).length();
            String snippet = here.substring(start, here.indexOf("// end " + name)).stripIndent();
            assertTrue(readme.contains(snippet.strip()), name + ":\n" + snippet.strip());
        }
    }

    @Test
    void anObjectCanBeChangedBeforeItIsLoaded() throws Exception {
        ObjectSpec spec =
                ObjectSpec.load(OBJECT)
                        .withMaxEntries("blocked4", 10)
                        .withVariable("blocked_ports[0]", 22);
        BpfObject object = Bpf.create().load(spec);
        assertEquals(10, object.map("blocked4").spec().maxEntries());
    }
}
