package bpf4j.verifier.domain;

/// A tristate number: a 64-bit value of which each bit is 0, 1 or unknown (Linux: `struct tnum`).
/// Stands for every `x` with `(x & ~mask) == value`.
///
/// Operations hold for narrower numbers too: apply [#truncate(int)] to the result.
///
/// @param value the bits known to be 1
/// @param mask the bits that are unknown; disjoint from `value`
public record Tnum(long value, long mask) {
    /// Every value.
    public static final Tnum UNKNOWN = new Tnum(0, -1);

    private static final Tnum ZERO = new Tnum(0, 0);

    public Tnum {
        if ((value & mask) != 0) {
            throw new IllegalArgumentException("a bit cannot be both known and unknown");
        }
    }

    /// Exactly one value.
    public static Tnum constant(long value) {
        return value == 0 ? ZERO : new Tnum(value, 0);
    }

    /// The bits shared by all values between two unsigned bounds, inclusive.
    public static Tnum range(long unsignedMin, long unsignedMax) {
        long differing = unsignedMin ^ unsignedMax;
        long free = differing == 0 ? 0 : -1L >>> Long.numberOfLeadingZeros(differing);
        return new Tnum(unsignedMin & ~free, free);
    }

    /// Whether every bit is known.
    public boolean isConst() {
        return mask == 0;
    }

    /// Whether this contains `x`.
    public boolean contains(long x) {
        return (x & ~mask) == value;
    }

    /// Whether this contains everything that `other` does.
    public boolean includes(Tnum other) {
        return (other.mask & ~mask) == 0 && (other.value & ~mask) == value;
    }

    /// Whether some value is in both.
    public boolean overlaps(Tnum other) {
        return ((value ^ other.value) & ~mask & ~other.mask) == 0;
    }

    /// What is in both; only where they overlap.
    public Tnum meet(Tnum other) {
        long unknown = mask & other.mask;
        return new Tnum((value | other.value) & ~unknown, unknown);
    }

    /// The least tnum with everything that is in either.
    public Tnum join(Tnum other) {
        long unknown = mask | other.mask | (value ^ other.value);
        return new Tnum(value & ~unknown, unknown);
    }

    /// The low `bits` bits, those above cleared.
    public Tnum truncate(int bits) {
        long keep = -1L >>> (64 - bits);
        return new Tnum(value & keep, mask & keep);
    }

    /// The low `bits` bits cleared, those above kept.
    public Tnum clearLow(int bits) {
        long keep = ~(-1L >>> (64 - bits));
        return new Tnum(value & keep, mask & keep);
    }

    /// This with the low `bits` bits replaced by those of `low`.
    public Tnum withLow(int bits, Tnum low) {
        return clearLow(bits).or(low.truncate(bits));
    }

    /// Bits `bits` and up become copies of bit `bits - 1`.
    public Tnum signExtend(int bits) {
        int unused = 64 - bits;
        return new Tnum(value << unused >> unused, mask << unused >> unused);
    }

    /// The bytes in opposite order.
    public Tnum reverseBytes() {
        return new Tnum(Long.reverseBytes(value), Long.reverseBytes(mask));
    }

    /// All sums.
    public Tnum add(Tnum other) {
        long least = value + other.value;
        long most = least + mask + other.mask;
        long unknown = (most ^ least) | mask | other.mask;
        return new Tnum(least & ~unknown, unknown);
    }

    /// All differences.
    public Tnum sub(Tnum other) {
        long difference = value - other.value;
        long unknown = ((difference + mask) ^ (difference - other.mask)) | mask | other.mask;
        return new Tnum(difference & ~unknown, unknown);
    }

    /// All products: adds the second factor, shifted, for each bit of the first that is or may be
    /// 1.
    /// For a bit that may be 1, both outcomes are joined (Linux 6.18).
    public Tnum mul(Tnum other) {
        Tnum sum = ZERO;
        long ones = value;
        long open = mask;
        Tnum addend = other;
        while ((ones | open) != 0) {
            if ((ones & 1) != 0) {
                sum = sum.add(addend);
            } else if ((open & 1) != 0) {
                sum = sum.join(sum.add(addend));
            }
            ones >>>= 1;
            open >>>= 1;
            addend = addend.shiftLeft(1);
        }
        return sum;
    }

    /// All conjunctions.
    public Tnum and(Tnum other) {
        long ones = value & other.value;
        return new Tnum(ones, (value | mask) & (other.value | other.mask) & ~ones);
    }

    /// All disjunctions.
    public Tnum or(Tnum other) {
        long ones = value | other.value;
        return new Tnum(ones, (mask | other.mask) & ~ones);
    }

    /// All exclusive disjunctions.
    public Tnum xor(Tnum other) {
        long unknown = mask | other.mask;
        return new Tnum((value ^ other.value) & ~unknown, unknown);
    }

    /// Shifted left by 0 to 63.
    public Tnum shiftLeft(int count) {
        return new Tnum(value << count, mask << count);
    }

    /// Shifted right by 0 to 63, zeros coming in.
    public Tnum shiftRight(int count) {
        return new Tnum(value >>> count, mask >>> count);
    }

    /// The low `bits` bits shifted right by less than that, copies of their sign bit coming in; the
    /// bits above cleared.
    public Tnum shiftRightSigned(int count, int bits) {
        Tnum extended = signExtend(bits);
        return new Tnum(extended.value >> count, extended.mask >> count).truncate(bits);
    }

    /// As Linux writes it: `(0x0; 0xff)`.
    @Override
    public String toString() {
        return "(0x" + Long.toHexString(value) + "; 0x" + Long.toHexString(mask) + ")";
    }
}
