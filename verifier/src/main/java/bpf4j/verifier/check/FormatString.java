package bpf4j.verifier.check;

import bpf4j.spec.MapSpec;

/// Whether a constant format is one that `bpf_snprintf` takes: without control characters, and with
/// conversions that
/// Linux knows for no more arguments than are given (`bpf_bprintf_prepare`).
final class FormatString {
    private final MapSpec map;
    private int at;

    private FormatString(MapSpec map, int start) {
        this.map = map;
        at = start;
    }

    /// Whether the format that begins at `start` of a constant map is good for `args` arguments.
    static boolean isValid(MapSpec map, int start, int args) {
        return new FormatString(map, start).isValid(args);
    }

    private boolean isValid(int args) {
        int used = 0;
        for (char c = peek(0); c != 0; c = peek(0)) {
            if (c < 32 && !isSpace(c) || c == 127) {
                return false;
            }
            at++;
            if (c != '%') {
                continue;
            }
            if (peek(0) == '%') {
                at++;
            } else if (used++ >= args || !conversion()) {
                return false;
            }
        }
        return true;
    }

    private boolean conversion() {
        while ("0+- ".indexOf(peek(0)) >= 0) {
            at++;
        }
        while (isDigit(peek(0))) {
            at++;
        }
        return switch (peek(0)) {
            case 'p' -> {
                at++;
                yield pointer();
            }
            case 's' -> {
                at++;
                yield endsHere();
            }
            case 'c' -> {
                at++;
                yield true;
            }
            default -> number();
        };
    }

    private boolean pointer() {
        char kind = peek(0);
        if (endsHere()) {
            return true;
        }
        at++;
        return switch (kind) {
            case 'k', 'u' -> peek(0) == 's' && after() && endsHere();
            case 'K', 'x', 's', 'S', 'B' -> true;
            case 'i', 'I' -> (peek(0) == '4' || peek(0) == '6') && after();
            default -> false;
        };
    }

    /// Goes on behind a character that is as it should be.
    private boolean after() {
        at++;
        return true;
    }

    private boolean number() {
        for (int i = 0; i < 2 && peek(0) == 'l'; i++) {
            at++;
        }
        char kind = peek(0);
        at++;
        return kind == 'd' || kind == 'i' || kind == 'u' || kind == 'x' || kind == 'X';
    }

    /// The character `ahead` of here; 0 at the end.
    private char peek(int ahead) {
        return (char) map.constant(at + ahead, 1);
    }

    private boolean endsHere() {
        char c = peek(0);
        return c == 0 || isSpace(c) || c > 32 && c < 127 && !isDigit(c) && !isLetter(c);
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c >= 9 && c <= 13;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isLetter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }
}
