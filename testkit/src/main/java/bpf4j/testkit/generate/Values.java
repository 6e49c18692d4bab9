package bpf4j.testkit.generate;

import java.util.SplittableRandom;

/// Numbers near which mistakes happen.
final class Values {
    private static final int[] BOUNDARIES = {
        0,
        1,
        -1,
        2,
        -2,
        3,
        7,
        8,
        15,
        16,
        31,
        32,
        33,
        63,
        64,
        127,
        128,
        -128,
        255,
        256,
        0x7FFF,
        0x8000,
        -0x8000,
        0xFFFF,
        0x10000,
        0x7FFF_FFFF,
        0x8000_0000,
        0x8000_0001,
        0x5555_5555,
        0xAAAA_AAAA
    };

    private Values() {}

    /// An immediate: a boundary, a neighbour of a power of two, or anything.
    static int immediate(SplittableRandom random) {
        return switch (random.nextInt(4)) {
            case 0, 1 -> BOUNDARIES[random.nextInt(BOUNDARIES.length)];
            case 2 -> (1 << random.nextInt(32)) + random.nextInt(3) - 1;
            default -> random.nextInt();
        };
    }

    /// A 64-bit constant of the same kind.
    static long wide(SplittableRandom random) {
        return switch (random.nextInt(4)) {
            case 0 -> immediate(random);
            case 1 -> immediate(random) & 0xFFFF_FFFFL;
            case 2 -> (1L << random.nextInt(64)) + random.nextInt(3) - 1;
            default -> random.nextLong();
        };
    }
}
