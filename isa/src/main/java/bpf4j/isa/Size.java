package bpf4j.isa;

/// The size of a memory access (RFC 9669 section 5), named as Linux names it.
public enum Size {
    B(1),
    H(2),
    W(4),
    DW(8);

    private final int bytes;

    Size(int bytes) {
        this.bytes = bytes;
    }

    /// The number of bytes accessed: 1, 2, 4 or 8.
    public int bytes() {
        return bytes;
    }

    /// The number of bits accessed: 8, 16, 32 or 64.
    public int bits() {
        return bytes * 8;
    }
}
