package bpf4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The cases under `cases/`: instruction cases, whose results `cases/isa/generate.py` derives from
/// the text of RFC 9669, and what fuzzing found.
class CasesTest {
    @ParameterizedTest
    @ValueSource(strings = {"interpreter", "jit"})
    void verifiedCasesGiveTheResultsOfTheSpecification(String engine) throws Exception {
        check(engine, "isa", List.of());
    }

    @ParameterizedTest
    @ValueSource(strings = {"interpreter", "jit"})
    void casesThatLinuxRefusesRunUnverified(String engine) throws Exception {
        check(engine, "isa-unverified", List.of("--unverified"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"interpreter", "jit"})
    void whatFuzzingFoundStaysFixed(String engine) throws Exception {
        for (String policy : List.of("trusted", "unprivileged")) {
            check(engine, "verifier", List.of("--policy", policy), 1);
        }
        check(engine, "fuzz", List.of(), 1);
    }

    private static void check(String engine, String folder, List<String> options) throws Exception {
        check(engine, folder, options, 50);
    }

    private static void check(String engine, String folder, List<String> options, int least)
            throws Exception {
        Path root = Path.of(System.getProperty("bpf4j.root", ".."), "cases", folder);
        List<String> arguments = new ArrayList<>(List.of("case", "--check", "--engine", engine));
        arguments.addAll(options);
        try (Stream<Path> files = Files.list(root)) {
            files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .forEach(file -> arguments.add(file.toString()));
        }
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status =
                Main.run(
                        new PrintWriter(out),
                        new PrintWriter(err),
                        arguments.toArray(String[]::new));
        assertEquals(ExitStatus.OK, status, err.toString());
        long cases = out.toString().lines().count();
        assertTrue(cases >= least, cases + " cases");
        System.out.println("cases/" + folder + ", " + engine + ": " + cases + " of " + cases);
    }
}
