package bpf4j.isa;

/// A two-operand arithmetic operation (RFC 9669 section 4.1). Negation, sign-extending moves and
/// byte
/// swaps have instruction records of their own.
public enum AluOp {
    ADD,
    SUB,
    MUL,
    /// Unsigned division; division by zero yields 0.
    DIV,
    /// Signed division (offset field 1); division by zero yields 0, MIN / -1 yields MIN.
    SDIV,
    OR,
    AND,
    LSH,
    RSH,
    /// Unsigned remainder; modulo zero leaves the destination.
    MOD,
    /// Signed remainder (offset field 1); modulo zero leaves the destination, MIN % -1 yields 0.
    SMOD,
    XOR,
    MOV,
    ARSH
}
