package bpf4j.testkit.seeded;

import static org.junit.jupiter.api.Assertions.assertTrue;

import bpf4j.kernel.KernelProgram;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The fuzzer finds bugs: those of `seeded-bugs.txt`, one at a time.
///
/// `mvn test -Pseeded-bugs` runs all of them and prints the table of `docs/fuzzing.md`.
class SeededBugsTest {
    private static final String ALL = "bpf4j.seeded-bugs";
    private static final long PROGRAMS = Long.getLong("bpf4j.seeded-bugs.programs", 100_000);
    private static final long SECONDS = Long.getLong("bpf4j.seeded-bugs.seconds", 600);
    private static final long SEED = Long.getLong("bpf4j.seeded-bugs.seed", 1);

    private static Path root() {
        String root = System.getProperty("bpf4j.root");
        return root != null ? Path.of(root) : Path.of("..");
    }

    @Test
    void twentyFiveSeededBugsFitTheSources() throws IOException {
        int fitting = 0;
        for (SeededBug bug : SeededBug.all()) {
            try {
                bug.source(root());
                fitting++;
            } catch (AssertionError e) {
                // The line changed; the profile fails on it, the build only tells.
                System.out.println("seeded-bugs.txt: " + e.getMessage());
            }
        }
        int count = fitting;
        assertTrue(count >= 25, () -> "only " + count + " bugs fit the sources");
    }

    @Test
    void aSeededBugOfTheCompilerIsFound(@TempDir Path folder) throws Exception {
        SeededBug bug =
                SeededBug.all().stream()
                        .filter(b -> b.name().equals("load of 16 bits sign-extends"))
                        .findFirst()
                        .orElseThrow();
        String[] found = find(bug, folder, 500, 60);
        assertTrue(found != null, "not found by 500 programs");
    }

    @Test
    @EnabledIfSystemProperty(
            named = ALL,
            matches = ".*",
            disabledReason = "takes many minutes: mvn test -Pseeded-bugs")
    void everySeededBugIsFound(@TempDir Path folder) throws Exception {
        if (KernelProgram.unavailable() != null) {
            System.out.println("without Linux: " + KernelProgram.unavailable());
        }
        String wanted = System.getProperty(ALL);
        List<String> missed = new ArrayList<>();
        System.out.println("| bug | place | found by | programs | instructions |");
        System.out.println("|---|---|---|---|---|");
        int number = 0;
        for (SeededBug bug : SeededBug.all()) {
            if (!wanted.equals("true") && !bug.name().contains(wanted)) {
                continue;
            }
            Path own = Files.createDirectory(folder.resolve("bug" + number++));
            String[] found = find(bug, own, PROGRAMS, SECONDS);
            if (found == null) {
                missed.add(bug.name());
            }
            System.out.println(
                    "| %s | %s | %s |"
                            .formatted(
                                    bug.name(),
                                    bug.place(),
                                    found == null
                                            ? "not found | | "
                                            : "`%s` | %s | %s"
                                                    .formatted(found[1], found[0], found[2])));
            if (found != null && Boolean.getBoolean("bpf4j.seeded-bugs.verbose")) {
                System.out.println(found[3] + "\n" + found[4]);
            }
        }
        assertTrue(missed.isEmpty(), () -> "not found: " + missed);
    }

    private static String[] find(SeededBug bug, Path folder, long programs, long seconds)
            throws Exception {
        ClassLoader buggy = BuggyClasses.with(bug, root(), folder);
        Method first =
                buggy.loadClass(SeededRun.class.getName())
                        .getMethod("first", long.class, long.class, long.class);
        return (String[]) first.invoke(null, SEED, programs, seconds);
    }
}
