package bpf4j.testkit.generate;

import bpf4j.isa.Assembler;
import bpf4j.isa.AssemblyException;
import bpf4j.isa.Code;
import bpf4j.spec.MapSpec;
import bpf4j.spec.MapType;

import java.util.List;
import java.util.SplittableRandom;

/// Makes small XDP programs in which every instruction matters to the verdict: a value that two
/// paths leave different, at its greatest, is what an access depends on. As made they are valid;
/// what a mistake in bounds, joins or pruning would let through is one change away.
public final class SteeredPrograms {
    /// The maps of all of them: values of 64 bytes.
    public static final List<MapSpec> MAPS =
            List.of(
                    MapSpec.of("values", MapType.ARRAY, 4, 64, 4),
                    MapSpec.of("others", MapType.HASH, 8, 64, 16));

    private static final int VALUE = 64;
    private static final String[] TYPES = {"u8", "u16", "u32", "u64"};

    private final SplittableRandom random;
    private final StringBuilder text = new StringBuilder();
    private int labels;

    private SteeredPrograms(long seed) {
        random = new SplittableRandom(seed);
    }

    /// The program of a seed.
    public static Code xdp(long seed) {
        SteeredPrograms program = new SteeredPrograms(seed);
        program.write();
        try {
            return Assembler.code(program.text.toString());
        } catch (AssemblyException e) {
            throw new AssertionError(program.text.toString(), e);
        }
    }

    private void write() {
        line("r9 = r1");
        switch (random.nextInt(6)) {
            case 0 -> twoConstants(false);
            case 1 -> twoConstants(true);
            case 2 -> twoLengths();
            case 3 -> twoPointers();
            default -> bounded();
        }
        line("r0 = 2");
        line("exit");
        line("out: r0 = 1");
        line("exit");
    }

    private void line(String format, Object... arguments) {
        text.append(format.formatted(arguments)).append('\n');
    }

    /// Looks a value up; its address is in `register` then, or null.
    private void lookUp(String register) {
        int map = random.nextInt(2);
        line("*(u64 *)(r10 - 8) = %d", map == 0 ? random.nextInt(4) : random.nextInt(6));
        line("r2 = r10");
        line("r2 += -8");
        line("ld_pseudo r1, 1, %d", map);
        line("call bpf_map_lookup_elem");
        line("%s = r0", register);
    }

    /// The value's address is in r7, a number that nothing is known of in r8.
    private void valueAndNumber() {
        lookUp("r7");
        line("if r7 == 0 goto out");
        line("r8 = *(u64 *)(r7 + %d)", 8 * random.nextInt(8));
    }

    /// A branch that can go both ways, and instructions that do nothing to what follows, so that
    /// the verifier keeps a state somewhere.
    private void filler() {
        for (int i = random.nextInt(4); i > 0; i--) {
            String label = "f" + labels++;
            line("if r8 %s %d goto %s", condition(), random.nextInt(1 << 16), label);
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                line("w4 = %d", random.nextInt());
            }
            line("%s: r5 = 0", label);
        }
    }

    /// Not `&`: Linux forgets the bounds of what it tests.
    private String condition() {
        return new String[] {"==", ">", "<", "s>", "s<"}[random.nextInt(5)];
    }

    /// Accesses memory at r7 of which `room` bytes are left, as far at its end as possible.
    private void access(String register, int room) {
        int size = random.nextInt(4);
        while (1 << size > room) {
            size--;
        }
        int off = room - (1 << size);
        if (random.nextInt(3) == 0) {
            line("*(%s *)(%s + %d) = 7", TYPES[size], register, off);
        } else {
            line("r0 = *(%s *)(%s + %d)", TYPES[size], register, off);
        }
    }

    /// An offset that is one of two constants, depending on a branch; kept in a register or on the
    /// stack until it is used.
    private void twoConstants(boolean spilled) {
        valueAndNumber();
        int one = random.nextInt(VALUE - 8);
        int other = random.nextInt(VALUE - 8);
        String place = spilled ? "*(u64 *)(r10 - 16)" : "r6";
        if (spilled && random.nextBoolean()) {
            line("r6 = %d", one);
            line("%s = r6", place);
        } else {
            line("%s = %d", place, one);
        }
        line("if r8 %s %d goto chosen", condition(), random.nextInt(1 << 16));
        line("%s = %d", place, other);
        line("chosen: r5 = 0");
        filler();
        if (spilled) {
            line("r6 = %s", place);
        }
        line("r7 += r6");
        access("r7", VALUE - Math.max(one, other));
    }

    /// A packet that is found to be long in one way and less long in the other.
    private void twoLengths() {
        valueAndNumber();
        int longer = 2 + random.nextInt(60);
        int shorter = 1 + random.nextInt(longer - 1);
        line("r6 = *(u32 *)(r9 + 0)");
        line("r3 = *(u32 *)(r9 + 4)");
        line("r2 = r6");
        line("r2 += %d", longer);
        line("if r2 > r3 goto less");
        line("goto enough");
        line("less: r2 = r6");
        line("r2 += %d", shorter);
        line("if r2 %s r3 goto out", random.nextBoolean() ? ">" : ">=");
        line("enough: r5 = 0");
        filler();
        access("r6", shorter);
    }

    /// Two pointers that may be null, of the same map or not, each compared with null.
    private void twoPointers() {
        lookUp("r6");
        lookUp("r7");
        boolean swapped = random.nextBoolean();
        line("if %s == 0 goto out", swapped ? "r7" : "r6");
        line("if %s == 0 goto out", swapped ? "r6" : "r7");
        line("r8 = *(u64 *)(r6 + 0)");
        filler();
        access("r7", VALUE);
        access("r6", VALUE);
    }

    /// A number that comparisons keep within what can be accessed.
    private void bounded() {
        valueAndNumber();
        int size = 1 << random.nextInt(4);
        int bound = random.nextInt(VALUE - size + 1);
        String r = random.nextInt(3) == 0 ? "w8" : "r8";
        line("r6 = r8");
        switch (random.nextInt(5)) {
            case 0 -> line("if %s > %d goto out", r, bound);
            case 1 -> line("if %s >= %d goto out", r, bound + 1);
            case 2 -> {
                line("if %s s< 0 goto out", r);
                line("if %s s> %d goto out", r, bound);
            }
            case 3 -> {
                bound = Integer.highestOneBit(bound + 1) - 1;
                line("%s &= %d", r, bound);
            }
            default -> {
                bound = Integer.highestOneBit(bound + 1) - 1;
                // There is no shift that leaves no bit.
                int kept = Math.max(1, Integer.bitCount(bound));
                line("%s >>= %d", r, (r.equals("w8") ? 32 : 64) - kept);
                if (bound == 0) {
                    line("r8 = 0");
                }
            }
        }
        if (r.equals("w8")) {
            line("w8 = w8");
        }
        filler();
        int off = VALUE - size - bound;
        String type = TYPES[Integer.numberOfTrailingZeros(size)];
        line("r7 += r8");
        line("r0 = *(%s *)(r7 + %d)", type, off);
    }
}
