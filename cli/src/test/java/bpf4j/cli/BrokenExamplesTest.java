package bpf4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The editions of the examples that lack one safety check are refused, as Linux refuses them.
class BrokenExamplesTest {
    private static final Path BROKEN =
            Path.of(System.getProperty("bpf4j.root", ".."), "examples", "broken");

    record Refusal(String name, String reason) {}

    static List<Refusal> refusalsByLinux() throws IOException {
        try (Stream<String> lines = Files.lines(BROKEN.resolve("linux.tsv"))) {
            return lines.filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("\t", 2))
                    .map(fields -> new Refusal(fields[0], fields[1]))
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("refusalsByLinux")
    void isRefusedInLinuxWordsWithALineOfItsSourceACauseAndARemedy(Refusal expected) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String object = BROKEN.resolve(expected.name() + ".o").toString();
        int status = Main.run(new PrintWriter(out), new PrintWriter(err), "verify", object);
        assertEquals(ExitStatus.REFUSED, status, err.toString());
        List<String> lines = out.toString().lines().toList();
        assertEquals(expected.reason(), lines.get(1), out.toString());
        String source = expected.name().replaceFirst("\\..*", ".bpf.c");
        assertTrue(out.toString().contains("./" + source + ":"), out.toString());
        assertTrue(out.toString().contains("\nReason: "), out.toString());
        assertTrue(out.toString().contains("\nSuggestion: "), out.toString());
    }

    @Test
    void everyBrokenEditionIsListed() throws IOException {
        try (Stream<Path> files = Files.list(BROKEN)) {
            List<String> objects =
                    files.map(file -> file.getFileName().toString())
                            .filter(name -> name.endsWith(".o"))
                            .map(name -> name.substring(0, name.length() - 2))
                            .sorted()
                            .toList();
            assertEquals(objects, refusalsByLinux().stream().map(Refusal::name).sorted().toList());
        }
    }
}
