package bpf4j.verifier.domain;

import bpf4j.isa.AluOp;

/// What arithmetic makes of scalars: the rules of Linux 6.18 (`adjust_scalar_min_max_vals`), for
/// any width.
final class Arithmetic {
    private Arithmetic() {}

    /// `dst = dst op src` on the whole register. As in Linux 6.18, divisions, remainders and shifts
    /// by other than a constant below the width give an unknown value.
    static void whole(AluOp op, Draft dst, Draft src) {
        Tnum result = bits(op, dst, src, dst.bits);
        switch (op) {
            case ADD -> {
                dst.low.add(src.low);
                dst.full.add(src.full);
            }
            case SUB -> {
                dst.low.sub(src.low);
                dst.full.sub(src.full);
            }
            case MUL -> {
                dst.low.mul(src.low);
                dst.full.mul(src.full);
            }
            case AND -> {
                dst.low.and(src.low, result);
                dst.full.and(src.full, result);
            }
            case OR -> {
                dst.low.or(src.low, result);
                dst.full.or(src.full, result);
            }
            case XOR -> {
                dst.low.xor(result);
                dst.full.xor(result);
            }
            case LSH, RSH, ARSH -> {
                if (!isShift(src, dst.bits)) {
                    dst.unknown();
                    return;
                }
                shiftWhole(op, dst, (int) src.known.value());
            }
            case DIV, SDIV, MOD, SMOD -> {
                dst.unknown();
                return;
            }
            case MOV -> dst.set(src);
        }
        dst.known = result;
    }

    /// `dst = dst op src` on the low half, the upper half cleared.
    static void low(AluOp op, Draft dst, Draft src) {
        Tnum result = bits(op, dst, src, dst.half);
        switch (op) {
            case ADD -> dst.low.add(src.low);
            case SUB -> dst.low.sub(src.low);
            case MUL -> dst.low.mul(src.low);
            case AND -> dst.low.and(src.low, result);
            case OR -> dst.low.or(src.low, result);
            case XOR -> dst.low.xor(result);
            case LSH, RSH, ARSH -> {
                if (!isShift(src, dst.half)) {
                    result = Tnum.UNKNOWN;
                    dst.low.unbound();
                } else {
                    shift(op, dst.low, (int) src.known.value());
                }
            }
            case DIV, SDIV, MOD, SMOD -> dst.low.unbound();
            case MOV -> dst.set(src);
        }
        dst.known = result;
        dst.zeroExtendLow();
    }

    /// Whether Linux 6.18 knows the result for known operands.
    static boolean folds(AluOp op) {
        return switch (op) {
            case ADD, SUB, MUL, OR, AND, XOR, MOV -> true;
            case LSH, RSH, ARSH, DIV, SDIV, MOD, SMOD -> false;
        };
    }

    /// Whether nothing is known of the result when nothing is known of one operand.
    static boolean forgets(AluOp op) {
        return switch (op) {
            case ADD, SUB, XOR -> true;
            case MUL, OR, AND, LSH, RSH, ARSH, DIV, SDIV, MOD, SMOD, MOV -> false;
        };
    }

    /// Whether a shift by `src` is by a known count below `width`.
    private static boolean isShift(Draft src, int width) {
        return src.isConst() && Range.less(src.known.value(), width);
    }

    /// The known bits of the result of an operation of `width` bits.
    private static Tnum bits(AluOp op, Draft dst, Draft src, int width) {
        Tnum a = dst.known;
        Tnum b = src.known;
        Tnum result =
                switch (op) {
                    case ADD -> a.add(b);
                    case SUB -> a.sub(b);
                    case MUL -> a.truncate(width).mul(b.truncate(width));
                    case AND -> a.and(b);
                    case OR -> a.or(b);
                    case XOR -> a.xor(b);
                    case LSH -> isShift(src, width) ? a.shiftLeft((int) b.value()) : Tnum.UNKNOWN;
                    case RSH ->
                            isShift(src, width)
                                    ? a.truncate(width).shiftRight((int) b.value())
                                    : Tnum.UNKNOWN;
                    case ARSH ->
                            isShift(src, width)
                                    ? a.shiftRightSigned((int) b.value(), width)
                                    : Tnum.UNKNOWN;
                    case DIV, SDIV, MOD, SMOD -> Tnum.UNKNOWN;
                    case MOV -> b;
                };
        return result.truncate(width);
    }

    private static void shift(AluOp op, Range range, int count) {
        switch (op) {
            case LSH -> range.shiftLeft(count);
            case RSH -> range.shiftRight(count);
            case ARSH -> range.shiftRightSigned(count);
            default -> throw new AssertionError(op);
        }
    }

    private static void shiftWhole(AluOp op, Draft dst, int count) {
        long lowSmin = dst.low.smin;
        long lowSmax = dst.low.smax;
        shift(op, dst.full, count);
        if (op == AluOp.LSH) {
            dst.low.shiftLeft(count);
            if (count == dst.half) {
                // The first step of a sign extension by two shifts keeps the signs.
                dst.full.smin = dst.full.signed(lowSmin << count);
                dst.full.smax = dst.full.signed(lowSmax << count);
            }
        } else {
            dst.low.unbound();
        }
    }
}
