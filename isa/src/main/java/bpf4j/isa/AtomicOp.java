package bpf4j.isa;

/// A read-modify-write operation on memory (RFC 9669 section 5.3).
public enum AtomicOp {
    ADD,
    OR,
    AND,
    XOR,
    XCHG,
    CMPXCHG
}
