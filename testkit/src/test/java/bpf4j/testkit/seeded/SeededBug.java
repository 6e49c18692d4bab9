package bpf4j.testkit.seeded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A change to a source file that makes it wrong.
///
/// @param file from the root of the sources
/// @param before text that is in the file once; blanks do not matter
record SeededBug(String name, String file, String before, String after) {

    /// The bugs of `seeded-bugs.txt`.
    static List<SeededBug> all() {
        String text;
        try (var in = SeededBug.class.getResourceAsStream("/seeded-bugs.txt")) {
            text = new String(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<SeededBug> bugs = new ArrayList<>();
        for (String paragraph : text.split("\n\n+")) {
            List<String> lines = paragraph.lines().filter(line -> !line.startsWith("#")).toList();
            if (!lines.isEmpty()) {
                bugs.add(
                        new SeededBug(
                                lines.get(0),
                                lines.get(1),
                                marked(lines, "< "),
                                marked(lines, "> ")));
            }
        }
        return bugs;
    }

    private static String marked(List<String> lines, String mark) {
        return lines.stream()
                .filter(line -> line.startsWith(mark))
                .map(line -> line.substring(mark.length()))
                .collect(Collectors.joining("\n"));
    }

    /// The file with the bug in it.
    String source(Path root) throws IOException {
        String source = Files.readString(root.resolve(file));
        Matcher matcher = pattern().matcher(source);
        if (!matcher.find()) {
            throw new AssertionError(name + ": the text is not in " + file + ": " + before);
        }
        String changed =
                source.substring(0, matcher.start()) + after + source.substring(matcher.end());
        if (matcher.find()) {
            throw new AssertionError(name + ": the text is more than once in " + file);
        }
        return changed;
    }

    private Pattern pattern() {
        return Pattern.compile(
                before.chars()
                        .filter(c -> !Character.isWhitespace(c))
                        .mapToObj(c -> Pattern.quote(Character.toString(c)))
                        .collect(Collectors.joining("\\s*")));
    }

    /// Where it is, in short: `jit AluEmitter`.
    String place() {
        String type = file.substring(file.lastIndexOf('/') + 1).replace(".java", "");
        return file.substring(0, file.indexOf('/')) + " `" + type + "`";
    }

    @Override
    public String toString() {
        return name;
    }
}
