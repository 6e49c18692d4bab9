package bpf4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

class InstructionCommandsTest {
    private static final String TEXT =
            """
            .program xdp
            .map counts, array, key=4, value=8, entries=1
            .map outer, array_of_maps, key=4, value=4, entries=2, inner=counts
            .entry outer, "00000000", map counts
            main:
                    r1 = counts ll
                    r2 = counts[0] + 4 ll
                    if r0 == 0x0 goto out
                    call bpf_get_prandom_u32
            out:
                    exit
            """;

    @TempDir private Path folder;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(Object... args) {
        String[] words = new String[args.length];
        for (int i = 0; i < args.length; i++) {
            words[i] = args[i].toString();
        }
        return Main.run(new PrintWriter(out), new PrintWriter(err), words);
    }

    private Path file(String name, String text) throws Exception {
        return Files.writeString(folder.resolve(name), text);
    }

    @Test
    void assembledBytesDisassembleToTextThatAssemblesToThem() throws Exception {
        Path source = file("a.s", TEXT);
        Path raw = folder.resolve("a.bin");
        assertEquals(0, run("asm", source, "-o", raw), err.toString());
        assertEquals(0, run("disasm", raw), err.toString());
        Path listing = file("listing.s", out.toString());
        Path again = folder.resolve("b.bin");
        assertEquals(0, run("asm", listing, "-o", again), err.toString());
        assertArrayEquals(Files.readAllBytes(raw), Files.readAllBytes(again));
        out.getBuffer().setLength(0);
        assertEquals(0, run("disasm", "--text", raw), err.toString());
        assertEquals(0, run("asm", file("c.s", out.toString()), "-o", again), err.toString());
        assertArrayEquals(Files.readAllBytes(raw), Files.readAllBytes(again));
    }

    @Test
    void aCaseFileHoldsMapsAndTheirUses() throws Exception {
        Path json = folder.resolve("a.json");
        assertEquals(0, run("asm", file("a.s", TEXT), "-o", json), err.toString());
        JsonNode node = new ObjectMapper().readTree(Files.readString(json));
        assertEquals(6, node.get("prog_type").intValue());
        assertEquals("counts", node.at("/maps/0/name").textValue());
        assertEquals(0, node.at("/maps/1/inner").intValue());
        assertEquals(0, node.at("/maps/1/init/0/map").intValue());
        assertEquals(
                "[{\"insn\":0,\"map\":0},{\"insn\":2,\"map\":0,\"value_off\":4}]",
                node.get("map_refs").toString());
        assertEquals(0, run("disasm", json), err.toString());
        assertTrue(out.toString().contains("call 0x7\t# call bpf_get_prandom_u32"), out.toString());
    }

    @Test
    void mistakesShowTheLineAndACaret() throws Exception {
        Path source = file("a.s", "r0 = 1\n  gotto out\n");
        assertEquals(ExitStatus.UNUSABLE, run("asm", source));
        assertEquals(
                "bpf4j: "
                        + source
                        + ":2:3: unknown instruction 'gotto'; did you mean 'goto'?\n"
                        + "  gotto out\n"
                        + "  ^\n",
                err.toString().replace(System.lineSeparator(), "\n"));
    }

    @Test
    void bytesThatAreNoInstructionAreNamed() throws Exception {
        Path raw = folder.resolve("bad.bin");
        Files.write(raw, HexFormat.of().parseHex("b700000000000000ff00000000000000"));
        assertEquals(ExitStatus.UNUSABLE, run("disasm", raw));
        assertTrue(out.toString().endsWith("1:\tff 00 00 00 00 00 00 00\t<unknown>\n"));
        assertTrue(err.toString().contains("insn 1: unknown opcode ff"), err.toString());
    }

    @Test
    void thePluginPrintsNothingButTheResult() {
        for (String engine : new String[] {"interpreter", "jit"}) {
            // r0 = *(u8 *)(r1 + 1); r0 += r2; exit
            String program =
                    "71 10 01 00 00 00 00 00 0f 20 00 00 00 00 00 00 95 00 00 00 00 00 00 00 ";
            InputStream before = System.in;
            System.setIn(new ByteArrayInputStream(program.getBytes(StandardCharsets.US_ASCII)));
            try {
                assertEquals(
                        0,
                        run("conformance-plugin", "aa  bb  ", "--engine", engine),
                        err.toString());
            } finally {
                System.setIn(before);
            }
            assertEquals("bd" + System.lineSeparator(), out.toString());
            out.getBuffer().setLength(0);
        }
    }

    @Test
    void objectsAreListedWithTheirSourceLines() {
        Path object =
                Path.of(System.getProperty("bpf4j.root", ".."), "examples/xdp_firewall.bpf.o");
        assertEquals(0, run("disasm", object), err.toString());
        String text = out.toString();
        assertTrue(text.contains("Disassembly of section xdp:\n"), text);
        assertTrue(text.contains("; void *data = (void *)(long)ctx->data;\n"), text);
        assertTrue(text.contains("\tr6 = *(u32 *)(r1 + 0x4)\n"), text);
        out.getBuffer().setLength(0);
        assertEquals(0, run("disasm", "--cfg", object), err.toString());
        assertTrue(out.toString().startsWith("digraph \"xdp_firewall\" {\n"), out.toString());
        out.getBuffer().setLength(0);
        assertEquals(0, run("disasm", "--program", "xdp_firewal", object) == 2 ? 0 : 1);
        assertTrue(err.toString().contains("xdp_firewall"), err.toString());
    }
}
