package bpf4j.verifier.facts;

import bpf4j.spec.LoadPolicy;
import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.domain.Scalar;
import bpf4j.verifier.domain.Tri;

import java.util.Random;

/// Facts of which a part is false, of every kind.
public final class Lies {
    private static final long[] NUMBERS = {
        0,
        1,
        -1,
        8,
        64,
        255,
        4096,
        0x7FFF_FFFFL,
        0x8000_0000L,
        0xFFFF_FFFFL,
        1L << 32,
        Long.MIN_VALUE
    };

    private final Random random;
    private final int rate;

    private Lies(Random random, int rate) {
        this.random = random;
        this.rate = rate;
    }

    /// The facts of a program, of which about one in `rate` is false.
    public static Facts of(ProgramSpec spec, long seed, int rate) {
        return new Lies(new Random(seed), rate).falsify(spec);
    }

    private boolean lie() {
        return random.nextInt(rate) == 0;
    }

    private Facts falsify(ProgramSpec spec) {
        Facts facts = Facts.of(spec, LoadPolicy.TRUSTED);
        int size = spec.code().size();
        Value[][] before = new Value[size][];
        Value[] written = new Value[size];
        Tri[] branches = new Tri[size];
        Access[] accesses = new Access[size];
        int maps = spec.maps().size();
        for (int pc = 0; pc < size; pc++) {
            before[pc] = new Value[11];
            for (int reg = 0; reg <= 10; reg++) {
                before[pc][reg] = lie() ? value(maps) : facts.before(pc, reg);
            }
            written[pc] = lie() ? value(maps) : facts.written(pc);
            branches[pc] = lie() ? Tri.values()[random.nextInt(3)] : facts.branch(pc);
            Access access = facts.access(pc);
            accesses[pc] = access != null && lie() ? access(maps, access.bytes()) : access;
        }
        return new Facts(before, written, branches, accesses, facts.routines());
    }

    private Scalar scalar() {
        long number = NUMBERS[random.nextInt(NUMBERS.length)] + random.nextInt(3) - 1;
        return switch (random.nextInt(4)) {
            case 0 -> Scalar.constant(number);
            case 1 -> Scalar.ofSize(4);
            case 2 -> Scalar.unsignedRange(0, random.nextInt(1 << 20));
            default -> Scalar.UNKNOWN;
        };
    }

    private Region region() {
        return Region.values()[random.nextInt(Region.values().length)];
    }

    private Scalar offset() {
        return random.nextBoolean() ? Scalar.constant(random.nextInt(1200) - 600) : scalar();
    }

    private Value value(int maps) {
        return switch (random.nextInt(5)) {
            case 0 -> Value.Any.MIXED;
            case 1, 2 -> new Value.Number(scalar());
            default ->
                    new Value.Pointer(
                            region(),
                            random.nextInt(maps + 2) - 1,
                            offset(),
                            random.nextInt(3) == 0,
                            -1);
        };
    }

    private Access access(int maps, int bytes) {
        return new Access(region(), random.nextInt(maps + 2) - 1, offset(), bytes);
    }
}
