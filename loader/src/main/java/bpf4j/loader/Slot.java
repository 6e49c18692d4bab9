package bpf4j.loader;

/// A slot of code as a number, the same for both byte orders: opcode in bits 0 to 7, destination 8
/// to 11, source 12 to 15, offset 16 to 31, immediate 32 to 63 (the little-endian wire form of RFC
/// 9669 section 3). Relocations change slots before they are decoded, as they may complete what is
/// no instruction yet.
final class Slot {
    static final int WIDE = 0x18;
    static final int CALL = 0x85;

    static final int PSEUDO_MAP = 1;
    static final int PSEUDO_MAP_VALUE = 2;
    static final int PSEUDO_BTF_ID = 3;
    static final int PSEUDO_FUNC = 4;
    static final int PSEUDO_CALL = 1;
    static final int PSEUDO_KFUNC = 2;

    private Slot() {}

    static long of(int opcode, int destination, int source, int offset, int imm) {
        return opcode & 0xFFL
                | (destination & 0xFL) << 8
                | (source & 0xFL) << 12
                | (offset & 0xFFFFL) << 16
                | (long) imm << 32;
    }

    static int opcode(long slot) {
        return (int) slot & 0xFF;
    }

    static int destination(long slot) {
        return (int) (slot >>> 8) & 0xF;
    }

    static int source(long slot) {
        return (int) (slot >>> 12) & 0xF;
    }

    static short offset(long slot) {
        return (short) (slot >>> 16);
    }

    static int imm(long slot) {
        return (int) (slot >>> 32);
    }

    static boolean isWide(long slot) {
        return opcode(slot) == WIDE;
    }

    static long withOpcode(long slot, int opcode) {
        return (slot & ~0xFFL) | (opcode & 0xFFL);
    }

    static long withOffset(long slot, int offset) {
        return (slot & ~0xFFFF_0000L) | (offset & 0xFFFFL) << 16;
    }

    static long withImm(long slot, int imm) {
        return (slot & 0xFFFF_FFFFL) | (long) imm << 32;
    }
}
