package bpf4j.perf.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;

class ArgumentsTest {
    private static Arguments parse(String... args) {
        return Arguments.parse(args);
    }

    @Test
    void withoutArgumentsEverythingIsMeasured() {
        Arguments arguments = parse();
        assertTrue(Programs.ALL.stream().allMatch(arguments::wants));
        assertTrue(arguments.wants("latency"));
    }

    @Test
    void aPatternChoosesPrograms() {
        Arguments arguments = parse("--quick", "--json", "out.json", "prime|latency");
        assertTrue(arguments.wants(Programs.named("prime")));
        assertFalse(arguments.wants(Programs.named("checksum")));
        assertTrue(arguments.wants("latency"));
        assertEquals(Path.of("out.json"), arguments.json());
    }

    @Test
    void aQuickLookLeavesTheLargestOutUnlessAskedForThem() {
        Programs.Program large = Programs.named("straight_1000k");
        assertFalse(parse("--quick").wants(large));
        assertTrue(parse("--quick", "straight").wants(large));
    }

    @Test
    void unknownOptionsAndMissingValuesAndBadPatternsAreRefused() {
        for (String[] args : new String[][] {{"--fast"}, {"--json"}, {"("}, {"--only", "["}}) {
            assertThrows(IllegalArgumentException.class, () -> parse(args), args[0]);
        }
    }
}
