package bpf4j.isa;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bpf4j.spec.MapSpec;
import bpf4j.spec.MapType;
import bpf4j.spec.ProgramSpec;

import org.junit.jupiter.api.Test;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

final class AssemblerTest {
    @Test
    void aWholeProgramIsOneText() throws Exception {
        ProgramSpec spec =
                Assembler.assemble(
                        """
                        .program xdp
                        .name count
                        .license "Dual BSD/GPL"
                        .section "xdp/count"
                        .flag xdp_has_frags
                        .map flows, hash, key=4, value=8, entries=16, flags=1
                        .map outer, array_of_maps, key=4, value=4, entries=2, inner=flows
                        .entry flows, "01000000", "0200000000000000"
                        .entry outer, "00000000", map flows
                        .extern bpf_dynptr_from_xdp
                        .rodata
                        limit:  .long 1000, 0x7fffffff
                        name:   .asciz "eth0"
                        .data counters
                                .zero 8
                        total:  .quad -1
                        .text
                        entry:  r1 = flows ll           # a map
                                r2 = flows[0] + 4 ll    // its value
                                r3 = name ll
                                r4 = total + 4 ll
                                r5 = callback ll
                                call bpf_map_lookup_elem
                                call bpf_dynptr_from_xdp
                                if r0 == 0 goto out; r0 = 1
                                call callback
                        out:    exit
                        callback: w0 = 0 /* nothing */; exit
                        """,
                        "count.s");
        assertEquals("xdp", spec.type().name());
        assertEquals("count", spec.name());
        assertEquals("Dual BSD/GPL", spec.license());
        assertEquals("xdp/count", spec.section());
        assertTrue(spec.flags().contains(ProgramSpec.Flag.XDP_HAS_FRAGS));
        assertEquals(List.of("bpf_dynptr_from_xdp"), spec.externs());
        assertEquals(
                List.of("flows", "outer", ".rodata", "counters"),
                spec.maps().stream().map(MapSpec::name).toList());
        MapSpec rodata = spec.maps().get(2);
        assertEquals(MapType.ARRAY, rodata.type());
        assertTrue(rodata.frozen());
        byte[] value =
                assertInstanceOf(MapSpec.Content.Bytes.class, rodata.initial().getFirst().content())
                        .value();
        assertEquals("e8030000ffffff7f" + "6574683000", HexFormat.of().formatHex(value));
        Code code = spec.code();
        assertEquals(new Insn.LoadImm64(1, WideKind.MAP, 0, 0), code.at(0));
        assertEquals(new Insn.LoadImm64(2, WideKind.MAP_VALUE, 0, 4), code.at(2));
        assertEquals(new Insn.LoadImm64(3, WideKind.MAP_VALUE, 2, 8), code.at(4));
        assertEquals(new Insn.LoadImm64(4, WideKind.MAP_VALUE, 3, 12), code.at(6));
        assertEquals(new Insn.LoadImm64(5, WideKind.FUNC, 7, 0), code.at(8));
        assertEquals(new Insn.CallHelper(1), code.at(10));
        assertEquals(new Insn.CallKfunc(0, (short) 0), code.at(11));
        assertEquals(
                new Insn.JumpIf(Width.W64, Cond.JEQ, 0, new Operand.Imm(0), (short) 2),
                code.at(12));
        assertEquals(new Insn.CallLocal(1), code.at(14));
        assertEquals(
                List.of(
                        new ProgramSpec.Function(0, "entry", 0),
                        new ProgramSpec.Function(16, "callback", 0)),
                spec.functions());
        assertEquals(28, spec.lines().getLast().line());
        assertEquals("callback: w0 = 0 /* nothing */; exit", spec.lines().getLast().text());
        Codec.checkJumps(code);
    }

    @Test
    void anErrorShowsTheLineACaretAndASuggestion() {
        AssemblyException e =
                assertThrows(
                        AssemblyException.class,
                        () -> Assembler.assemble("r0 = 1\n\tgotto out\nout: exit\n", "a.s"));
        assertEquals(2, e.line());
        assertEquals(2, e.column());
        assertEquals(
                """
                a.s:2:2: unknown instruction 'gotto'; did you mean 'goto'?
                \tgotto out
                \t^\
                """,
                e.display());
    }

    @Test
    void mistakesAreNamed() {
        assertProblem("r11 = 1", 1, "r11 does not exist: the last is r10");
        assertProblem(
                "r0 = 0x100000000",
                6,
                "4294967296 does not fit into the 32 bits of an"
                        + " immediate; add 'll' for 64 bits");
        assertProblem("r0 += w1", 7, "both registers must be of one width; did you mean 'r1'?");
        assertProblem(
                "r0 = *(u33 *)(r1 + 0)",
                8,
                "unknown type 'u33'; did you mean 'u32'? (known:"
                        + " u8, u16, u32, u64 and, for loads, s8, s16, s32)");
        assertProblem("goto outt\nout: exit", 6, "no label is named 'outt'; did you mean 'out'?");
        assertProblem(
                "call bpf_map_lookup_elm",
                6,
                "no label, helper or extern is named 'bpf_map_lookup_elm';"
                        + " did you mean 'bpf_map_lookup_elem'?");
        assertProblem(
                "*(u32 *)(r1 + 40000) = 1",
                13,
                "a memory offset must be from -32768 to 32767, found 40000");
        assertProblem("r0 = 1 r1 = 2", 8, "expected the end of the statement, found 'r1'");
        assertProblem(".map a, hsah", 9, "unknown map type 'hsah'; did you mean 'hash'?");
        assertProblem(".program xpd", 10, "unknown program type 'xpd'; did you mean 'xdp'?");
        assertProblem(".licence \"GPL", 10, "the text does not end on its line; write \"");
        assertProblem("a: exit\na: exit", 1, "'a' is defined twice");
        assertProblem(
                "if r1 s> 5 goto",
                16,
                "expected an offset or a label, found the end of the" + " line");
    }

    @Test
    void objdumpListingsAreReadBack() throws Exception {
        Code code =
                Assembler.code(
                        """

                        prog.o:\tfile format elf64-bpf

                        Disassembly of section xdp:

                        0000000000000000 <main>:
                               0:\tb7 00 00 00 00 00 00 00\tr0 = 0x0
                               1:\t15 01 01 00 00 00 00 00\tif r1 == 0x0 goto +0x1 <out>
                               2:\tgoto -0x2 <main+0x8>

                        0000000000000018 <out>:
                               3:\t95 00 00 00 00 00 00 00\texit
                        """);
        assertEquals(
                "b700000000000000" + "1501010000000000" + "0500feff00000000" + "9500000000000000",
                HexFormat.of().formatHex(Codec.encode(code, ByteOrder.LITTLE_ENDIAN)));
    }

    @Test
    void constantsAreExpressions() throws Exception {
        Code code =
                Assembler.code(
                        """
                        .equ SIZE, 1 << 4
                        r1 = (SIZE + 2) * 3 - ~0
                        r2 = *(u8 *)(r1 - SIZE)
                        r3 = -SIZE | 1
                        """);
        assertEquals(new Operand.Imm(55), ((Insn.Alu) code.at(0)).src());
        assertEquals(-16, ((Insn.Load) code.at(1)).off());
        assertEquals(new Operand.Imm(-15), ((Insn.Alu) code.at(2)).src());
    }

    @Test
    void everyFormOfInstructionIsReadBackFromItsText() throws Exception {
        for (Insn insn : Samples.everyForm()) {
            for (Syntax syntax : Syntax.values()) {
                String text = Disassembler.text(insn, syntax);
                Code back = Assembler.code(text);
                assertEquals(Code.of(insn), back, text);
                assertArrayEquals(
                        Codec.encode(Code.of(insn), ByteOrder.LITTLE_ENDIAN),
                        Codec.encode(back, ByteOrder.LITTLE_ENDIAN));
            }
        }
    }

    @Test
    void textsAgreeWithObjdumpOnEveryFormOfInstruction() throws Exception {
        Fixture.check("objdump-generic.txt", Syntax.GENERIC);
        Fixture.check("objdump-v4.txt", Syntax.ALU32);
    }

    private static void assertProblem(String text, int column, String problem) {
        AssemblyException e =
                assertThrows(AssemblyException.class, () -> Assembler.code(text), text);
        assertEquals(problem, e.problem());
        assertEquals(column, e.column(), text);
    }

    /// What llvm-objdump-19 printed for the samples: bytes in hex, a tab, the text.
    private static final class Fixture {
        static void check(String name, Syntax syntax) throws Exception {
            try (var in = AssemblerTest.class.getResourceAsStream(name)) {
                assertTrue(in != null, name + " is missing");
                String all = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                for (String line : all.split("\n", -1)) {
                    int tab = line.indexOf('\t');
                    if (tab < 0 || line.startsWith("#")) {
                        continue;
                    }
                    byte[] bytes = HexFormat.of().parseHex(line.substring(0, tab));
                    Code code = Codec.decode(bytes, ByteOrder.LITTLE_ENDIAN);
                    String text = Disassembler.text(code.at(0), syntax);
                    assertEquals(
                            line.substring(tab + 1), text.replaceAll(" <(local|kfunc.*)>$", ""));
                }
            }
        }
    }
}
