package bpf4j.verifier.domain;

import bpf4j.isa.AluOp;

/// Divisions, remainders and shifts by unknown counts, which Linux 6.18 does not follow: for facts,
/// where precision makes faster code and no verdict depends on it.
final class TightArithmetic {
    private TightArithmetic() {}

    /// `dst = dst op src` on the whole register.
    static void whole(AluOp op, Draft dst, Draft src) {
        Tnum bits = bits(op, dst.known, src.known, src.full, dst.bits);
        compute(op, dst.full, src.full);
        dst.low.unbound();
        dst.known = bits;
    }

    /// `dst = dst op src` on the low half, the upper half cleared.
    static void low(AluOp op, Draft dst, Draft src) {
        Tnum bits = bits(op, dst.knownLow(), src.knownLow(), src.low, dst.half);
        compute(op, dst.low, src.low);
        dst.known = bits;
        dst.low.exchangeSigns();
        dst.zeroExtendLow();
    }

    /// Whether an operation has a rule here.
    static boolean covers(AluOp op) {
        return switch (op) {
            case DIV, SDIV, MOD, SMOD, LSH, RSH, ARSH -> true;
            case ADD, SUB, MUL, OR, AND, XOR, MOV -> false;
        };
    }

    private static void compute(AluOp op, Range a, Range b) {
        switch (op) {
            case DIV -> divide(a, b);
            case SDIV -> divideSigned(a, b);
            case MOD -> remainder(a, b);
            case SMOD -> remainderSigned(a, b);
            case LSH -> shiftLeft(a, leastCount(b), mostCount(b));
            case RSH -> shiftRight(a, leastCount(b), mostCount(b));
            case ARSH -> shiftRightSigned(a, leastCount(b), mostCount(b));
            default -> throw new AssertionError(op);
        }
    }

    /// Known bits where the second operand is a known count, or a power of two that divides.
    private static Tnum bits(AluOp op, Tnum a, Tnum b, Range divisor, int width) {
        Tnum unknown = Tnum.UNKNOWN.truncate(width);
        if (!b.isConst() || divisor.umin != divisor.umax) {
            return unknown;
        }
        int count = (int) b.value() & (width - 1);
        boolean power = Long.bitCount(b.value()) == 1;
        return switch (op) {
            case DIV -> power ? a.shiftRight(Long.numberOfTrailingZeros(b.value())) : unknown;
            case MOD -> power ? a.and(Tnum.constant(b.value() - 1)) : unknown;
            case LSH -> a.shiftLeft(count).truncate(width);
            case RSH -> a.shiftRight(count);
            case ARSH -> a.shiftRightSigned(count, width);
            default -> unknown;
        };
    }

    /// RFC 9669 section 4.1: division by zero yields 0.
    private static void divide(Range a, Range b) {
        long least = b.umin == 0 ? 0 : Long.divideUnsigned(a.umin, b.umax);
        long most = b.umax == 0 ? 0 : Long.divideUnsigned(a.umax, Range.greater(1, b.umin));
        a.unboundSigned();
        a.umin = least;
        a.umax = most;
    }

    /// RFC 9669 section 4.1: modulo zero leaves the dividend.
    private static void remainder(Range a, Range b) {
        a.unboundSigned();
        if (b.umin != 0 && Range.less(a.umax, b.umin)) {
            return;
        }
        a.umin = 0;
        if (b.umin != 0) {
            a.umax = Range.lesser(a.umax, b.umax - 1);
        }
    }

    private static void divideSigned(Range a, Range b) {
        long dividendMin = a.smin;
        long dividendMax = a.smax;
        a.unbound();
        if (b.smin != b.smax) {
            return;
        }
        long divisor = b.smin;
        if (divisor == 0) {
            a.constant(0);
        } else if (divisor > 0) {
            a.meetSigned(dividendMin / divisor, dividendMax / divisor);
        } else if (divisor != -1 || dividendMin != a.signedMin()) {
            a.meetSigned(dividendMax / divisor, dividendMin / divisor);
        }
    }

    /// The remainder has the dividend's sign and is less than the divisor in magnitude.
    private static void remainderSigned(Range a, Range b) {
        long dividendMin = a.smin;
        long dividendMax = a.smax;
        a.unbound();
        long least = dividendMin < 0 ? dividendMin : 0;
        long most = dividendMax > 0 ? dividendMax : 0;
        if ((b.smin > 0 || b.smax < 0) && b.smin != a.signedMin()) {
            long limit = Math.max(Math.abs(b.smin), Math.abs(b.smax)) - 1;
            least = Math.max(least, -limit);
            most = Math.min(most, limit);
        }
        a.meetSigned(least, most);
    }

    private static boolean countsWrap(Range count) {
        return !Range.less(count.umax, count.bits);
    }

    private static int leastCount(Range count) {
        if (count.umin == count.umax) {
            return (int) count.umin & (count.bits - 1);
        }
        return countsWrap(count) ? 0 : (int) count.umin;
    }

    private static int mostCount(Range count) {
        if (count.umin == count.umax) {
            return (int) count.umin & (count.bits - 1);
        }
        return countsWrap(count) ? count.bits - 1 : (int) count.umax;
    }

    private static void shiftLeft(Range a, int least, int most) {
        a.unboundSigned();
        if (Range.less(a.all() >>> most, a.umax)) {
            a.unboundUnsigned();
        } else {
            a.umin <<= least;
            a.umax <<= most;
        }
    }

    private static void shiftRight(Range a, int least, int most) {
        a.unboundSigned();
        a.umin >>>= most;
        a.umax >>>= least;
    }

    private static void shiftRightSigned(Range a, int least, int most) {
        a.unboundUnsigned();
        a.smin >>= a.smin < 0 ? least : most;
        a.smax >>= a.smax < 0 ? most : least;
    }
}
