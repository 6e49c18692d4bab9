package bpf4j.cli;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// Texts that a log must contain in order, as Linux's tests write them: plain, with regular
/// expressions between `{{` and `}}`.
final class ExpectedText {
    private static final Pattern MARKS = Pattern.compile("\\b(R\\d|fp-\\d+)_(?:w|r|rw)=");

    private ExpectedText() {}

    /// The first expected text that the log does not contain after those before it, or empty when
    /// all are there.
    static String missing(List<String> expected, String log) {
        int from = 0;
        for (String text : expected) {
            Matcher matcher = pattern(withoutMarks(text)).matcher(log);
            if (!matcher.find(from)) {
                return text;
            }
            from = matcher.end();
        }
        return "";
    }

    /// Linux up to 6.17 marks what an instruction wrote (`R0_w=5`), later ones and we do not.
    private static String withoutMarks(String text) {
        return MARKS.matcher(text).replaceAll("$1=");
    }

    private static Pattern pattern(String text) {
        StringBuilder regex = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            int open = text.indexOf("{{", at);
            int close = open < 0 ? -1 : text.indexOf("}}", open);
            if (close < 0) {
                break;
            }
            regex.append(Pattern.quote(text.substring(at, open)));
            regex.append("(?:").append(text, open + 2, close).append(')');
            at = close + 2;
        }
        regex.append(Pattern.quote(text.substring(at)));
        try {
            return Pattern.compile(regex.toString(), Pattern.MULTILINE);
        } catch (PatternSyntaxException e) {
            return Pattern.compile(Pattern.quote(text));
        }
    }
}
