package bpf4j.verifier.domain;

import bpf4j.isa.Cond;

/// What a conditional jump decides and teaches about two scalars: the rules of Linux 6.18
/// (`is_scalar_branch_taken`, `regs_refine_cond_op`), for any width.
final class Comparison {
    private Comparison() {}

    /// Whether `a cond b` holds; of the low halves when `low`.
    static Tri holds(Cond cond, boolean low, Draft a, Draft b) {
        Range x = low ? a.low : a.full;
        Range y = low ? b.low : b.full;
        return switch (cond) {
            case JEQ -> equal(low, a, b);
            case JNE -> not(equal(low, a, b));
            case JSET -> bitsSet(low, a, b);
            default ->
                    ordered(cond, x.umin, x.umax, x.smin, x.smax, y.umin, y.umax, y.smin, y.smax);
        };
    }

    /// Whether `x cond y` holds, for a condition on their order, by their bounds.
    static Tri ordered(
            Cond cond,
            long xumin,
            long xumax,
            long xsmin,
            long xsmax,
            long yumin,
            long yumax,
            long ysmin,
            long ysmax) {
        return switch (cond) {
            case JGT -> not(lessOrEqual(xumin, xumax, yumin, yumax));
            case JLE -> lessOrEqual(xumin, xumax, yumin, yumax);
            case JLT -> not(lessOrEqual(yumin, yumax, xumin, xumax));
            case JGE -> lessOrEqual(yumin, yumax, xumin, xumax);
            case JSGT -> not(lessOrEqualSigned(xsmin, xsmax, ysmin, ysmax));
            case JSLE -> lessOrEqualSigned(xsmin, xsmax, ysmin, ysmax);
            case JSLT -> not(lessOrEqualSigned(ysmin, ysmax, xsmin, xsmax));
            case JSGE -> lessOrEqualSigned(ysmin, ysmax, xsmin, xsmax);
            case JEQ, JNE, JSET -> throw new AssertionError(cond);
        };
    }

    private static Tri not(Tri answer) {
        return switch (answer) {
            case YES -> Tri.NO;
            case NO -> Tri.YES;
            case MAYBE -> Tri.MAYBE;
        };
    }

    private static Tri lessOrEqual(long xmin, long xmax, long ymin, long ymax) {
        if (!Range.less(ymin, xmax)) {
            return Tri.YES;
        }
        return Range.less(ymax, xmin) ? Tri.NO : Tri.MAYBE;
    }

    private static Tri lessOrEqualSigned(long xmin, long xmax, long ymin, long ymax) {
        if (xmax <= ymin) {
            return Tri.YES;
        }
        return xmin > ymax ? Tri.NO : Tri.MAYBE;
    }

    private static Tri equal(boolean low, Draft a, Draft b) {
        Tnum s = low ? a.knownLow() : a.known;
        Tnum t = low ? b.knownLow() : b.known;
        if (s.isConst() && t.isConst()) {
            return s.value() == t.value() ? Tri.YES : Tri.NO;
        }
        boolean apart = !s.overlaps(t) || apart(a.low, b.low) || (!low && apart(a.full, b.full));
        return apart ? Tri.NO : Tri.MAYBE;
    }

    private static boolean apart(Range x, Range y) {
        return Range.less(y.umax, x.umin)
                || Range.less(x.umax, y.umin)
                || x.smin > y.smax
                || y.smin > x.smax;
    }

    /// As in Linux, decided only where one operand is constant.
    private static Tri bitsSet(boolean low, Draft a, Draft b) {
        Tnum s = low ? a.knownLow() : a.known;
        Tnum t = low ? b.knownLow() : b.known;
        if (!s.isConst() && !t.isConst()) {
            return Tri.MAYBE;
        }
        Tnum both = s.and(t);
        if (both.value() != 0) {
            return Tri.YES;
        }
        return both.mask() == 0 ? Tri.NO : Tri.MAYBE;
    }

    /// Narrows both operands to where `a cond b` holds, or does not when not `taken`. False when
    /// that is nowhere.
    static boolean refine(Cond cond, boolean low, Draft a, Draft b, boolean taken) {
        return narrow(cond, low, a, b, taken) && a.sync() && b.sync();
    }

    /// The first half of [#refine]: leaves drafts that are not in sync.
    static boolean narrow(Cond cond, boolean low, Draft a, Draft b, boolean taken) {
        return switch (cond) {
            case JEQ -> taken ? makeEqual(low, a, b) : makeUnequal(low, a, b);
            case JNE -> taken ? makeUnequal(low, a, b) : makeEqual(low, a, b);
            case JSET -> taken ? makeBitSet(low, a, b) : makeBitsClear(low, a, b);
            case JLE -> taken ? makeLessEqual(low, a, b) : makeLess(low, b, a);
            case JLT -> taken ? makeLess(low, a, b) : makeLessEqual(low, b, a);
            case JGE -> taken ? makeLessEqual(low, b, a) : makeLess(low, a, b);
            case JGT -> taken ? makeLess(low, b, a) : makeLessEqual(low, a, b);
            case JSLE -> taken ? makeLessEqualSigned(low, a, b) : makeLessSigned(low, b, a);
            case JSLT -> taken ? makeLessSigned(low, a, b) : makeLessEqualSigned(low, b, a);
            case JSGE -> taken ? makeLessEqualSigned(low, b, a) : makeLessSigned(low, a, b);
            case JSGT -> taken ? makeLessSigned(low, b, a) : makeLessEqualSigned(low, a, b);
        };
    }

    private static boolean makeEqual(boolean low, Draft a, Draft b) {
        if (low) {
            Tnum s = a.knownLow();
            Tnum t = b.knownLow();
            if (!s.overlaps(t)) {
                return false;
            }
            Tnum met = s.meet(t);
            a.known = a.known.withLow(a.half, met);
            b.known = b.known.withLow(b.half, met);
            a.low.meet(b.low);
            b.low.set(a.low);
            return true;
        }
        if (!a.known.overlaps(b.known)) {
            return false;
        }
        a.known = a.known.meet(b.known);
        b.known = a.known;
        a.full.meet(b.full);
        b.full.set(a.full);
        return true;
    }

    /// Learns only where one operand is constant and at an edge of the other's ranges.
    private static boolean makeUnequal(boolean low, Draft a, Draft b) {
        boolean bConst = low ? b.isLowConst() : b.isConst();
        boolean aConst = low ? a.isLowConst() : a.isConst();
        if (bConst) {
            return exclude(low ? a.low : a.full, b.known.value());
        }
        return !aConst || exclude(low ? b.low : b.full, a.known.value());
    }

    private static boolean exclude(Range range, long x) {
        long u = range.unsigned(x);
        long s = range.signed(x);
        if ((range.umin == u && range.umax == u) || (range.smin == s && range.smax == s)) {
            return false;
        }
        if (range.umin == u) {
            range.umin++;
        } else if (range.umax == u) {
            range.umax--;
        }
        if (range.smin == s) {
            range.smin++;
        } else if (range.smax == s) {
            range.smax--;
        }
        return true;
    }

    /// A test of one bit that holds makes it known; of several, says nothing.
    private static boolean makeBitSet(boolean low, Draft a, Draft b) {
        boolean swap = !(low ? b.isLowConst() : b.isConst());
        Draft x = swap ? b : a;
        Draft tested = swap ? a : b;
        if (!(low ? tested.isLowConst() : tested.isConst())) {
            return true;
        }
        long bits = low ? tested.knownLow().value() : tested.known.value();
        if (Long.bitCount(bits) == 1) {
            if (((x.known.value() | x.known.mask()) & bits) == 0) {
                return false;
            }
            x.known = x.known.or(Tnum.constant(bits));
        }
        return bits != 0;
    }

    /// A test that fails makes all tested bits known. Like Linux since 6.17, forgets the ranges.
    private static boolean makeBitsClear(boolean low, Draft a, Draft b) {
        boolean swap = !(low ? b.isLowConst() : b.isConst());
        Draft x = swap ? b : a;
        Draft tested = swap ? a : b;
        if (!(low ? tested.isLowConst() : tested.isConst())) {
            return true;
        }
        long bits = low ? tested.knownLow().value() : tested.known.value();
        if ((x.known.value() & bits) != 0) {
            return false;
        }
        x.full.unbound();
        x.low.unbound();
        x.known = x.known.and(Tnum.constant(x.full.unsigned(~bits)));
        return true;
    }

    private static boolean makeLessEqual(boolean low, Draft a, Draft b) {
        Range x = low ? a.low : a.full;
        Range y = low ? b.low : b.full;
        x.umax = Range.lesser(x.umax, y.umax);
        y.umin = Range.greater(x.umin, y.umin);
        return true;
    }

    private static boolean makeLess(boolean low, Draft a, Draft b) {
        Range x = low ? a.low : a.full;
        Range y = low ? b.low : b.full;
        if (y.umax == 0 || x.umin == x.all()) {
            return false;
        }
        x.umax = Range.lesser(x.umax, y.umax - 1);
        y.umin = Range.greater(x.umin + 1, y.umin);
        return true;
    }

    private static boolean makeLessEqualSigned(boolean low, Draft a, Draft b) {
        Range x = low ? a.low : a.full;
        Range y = low ? b.low : b.full;
        x.smax = Math.min(x.smax, y.smax);
        y.smin = Math.max(x.smin, y.smin);
        return true;
    }

    private static boolean makeLessSigned(boolean low, Draft a, Draft b) {
        Range x = low ? a.low : a.full;
        Range y = low ? b.low : b.full;
        if (y.smax == y.signedMin() || x.smin == x.signedMax()) {
            return false;
        }
        x.smax = Math.min(x.smax, y.smax - 1);
        y.smin = Math.max(x.smin + 1, y.smin);
        return true;
    }
}
