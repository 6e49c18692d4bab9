package bpf4j.isa;

/// The condition of a conditional jump (RFC 9669 section 4.3), named as Linux names it.
public enum Cond {
    JEQ,
    JNE,
    JSET,
    JGT,
    JGE,
    JLT,
    JLE,
    JSGT,
    JSGE,
    JSLT,
    JSLE
}
