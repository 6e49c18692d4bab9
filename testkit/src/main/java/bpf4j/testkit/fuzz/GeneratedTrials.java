package bpf4j.testkit.fuzz;

import bpf4j.spec.LoadException;
import bpf4j.spec.ProgramType;
import bpf4j.spec.ProgramTypes;
import bpf4j.testkit.generate.Generated;
import bpf4j.testkit.generate.ProgramGenerator;
import bpf4j.testkit.generate.Shape;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// Generated XDP programs; every third has one thing broken.
///
/// @param inputs packets for each program
record GeneratedTrials(int inputs) implements TrialSource {
    static final ProgramType XDP = xdp();

    private static ProgramType xdp() {
        try {
            return ProgramTypes.of(6, 0);
        } catch (LoadException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public Trial trial(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Shape shape = random.nextInt(3) == 0 ? Shape.SMALL : Shape.FULL;
        Generated generated = ProgramGenerator.xdp(random.nextLong(), shape);
        var code = generated.code();
        if (random.nextInt(3) == 0) {
            code = Mutator.mutate(code, random);
        }
        List<byte[]> packets = packets(inputs, random);
        return new Trial("seed " + seed, XDP, code, generated.maps(), packets);
    }

    /// Packets of several lengths: random bytes, zeros, and bytes with the top bit set.
    static List<byte[]> packets(int count, SplittableRandom random) {
        List<byte[]> packets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] packet = new byte[14 + random.nextInt(random.nextBoolean() ? 20 : 200)];
            fill(packet, random);
            packets.add(packet);
        }
        return packets;
    }

    static void fill(byte[] packet, SplittableRandom random) {
        switch (random.nextInt(3)) {
            case 0 -> random.nextBytes(packet);
            case 1 -> Arrays.fill(packet, (byte) (random.nextBoolean() ? 0xFF : 0x80));
            default -> {
                // Zeros are a case of their own.
            }
        }
    }
}
