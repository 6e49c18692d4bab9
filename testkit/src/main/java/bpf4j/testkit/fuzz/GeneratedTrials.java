package bpf4j.testkit.fuzz;

import bpf4j.isa.Code;
import bpf4j.spec.ProgramSpec;
import bpf4j.spec.ProgramType;
import bpf4j.testkit.generate.Flavour;
import bpf4j.testkit.generate.ProgramGenerator;
import bpf4j.testkit.generate.Shape;
import bpf4j.testkit.generate.SteeredPrograms;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// Generated programs, half of them for XDP; every third has one thing broken. Every fourth is a
/// small one that steers values to the edge of what is allowed.
///
/// @param inputs packets for each program
record GeneratedTrials(int inputs) implements TrialSource {
    static final ProgramType XDP = Flavour.XDP.type();
    private static final int RAW_ARGUMENTS = 96;

    @Override
    public Trial trial(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        if (random.nextInt(4) == 0) {
            return steered(seed, random);
        }
        Shape shape = random.nextInt(3) == 0 ? Shape.SMALL : Shape.FULL;
        Flavour flavour = flavour(random);
        ProgramSpec spec = ProgramGenerator.of(random.nextLong(), shape, flavour).spec();
        if (random.nextInt(3) == 0) {
            spec = Mutator.mutate(spec, random);
        }
        List<byte[]> packets =
                flavour == Flavour.RAW_TRACEPOINT
                        ? contexts(inputs, random)
                        : packets(inputs, random);
        return new Trial("seed " + seed, spec, packets);
    }

    /// A small program, which more changes leave meaningful.
    private Trial steered(long seed, SplittableRandom random) {
        Code code = SteeredPrograms.xdp(random.nextLong());
        ProgramSpec spec = ProgramSpec.of("fuzz", XDP, code, SteeredPrograms.MAPS);
        for (int changes = random.nextInt(3); changes > 0; changes--) {
            spec = Mutator.mutate(spec, random);
        }
        return new Trial("seed " + seed, spec, packets(inputs, random));
    }

    private static Flavour flavour(SplittableRandom random) {
        return random.nextBoolean()
                ? Flavour.XDP
                : Flavour.values()[random.nextInt(Flavour.values().length)];
    }

    /// The arguments of a raw tracepoint.
    private static List<byte[]> contexts(int count, SplittableRandom random) {
        List<byte[]> contexts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] context = new byte[RAW_ARGUMENTS];
            fill(context, random);
            contexts.add(context);
        }
        return contexts;
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
