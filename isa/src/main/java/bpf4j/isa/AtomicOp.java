package bpf4j.isa;

/// A read-modify-write operation on memory (RFC 9669 section 5.3).
public enum AtomicOp {
    ADD(0x00),
    OR(0x40),
    AND(0x50),
    XOR(0xa0),
    /// Exchange: stores the source, the old value lands in the source register.
    XCHG(0xe0),
    /// Compare and exchange: stores the source where memory equals r0; the old value lands in r0.
    CMPXCHG(0xf0);

    private final int code;

    AtomicOp(int code) {
        this.code = code;
    }

    /// The immediate that selects the operation, without the fetch bit (1).
    public int code() {
        return code;
    }

    /// Whether the operation exists only with fetch.
    public boolean alwaysFetches() {
        return this == XCHG || this == CMPXCHG;
    }
}
