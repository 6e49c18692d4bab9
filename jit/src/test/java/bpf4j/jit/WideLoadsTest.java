package bpf4j.jit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bpf4j.interpreter.Interpreter;
import bpf4j.isa.Assembler;
import bpf4j.jit.emit.Trace;
import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.Bindings;
import bpf4j.runtime.Execution;
import bpf4j.runtime.HelperTable;
import bpf4j.runtime.LoadedProgram;
import bpf4j.runtime.Packets;
import bpf4j.spec.LoadPolicy;
import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.CheckedProgram;
import bpf4j.verifier.facts.Facts;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import org.junit.jupiter.api.Test;

import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Numbers that programs put together from bytes become one load where that is the same.
class WideLoadsTest {
    private static final String START =
            """
            .program xdp
            r2 = *(u32 *)(r1 + 4)
            r7 = *(u32 *)(r1 + 0)
            r8 = r7
            r8 += 16
            r0 = 0
            if r8 > r2 goto out
            r8 = r7
            r8 += 4
            r2 = 0
            r3 = 0
            r4 = 0
            r5 = 0
            """;

    private static final String END = "r0 = r2\nout:\nexit\n";

    private static String listing(String body) throws Exception {
        ProgramSpec spec = Assembler.assemble(START + body + END, "test");
        Listing.Gatherer gatherer = new Listing.Gatherer();
        Jit.compile(spec, bindings(), Facts.of(spec, LoadPolicy.TRUSTED), false, gatherer);
        StringBuilder all = new StringBuilder();
        for (int pc = 0; pc < spec.code().size(); pc++) {
            all.append(gatherer.listing().at(pc)).append('\n');
        }
        return all.toString();
    }

    private static Bindings bindings() {
        return new Bindings(new AddressSpace(), List.of(), HelperTable.of(Map.of()));
    }

    @Test
    void twoBytesBecomeOneLoadAndTheirPartsGo() throws Exception {
        String all =
                listing(
                        """
                        r3 = *(u8 *)(r7 + 12)
                        r2 = *(u8 *)(r7 + 13)
                        w2 <<= 8
                        w2 |= w3
                        """);
        assertTrue(all.contains("Accesses.get"), all);
        assertTrue(!all.contains("baload") && !all.contains("ior"), all);
    }

    @Test
    void fourBytesInAnyOrderBecomeOneLoad() throws Exception {
        String all =
                listing(
                        """
                        r2 = *(u8 *)(r8 + 3)
                        r2 <<= 24
                        r3 = *(u8 *)(r7 + 4)
                        r2 |= r3
                        r4 = *(u8 *)(r8 + 2)
                        r4 <<= 8
                        r5 = *(u8 *)(r7 + 5)
                        r4 |= r5
                        r4 <<= 8
                        r2 |= r4
                        """);
        assertEquals(1, all.split("Accesses.get", -1).length - 1, all);
        assertTrue(!all.contains("baload"), all);
    }

    @Test
    void aStoreBetweenTheBytesKeepsThemApart() throws Exception {
        String all =
                listing(
                        """
                        r3 = *(u8 *)(r7 + 12)
                        *(u8 *)(r7 + 12) = 1
                        r2 = *(u8 *)(r7 + 13)
                        w2 <<= 8
                        w2 |= w3
                        """);
        assertTrue(!all.contains("Accesses.get"), all);
    }

    @Property(tries = 500)
    void anyMixOfLoadsShiftsAndStoresGivesTheSame(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        StringBuilder body = new StringBuilder();
        int length = 4 + random.nextInt(40);
        for (int i = 0; i < length; i++) {
            body.append(line(random)).append('\n');
        }
        ProgramSpec spec = Assembler.assemble(START + body + END, "test");
        Bindings bindings = bindings();
        LoadedProgram compiled =
                Jit.compile(spec, bindings, Facts.of(spec, LoadPolicy.TRUSTED), false, Trace.NONE);
        LoadedProgram interpreted = Interpreter.load(CheckedProgram.of(spec), bindings);
        assertEquals(run(interpreted, bindings), run(compiled, bindings), body.toString());
    }

    private static String line(Random random) {
        int register = 2 + random.nextInt(4);
        int other = 2 + random.nextInt(4);
        String word = random.nextBoolean() ? "r" : "w";
        return switch (random.nextInt(10)) {
            case 0, 1, 2, 3 ->
                    "r%d = *(u%d *)(r%d + %d)"
                            .formatted(
                                    register,
                                    random.nextInt(4) == 0 ? 16 : 8,
                                    7 + random.nextInt(2),
                                    random.nextInt(8));
            case 4, 5 ->
                    "%s%d <<= %d"
                            .formatted(
                                    word,
                                    register,
                                    random.nextInt(8) == 0 ? 4 : 8 * random.nextInt(4));
            case 6, 7 -> "%s%d |= %s%d".formatted(word, register, word, other);
            case 8 -> "%s%d = %s%d".formatted(word, register, word, other);
            default ->
                    random.nextInt(3) == 0
                            ? "*(u8 *)(r7 + %d) = r%d".formatted(random.nextInt(8), register)
                            : random.nextInt(4) == 0 ? "r8 += 1" : "r%d += r%d".formatted(2, other);
        };
    }

    private static String run(LoadedProgram program, Bindings bindings) {
        Execution execution = new Execution(bindings.space());
        byte[] packet = new byte[64];
        new Random(1).nextBytes(packet);
        Packets.prepareXdp(execution, packet, 0, packet.length);
        return Long.toHexString(program.run(execution)) + " " + HexFormat.of().formatHex(packet);
    }
}
