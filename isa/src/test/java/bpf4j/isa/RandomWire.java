package bpf4j.isa;

import java.util.Random;

/// Random slots that decode often: mostly zero where fields are reserved.
final class RandomWire {
    private static final int[] OFFS = {0, 0, 0, 1, 8, 16, 32, -1, 4};
    private static final int[] IMMS = {
        0, 0, 0, 1, 16, 32, 64, -1, 0x40, 0x41, 0x50, 0x51, 0xa0, 0xa1, 0xe1, 0xf1, 0x100, 0x110
    };

    private RandomWire() {}

    /// One slot, or two for a wide load.
    static byte[] slots(Random random) {
        int opcode = random.nextInt(256);
        boolean wide = opcode == Wire.WIDE_LOAD;
        byte[] bytes = new byte[wide ? 16 : 8];
        int off = random.nextInt(4) == 0 ? (short) random.nextInt() : pick(random, OFFS);
        int imm = random.nextInt(4) == 0 ? random.nextInt() : pick(random, IMMS);
        Wire.write(
                bytes, 0, false, Wire.slot(opcode, register(random), register(random), off, imm));
        if (wide) {
            Wire.write(bytes, 8, false, Wire.slot(0, 0, 0, 0, random.nextInt()));
        }
        return bytes;
    }

    private static int register(Random random) {
        return random.nextInt(3) == 0 ? 0 : random.nextInt(16);
    }

    private static int pick(Random random, int[] values) {
        return values[random.nextInt(values.length)];
    }
}
