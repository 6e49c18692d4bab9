package bpf4j.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import bpf4j.isa.AluOp;
import bpf4j.isa.Code;
import bpf4j.isa.Codec;
import bpf4j.isa.DecodeException;
import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.isa.Semantics;
import bpf4j.isa.WideKind;
import bpf4j.isa.Width;
import bpf4j.spec.MapSpec;
import bpf4j.spec.MapType;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Linux agrees with us on what an instruction is, and what it computes. Where bpf(2) is not
/// permitted, there is nothing to hold.
class LinuxPropertyTest {
    private static final int XDP = 6;
    private static final boolean PERMITTED = permitted();

    private static boolean permitted() {
        String reason = KernelProgram.unavailable();
        if (reason != null) {
            System.out.println("LinuxPropertyTest checks nothing: " + reason);
        }
        return reason == null;
    }

    private static LoadRequest xdp(byte[] insns) {
        return new LoadRequest("property", XDP, 0, 0, "GPL", insns, null, new byte[0]);
    }

    @Property(tries = 3000)
    void whatDoesNotDecodeIsRefused(
            @ForAll byte opcode, @ForAll byte registers, @ForAll short off, @ForAll int imm) {
        ByteBuffer program = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
        program.put((byte) 0xb7).put(new byte[7]);
        program.put(opcode).put(registers).putShort(off).putInt(imm);
        program.put((byte) 0xb7).put(new byte[7]);
        program.put((byte) 0x95).put(new byte[7]);
        boolean decodes;
        try {
            Codec.decode(program.array(), ByteOrder.LITTLE_ENDIAN);
            decodes = true;
        } catch (DecodeException e) {
            decodes = false;
        }
        if (PERMITTED && !decodes) {
            KernelProgram.Verdict verdict = KernelProgram.load(xdp(program.array()), 0);
            if (verdict.program() != null) {
                verdict.program().close();
            }
            assertFalse(verdict.accepted(), "Linux takes what we do not decode");
        }
    }

    @Property(tries = 500)
    void arithmeticIsTheSame(
            @ForAll AluOp op, @ForAll Width width, @ForAll long left, @ForAll long right) {
        if (!PERMITTED) {
            return;
        }
        Code code =
                Code.of(
                        List.of(
                                constant(0, left),
                                constant(1, right),
                                new Insn.Alu(width, op, 0, new Operand.Reg(1)),
                                new Insn.Alu(Width.W64, AluOp.MOV, 2, new Operand.Reg(0)),
                                new Insn.Alu(Width.W64, AluOp.RSH, 2, new Operand.Imm(32)),
                                new Insn.Alu(Width.W64, AluOp.XOR, 0, new Operand.Reg(2)),
                                new Insn.Exit()));
        long result =
                width == Width.W64
                        ? Semantics.alu64(op, left, right)
                        : Semantics.alu32(op, (int) left, (int) right) & 0xFFFF_FFFFL;
        KernelProgram.Verdict verdict =
                KernelProgram.load(xdp(Codec.encode(code, ByteOrder.nativeOrder())), 0);
        try (KernelProgram program = verdict.program()) {
            assertNotNull(program);
            int retval = program.run(new byte[64], new byte[0], 1).retval();
            assertEquals((int) (result ^ result >>> 32), retval);
        }
    }

    private static Insn constant(int register, long value) {
        return new Insn.LoadImm64(register, WideKind.CONST, (int) value, (int) (value >>> 32));
    }

    @Property(tries = 100)
    void aHashMapBehavesAsATreeMap(@ForAll @Size(max = 40) List<@IntRange(max = 500) Integer> steps)
            throws KernelException {
        if (!PERMITTED) {
            return;
        }
        Map<Byte, Byte> model = new TreeMap<>();
        try (KernelMap map = KernelMap.create(MapSpec.of("m", MapType.HASH, 1, 1, 8), null, null)) {
            for (int step : steps) {
                byte[] key = {(byte) (step % 12)};
                boolean there = model.containsKey(key[0]);
                switch (step % 3) {
                    case 0 -> assertEquals(there ? 0 : -2, map.delete(key));
                    case 1 -> {
                        int result = map.update(key, new byte[] {(byte) step}, 0);
                        assertEquals(there || model.size() < 8 ? 0 : -7, result);
                        if (result == 0) {
                            model.put(key[0], (byte) step);
                        }
                    }
                    default ->
                            assertArrayEquals(
                                    there ? new byte[] {model.get(key[0])} : null, map.lookup(key));
                }
                if (step % 3 == 0) {
                    model.remove(key[0]);
                }
            }
            assertEquals(model.size(), map.keys().size());
        }
    }
}
