package bpf4j.isa;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/// Cuts one line of assembly text into tokens. Comments (`#`, `//`, `/* */` within the line) end
/// here.
final class Lexer {
    private static final String[] OPERATORS = {
        "<<=", ">>=", "+=", "-=", "*=", "/=", "%=", "|=", "&=", "^=", "==", "!=", ">=", "<=", "<<",
        ">>", "=", "<", ">", "&", "|", "^", "+", "-", "*", "/", "%", "~", "(", ")", "[", "]", ",",
        ":", ";"
    };
    private static final String[] SIGNED_OPERATORS = {
        "s>>=", "s>=", "s<=", "s/=", "s%=", "s>", "s<"
    };
    private static final BigInteger LIMIT = BigInteger.ONE.shiftLeft(64);

    private final Source source;
    private final String line;
    private int at;

    Lexer(Source source) {
        this.source = source;
        this.line = source.text();
    }

    List<Token> tokens() throws AssemblyException {
        List<Token> tokens = new ArrayList<>();
        while (true) {
            int before = at;
            skipBlanks();
            boolean glued = at == before;
            if (at >= line.length()) {
                tokens.add(new Token(Token.Kind.END, "end of line", 0, line.length() + 1, false));
                return tokens;
            }
            tokens.add(next(glued));
        }
    }

    private void skipBlanks() throws AssemblyException {
        while (at < line.length()) {
            char c = line.charAt(at);
            if (c == '#' || line.startsWith("//", at)) {
                at = line.length();
            } else if (line.startsWith("/*", at)) {
                int end = line.indexOf("*/", at + 2);
                if (end < 0) {
                    throw source.error(at + 1, "the comment does not end on its line; write */");
                }
                at = end + 2;
            } else if (c <= ' ' || c == 0x7f) {
                at++;
            } else {
                return;
            }
        }
    }

    private Token next(boolean glued) throws AssemblyException {
        int column = at + 1;
        char c = line.charAt(at);
        if (c == '"') {
            return new Token(Token.Kind.STRING, string(), 0, column, glued);
        }
        if (c >= '0' && c <= '9') {
            return number(glued);
        }
        if (c == 's') {
            for (String operator : SIGNED_OPERATORS) {
                if (line.startsWith(operator, at)) {
                    at += operator.length();
                    return new Token(Token.Kind.OPERATOR, operator, 0, column, glued);
                }
            }
        }
        if (isWordPart(c)) {
            int start = at;
            while (at < line.length() && isWordPart(line.charAt(at))) {
                at++;
            }
            return new Token(Token.Kind.WORD, line.substring(start, at), 0, column, glued);
        }
        for (String operator : OPERATORS) {
            if (line.startsWith(operator, at)) {
                at += operator.length();
                return new Token(Token.Kind.OPERATOR, operator, 0, column, glued);
            }
        }
        throw source.error(column, "a line cannot hold '" + printable(c) + "' here");
    }

    private static String printable(char c) {
        return c < 0x7f ? String.valueOf(c) : String.format("\\u%04x", (int) c);
    }

    static boolean isWordPart(char c) {
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9'
                || c == '_'
                || c == '.'
                || c == '$'
                || c == '@';
    }

    private Token number(boolean glued) throws AssemblyException {
        int start = at;
        while (at < line.length() && isWordPart(line.charAt(at))) {
            at++;
        }
        String text = line.substring(start, at);
        boolean hex = text.startsWith("0x") || text.startsWith("0X");
        BigInteger value;
        try {
            value = hex ? new BigInteger(text.substring(2), 16) : new BigInteger(text);
        } catch (NumberFormatException e) {
            throw source.error(start + 1, "'" + shortened(text) + "' is no number");
        }
        if (value.signum() < 0 || value.compareTo(LIMIT) >= 0) {
            throw source.error(start + 1, "'" + shortened(text) + "' does not fit into 64 bits");
        }
        return new Token(Token.Kind.NUMBER, text, value.longValue(), start + 1, glued);
    }

    private static String shortened(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "...";
    }

    private String string() throws AssemblyException {
        int start = at++;
        StringBuilder text = new StringBuilder();
        while (at < line.length() && line.charAt(at) != '"') {
            char c = line.charAt(at++);
            if (c == '\\' && at < line.length()) {
                c = line.charAt(at++);
                text.append(
                        switch (c) {
                            case 'n' -> '\n';
                            case 't' -> '\t';
                            case 'r' -> '\r';
                            case '0' -> '\0';
                            case '\\', '"' -> c;
                            default ->
                                    throw source.error(
                                            at - 1,
                                            "known escapes are \\n \\t \\r \\0 \\\\ and \\\"");
                        });
            } else {
                text.append(c);
            }
        }
        if (at >= line.length()) {
            throw source.error(start + 1, "the text does not end on its line; write \"");
        }
        at++;
        return text.toString();
    }

    /// A line of assembly text and where it stands.
    record Source(String file, int number, String text) {
        AssemblyException error(int column, String problem) {
            return new AssemblyException(file, number, column, text, problem);
        }
    }
}
