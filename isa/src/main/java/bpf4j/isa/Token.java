package bpf4j.isa;

/// A word, number, quoted text or operator of assembly text.
///
/// @param text the word, operator, or text between the quotes with escapes resolved
/// @param value the number, as the low 64 bits
/// @param column from 1
/// @param glued whether no space stands before it
record Token(Kind kind, String text, long value, int column, boolean glued) {
    enum Kind {
        WORD,
        NUMBER,
        STRING,
        OPERATOR,
        END
    }

    boolean is(String operatorOrWord) {
        return (kind == Kind.OPERATOR || kind == Kind.WORD) && text.equals(operatorOrWord);
    }
}
