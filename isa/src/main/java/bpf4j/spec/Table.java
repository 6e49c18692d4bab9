package bpf4j.spec;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A text file beside this class: entries of one line and its indented continuations; `#` begins a
/// comment line.
final class Table {
    private Table() {}

    /// The entries in order, each on one line.
    static List<String> read(String name) {
        List<String> entries = new ArrayList<>();
        for (String line : text(name).split("\n")) {
            if (line.startsWith("#") || line.isBlank()) {
                continue;
            }
            if (line.startsWith(" ")) {
                entries.set(entries.size() - 1, entries.getLast() + " " + line.strip());
            } else {
                entries.add(line);
            }
        }
        return entries;
    }

    private static String text(String name) {
        try (InputStream in = Table.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new AssertionError(name + " is missing from the module");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
