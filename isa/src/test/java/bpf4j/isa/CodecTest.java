package bpf4j.isa;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.nio.ByteOrder;
import java.util.HexFormat;

final class CodecTest {
    private static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;
    private static final ByteOrder BE = ByteOrder.BIG_ENDIAN;

    @Test
    void everyOpcodeWithEveryFieldIsRefusedOrComesBackTheSame() throws Exception {
        int[] offs = {0, 1, 8, 16, 32, -1, 0x1234, Short.MIN_VALUE};
        int[] imms = {0, 1, 16, 32, 64, -1, 0x40, 0x41, 0xe1, 0xf1, 0x100, 0x110, 0x12345678};
        int[] registerFields = {0x00, 0x01, 0x10, 0x20, 0x30, 0x45, 0x60, 0x70, 0xaa, 0x0b, 0xb0};
        int decoded = 0;
        for (int opcode = 0; opcode < 256; opcode++) {
            for (int regs : registerFields) {
                for (int off : offs) {
                    for (int imm : imms) {
                        boolean wide = opcode == Wire.WIDE_LOAD;
                        byte[] bytes = new byte[wide ? 16 : 8];
                        Wire.write(
                                bytes, 0, false, Wire.slot(opcode, regs & 15, regs >> 4, off, imm));
                        if (wide) {
                            Wire.write(bytes, 8, false, Wire.slot(0, 0, 0, 0, off));
                        }
                        Code code;
                        try {
                            code = Codec.decode(bytes, LE);
                        } catch (DecodeException e) {
                            assertEquals(0, e.pc());
                            continue;
                        }
                        decoded++;
                        assertArrayEquals(bytes, Codec.encode(code, LE));
                        byte[] big = Codec.encode(code, BE);
                        assertEquals(code, Codec.decode(big, BE));
                    }
                }
            }
        }
        assertTrue(decoded > 2_000, decoded + " decoded");
    }

    @Test
    void bigEndianProgramsSwapFieldsAndRegisterNibbles() throws Exception {
        Code code =
                Code.of(
                        new Insn.Load(Size.W, false, 1, 2, (short) 0x0304),
                        new Insn.LoadImm64(3, WideKind.CONST, 0x01020304, 0x05060708));
        assertEquals(
                "61120304000000001830000001020304" + "0000000005060708",
                HexFormat.of().formatHex(Codec.encode(code, BE)));
        assertEquals(
                "61210403000000001803000004030201" + "0000000008070605",
                HexFormat.of().formatHex(Codec.encode(code, LE)));
    }

    @Test
    void theErrorNamesSlotLinuxTextAndBytes() {
        assertRefused(
                "b700000000000000" + "ff00000000000000",
                1,
                "unknown opcode ff",
                "insn 1: unknown opcode ff: no instruction has this opcode (ff 00 00 00 00 00 00"
                        + " 00)");
        assertRefused(
                "6112000001000000",
                0,
                "BPF_LDX uses reserved fields",
                "insn 0: BPF_LDX uses reserved fields: the immediate is 1, must be 0"
                        + " (61 12 00 00 01 00 00 00)");
        assertRefused(
                "b70b000000000000",
                0,
                "R11 is invalid",
                "insn 0: R11 is invalid: the destination is r11, the last register is r10"
                        + " (b7 0b 00 00 00 00 00 00)");
        assertRefused(
                "1801000000000000",
                0,
                "invalid bpf_ld_imm64 insn",
                "insn 0: invalid bpf_ld_imm64 insn: the second slot of the wide load is missing"
                        + " (18 01 00 00 00 00 00 00)");
        assertRefused(
                "b70000000000",
                0,
                "invalid insn size",
                "insn 0: invalid insn size: the program's 6 bytes are no multiple of 8"
                        + " (b7 00 00 00 00 00)");
    }

    @Test
    void aSecondSlotThatHoldsMoreThanAnImmediateIsRefused() {
        for (String second :
                new String[] {"0100000000000000", "0001000000000000", "0000010000000000"}) {
            assertRefused("1801000000000000" + second, 0, "invalid bpf_ld_imm64 insn", null);
        }
    }

    @Test
    void theMarkOfAZeroExtensionIsTakenOnlyFromUnverifiedPrograms() throws Exception {
        byte[] marked = HexFormat.of().parseHex("bc00000001000000");
        assertEquals(
                new Insn.Alu(Width.W32, AluOp.MOV, 0, new Operand.Reg(0)),
                Codec.decodeUnverified(marked, LE).at(0));
        assertRefused("bc00000001000000", 0, "BPF_MOV uses reserved fields", null);
        assertThrows(
                DecodeException.class,
                () -> Codec.decodeUnverified(HexFormat.of().parseHex("bf00000001000000"), LE));
    }

    @Test
    void jumpsMustLeadToAnInstruction() throws Exception {
        Code outside = Code.of(new Insn.Jump(false, 1), new Insn.Exit());
        assertEquals(
                "jump out of range from insn 0 to 2",
                assertThrows(DecodeException.class, () -> Codec.checkJumps(outside)).kernelText());
        Code before = Code.of(new Insn.Exit(), new Insn.CallLocal(-3));
        assertEquals(
                "jump out of range from insn 1 to -1",
                assertThrows(DecodeException.class, () -> Codec.checkJumps(before)).kernelText());
        Code inside =
                Code.of(
                        new Insn.MayGoto((short) 1),
                        new Insn.LoadImm64(0, WideKind.CONST, 0, 0),
                        new Insn.Exit());
        assertEquals(
                "jump into the middle of ldimm64 insn 1",
                assertThrows(DecodeException.class, () -> Codec.checkJumps(inside)).kernelText());
        Codec.checkJumps(Code.of(new Insn.Jump(true, -1)));
    }

    @Test
    void impossibleInstructionsCannotBeMade() {
        assertThrows(IllegalArgumentException.class, () -> new Insn.Neg(Width.W64, 11));
        assertThrows(IllegalArgumentException.class, () -> new Insn.MovSx(Width.W32, 32, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new Insn.Jump(false, 0x8000));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Insn.Atomic(Size.B, AtomicOp.ADD, false, 0, (short) 0, 0));
    }

    private static void assertRefused(
            String hex,
            int pc,
            String kernelText,
            @org.jspecify.annotations.Nullable String message) {
        DecodeException e =
                assertThrows(
                        DecodeException.class,
                        () -> Codec.decode(HexFormat.of().parseHex(hex), LE));
        assertEquals(pc, e.pc());
        assertEquals(kernelText, e.kernelText());
        if (message != null) {
            assertEquals(message, e.getMessage());
        }
    }
}
