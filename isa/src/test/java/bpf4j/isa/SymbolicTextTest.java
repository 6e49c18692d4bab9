package bpf4j.isa;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bpf4j.spec.ProgramSpec;

import org.junit.jupiter.api.Test;

final class SymbolicTextTest {
    private static final String TEXT =
            """
            .program cgroup_sock_addr, 10
            .name "my prog"
            .license "Dual BSD/GPL"
            .section "xdp"
            .flag sleepable
            .map flows, hash, key=4, value=8, entries=16, flags=1
            .template flows.2, hash, key=4, value=8, entries=1, frozen
            .map outer, array_of_maps, key=4, value=4, entries=2, inner=flows.2
            .map "r1", prog_array, key=4, value=4, entries=4294967295
            .map ".rodata", array, key=4, value=8, entries=1, flags=1152, frozen
            .entry outer, "00000000", map flows
            .entry "r1", "00000000", program "my prog"
            .entry ".rodata", "00000000", "0102030405060708"
            .extern bpf_something
            main:
                    r1 = flows ll
                    r2 = ".rodata"[0] + 4 ll
                    r3 = "r1" ll
                    r4 = callback ll
                    r5 = bpf_something ll
                    ld_pseudo\tr1, 0x1, 0x9
                    call bpf_map_lookup_elem
                    call 0x7fffffff
                    call bpf_something
                    call 0x3 <kfunc 2>
            L16:
                    if r0 == 0x0 goto L18
                    call callback
            L18:
                    gotol L16
            callback:
                    w0 = 0x0
                    exit
            """;

    @Test
    void aProgramComesBackAsItsText() throws Exception {
        ProgramSpec spec = Assembler.assemble(TEXT, "text");
        assertEquals(TEXT, Disassembler.source(spec));
        assertEquals("r1 = flows ll", Disassembler.symbolic(spec, 0));
        assertEquals("if r0 == 0x0 goto L18", Disassembler.symbolic(spec, 16));
    }

    @Test
    void jumpsToNowhereKeepTheirOffset() throws Exception {
        Code code = Code.of(new Insn.Jump(false, 5), new Insn.CallLocal(-9), new Insn.Exit());
        ProgramSpec spec = Assembler.assemble("", "text");
        ProgramSpec changed = ProgramSpec.of(spec.name(), spec.type(), code, java.util.List.of());
        String text = Disassembler.source(changed);
        assertTrue(text.contains("goto +0x5\n"), text);
        assertEquals(code, Assembler.code(text));
        assertThrows(DecodeException.class, () -> ControlFlow.dot(changed));
    }

    @Test
    void theListingNamesTargetsByFunctionAndByteOffset() throws Exception {
        ProgramSpec spec =
                Assembler.assemble(
                        """
                        main: r1 = 0x100000002 ll
                              if r1 > 3 goto out
                              call helper
                        out:  exit
                        helper: exit
                        """,
                        "text");
        String listing = Disassembler.listing(spec.code(), spec.functions(), Syntax.GENERIC);
        assertEquals(
                """
                0000000000000000 <main>:
                       0:\t18 01 00 00 02 00 00 00 00 00 00 00 01 00 00 00\tr1 = 0x100000002 ll
                       2:\t25 01 01 00 03 00 00 00\tif r1 > 0x3 goto +0x1 <main+0x20>
                       3:\t85 10 00 00 01 00 00 00\tcall 0x1 <helper>
                       4:\t95 00 00 00 00 00 00 00\texit

                0000000000000028 <helper>:
                       5:\t95 00 00 00 00 00 00 00\texit
                """,
                listing);
        assertEquals(spec.code(), Assembler.code(listing));
    }

    @Test
    void theGraphHasABoxForEachBasicBlock() throws Exception {
        ProgramSpec spec =
                Assembler.assemble(
                        """
                        main: if r1 > 3 goto out
                              call helper
                        out:  exit
                        helper: exit
                        """,
                        "text");
        assertEquals(
                """
                digraph "main" {
                  node [shape=box, fontname="monospace", fontsize=10];
                  subgraph cluster_0 {
                    label="main";
                    b0 [label="0: if r1 > 0x3 goto L2\\l"];
                    b1 [label="1: call helper\\l"];
                    b2 [label="2: exit\\l"];
                  }
                  subgraph cluster_3 {
                    label="helper";
                    b3 [label="3: exit\\l"];
                  }
                  b0 -> b2 [color=darkgreen];
                  b0 -> b1 [color=red];
                  b1 -> b3 [style=dashed];
                  b1 -> b2;
                }
                """,
                ControlFlow.dot(spec));
    }
}
