package bpf4j.isa;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// The 8 bytes of a slot as a `long` in the layout of little-endian programs: opcode in bits 0-7,
/// destination in 8-11, source in 12-15, offset in 16-31, immediate in 32-63 (RFC 9669 section 3).
final class Wire {
    // Instruction classes (RFC 9669 section 3.3).
    static final int LD = 0;
    static final int LDX = 1;
    static final int ST = 2;
    static final int STX = 3;
    static final int ALU = 4;
    static final int JMP = 5;
    static final int JMP32 = 6;
    static final int ALU64 = 7;

    /// The source bit: the operand is a register.
    static final int X = 0x08;

    // Upper halves of arithmetic and jump opcodes that have no name in AluOp and Cond.
    static final int NEG = 0x8;
    static final int END = 0xd;
    static final int JA = 0x0;
    static final int CALL = 0x8;
    static final int EXIT = 0x9;
    static final int JCOND = 0xe;

    // Modes of loads and stores (RFC 9669 section 5).
    static final int IMM = 0x00;
    static final int ABS = 0x20;
    static final int IND = 0x40;
    static final int MEM = 0x60;
    static final int MEMSX = 0x80;
    static final int ATOMIC = 0xc0;

    static final int FETCH = 0x01;
    static final int LOAD_ACQUIRE = 0x100;
    static final int STORE_RELEASE = 0x110;

    static final int WIDE_LOAD = LD | IMM | 0x18;

    private static final VarHandle LITTLE =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private Wire() {}

    static long read(byte[] bytes, int byteOffset, boolean bigEndian) {
        long slot = (long) LITTLE.get(bytes, byteOffset);
        return bigEndian ? swap(slot) : slot;
    }

    static void write(byte[] bytes, int byteOffset, boolean bigEndian, long slot) {
        LITTLE.set(bytes, byteOffset, bigEndian ? swap(slot) : slot);
    }

    /// RFC 9669 section 3.1: in big-endian programs the offset and the immediate are big endian and
    /// the two register fields change places.
    private static long swap(long slot) {
        int regs = (int) (slot >>> 8) & 0xff;
        return slot & 0xff
                | (long) ((regs >>> 4) | (regs & 0xf) << 4) << 8
                | (long) (Short.reverseBytes((short) (slot >>> 16)) & 0xffff) << 16
                | (long) Integer.reverseBytes((int) (slot >>> 32)) << 32;
    }

    static long slot(int opcode, int dst, int src, int off, int imm) {
        return opcode
                | (long) dst << 8
                | (long) src << 12
                | (off & 0xffffL) << 16
                | (long) imm << 32;
    }

    static int opcode(long slot) {
        return (int) slot & 0xff;
    }

    static int dst(long slot) {
        return (int) (slot >>> 8) & 0xf;
    }

    static int src(long slot) {
        return (int) (slot >>> 12) & 0xf;
    }

    static short off(long slot) {
        return (short) (slot >>> 16);
    }

    static int imm(long slot) {
        return (int) (slot >>> 32);
    }
}
