package bpf4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Other implementations are fuzzed, whatever they do.
@Timeout(120)
class ExternalTest {
    private static final String JAVA =
            "'%s/bin/java' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED"
                            .formatted(System.getProperty("java.home"))
                    + " -cp '%s' ".formatted(System.getProperty("java.class.path"));

    private record Ran(int status, String out, String err) {}

    private static Ran run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
        return new Ran(status, out.toString(), err.toString());
    }

    @Test
    void aPlantedMistakeIsFoundMadeSmallAndReplayed(@TempDir Path folder) throws Exception {
        Ran fuzz =
                run(
                        "fuzz",
                        "--external",
                        JAVA + "bpf4j.cli.PlantedBug",
                        "--protocol",
                        "cases",
                        "--programs",
                        "200",
                        "--inputs",
                        "4",
                        "--corpus",
                        folder.toString());
        assertEquals(ExitStatus.REFUSED, fuzz.status, fuzz.err);
        assertTrue(fuzz.out.contains("EXTERNAL: "), fuzz.out);
        Matcher replay = Pattern.compile("replay: \\./bpf4j (.*)").matcher(fuzz.err);
        assertTrue(replay.find(), fuzz.err);

        List<String> words = new ArrayList<>();
        Matcher word = Pattern.compile("((?:'[^']*'|\\\\'|[^' ])+)").matcher(replay.group(1));
        while (word.find()) {
            words.add(unquoted(word.group()));
        }
        Path file = Path.of(words.getLast());
        JsonNode finding = new ObjectMapper().readTree(Files.readString(file));
        int instructions = finding.get("insns").asText().length() / 16;
        assertTrue(instructions <= 12, () -> instructions + " instructions:\n" + fuzz.err);

        Ran again = run(words.toArray(String[]::new));
        assertEquals(1, again.status, again.err);
        assertTrue(again.err.contains("in the interpreter, 0x"), again.err);
    }

    /// As a shell reads a word in which only single quotes and `\'` are special.
    private static String unquoted(String word) {
        StringBuilder text = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            if (c == '\'') {
                quoted = !quoted;
            } else if (c == '\\' && !quoted) {
                text.append(word.charAt(++i));
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }

    @Test
    void ourOwnCaseCommandGivesTheSame() {
        Ran fuzz =
                run(
                        "fuzz",
                        "--external",
                        JAVA + "bpf4j.cli.Main case --unverified --engine jit -",
                        "--protocol",
                        "cases",
                        "--programs",
                        "100",
                        "--inputs",
                        "4");
        assertEquals(0, fuzz.status, fuzz.err + fuzz.out);
    }

    @Test
    void ourOwnPluginGivesTheSame() {
        Ran fuzz =
                run(
                        "fuzz",
                        "--external",
                        JAVA + "bpf4j.cli.Main conformance-plugin",
                        "--programs",
                        "3",
                        "--inputs",
                        "1");
        assertEquals(0, fuzz.status, fuzz.err + fuzz.out);
    }

    @Test
    void aPluginThatIsAlwaysWrongIsFoundByASmallProgram() {
        Ran fuzz = run("fuzz", "--external", "sh -c 'echo 2a'", "--programs", "1", "--inputs", "1");
        assertEquals(ExitStatus.REFUSED, fuzz.status, fuzz.err);
        assertTrue(fuzz.err.contains("0x000000000000002a in sh -c"), fuzz.err);
    }

    @Test
    void aPluginThatDiesOnSomeProgramsIsAFinding() {
        // It answers the first program, which is two instructions long, and is killed by others.
        String script = "sh -c 'read p; test ${#p} -lt 50 && echo 0 || kill -11 $$'";
        Ran fuzz = run("fuzz", "--external", script, "--programs", "1", "--inputs", "1");
        assertEquals(ExitStatus.REFUSED, fuzz.status, fuzz.err);
        assertTrue(fuzz.err.contains("dies of signal 11"), fuzz.err);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "plugin | /no/such/program      | cannot be started",
                "cases  | /no/such/program      | cannot be started",
                "plugin | sh -c 'sleep 100'     | gives no answer within 0.5 s",
                "cases  | sh -c 'sleep 100'     | gives no answer within 0.5 s",
                "plugin | yes                   | does not end",
                "cases  | yes                   | not a JSON object",
                "plugin | sh -c 'echo gibberish' | prints \"gibberish\", not r0 in hexadecimal",
                "cases  | sh -c 'echo {}'       | answers 0 runs of 1",
                "plugin | sh -c 'echo no >&2; exit 3' | exits with 3: no",
                "cases  | sh -c 'echo no >&2; exit 3' | exits with 3: no",
                "plugin | ''                    | cannot be started",
            })
    void whatDoesNotSpeakTheProtocolIsNamed(String protocol, String command, String message) {
        Ran fuzz =
                run(
                        "fuzz",
                        "--external",
                        command,
                        "--protocol",
                        protocol,
                        "--timeout",
                        "500",
                        "--programs",
                        "1");
        assertEquals(ExitStatus.UNUSABLE, fuzz.status, fuzz.err);
        assertTrue(fuzz.err.contains(message.strip()), fuzz.err);
    }
}
