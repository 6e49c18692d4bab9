package bpf4j.isa;

/// A two-operand arithmetic operation (RFC 9669 section 4.1). Negation, sign-extending moves and
/// byte swaps have instruction records of their own.
public enum AluOp {
    ADD(0x0, "+="),
    SUB(0x1, "-="),
    MUL(0x2, "*="),
    /// Unsigned division; division by zero yields 0.
    DIV(0x3, "/="),
    /// Signed division (offset field 1); division by zero yields 0, MIN / -1 yields MIN.
    SDIV(0x3, "s/="),
    OR(0x4, "|="),
    AND(0x5, "&="),
    LSH(0x6, "<<="),
    RSH(0x7, ">>="),
    /// Unsigned remainder; modulo zero leaves the destination.
    MOD(0x9, "%="),
    /// Signed remainder (offset field 1); modulo zero leaves the destination, MIN % -1 yields 0.
    SMOD(0x9, "s%="),
    XOR(0xa, "^="),
    MOV(0xb, "="),
    ARSH(0xc, "s>>=");

    private final int code;
    private final String symbol;

    AluOp(int code, String symbol) {
        this.code = code;
        this.symbol = symbol;
    }

    /// The upper four bits of the opcode (RFC 9669 table 3); the signed operations share theirs
    /// with the unsigned ones.
    public int code() {
        return code;
    }

    /// The operator as assembly text, such as `s>>=`.
    public String symbol() {
        return symbol;
    }

    /// Whether the operation is marked on the wire by an offset field of 1.
    public boolean isSigned() {
        return this == SDIV || this == SMOD;
    }
}
