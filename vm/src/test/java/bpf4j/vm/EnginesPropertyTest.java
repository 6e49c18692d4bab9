package bpf4j.vm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import bpf4j.loader.ObjectSpec;
import bpf4j.spec.LoadException;
import bpf4j.verifier.VerificationException;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;

/// The examples give the same on both engines, and wherever the packet lies, for any packets.
class EnginesPropertyTest {
    private static final Path EXAMPLES =
            Path.of(System.getProperty("bpf4j.root", "..")).resolve("examples");

    /// Frames that get past the first checks of a program often: a type, lengths and ports that it
    /// knows before random bytes.
    @Provide
    Arbitrary<byte[]> frames() {
        Arbitrary<byte[]> heads =
                Arbitraries.of("0800", "86dd", "8100", "88a8", "0806")
                        .map(type -> "02000000000102000000000a" + type)
                        .flatMap(
                                head ->
                                        Arbitraries.of(
                                                        "",
                                                        "45000028000000004006",
                                                        "450000400000000040110000",
                                                        "6000000000141140",
                                                        "000a0800")
                                                .map(rest -> bytes(head + rest)));
        Arbitrary<byte[]> tails = Arbitraries.bytes().array(byte[].class).ofMaxSize(80);
        return Combinators.combine(heads, tails)
                .as(
                        (head, tail) -> {
                            byte[] frame = new byte[head.length + tail.length];
                            System.arraycopy(head, 0, frame, 0, head.length);
                            System.arraycopy(tail, 0, frame, head.length, tail.length);
                            return frame;
                        });
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    private static BpfProgram program(String object, Engine engine)
            throws LoadException, VerificationException {
        return Bpf.builder()
                .engine(engine)
                .build()
                .load(ObjectSpec.load(EXAMPLES.resolve(object)))
                .programs()
                .getFirst();
    }

    @Property(tries = 15)
    void bothEnginesGiveTheSame(@ForAll @Size(max = 30) List<@From("frames") byte[]> frames)
            throws Exception {
        for (String object : List.of("xdp_firewall.bpf.o", "dns_filter.bpf.o", "tc_mark.bpf.o")) {
            Runner interpreted = program(object, Engine.INTERPRETER).runner();
            Runner compiled = program(object, Engine.JIT).runner();
            for (byte[] frame : frames) {
                byte[] one = frame.clone();
                byte[] other = frame.clone();
                assertEquals(
                        interpreted.run(one, 0, one.length), compiled.run(other, 0, other.length));
                assertArrayEquals(one, other);
            }
        }
    }

    @Property(tries = 15)
    void packetsMayLieAnywhere(@ForAll @Size(max = 30) List<@From("frames") byte[]> frames)
            throws Exception {
        BpfProgram program = program("xdp_firewall.bpf.o", Engine.JIT);
        Runner heap = program.runner();
        Runner nativeMemory = program.runner();
        Runner inside = program.runner();
        try (Arena arena = Arena.ofConfined()) {
            for (byte[] frame : frames) {
                MemorySegment segment = arena.allocate(Math.max(1, frame.length));
                MemorySegment.copy(frame, 0, segment, ValueLayout.JAVA_BYTE, 0, frame.length);
                byte[] larger = new byte[frame.length + 20];
                System.arraycopy(frame, 0, larger, 7, frame.length);
                long verdict = heap.run(frame.clone(), 0, frame.length);
                assertEquals(verdict, nativeMemory.run(segment.asSlice(0, frame.length)));
                assertEquals(verdict, inside.run(larger, 7, frame.length));
            }
        }
    }
}
