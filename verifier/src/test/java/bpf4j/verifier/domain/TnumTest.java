package bpf4j.verifier.domain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;

/// Every operation on every pair of 6-bit tnums against enumeration.
class TnumTest {
    private static final int BITS = 6;
    private static final int COUNT = 1 << BITS;

    private static List<Tnum> all() {
        List<Tnum> all = new ArrayList<>();
        for (int mask = 0; mask < COUNT; mask++) {
            for (int value = 0; value < COUNT; value++) {
                if ((value & mask) == 0) {
                    all.add(new Tnum(value, mask));
                }
            }
        }
        return all;
    }

    private static final List<Tnum> ALL = all();

    private static long meaning(Tnum tnum) {
        long set = 0;
        for (int x = 0; x < COUNT; x++) {
            if (tnum.contains(x)) {
                set |= 1L << x;
            }
        }
        return set;
    }

    private interface Binary {
        Tnum of(Tnum a, Tnum b);
    }

    private interface Unary {
        Tnum of(Tnum a);
    }

    /// Checks that all results are contained; gives the numbers contained in excess of the optimum.
    private static long soundBinary(Binary operation, LongBinaryOperator concrete) {
        long excess = 0;
        for (Tnum a : ALL) {
            for (Tnum b : ALL) {
                Tnum result = operation.of(a, b).truncate(BITS);
                long ones = -1;
                long zeros = -1;
                for (int x = 0; x < COUNT; x++) {
                    if (!a.contains(x)) {
                        continue;
                    }
                    for (int y = 0; y < COUNT; y++) {
                        if (b.contains(y)) {
                            long exact = concrete.applyAsLong(x, y) & (COUNT - 1);
                            ones &= exact;
                            zeros &= ~exact;
                            assertTrue(result.contains(exact), () -> a + ", " + b);
                        }
                    }
                }
                Tnum best = new Tnum(ones, ~(ones | zeros) & (COUNT - 1));
                excess += (1L << Long.bitCount(result.mask())) - (1L << Long.bitCount(best.mask()));
            }
        }
        return excess;
    }

    private static void soundUnary(Unary operation, LongUnaryOperator concrete) {
        for (Tnum a : ALL) {
            Tnum result = operation.of(a);
            for (int x = 0; x < COUNT; x++) {
                if (a.contains(x)) {
                    assertTrue(result.contains(concrete.applyAsLong(x)), a::toString);
                }
            }
        }
    }

    @Test
    void bitwiseOperationsAreOptimal() {
        assertEquals(0, soundBinary(Tnum::and, (x, y) -> x & y));
        assertEquals(0, soundBinary(Tnum::or, (x, y) -> x | y));
        assertEquals(0, soundBinary(Tnum::xor, (x, y) -> x ^ y));
    }

    @Test
    void sumsAndDifferencesAreOptimal() {
        assertEquals(0, soundBinary(Tnum::add, (x, y) -> x + y));
        assertEquals(0, soundBinary(Tnum::sub, (x, y) -> x - y));
    }

    @Test
    void productsAreSoundAndNoLessPreciseThanMeasured() {
        long excess = soundBinary(Tnum::mul, (x, y) -> x * y);
        assertTrue(excess <= 2_500_000, () -> "excess " + excess);
    }

    @Test
    void shiftsAndExtensionsAreSound() {
        for (int count = 0; count < BITS; count++) {
            int shift = count;
            soundUnary(a -> a.shiftLeft(shift), x -> x << shift);
            soundUnary(a -> a.shiftRight(shift), x -> x >> shift);
            soundUnary(
                    a -> a.shiftRightSigned(shift, BITS),
                    x -> (x << (64 - BITS) >> (64 - BITS + shift)) & (COUNT - 1));
            soundUnary(a -> a.truncate(shift + 1), x -> x & ((2L << shift) - 1));
            soundUnary(a -> a.signExtend(shift + 1), x -> x << (63 - shift) >> (63 - shift));
            soundUnary(a -> a.clearLow(shift + 1), x -> x & -(2L << shift));
        }
        soundUnary(Tnum::reverseBytes, Long::reverseBytes);
    }

    @Test
    void setOperationsAreThoseOfTheirMeanings() {
        for (Tnum a : ALL) {
            for (Tnum b : ALL) {
                long x = meaning(a);
                long y = meaning(b);
                assertEquals((x & y) == y, a.includes(b), () -> a + " includes " + b);
                assertEquals((x & y) != 0, a.overlaps(b), () -> a + " overlaps " + b);
                if (a.overlaps(b)) {
                    assertEquals(x & y, meaning(a.meet(b)));
                }
                assertEquals(0, (x | y) & ~meaning(a.join(b)));
            }
        }
    }

    @Test
    void rangesContainTheirNumbersOnly() {
        for (int min = 0; min < COUNT; min++) {
            for (int max = min; max < COUNT; max++) {
                Tnum range = Tnum.range(min, max);
                for (int x = min; x <= max; x++) {
                    assertTrue(range.contains(x));
                }
                assertEquals(range, Tnum.constant(min).join(Tnum.constant(max)).join(range));
            }
        }
        assertEquals(Tnum.UNKNOWN, Tnum.range(0, -1));
        assertEquals(new Tnum(0, Long.MAX_VALUE), Tnum.range(1, Long.MAX_VALUE));
    }
}
