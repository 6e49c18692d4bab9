package bpf4j.isa;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;

/// The tokens of one line of assembly text, read from left to right.
final class Line {
    private static final int DEEPEST = 40;
    private static final String[][] LEVELS = {
        {"|"}, {"^"}, {"&"}, {"<<", ">>"}, {"+", "-"}, {"*", "/", "%"}
    };

    private final Lexer.Source source;
    private final List<Token> tokens;
    private final Map<String, Long> constants;
    private int at;
    private int depth;

    /// @param constants the values of names defined so far, read as numbers
    Line(Lexer.Source source, Map<String, Long> constants) throws AssemblyException {
        this.source = source;
        this.tokens = new Lexer(source).tokens();
        this.constants = constants;
    }

    Lexer.Source source() {
        return source;
    }

    Token peek() {
        return tokens.get(at);
    }

    Token peek(int ahead) {
        return tokens.get(Math.min(at + ahead, tokens.size() - 1));
    }

    Token take() {
        Token token = tokens.get(at);
        if (at < tokens.size() - 1) {
            at++;
        }
        return token;
    }

    boolean atEnd() {
        return peek().kind() == Token.Kind.END;
    }

    /// Whether a statement ends here.
    boolean atStatementEnd() {
        return atEnd() || peek().is(";");
    }

    boolean accept(String operatorOrWord) {
        if (peek().is(operatorOrWord)) {
            take();
            return true;
        }
        return false;
    }

    void expect(String operatorOrWord) throws AssemblyException {
        if (!accept(operatorOrWord)) {
            throw error(peek(), "expected '" + operatorOrWord + "', found " + describe(peek()));
        }
    }

    Token word(String what) throws AssemblyException {
        if (peek().kind() != Token.Kind.WORD) {
            throw error(peek(), "expected " + what + ", found " + describe(peek()));
        }
        return take();
    }

    /// A name: a word, or any text in quotes.
    Token name(String what) throws AssemblyException {
        return peek().kind() == Token.Kind.STRING ? take() : word(what);
    }

    AssemblyException error(Token token, String problem) {
        return source.error(token.column(), problem);
    }

    static String describe(Token token) {
        return switch (token.kind()) {
            case END -> "the end of the line";
            case STRING -> "a text";
            case WORD, NUMBER, OPERATOR -> "'" + token.text() + "'";
        };
    }

    /// The named constant that a token stands for, or null.
    @Nullable Long constant(Token token) {
        return token.kind() == Token.Kind.WORD ? constants.get(token.text()) : null;
    }

    /// Whether a constant expression begins here.
    boolean atNumber() {
        Token token = peek();
        return token.kind() == Token.Kind.NUMBER
                || token.is("-")
                || token.is("+")
                || token.is("~")
                || token.is("(")
                || constant(token) != null;
    }

    /// A constant expression that fits into an immediate: 32 bits, signed or unsigned.
    int immediate() throws AssemblyException {
        Token start = peek();
        long value = number();
        if (value < Integer.MIN_VALUE || value > 0xffff_ffffL) {
            throw error(start, value + " does not fit into the 32 bits of an immediate");
        }
        return (int) value;
    }

    /// A constant expression between two bounds, inclusive.
    long number(long min, long max, String what) throws AssemblyException {
        Token start = peek();
        long value = number();
        if (value < min || value > max) {
            throw error(start, what + " must be from " + min + " to " + max + ", found " + value);
        }
        return value;
    }

    /// A constant expression in 64-bit arithmetic.
    long number() throws AssemblyException {
        return binary(0);
    }

    private long binary(int level) throws AssemblyException {
        if (level == LEVELS.length) {
            return unary();
        }
        long value = binary(level + 1);
        while (true) {
            Token operator = peek();
            boolean found = false;
            for (String known : LEVELS[level]) {
                found |= operator.is(known);
            }
            if (!found) {
                return value;
            }
            take();
            value = apply(operator, value, binary(level + 1));
        }
    }

    private long apply(Token operator, long left, long right) throws AssemblyException {
        if (right == 0 && (operator.is("/") || operator.is("%"))) {
            throw error(operator, "division by zero");
        }
        return switch (operator.text()) {
            case "|" -> left | right;
            case "^" -> left ^ right;
            case "&" -> left & right;
            case "<<" -> left << right;
            case ">>" -> left >>> right;
            case "+" -> left + right;
            case "-" -> left - right;
            case "*" -> left * right;
            case "/" -> left / right;
            default -> left % right;
        };
    }

    private long unary() throws AssemblyException {
        Token token = peek();
        if (++depth > DEEPEST) {
            throw error(token, "the expression is nested too deeply");
        }
        long value = operand(token);
        depth--;
        return value;
    }

    private long operand(Token token) throws AssemblyException {
        if (accept("-")) {
            return -unary();
        }
        if (accept("+")) {
            return unary();
        }
        if (accept("~")) {
            return ~unary();
        }
        if (accept("(")) {
            long value = number();
            expect(")");
            return value;
        }
        if (token.kind() == Token.Kind.NUMBER) {
            return take().value();
        }
        Long constant = constant(token);
        if (constant != null) {
            take();
            return constant;
        }
        throw error(
                token,
                "expected a number, found "
                        + describe(token)
                        + (token.kind() == Token.Kind.WORD
                                ? Nearest.suggestion(token.text(), constants.keySet())
                                : ""));
    }
}
