package bpf4j.verifier.domain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bpf4j.isa.AluOp;
import bpf4j.isa.Cond;
import bpf4j.isa.Insn.ByteSwap;
import bpf4j.isa.Width;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import java.util.List;

/// The 64-bit domain against random numbers near boundaries: what a number does, its scalar does.
class ScalarPropertyTest {
    private static final long[] THRESHOLDS = {-1, 0, 10, 256, 65536};

    /// A scalar and a number in it.
    record Member(long number, Scalar scalar) {}

    @Provide
    Arbitrary<Long> numbers() {
        Arbitrary<Long> edges =
                Combinators.combine(
                                Arbitraries.of(
                                        0L,
                                        1L << 7,
                                        1L << 8,
                                        1L << 15,
                                        1L << 16,
                                        1L << 31,
                                        1L << 32,
                                        3L << 31,
                                        1L << 62,
                                        1L << 63,
                                        -1L << 31,
                                        -1L << 32,
                                        0x5555_5555_5555_5555L),
                                Arbitraries.longs().between(-3, 3))
                        .as(Long::sum);
        return Arbitraries.oneOf(
                edges, edges, Arbitraries.longs().between(-70, 70), Arbitraries.longs());
    }

    /// Joins of a few numbers, so of any shape, at times narrowed by a comparison.
    @Provide
    Arbitrary<Member> members() {
        return Combinators.combine(
                        numbers(),
                        numbers().list().ofMaxSize(3),
                        numbers(),
                        Arbitraries.of(Cond.class),
                        Arbitraries.of(Width.class),
                        Arbitraries.integers().between(0, 3))
                .as(ScalarPropertyTest::member);
    }

    private static Member member(
            long number, List<Long> others, long edge, Cond cond, Width width, int shape) {
        Scalar scalar = Scalar.constant(number);
        for (long other : others) {
            scalar = Scalar.join(scalar, Scalar.constant(other));
        }
        if (shape == 1) {
            scalar = Scalar.UNKNOWN;
        }
        if (shape >= 1) {
            boolean holds = holds(cond, width, number, edge);
            Refined refined = Scalar.branch(cond, width, scalar, Scalar.constant(edge), holds);
            assertNotNull(refined);
            scalar = refined.left();
        }
        return new Member(number, scalar);
    }

    private static boolean holds(Cond cond, Width width, long first, long second) {
        long x = width == Width.W32 ? (int) first : first;
        long y = width == Width.W32 ? (int) second : second;
        // Sign extension keeps the unsigned order of 32-bit numbers.
        return switch (cond) {
            case JEQ -> x == y;
            case JNE -> x != y;
            case JSET -> (x & y) != 0;
            case JGT -> Long.compareUnsigned(x, y) > 0;
            case JGE -> Long.compareUnsigned(x, y) >= 0;
            case JLT -> Long.compareUnsigned(x, y) < 0;
            case JLE -> Long.compareUnsigned(x, y) <= 0;
            case JSGT -> x > y;
            case JSGE -> x >= y;
            case JSLT -> x < y;
            case JSLE -> x <= y;
        };
    }

    private static long compute64(AluOp op, long x, long y) {
        return switch (op) {
            case ADD -> x + y;
            case SUB -> x - y;
            case MUL -> x * y;
            case DIV -> y == 0 ? 0 : Long.divideUnsigned(x, y);
            case SDIV -> y == 0 ? 0 : x / y;
            case OR -> x | y;
            case AND -> x & y;
            case LSH -> x << y;
            case RSH -> x >>> y;
            case MOD -> y == 0 ? x : Long.remainderUnsigned(x, y);
            case SMOD -> y == 0 ? x : x % y;
            case XOR -> x ^ y;
            case MOV -> y;
            case ARSH -> x >> y;
        };
    }

    private static int compute32(AluOp op, int x, int y) {
        return switch (op) {
            case ADD -> x + y;
            case SUB -> x - y;
            case MUL -> x * y;
            case DIV -> y == 0 ? 0 : Integer.divideUnsigned(x, y);
            case SDIV -> y == 0 ? 0 : x / y;
            case OR -> x | y;
            case AND -> x & y;
            case LSH -> x << y;
            case RSH -> x >>> y;
            case MOD -> y == 0 ? x : Integer.remainderUnsigned(x, y);
            case SMOD -> y == 0 ? x : x % y;
            case XOR -> x ^ y;
            case MOV -> y;
            case ARSH -> x >> y;
        };
    }

    @Property(tries = 20_000, edgeCases = EdgeCasesMode.NONE)
    void arithmeticContainsItsResults(
            @ForAll AluOp op, @ForAll("members") Member a, @ForAll("members") Member b) {
        long wide = compute64(op, a.number, b.number);
        long narrow = Integer.toUnsignedLong(compute32(op, (int) a.number, (int) b.number));
        assertTrue(Scalar.alu64(op, a.scalar, b.scalar).contains(wide));
        assertTrue(Scalar.alu32(op, a.scalar, b.scalar).contains(narrow));
        assertTrue(Scalar.tightAlu(Width.W64, op, a.scalar, b.scalar).contains(wide));
        assertTrue(Scalar.tightAlu(Width.W32, op, a.scalar, b.scalar).contains(narrow));
    }

    @Property(tries = 10_000, edgeCases = EdgeCasesMode.NONE)
    void arithmeticOnConstantsIsExact(
            @ForAll AluOp op, @ForAll("numbers") long a, @ForAll("numbers") long b) {
        Scalar wide = Scalar.tightAlu(Width.W64, op, Scalar.constant(a), Scalar.constant(b));
        Scalar narrow = Scalar.tightAlu(Width.W32, op, Scalar.constant(a), Scalar.constant(b));
        assertTrue(wide.contains(compute64(op, a, b)));
        assertTrue(narrow.contains(Integer.toUnsignedLong(compute32(op, (int) a, (int) b))));
        assertTrue(wide.isConst() || op == AluOp.SDIV || op == AluOp.SMOD || op == AluOp.MOD);
    }

    @Property(tries = 20_000, edgeCases = EdgeCasesMode.NONE)
    void branchesKeepTheNumbersThatTakeThem(
            @ForAll Cond cond,
            @ForAll Width width,
            @ForAll("members") Member a,
            @ForAll("members") Member b) {
        boolean holds = holds(cond, width, a.number, b.number);
        assertNotEquals(holds ? Tri.NO : Tri.YES, Scalar.holds(cond, width, a.scalar, b.scalar));
        Refined refined = Scalar.branch(cond, width, a.scalar, b.scalar, holds);
        assertNotNull(refined);
        assertTrue(refined.left().contains(a.number));
        assertTrue(refined.right().contains(b.number));
    }

    @Property(tries = 20_000, edgeCases = EdgeCasesMode.NONE)
    void extensionsContainTheirResults(@ForAll("members") Member a) {
        Scalar scalar = a.scalar;
        long x = a.number;
        assertTrue(scalar.zext32().contains(x & 0xFFFF_FFFFL));
        assertTrue(scalar.truncate(1).contains(x & 0xFF));
        assertTrue(scalar.truncate(2).contains(x & 0xFFFF));
        assertTrue(scalar.truncate(4).contains(x & 0xFFFF_FFFFL));
        assertEquals(scalar, scalar.truncate(8));
        assertTrue(scalar.signExtend(1).contains((byte) x));
        assertTrue(scalar.signExtend(2).contains((short) x));
        assertTrue(scalar.signExtend(4).contains((int) x));
        assertTrue(Scalar.movsx(Width.W32, 8, scalar).contains((byte) x & 0xFFFF_FFFFL));
        assertTrue(Scalar.movsx(Width.W32, 16, scalar).contains((short) x & 0xFFFF_FFFFL));
        assertTrue(Scalar.neg(Width.W64, scalar).contains(-x));
        assertTrue(Scalar.neg(Width.W32, scalar).contains(-x & 0xFFFF_FFFFL));
    }

    @Property(tries = 5_000, edgeCases = EdgeCasesMode.NONE)
    void byteSwapsContainTheirResults(@ForAll("members") Member a, @ForAll ByteSwap.Kind kind) {
        long x = a.number;
        boolean swaps = kind != ByteSwap.Kind.LE;
        long low16 = x & 0xFFFF;
        long low32 = x & 0xFFFF_FFFFL;
        assertTrue(
                Scalar.tightByteSwap(kind, 16, a.scalar)
                        .contains(swaps ? Long.reverseBytes(low16) >>> 48 : low16));
        assertTrue(
                Scalar.tightByteSwap(kind, 32, a.scalar)
                        .contains(swaps ? Long.reverseBytes(low32) >>> 32 : low32));
        assertTrue(
                Scalar.tightByteSwap(kind, 64, a.scalar)
                        .contains(swaps ? Long.reverseBytes(x) : x));
    }

    @Property(tries = 20_000, edgeCases = EdgeCasesMode.NONE)
    void joinIncludesBothAndWideningEnds(@ForAll("members") Member a, @ForAll("members") Member b) {
        Scalar joined = Scalar.join(a.scalar, b.scalar);
        assertTrue(joined.includes(a.scalar));
        assertTrue(joined.includes(b.scalar));
        assertTrue(joined.contains(a.number) && joined.contains(b.number));
        assertEquals(joined, Scalar.join(b.scalar, a.scalar));
        assertEquals(a.scalar, Scalar.join(a.scalar, a.scalar));
        Scalar widened = Scalar.widen(a.scalar, b.scalar, THRESHOLDS);
        assertTrue(widened.includes(joined));
        if (a.scalar.includes(b.scalar)) {
            assertEquals(a.scalar, widened);
            assertTrue(a.scalar.contains(b.number));
        }
        Scalar meet = Scalar.meet(a.scalar, joined);
        assertNotNull(meet);
        assertTrue(meet.contains(a.number) && a.scalar.includes(meet));
    }
}
