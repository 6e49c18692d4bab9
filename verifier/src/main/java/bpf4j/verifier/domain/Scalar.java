package bpf4j.verifier.domain;

import bpf4j.isa.AluOp;
import bpf4j.isa.Cond;
import bpf4j.isa.Insn.ByteSwap;
import bpf4j.isa.Semantics;
import bpf4j.isa.Width;

import org.jspecify.annotations.Nullable;

/// A set of 64-bit numbers: those that agree with the known bits and lie in four ranges, of the
/// whole register and of its low half, unsigned and signed (Linux: the scalar part of `struct
/// bpf_reg_state`). Immutable. What may be empty returns null for it; a few empty sets go
/// unnoticed,
/// then operations give some value.
///
/// Every operation is sound (its result contains all results of the numbers in its operands) and
/// as precise as Linux 6.18, so that verdicts agree; those whose names begin with `tight` are more
/// precise than Linux.
public final class Scalar {
    /// All 2^64 numbers.
    public static final Scalar UNKNOWN = new Scalar(new Draft(64));

    /// Zero, known.
    public static final Scalar ZERO;

    private static final int CACHED = 256;
    private static final Scalar[] CONSTANTS = new Scalar[2 * CACHED];

    static {
        for (int i = 0; i < CONSTANTS.length; i++) {
            CONSTANTS[i] = new Scalar(i - CACHED);
        }
        ZERO = CONSTANTS[CACHED];
    }

    private final long value;
    private final long mask;
    private final long umin;
    private final long umax;
    private final long smin;
    private final long smax;
    private final int u32min;
    private final int u32max;
    private final int s32min;
    private final int s32max;

    private Scalar(long constant) {
        value = constant;
        mask = 0;
        umin = constant;
        umax = constant;
        smin = constant;
        smax = constant;
        u32min = (int) constant;
        u32max = (int) constant;
        s32min = (int) constant;
        s32max = (int) constant;
    }

    private Scalar(Draft draft) {
        value = draft.known.value();
        mask = draft.known.mask();
        umin = draft.full.umin;
        umax = draft.full.umax;
        smin = draft.full.smin;
        smax = draft.full.smax;
        u32min = (int) draft.low.umin;
        u32max = (int) draft.low.umax;
        s32min = (int) draft.low.smin;
        s32max = (int) draft.low.smax;
    }

    private Draft draft() {
        Draft draft = new Draft(64);
        load(draft);
        return draft;
    }

    private void load(Draft draft) {
        draft.known = tnum();
        draft.full.umin = umin;
        draft.full.umax = umax;
        draft.full.smin = smin;
        draft.full.smax = smax;
        draft.low.umin = Integer.toUnsignedLong(u32min);
        draft.low.umax = Integer.toUnsignedLong(u32max);
        draft.low.smin = s32min;
        draft.low.smax = s32max;
    }

    /// The scalar of a draft that is in sync.
    private static Scalar of(Draft draft) {
        return draft.isConst() ? constant(draft.known.value()) : new Scalar(draft);
    }

    /// The scalar of the result of an operation. It can only be found empty when an operand was,
    /// unnoticed, on a path that no run takes: then anything is sound.
    private static Scalar synced(Draft draft) {
        return draft.sync() ? of(draft) : UNKNOWN;
    }

    /// Whether the draft is this.
    private boolean matches(Draft draft) {
        return mask == draft.known.mask()
                && value == draft.known.value()
                && umin == draft.full.umin
                && umax == draft.full.umax
                && smin == draft.full.smin
                && smax == draft.full.smax
                && u32min == (int) draft.low.umin
                && u32max == (int) draft.low.umax
                && s32min == (int) draft.low.smin
                && s32max == (int) draft.low.smax;
    }

    /// Exactly one number.
    public static Scalar constant(long x) {
        if (x >= -CACHED && x < CACHED) {
            return CONSTANTS[(int) x + CACHED];
        }
        return new Scalar(x);
    }

    /// The numbers between two unsigned bounds, inclusive.
    public static Scalar unsignedRange(long min, long max) {
        Draft draft = new Draft(64);
        draft.full.meetUnsigned(min, max);
        return require(draft);
    }

    /// The numbers between two signed bounds, inclusive.
    public static Scalar signedRange(long min, long max) {
        Draft draft = new Draft(64);
        draft.full.meetSigned(min, max);
        return require(draft);
    }

    /// The numbers with some known bits.
    public static Scalar of(Tnum known) {
        Draft draft = new Draft(64);
        draft.known = known;
        return require(draft);
    }

    private static Scalar require(Draft draft) {
        if (!draft.sync()) {
            throw new IllegalArgumentException("the minimum exceeds the maximum");
        }
        return of(draft);
    }

    /// The zero-extended numbers of `bytes` (1, 2, 4 or 8) bytes: what a load of unknown memory
    /// gives.
    public static Scalar ofSize(int bytes) {
        return bytes == 8 ? UNKNOWN : unsignedRange(0, -1L >>> (64 - 8 * bytes));
    }

    /// The least number, unsigned.
    public long umin() {
        return umin;
    }

    /// The greatest number, unsigned.
    public long umax() {
        return umax;
    }

    /// The least number, signed.
    public long smin() {
        return smin;
    }

    /// The greatest number, signed.
    public long smax() {
        return smax;
    }

    /// The least low half, unsigned (as the bits of an `int`).
    public int u32min() {
        return u32min;
    }

    /// The greatest low half, unsigned (as the bits of an `int`).
    public int u32max() {
        return u32max;
    }

    /// The least low half, signed.
    public int s32min() {
        return s32min;
    }

    /// The greatest low half, signed.
    public int s32max() {
        return s32max;
    }

    /// The known bits.
    public Tnum tnum() {
        return new Tnum(value, mask);
    }

    /// Whether this is exactly one number.
    public boolean isConst() {
        return mask == 0;
    }

    /// Whether this is exactly the number `x`.
    public boolean isConst(long x) {
        return mask == 0 && value == x;
    }

    /// Whether the low half is exactly one number.
    public boolean isLowConst() {
        return (int) mask == 0;
    }

    /// Whether this is every number.
    public boolean isUnknown() {
        return mask == -1
                && umin == 0
                && umax == -1
                && smin == Long.MIN_VALUE
                && smax == Long.MAX_VALUE
                && u32min == 0
                && u32max == -1
                && s32min == Integer.MIN_VALUE
                && s32max == Integer.MAX_VALUE;
    }

    /// The one number; only when [#isConst()].
    public long value() {
        if (mask != 0) {
            throw new IllegalStateException("not a constant: " + this);
        }
        return value;
    }

    /// Whether this contains the number `x`.
    public boolean contains(long x) {
        int low = (int) x;
        return (x & ~mask) == value
                && Long.compareUnsigned(umin, x) <= 0
                && Long.compareUnsigned(x, umax) <= 0
                && smin <= x
                && x <= smax
                && Integer.compareUnsigned(u32min, low) <= 0
                && Integer.compareUnsigned(low, u32max) <= 0
                && s32min <= low
                && low <= s32max;
    }

    /// Whether every number's upper half is zero.
    public boolean isU32() {
        return umax >>> 32 == 0;
    }

    /// `a op b` in 64 bits. As in Linux 6.18, divisions, remainders and shifts by other than a
    /// constant below 64 give [#UNKNOWN].
    public static Scalar alu64(AluOp op, Scalar a, Scalar b) {
        if (op == AluOp.MOV) {
            return b;
        }
        if (a.mask == 0 && b.mask == 0 && Arithmetic.folds(op)) {
            return constant(Semantics.alu64(op, a.value, b.value));
        }
        if ((a == UNKNOWN || b == UNKNOWN) && Arithmetic.forgets(op)) {
            return UNKNOWN;
        }
        Draft dst = a.draft();
        Arithmetic.whole(op, dst, b.draft());
        return synced(dst);
    }

    /// `a op b` of the low halves, zero-extended. As in Linux 6.18, divisions, remainders and
    /// shifts
    /// by other than a constant below 32 give any 32-bit number.
    public static Scalar alu32(AluOp op, Scalar a, Scalar b) {
        if (a.mask == 0 && b.mask == 0 && Arithmetic.folds(op)) {
            int low = Semantics.alu32(op, (int) a.value, (int) b.value);
            return constant(Integer.toUnsignedLong(low));
        }
        Draft dst = a.draft();
        Arithmetic.low(op, dst, b.draft());
        return synced(dst);
    }

    /// [#alu64] or [#alu32].
    public static Scalar alu(Width width, AluOp op, Scalar a, Scalar b) {
        return switch (width) {
            case W32 -> alu32(op, a, b);
            case W64 -> alu64(op, a, b);
        };
    }

    /// Like [#alu], but also follows divisions, remainders and shifts by any count, which Linux
    /// 6.18
    /// forgets.
    public static Scalar tightAlu(Width width, AluOp op, Scalar a, Scalar b) {
        if (!TightArithmetic.covers(op)) {
            return alu(width, op, a, b);
        }
        Draft dst = a.draft();
        switch (width) {
            case W32 -> TightArithmetic.low(op, dst, b.draft());
            case W64 -> TightArithmetic.whole(op, dst, b.draft());
        }
        return synced(dst);
    }

    /// `-a`.
    public static Scalar neg(Width width, Scalar a) {
        return alu(width, AluOp.SUB, ZERO, a);
    }

    /// The low `bits` (8, 16, or 32 into 64) sign-extended to `width`, the rest cleared.
    public static Scalar movsx(Width width, int bits, Scalar a) {
        Draft dst = a.draft();
        switch (width) {
            case W32 -> dst.signExtendLow(bits);
            case W64 -> dst.signExtend(bits);
        }
        return synced(dst);
    }

    /// What a sign-extending load of `bytes` (1, 2 or 4) gives where this is stored.
    public Scalar signExtend(int bytes) {
        return movsx(Width.W64, 8 * bytes, this);
    }

    /// The low `bits` (16, 32 or 64) swapped as `kind` says, those above cleared (RFC 9669 section
    /// 4.2).
    public static Scalar tightByteSwap(ByteSwap.Kind kind, int bits, Scalar a) {
        if (kind == ByteSwap.Kind.LE) {
            return a.truncate(bits / 8);
        }
        return of(a.tnum().truncate(bits).reverseBytes().shiftRight(64 - bits));
    }

    /// The low half, zero-extended.
    public Scalar zext32() {
        if (isU32()) {
            return this;
        }
        Draft dst = draft();
        dst.zeroExtendLow();
        return synced(dst);
    }

    /// The low `bytes` (1, 2, 4 or 8), zero-extended: what a load of that size gives where this is
    /// stored.
    public Scalar truncate(int bytes) {
        if (bytes == 8 || Long.compareUnsigned(umax, -1L >>> (64 - 8 * bytes)) <= 0) {
            return this;
        }
        Draft dst = draft();
        dst.truncate(8 * bytes);
        return synced(dst);
    }

    /// Whether `a cond b` holds.
    public static Tri holds(Cond cond, Width width, Scalar a, Scalar b) {
        if (cond == Cond.JEQ || cond == Cond.JNE || cond == Cond.JSET) {
            return Comparison.holds(cond, width == Width.W32, a.draft(), b.draft());
        }
        if (width == Width.W64) {
            return Comparison.ordered(
                    cond, a.umin, a.umax, a.smin, a.smax, b.umin, b.umax, b.smin, b.smax);
        }
        return Comparison.ordered(
                cond,
                Integer.toUnsignedLong(a.u32min),
                Integer.toUnsignedLong(a.u32max),
                a.s32min,
                a.s32max,
                Integer.toUnsignedLong(b.u32min),
                Integer.toUnsignedLong(b.u32max),
                b.s32min,
                b.s32max);
    }

    /// Both operands where `a cond b` holds (`taken`) or does not; null when that is nowhere: the
    /// branch is dead.
    public static @Nullable Refined branch(
            Cond cond, Width width, Scalar a, Scalar b, boolean taken) {
        Draft left = a.draft();
        Draft right = b.draft();
        if (!Comparison.narrow(cond, width == Width.W32, left, right, taken)) {
            return null;
        }
        // What was not narrowed is in sync already, and states share it.
        boolean sameLeft = a.matches(left);
        boolean sameRight = b.matches(right);
        if ((!sameLeft && !left.sync()) || (!sameRight && !right.sync())) {
            return null;
        }
        return new Refined(
                sameLeft || a.matches(left) ? a : of(left),
                sameRight || b.matches(right) ? b : of(right));
    }

    /// What is in both; null when that is nothing.
    public static @Nullable Scalar meet(Scalar a, Scalar b) {
        Refined refined = branch(Cond.JEQ, Width.W64, a, b, true);
        return refined == null ? null : refined.left();
    }

    /// Whether each of the ranges and the known bits of this contain those of `other`; then this
    /// contains all its numbers.
    public boolean includes(Scalar other) {
        return this == other
                || ((other.mask & ~mask) == 0
                        && (other.value & ~mask) == value
                        && Long.compareUnsigned(umin, other.umin) <= 0
                        && Long.compareUnsigned(other.umax, umax) <= 0
                        && smin <= other.smin
                        && other.smax <= smax
                        && Integer.compareUnsigned(u32min, other.u32min) <= 0
                        && Integer.compareUnsigned(other.u32max, u32max) <= 0
                        && s32min <= other.s32min
                        && other.s32max <= s32max);
    }

    /// The least scalar that includes both.
    public static Scalar join(Scalar a, Scalar b) {
        if (a.includes(b)) {
            return a;
        }
        if (b.includes(a)) {
            return b;
        }
        Draft dst = a.draft();
        dst.join(b.draft());
        return of(dst);
    }

    /// Includes both, and reaches an end after few steps of `a = widen(a, b)`: each bound of `a`
    /// that does not hold for `b` moves to the next of the `thresholds` or power of two.
    ///
    /// @param thresholds signed bounds to stop at, ascending, such as the constants that the
    /// program
    ///     compares with
    public static Scalar widen(Scalar a, Scalar b, long[] thresholds) {
        if (a.includes(b)) {
            return a;
        }
        return of(Widening.widen(a.draft(), b.draft(), thresholds));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof Scalar that
                        && value == that.value
                        && mask == that.mask
                        && umin == that.umin
                        && umax == that.umax
                        && smin == that.smin
                        && smax == that.smax
                        && u32min == that.u32min
                        && u32max == that.u32max
                        && s32min == that.s32min
                        && s32max == that.s32max);
    }

    @Override
    public int hashCode() {
        long hash = value * 31 + mask;
        hash = hash * 31 + umin;
        hash = hash * 31 + umax;
        hash = hash * 31 + smin;
        hash = hash * 31 + smax;
        return Long.hashCode(hash * 0x9E37_79B9_7F4A_7C15L);
    }

    /// The constant, or the bounds and bits that say something, as Linux's log writes them: empty
    /// for [#UNKNOWN].
    @Override
    public String toString() {
        return isConst() ? ScalarText.signed(value) : ScalarText.bounds(this);
    }
}
