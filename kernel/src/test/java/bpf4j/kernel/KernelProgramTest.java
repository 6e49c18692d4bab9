package bpf4j.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import bpf4j.isa.AluOp;
import bpf4j.isa.Code;
import bpf4j.isa.Codec;
import bpf4j.isa.Insn;
import bpf4j.isa.Operand.Imm;
import bpf4j.isa.Width;
import bpf4j.runtime.Errno;
import bpf4j.spec.MapSpec;
import bpf4j.spec.MapType;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.nio.ByteOrder;

class KernelProgramTest {
    private static final int XDP = 6;

    @BeforeAll
    static void needsTheKernel() {
        String reason = KernelProgram.unavailable();
        assumeTrue(reason == null, reason);
    }

    private static LoadRequest xdp(Insn... insns) {
        byte[] bytes = Codec.encode(Code.of(insns), ByteOrder.nativeOrder());
        return new LoadRequest("test", XDP, 0, 0, "GPL", bytes, null, new byte[0]);
    }

    @Test
    void anAcceptedProgramRuns() {
        LoadRequest request =
                xdp(new Insn.Alu(Width.W64, AluOp.MOV, 0, new Imm(2)), new Insn.Exit());
        KernelProgram.Verdict verdict = KernelProgram.load(request, 4);
        try (KernelProgram program = verdict.program()) {
            assertNotNull(program);
            assertEquals(2, verdict.processed());
            KernelProgram.Run run = program.run(new byte[64], new byte[0], 1);
            assertEquals(0, run.errno());
            assertEquals(2, run.retval());
            assertArrayEquals(new byte[64], run.data());
        }
    }

    @Test
    void aRefusedProgramSaysWhy() {
        KernelProgram.Verdict verdict = KernelProgram.load(xdp(new Insn.Exit()), 1);
        assertFalse(verdict.accepted());
        assertEquals("EACCES", Errno.name(verdict.errno()));
        assertTrue(verdict.log().contains("R0 !read_ok"), verdict.log());
    }

    @Test
    void mapsHoldWhatIsStored() throws KernelException {
        try (KernelMap map =
                KernelMap.create(MapSpec.of("m", MapType.HASH, 4, 8, 10), null, null)) {
            byte[] key = {1, 2, 3, 4};
            byte[] value = {1, 2, 3, 4, 5, 6, 7, 8};
            assertNull(map.lookup(key));
            assertEquals(0, map.update(key, value, 0));
            assertArrayEquals(value, map.lookup(key));
            assertEquals(1, map.keys().size());
            assertEquals(-17, map.update(key, value, 1));
            assertEquals(0, map.delete(key));
            assertEquals(-2, map.delete(key));
        }
    }
}
