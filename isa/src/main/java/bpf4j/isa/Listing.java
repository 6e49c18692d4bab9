package bpf4j.isa;

import org.jspecify.annotations.Nullable;

/// The lines that `llvm-objdump -d` and [Disassembler#listing] write around instructions.
final class Listing {
    private Listing() {}

    /// The line without what a listing puts before the instruction, columns kept; null for a line
    /// of a listing that holds no instruction.
    static Lexer.@Nullable Source unlist(Lexer.Source source) {
        String text = source.text();
        int start = 0;
        while (start < text.length() && text.charAt(start) <= ' ') {
            start++;
        }
        if (start == text.length()) {
            return null;
        }
        char first = text.charAt(start);
        if (first >= '0' && first <= '9') {
            return numbered(source, text, start);
        }
        boolean heading =
                text.startsWith("Disassembly of section ")
                        || text.contains(":\tfile format elf64-bpf")
                        || first == ';';
        return heading ? null : source;
    }

    private static Lexer.Source numbered(Lexer.Source source, String text, int start) {
        int at = start;
        while (at < text.length() && Character.digit(text.charAt(at), 16) >= 0) {
            at++;
        }
        if (text.startsWith(" <", at) && text.endsWith(">:")) {
            String name = text.substring(at + 2, text.length() - 2);
            return blank(source, at + 1, "\"" + name.replace("\\", "").replace("\"", "") + "\":");
        }
        if (!text.startsWith(":\t", at)) {
            return source;
        }
        int bytes = at + 2;
        int end = bytes;
        while (end < text.length() && isHexOrBlank(text.charAt(end))) {
            end++;
        }
        boolean hasBytes = end > bytes && end < text.length() && text.charAt(end) == '\t';
        int from = hasBytes ? end : bytes;
        return blank(source, from, text.substring(from));
    }

    private static boolean isHexOrBlank(char c) {
        return c == ' ' || Character.digit(c, 16) >= 0;
    }

    private static Lexer.Source blank(Lexer.Source source, int columns, String rest) {
        return new Lexer.Source(source.file(), source.number(), " ".repeat(columns) + rest);
    }
}
