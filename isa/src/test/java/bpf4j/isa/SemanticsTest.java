package bpf4j.isa;

import static org.junit.jupiter.api.Assertions.assertEquals;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

import org.junit.jupiter.api.Test;

import java.math.BigInteger;

/// Every operation against an oracle of unbounded integers, over all pairs of boundary values and
/// random ones.
final class SemanticsTest {
    private static final long[] EDGES = {
        0,
        1,
        2,
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
        65,
        0x7f,
        0x80,
        0xff,
        0x100,
        0x7fff,
        0x8000,
        0xffff,
        0x1_0000,
        0x7fff_ffffL,
        0x8000_0000L,
        0xffff_ffffL,
        0x1_0000_0000L,
        0x7fff_ffff_ffff_ffffL,
        0x8000_0000_0000_0000L,
        0x8000_0000_8000_0000L,
        0x0123_4567_89ab_cdefL,
        0xfedc_ba98_7654_3210L,
        -1,
        -2,
        -3,
        -64,
        -128,
        -129,
        -32768,
        -32769,
        Integer.MIN_VALUE,
        Integer.MIN_VALUE - 1L,
        Long.MIN_VALUE + 1
    };

    @Test
    void everyOperationAgreesWithUnboundedIntegersOnBoundaryValues() {
        for (long dst : EDGES) {
            for (long src : EDGES) {
                agrees(dst, src);
            }
        }
    }

    @Property(tries = 3000)
    void everyOperationAgreesWithUnboundedIntegers(@ForAll long dst, @ForAll long src) {
        agrees(dst, src);
    }

    @Property(tries = 1000)
    void everyOperationAgreesOnSmallSources(
            @ForAll long dst, @ForAll @LongRange(min = -70, max = 70) long src) {
        agrees(dst, src);
    }

    private static void agrees(long dst, long src) {
        for (AluOp op : AluOp.values()) {
            assertEquals(
                    Oracle.alu(op, 64, dst, src),
                    Semantics.alu64(op, dst, src),
                    () -> op + " 64 " + dst + " " + src);
            assertEquals(
                    Oracle.alu(op, 32, dst, src),
                    Integer.toUnsignedLong(Semantics.alu32(op, (int) dst, (int) src)),
                    () -> op + " 32 " + dst + " " + src);
        }
        for (Cond cond : Cond.values()) {
            assertEquals(
                    Oracle.test(cond, 64, dst, src),
                    Semantics.test64(cond, dst, src),
                    () -> cond + " 64 " + dst + " " + src);
            assertEquals(
                    Oracle.test(cond, 32, dst, src),
                    Semantics.test32(cond, (int) dst, (int) src),
                    () -> cond + " 32 " + dst + " " + src);
        }
        unary(dst);
        for (AtomicOp op : AtomicOp.values()) {
            for (long r0 : new long[] {dst, src, ~dst}) {
                assertEquals(
                        Oracle.atomic(op, 64, dst, src, r0), Semantics.atomic64(op, dst, src, r0));
                assertEquals(
                        Oracle.atomic(op, 32, dst, src, r0),
                        Integer.toUnsignedLong(
                                Semantics.atomic32(op, (int) dst, (int) src, (int) r0)));
            }
        }
    }

    private static void unary(long value) {
        assertEquals(Oracle.low(64, Oracle.unsigned(64, value).negate()), Semantics.neg64(value));
        assertEquals(
                Oracle.low(32, Oracle.unsigned(32, value).negate()),
                Integer.toUnsignedLong(Semantics.neg32((int) value)));
        for (int bits : new int[] {8, 16, 32}) {
            long extended = Oracle.low(64, Oracle.signed(bits, value));
            assertEquals(extended, Semantics.movsx64(bits, value));
            if (bits != 32) {
                assertEquals(
                        Oracle.low(32, BigInteger.valueOf(extended)),
                        Integer.toUnsignedLong(Semantics.movsx32(bits, (int) value)));
            }
        }
        for (Size size : Size.values()) {
            assertEquals(
                    Oracle.low(64, Oracle.signed(size.bits(), value)),
                    Semantics.signExtend(size, value));
            assertEquals(
                    Oracle.low(64, Oracle.unsigned(size.bits(), value)),
                    Semantics.zeroExtend(size, value));
            assertEquals(Oracle.reversed(size.bits(), value), Semantics.fromNetwork(size, value));
        }
        for (int bits : new int[] {16, 32, 64}) {
            for (Insn.ByteSwap.Kind kind : Insn.ByteSwap.Kind.values()) {
                long expected =
                        kind == Insn.ByteSwap.Kind.LE
                                ? Oracle.low(bits, BigInteger.valueOf(value))
                                : Oracle.reversed(bits, value);
                assertEquals(expected, Semantics.byteSwap(kind, bits, value));
            }
        }
    }

    /// The operations in unbounded integers, written from the text of RFC 9669.
    private static final class Oracle {
        private static BigInteger unsigned(int bits, long value) {
            return BigInteger.valueOf(value).mod(BigInteger.TWO.pow(bits));
        }

        private static BigInteger signed(int bits, long value) {
            BigInteger low = unsigned(bits, value);
            return low.testBit(bits - 1) ? low.subtract(BigInteger.TWO.pow(bits)) : low;
        }

        /// The low bits as an unsigned number, zero above.
        private static long low(int bits, BigInteger value) {
            return value.mod(BigInteger.TWO.pow(bits)).longValue();
        }

        private static long reversed(int bits, long value) {
            BigInteger rest = unsigned(bits, value);
            BigInteger result = BigInteger.ZERO;
            for (int i = 0; i < bits / 8; i++) {
                BigInteger[] parts = rest.divideAndRemainder(BigInteger.valueOf(256));
                result = result.multiply(BigInteger.valueOf(256)).add(parts[1]);
                rest = parts[0];
            }
            return result.longValue();
        }

        private static long alu(AluOp op, int bits, long dst, long src) {
            BigInteger a = unsigned(bits, dst);
            BigInteger b = unsigned(bits, src);
            BigInteger sa = signed(bits, dst);
            BigInteger sb = signed(bits, src);
            int count = b.mod(BigInteger.valueOf(bits)).intValue();
            boolean zero = b.signum() == 0;
            return low(
                    bits,
                    switch (op) {
                        case ADD -> a.add(b);
                        case SUB -> a.subtract(b);
                        case MUL -> a.multiply(b);
                        case DIV -> zero ? BigInteger.ZERO : a.divide(b);
                        case SDIV -> zero ? BigInteger.ZERO : sa.divide(sb);
                        case MOD -> zero ? a : a.mod(b);
                        case SMOD -> zero ? a : sa.subtract(sb.multiply(sa.divide(sb)));
                        case OR -> a.or(b);
                        case AND -> a.and(b);
                        case XOR -> a.xor(b);
                        case MOV -> b;
                        case LSH -> a.multiply(BigInteger.TWO.pow(count));
                        case RSH -> a.divide(BigInteger.TWO.pow(count));
                        case ARSH -> floorDivide(sa, BigInteger.TWO.pow(count));
                    });
        }

        private static BigInteger floorDivide(BigInteger a, BigInteger b) {
            BigInteger[] parts = a.divideAndRemainder(b);
            return parts[1].signum() < 0 ? parts[0].subtract(BigInteger.ONE) : parts[0];
        }

        private static boolean test(Cond cond, int bits, long dst, long src) {
            int unsigned = unsigned(bits, dst).compareTo(unsigned(bits, src));
            int signed = signed(bits, dst).compareTo(signed(bits, src));
            return switch (cond) {
                case JEQ -> unsigned == 0;
                case JNE -> unsigned != 0;
                case JSET -> unsigned(bits, dst).and(unsigned(bits, src)).signum() != 0;
                case JGT -> unsigned > 0;
                case JGE -> unsigned >= 0;
                case JLT -> unsigned < 0;
                case JLE -> unsigned <= 0;
                case JSGT -> signed > 0;
                case JSGE -> signed >= 0;
                case JSLT -> signed < 0;
                case JSLE -> signed <= 0;
            };
        }

        private static long atomic(AtomicOp op, int bits, long old, long src, long r0) {
            BigInteger a = unsigned(bits, old);
            BigInteger b = unsigned(bits, src);
            return low(
                    bits,
                    switch (op) {
                        case ADD -> a.add(b);
                        case OR -> a.or(b);
                        case AND -> a.and(b);
                        case XOR -> a.xor(b);
                        case XCHG -> b;
                        case CMPXCHG -> a.equals(unsigned(bits, r0)) ? b : a;
                    });
        }
    }
}
