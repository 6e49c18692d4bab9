package bpf4j.verifier.domain;

/// Unsigned and signed bounds of a number of `bits` bits, under construction. Unsigned bounds are
/// kept zero-extended, signed ones sign-extended to 64 bits, so that one rule serves every width
/// (tests prove the rules by enumeration at 4 and 2 bits). Empty when a minimum exceeds its
/// maximum.
final class Range {
    final int bits;
    long umin;
    long umax;
    long smin;
    long smax;

    Range(int bits) {
        this.bits = bits;
        unbound();
    }

    /// The greatest unsigned number: all bits set.
    long all() {
        return -1L >>> (64 - bits);
    }

    long signedMax() {
        return all() >>> 1;
    }

    long signedMin() {
        return ~signedMax();
    }

    /// The low bits of `x`, zero-extended.
    long unsigned(long x) {
        return x & all();
    }

    /// The low bits of `x`, sign-extended.
    long signed(long x) {
        int unused = 64 - bits;
        return x << unused >> unused;
    }

    void unbound() {
        unboundUnsigned();
        unboundSigned();
    }

    void unboundUnsigned() {
        umin = 0;
        umax = all();
    }

    void unboundSigned() {
        smin = signedMin();
        smax = signedMax();
    }

    void constant(long x) {
        umin = unsigned(x);
        umax = umin;
        smin = signed(x);
        smax = smin;
    }

    void set(Range other) {
        umin = other.umin;
        umax = other.umax;
        smin = other.smin;
        smax = other.smax;
    }

    boolean isConst() {
        return umin == umax && smin == smax;
    }

    boolean isEmpty() {
        return less(umax, umin) || smax < smin;
    }

    boolean contains(long x) {
        long u = unsigned(x);
        long s = signed(x);
        return !less(u, umin) && !less(umax, u) && smin <= s && s <= smax;
    }

    /// A number that changes when bounds tighten, but for rare coincidences.
    long trace() {
        return umin * 0x9E37_79B9_7F4A_7C15L
                + umax * 0xC2B2_AE3D_27D4_EB4FL
                + smin * 0x1656_67B1_9E37_79F9L
                + smax * 0x85EB_CA77_C2B2_AE63L;
    }

    static boolean less(long a, long b) {
        return Long.compareUnsigned(a, b) < 0;
    }

    static long lesser(long a, long b) {
        return less(b, a) ? b : a;
    }

    static long greater(long a, long b) {
        return less(a, b) ? b : a;
    }

    void meetUnsigned(long min, long max) {
        umin = greater(umin, min);
        umax = lesser(umax, max);
    }

    void meetSigned(long min, long max) {
        smin = Math.max(smin, min);
        smax = Math.min(smax, max);
    }

    /// Keeps what is also within `other`.
    void meet(Range other) {
        meetUnsigned(other.umin, other.umax);
        meetSigned(other.smin, other.smax);
    }

    /// Learns bounds from known bits.
    void meetBits(Tnum known) {
        long sign = 1L << (bits - 1);
        long value = unsigned(known.value());
        long mask = unsigned(known.mask());
        meetSigned(signed(value | (mask & sign)), signed(value | (mask & ~sign)));
        meetUnsigned(value, value | mask);
    }

    /// Learns signed bounds from unsigned ones and the other way round.
    void exchangeSigns() {
        if (signed(umin) <= signed(umax)) {
            meetSigned(signed(umin), signed(umax));
        }
        if (!less(unsigned(smax), unsigned(smin))) {
            meetUnsigned(unsigned(smin), unsigned(smax));
        } else if (less(umax, unsigned(smin))) {
            // The signed range lies at both ends of the unsigned line; ours meets the lower end
            // only.
            smin = Math.max(smin, signed(umin));
            umax = lesser(umax, unsigned(smax));
        } else if (less(unsigned(smax), umin)) {
            smax = Math.min(smax, signed(umax));
            umin = greater(umin, unsigned(smin));
        }
    }

    /// Signed bounds become the unsigned ones where these do not cross the sign, else unknown.
    void signedFromUnsigned() {
        if (signed(umin) <= signed(umax)) {
            smin = signed(umin);
            smax = signed(umax);
        } else {
            unboundSigned();
        }
    }

    void add(Range other) {
        if (addOverflows(smin, other.smin) || addOverflows(smax, other.smax)) {
            unboundSigned();
        } else {
            smin += other.smin;
            smax += other.smax;
        }
        long least = unsigned(umin + other.umin);
        long most = unsigned(umax + other.umax);
        // Bounds that both wrap around or both do not still enclose the sums.
        boolean split = !less(least, umin) && less(most, umax);
        umin = split ? 0 : least;
        umax = split ? all() : most;
    }

    void sub(Range other) {
        if (subOverflows(smin, other.smax) || subOverflows(smax, other.smin)) {
            unboundSigned();
        } else {
            smin -= other.smax;
            smax -= other.smin;
        }
        boolean split = less(umin, other.umax) && !less(umax, other.umin);
        umin = split ? 0 : unsigned(umin - other.umax);
        umax = split ? all() : unsigned(umax - other.umin);
    }

    void mul(Range other) {
        if (unsignedMulOverflows(umax, other.umax)) {
            unboundUnsigned();
        } else {
            umin *= other.umin;
            umax *= other.umax;
        }
        if (mulOverflows(smin, other.smin)
                || mulOverflows(smin, other.smax)
                || mulOverflows(smax, other.smin)
                || mulOverflows(smax, other.smax)) {
            unboundSigned();
        } else {
            long a = smin * other.smin;
            long b = smin * other.smax;
            long c = smax * other.smin;
            long d = smax * other.smax;
            smin = Math.min(Math.min(a, b), Math.min(c, d));
            smax = Math.max(Math.max(a, b), Math.max(c, d));
        }
    }

    /// A conjunction is at most the lesser operand; `result` holds its bits.
    void and(Range other, Tnum result) {
        umin = unsigned(result.value());
        umax = lesser(umax, other.umax);
        signedFromUnsigned();
    }

    /// A disjunction is at least the greater operand; `result` holds its bits.
    void or(Range other, Tnum result) {
        umin = greater(umin, other.umin);
        umax = unsigned(result.value() | result.mask());
        signedFromUnsigned();
    }

    /// Of an exclusive disjunction only the bits are known.
    void xor(Tnum result) {
        umin = unsigned(result.value());
        umax = unsigned(result.value() | result.mask());
        signedFromUnsigned();
    }

    /// Shifted left by a known count; unknown when bits may be shifted out.
    void shiftLeft(int count) {
        unboundSigned();
        if (count >= bits || less(1L << (bits - 1 - count), umax)) {
            unboundUnsigned();
        } else {
            umin = unsigned(umin << count);
            umax = unsigned(umax << count);
        }
    }

    /// Shifted right by a count below the width, zeros coming in.
    void shiftRight(int count) {
        unboundSigned();
        umin >>>= count;
        umax >>>= count;
    }

    /// Shifted right by a count below the width, copies of the sign coming in.
    void shiftRightSigned(int count) {
        unboundUnsigned();
        smin >>= count;
        smax >>= count;
    }

    private boolean addOverflows(long a, long b) {
        long sum = a + b;
        return ((a ^ sum) & (b ^ sum)) < 0 || signed(sum) != sum;
    }

    private boolean subOverflows(long a, long b) {
        long difference = a - b;
        return ((a ^ b) & (a ^ difference)) < 0 || signed(difference) != difference;
    }

    private boolean mulOverflows(long a, long b) {
        long product = a * b;
        return Math.multiplyHigh(a, b) != product >> 63 || signed(product) != product;
    }

    private boolean unsignedMulOverflows(long a, long b) {
        long product = a * b;
        return Math.unsignedMultiplyHigh(a, b) != 0 || unsigned(product) != product;
    }
}
