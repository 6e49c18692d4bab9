package bpf4j.verifier.domain;

/// A scalar under construction: known bits, bounds of the whole register and bounds of its low
/// half. In programs these are 64 and 32 bits wide; every rule is written for any width, so that
/// tests can enumerate all values at 4 and 2 bits against this very code.
///
/// The rules are those of Linux 6.18 (`reg_bounds_sync` and what it calls), because whether a
/// program is accepted is to agree with Linux.
final class Draft {
    final int bits;
    final int half;
    final Range full;
    final Range low;
    Tnum known;

    /// Every value of `bits` bits.
    Draft(int bits) {
        this.bits = bits;
        this.half = bits / 2;
        this.full = new Range(bits);
        this.low = new Range(half);
        this.known = Tnum.UNKNOWN.truncate(bits);
    }

    void set(Draft other) {
        known = other.known;
        full.set(other.full);
        low.set(other.low);
    }

    void unknown() {
        known = Tnum.UNKNOWN.truncate(bits);
        full.unbound();
        low.unbound();
    }

    void constant(long x) {
        known = Tnum.constant(full.unsigned(x));
        full.constant(x);
        low.constant(x);
    }

    Tnum knownLow() {
        return known.truncate(half);
    }

    boolean isConst() {
        return known.isConst();
    }

    boolean isLowConst() {
        return knownLow().isConst();
    }

    boolean contains(long x) {
        return known.contains(full.unsigned(x)) && full.contains(x) && low.contains(x);
    }

    private boolean isEmpty() {
        return full.isEmpty() || low.isEmpty();
    }

    /// Lets bits, ranges, signs and halves inform each other. Keeps exactly the same values; false
    /// when there are none.
    boolean sync() {
        if (known.isConst()) {
            long value = known.value();
            boolean possible = contains(value);
            constant(value);
            return possible;
        }
        meetBits();
        for (int round = 0; round < 3; round++) {
            if (isEmpty()) {
                return false;
            }
            long before = full.trace() ^ Long.rotateLeft(low.trace(), 1);
            lowFromFull();
            low.exchangeSigns();
            full.exchangeSigns();
            if (!fullFromLow()) {
                return false;
            }
            if ((full.trace() ^ Long.rotateLeft(low.trace(), 1)) == before) {
                break;
            }
        }
        if (isEmpty() || !knownFromRanges()) {
            return false;
        }
        meetBits();
        return !isEmpty();
    }

    private void meetBits() {
        low.meetBits(knownLow());
        full.meetBits(known);
    }

    /// Learns the low half where the upper half is constant or takes two neighbouring values.
    private void lowFromFull() {
        long uminLow = low.unsigned(full.umin);
        long umaxLow = low.unsigned(full.umax);
        if (full.umin >>> half == full.umax >>> half) {
            low.meetUnsigned(uminLow, umaxLow);
            if (low.signed(full.umin) <= low.signed(full.umax)) {
                low.meetSigned(low.signed(full.umin), low.signed(full.umax));
            }
        }
        long sminLow = low.signed(full.smin);
        long smaxLow = low.signed(full.smax);
        if (full.smin >> half == full.smax >> half) {
            if (!Range.less(low.unsigned(full.smax), low.unsigned(full.smin))) {
                low.meetUnsigned(low.unsigned(full.smin), low.unsigned(full.smax));
            }
            if (sminLow <= smaxLow) {
                low.meetSigned(sminLow, smaxLow);
            }
        }
        // [0x...1_fffffff0; 0x...2_00000010] has low halves from -16 to 16.
        if ((full.umin >>> half) + 1 == full.umax >>> half
                && low.signed(full.umin) < 0
                && low.signed(full.umax) >= 0) {
            low.meetSigned(low.signed(full.umin), low.signed(full.umax));
        }
        if ((full.smin >> half) + 1 == full.smax >> half && sminLow < 0 && smaxLow >= 0) {
            low.meetSigned(sminLow, smaxLow);
        }
    }

    /// Learns the whole from its low half: a bound's own low half may be out of reach.
    private boolean fullFromLow() {
        fullFromLow(low.umin, low.umax);
        if (!Range.less(low.unsigned(low.smax), low.unsigned(low.smin))) {
            fullFromLow(low.unsigned(low.smin), low.unsigned(low.smax));
        }
        // A value that a sign-extending load or move made, whose low half is not negative.
        if (low.smin >= 0 && full.smin >= low.signedMin() && full.smax <= low.signedMax()) {
            full.meetSigned(low.smin, low.smax);
            full.meetUnsigned(low.smin, low.smax);
            if (isEmpty()) {
                return false;
            }
            Tnum within = Tnum.range(full.umin, full.umax);
            if (!known.overlaps(within)) {
                return false;
            }
            known = known.meet(within);
        }
        return true;
    }

    private void fullFromLow(long lowMin, long lowMax) {
        long upper = ~low.all();
        full.meetUnsigned((full.umin & upper) | lowMin, (full.umax & upper) | lowMax);
        full.meetSigned((full.smin & upper) | lowMin, (full.smax & upper) | lowMax);
    }

    /// Learns bits from the unsigned ranges.
    private boolean knownFromRanges() {
        Tnum whole = Tnum.range(full.umin, full.umax);
        if (!known.overlaps(whole)) {
            return false;
        }
        Tnum met = known.meet(whole);
        Tnum lowPart = met.truncate(half);
        Tnum lowRange = Tnum.range(low.umin, low.umax);
        if (!lowPart.overlaps(lowRange)) {
            return false;
        }
        known = met.withLow(half, lowPart.meet(lowRange));
        return true;
    }

    /// The low half, zero-extended; bounds of the low half hold for all of it afterwards.
    void zeroExtendLow() {
        known = knownLow();
        full.umin = low.umin;
        full.umax = low.umax;
        if (low.smin >= 0 && low.smax >= 0) {
            full.smin = low.smin;
            full.smax = low.smax;
        } else {
            full.smin = 0;
            full.smax = full.signed(low.all());
        }
    }

    /// The low `count` bits, zero-extended: what a load of that size from the value's place gives.
    void truncate(int count) {
        long keep = -1L >>> (64 - count);
        known = known.truncate(count);
        if ((full.umin & ~keep) == (full.umax & ~keep)) {
            full.umin &= keep;
            full.umax &= keep;
        } else {
            full.umin = 0;
            full.umax = keep;
        }
        full.smin = full.umin;
        full.smax = full.umax;
        if (count < half) {
            low.unbound();
        }
    }

    /// The low `count` bits, fewer than the width, sign-extended to it.
    void signExtend(int count) {
        if (known.isConst()) {
            constant(signExtended(known.value(), count));
            return;
        }
        boolean sameUpper = full.smin >> count == full.smax >> count;
        long first = signExtended(full.smin, count);
        long last = signExtended(full.smax, count);
        unknown();
        if (sameUpper && (first >= 0) == (last >= 0)) {
            full.meetSigned(first, last);
        } else {
            full.meetSigned(-1L << (count - 1), (1L << (count - 1)) - 1);
        }
    }

    /// The low `count` bits, fewer than a half, sign-extended to the low half, the rest zero.
    void signExtendLow(int count) {
        if (known.isConst()) {
            constant(low.unsigned(signExtended(known.value(), count)));
            return;
        }
        boolean sameUpper = low.smin >> count == low.smax >> count;
        long first = signExtended(low.smin, count);
        long last = signExtended(low.smax, count);
        unknown();
        if (sameUpper && (first >= 0) == (last >= 0)) {
            low.meetSigned(first, last);
        } else {
            low.meetSigned(-1L << (count - 1), (1L << (count - 1)) - 1);
        }
        low.exchangeSigns();
        zeroExtendLow();
    }

    private static long signExtended(long x, int count) {
        int unused = 64 - count;
        return x << unused >> unused;
    }

    /// Everything that is in this or `other`.
    void join(Draft other) {
        known = known.join(other.known);
        join(full, other.full);
        join(low, other.low);
    }

    private static void join(Range a, Range b) {
        a.umin = Range.lesser(a.umin, b.umin);
        a.umax = Range.greater(a.umax, b.umax);
        a.smin = Math.min(a.smin, b.smin);
        a.smax = Math.max(a.smax, b.smax);
    }
}
