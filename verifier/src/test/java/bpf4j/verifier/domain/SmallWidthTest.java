package bpf4j.verifier.domain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bpf4j.isa.AluOp;
import bpf4j.isa.Cond;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.TreeMap;

/// Soundness of every operation against enumeration at 4 bits with a 2-bit low half, by the code
/// that programs are judged with at 64 and 32. All pairs of the canonical drafts are tried with
/// `-Dbpf4j.exhaustive=true` (minutes), a fixed sample of them otherwise.
///
/// Distance from the optimum is kept from growing by `ratchet.properties`: for each operation, the
/// numbers in excess of the most precise draft per thousand results of the sample.
class SmallWidthTest {
    private static final Small SMALL = new Small(4);
    private static final boolean EXHAUSTIVE = Boolean.getBoolean("bpf4j.exhaustive");
    private static final int SAMPLE = 30_000;

    private static final List<Draft> CANONICAL = SMALL.canonical();

    private final List<Draft> drafts = new ArrayList<>(CANONICAL);
    private final Map<String, long[]> excess = new TreeMap<>();

    private interface Pair {
        void accept(Draft a, long aMeaning, Draft b, long bMeaning);
    }

    private void pairs(int seed, Pair pair) {
        if (EXHAUSTIVE) {
            long[] meanings = CANONICAL.stream().mapToLong(SMALL::meaning).toArray();
            for (int i = 0; i < meanings.length; i++) {
                for (int j = 0; j < meanings.length; j++) {
                    pair.accept(CANONICAL.get(i), meanings[i], CANONICAL.get(j), meanings[j]);
                }
            }
            return;
        }
        Random random = new Random(seed);
        drafts.addAll(SMALL.anySynced(2000, random));
        for (int i = 0; i < SAMPLE; i++) {
            Draft b =
                    i % 3 == 0
                            ? SMALL.exactly(random.nextInt(16))
                            : drafts.get(random.nextInt(drafts.size()));
            Draft a = drafts.get(random.nextInt(drafts.size()));
            pair.accept(a, SMALL.meaning(a), b, SMALL.meaning(b));
        }
    }

    private String show(Draft draft) {
        return draft.known
                + " u["
                + draft.full.umin
                + ","
                + draft.full.umax
                + "] s["
                + draft.full.smin
                + ","
                + draft.full.smax
                + "] low u["
                + draft.low.umin
                + ","
                + draft.low.umax
                + "] s["
                + draft.low.smin
                + ","
                + draft.low.smax
                + "]";
    }

    private void record(String operation, long meaning, long exact) {
        if (EXHAUSTIVE) {
            return;
        }
        long optimal = exact == 0 ? 0 : SMALL.meaning(SMALL.best(exact));
        long[] sum = excess.computeIfAbsent(operation, _ -> new long[2]);
        sum[0] += Long.bitCount(meaning & ~optimal);
        sum[1]++;
    }

    private void compareWithRatchet() throws IOException {
        Properties ratchet = new Properties();
        try (InputStream in = SmallWidthTest.class.getResourceAsStream("ratchet.properties")) {
            ratchet.load(in);
        }
        StringBuilder worse = new StringBuilder();
        excess.forEach(
                (operation, sum) -> {
                    long now = sum[0] * 1000 / sum[1];
                    String kept = ratchet.getProperty(operation);
                    if (kept == null || now > Long.parseLong(kept)) {
                        worse.append(operation).append('=').append(now).append('\n');
                    }
                });
        assertTrue(worse.isEmpty(), () -> "less precise than ratchet.properties says:\n" + worse);
    }

    @Test
    void arithmeticContainsAllResults() throws IOException {
        for (AluOp op : AluOp.values()) {
            for (boolean low : new boolean[] {false, true}) {
                String name = (low ? "alu32." : "alu64.") + op;
                long[][] table = SMALL.table(op, low ? SMALL.half : SMALL.bits);
                pairs(
                        1,
                        (a, x, b, y) -> {
                            Draft result = SMALL.copy(a);
                            if (low) {
                                Arithmetic.low(op, result, b);
                            } else {
                                Arithmetic.whole(op, result, b);
                            }
                            checkResult(name, Small.computeAll(table, x, y), a, b, result);
                        });
            }
        }
        compareWithRatchet();
    }

    @Test
    void tightArithmeticContainsAllResults() throws IOException {
        for (AluOp op : AluOp.values()) {
            if (!TightArithmetic.covers(op)) {
                continue;
            }
            for (boolean low : new boolean[] {false, true}) {
                String name = (low ? "tight32." : "tight64.") + op;
                long[][] table = SMALL.table(op, low ? SMALL.half : SMALL.bits);
                pairs(
                        7,
                        (a, x, b, y) -> {
                            Draft result = SMALL.copy(a);
                            if (low) {
                                TightArithmetic.low(op, result, b);
                            } else {
                                TightArithmetic.whole(op, result, b);
                            }
                            checkResult(name, Small.computeAll(table, x, y), a, b, result);
                        });
            }
        }
        compareWithRatchet();
    }

    private void checkResult(String name, long exact, Draft a, Draft b, Draft result) {
        assertTrue(result.sync(), () -> name + " is empty: " + show(a) + " and " + show(b));
        long meaning = SMALL.meaning(result);
        assertEquals(
                0,
                exact & ~meaning,
                () -> name + " of " + show(a) + " and " + show(b) + " gives " + show(result));
        record(name, meaning, exact);
    }

    @Test
    void comparisonsAreDecidedOnlyWhenTheyAre() throws IOException {
        for (Cond cond : Cond.values()) {
            for (boolean low : new boolean[] {false, true}) {
                String name = (low ? "jmp32." : "jmp64.") + cond;
                long[] holds = SMALL.table(cond, low ? SMALL.half : SMALL.bits);
                pairs(
                        2,
                        (a, x, b, y) -> {
                            Tri answer = Comparison.holds(cond, low, a, b);
                            Tri exact = outcome(holds, x, y);
                            assertTrue(
                                    answer == exact || answer == Tri.MAYBE,
                                    () -> name + " of " + show(a) + " and " + show(b));
                            long[] sum = excess.computeIfAbsent(name, _ -> new long[2]);
                            sum[0] += answer == exact ? 0 : 1;
                            sum[1]++;
                        });
            }
        }
        if (!EXHAUSTIVE) {
            compareWithRatchet();
        }
    }

    private static Tri outcome(long[] holds, long first, long second) {
        boolean yes = false;
        boolean no = false;
        for (long a = first; a != 0; a &= a - 1) {
            long table = holds[Long.numberOfTrailingZeros(a)];
            yes |= (table & second) != 0;
            no |= (~table & second) != 0;
        }
        return yes && no ? Tri.MAYBE : yes ? Tri.YES : Tri.NO;
    }

    @Test
    void branchesKeepWhatTakesThem() throws IOException {
        for (Cond cond : Cond.values()) {
            for (boolean low : new boolean[] {false, true}) {
                long[] holds = SMALL.table(cond, low ? SMALL.half : SMALL.bits);
                for (boolean taken : new boolean[] {false, true}) {
                    String name = (low ? "branch32." : "branch64.") + (taken ? "" : "not.") + cond;
                    pairs(
                            3,
                            (a, x, b, y) -> {
                                long[] exact = takers(holds, taken, x, y);
                                checkBranch(name, exact, cond, low, taken, a, b);
                            });
                }
            }
        }
        compareWithRatchet();
    }

    /// The numbers of both sets that take, or do not take, a branch with some number of the other.
    private static long[] takers(long[] holds, boolean taken, long first, long second) {
        long[] takers = new long[2];
        for (long a = first; a != 0; a &= a - 1) {
            int x = Long.numberOfTrailingZeros(a);
            long with = (taken ? holds[x] : ~holds[x]) & second;
            takers[0] |= with != 0 ? 1L << x : 0;
            takers[1] |= with;
        }
        return takers;
    }

    private void checkBranch(
            String name, long[] exact, Cond cond, boolean low, boolean taken, Draft a, Draft b) {
        Draft left = SMALL.copy(a);
        Draft right = SMALL.copy(b);
        boolean possible = Comparison.refine(cond, low, left, right, taken);
        long leftMeaning = possible ? SMALL.meaning(left) : 0;
        long rightMeaning = possible ? SMALL.meaning(right) : 0;
        assertEquals(0, exact[0] & ~leftMeaning, () -> name + " of " + show(a) + ", " + show(b));
        assertEquals(0, exact[1] & ~rightMeaning, () -> name + " of " + show(a) + ", " + show(b));
        record(name, leftMeaning, exact[0]);
        record(name, rightMeaning, exact[1]);
    }

    @Test
    void syncKeepsTheValues() {
        Random random = new Random(4);
        for (int i = 0; i < (EXHAUSTIVE ? 50_000_000 : 500_000); i++) {
            Draft draft = SMALL.any(random);
            long before = SMALL.meaning(draft);
            String shown = show(draft);
            long after = draft.sync() ? SMALL.meaning(draft) : 0;
            assertEquals(before, after, () -> "sync of " + shown);
        }
    }

    @Test
    void extensionsAndTruncationsContainAllResults() throws IOException {
        List<Draft> all = new ArrayList<>(CANONICAL);
        all.addAll(SMALL.anySynced(20_000, new Random(5)));
        for (Draft a : all) {
            long values = SMALL.meaning(a);
            Draft zext = SMALL.copy(a);
            zext.zeroExtendLow();
            check("zext", a, zext, map(values, x -> x & 3));
            for (int count = 1; count < 4; count++) {
                int bits = count;
                Draft truncated = SMALL.copy(a);
                truncated.truncate(bits);
                check("truncate" + bits, a, truncated, map(values, x -> x & (1L << bits) - 1));
                Draft extended = SMALL.copy(a);
                extended.signExtend(bits);
                check("sext" + bits, a, extended, map(values, x -> signed(x, bits) & 15));
            }
            Draft extendedLow = SMALL.copy(a);
            extendedLow.signExtendLow(1);
            check("sextLow1", a, extendedLow, map(values, x -> signed(x, 1) & 3));
        }
        compareWithRatchet();
    }

    private static long signed(long x, int bits) {
        return x << (64 - bits) >> (64 - bits);
    }

    private interface Operation {
        long of(long x);
    }

    private static long map(long set, Operation operation) {
        long mapped = 0;
        for (long rest = set; rest != 0; rest &= rest - 1) {
            mapped |= 1L << operation.of(Long.numberOfTrailingZeros(rest));
        }
        return mapped;
    }

    private void check(String name, Draft a, Draft result, long exact) {
        assertTrue(result.sync(), () -> name + " of " + show(a) + " is empty");
        long meaning = SMALL.meaning(result);
        assertEquals(0, exact & ~meaning, () -> name + " of " + show(a) + " gives " + show(result));
        record(name, meaning, exact);
    }

    @Test
    void joinAndWideningContainBoth() {
        long[] thresholds = {-3, 0, 5};
        pairs(
                6,
                (a, x, b, y) -> {
                    long both = x | y;
                    Draft joined = SMALL.copy(a);
                    joined.join(b);
                    assertEquals(0, both & ~SMALL.meaning(joined));
                    Draft widened = Widening.widen(SMALL.copy(a), b, thresholds);
                    assertEquals(0, both & ~SMALL.meaning(widened));
                });
    }
}
