package bpf4j.isa;

/// The width of an arithmetic or jump operation: the low half of a register or all of it.
public enum Width {
    /// Operates on the low 32 bits; a 32-bit result clears the upper half (RFC 9669 section 4.1).
    W32(32),
    /// Operates on all 64 bits.
    W64(64);

    private final int bits;

    Width(int bits) {
        this.bits = bits;
    }

    /// The number of bits operated on: 32 or 64.
    public int bits() {
        return bits;
    }
}
