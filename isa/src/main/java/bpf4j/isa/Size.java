package bpf4j.isa;

/// The size of a memory access (RFC 9669 section 5), named as Linux names it.
public enum Size {
    B(1, 0x10),
    H(2, 0x08),
    W(4, 0x00),
    DW(8, 0x18);

    private final int bytes;
    private final int code;

    Size(int bytes, int code) {
        this.bytes = bytes;
        this.code = code;
    }

    /// The number of bytes accessed: 1, 2, 4 or 8.
    public int bytes() {
        return bytes;
    }

    /// The number of bits accessed: 8, 16, 32 or 64.
    public int bits() {
        return bytes * 8;
    }

    /// The size bits of the opcode (RFC 9669 section 5, table 9).
    public int code() {
        return code;
    }
}
