package bpf4j.isa;

/// The condition of a conditional jump (RFC 9669 section 4.3), named as Linux names it.
public enum Cond {
    JEQ(0x1, "=="),
    JNE(0x5, "!="),
    JSET(0x4, "&"),
    JGT(0x2, ">"),
    JGE(0x3, ">="),
    JLT(0xa, "<"),
    JLE(0xb, "<="),
    JSGT(0x6, "s>"),
    JSGE(0x7, "s>="),
    JSLT(0xc, "s<"),
    JSLE(0xd, "s<=");

    private final int code;
    private final String symbol;

    Cond(int code, String symbol) {
        this.code = code;
        this.symbol = symbol;
    }

    /// The upper four bits of the opcode (RFC 9669 table 6).
    public int code() {
        return code;
    }

    /// The operator as assembly text, such as `s>=`.
    public String symbol() {
        return symbol;
    }
}
