package bpf4j.perf.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.List;

class TableTest {
    private static final Measured NATIVE = measured("native", "batch", 2, 4, 3);
    private static final Measured JIT = measured("jit", "single", 4, 8, 12);
    private static final Measured WRONG =
            new Measured("checksum", "hand", "single", "heap", new double[0], "returns 1", true);
    private static final Measured ABSENT =
            new Measured("checksum", "kernel", "batch", "kernel", new double[0], "no root", false);

    private static Measured measured(String contender, String entry, double... rounds) {
        return new Measured("checksum", contender, entry, "heap", rounds, null, false);
    }

    @Test
    void ratiosAreMediansOfTheRoundsOwnRatios() {
        // 4/2, 8/4, 12/3: the medians' ratio would be 8/3.
        assertEquals(2, JIT.ratio(NATIVE));
    }

    @Test
    void ofASmallDifferenceOnlyTheMedianCounts() {
        assertEquals(8 / 3.0, JIT.ratio(measured("kernel", "batch", -20, 3, 40)));
    }

    @Test
    void samplesHaveMedianFastestAndAlmostSlowestRound() {
        double[] rounds = new double[101];
        for (int i = 0; i < rounds.length; i++) {
            rounds[i] = 100 - i;
        }
        Sample sample = measured("jit", "single", rounds).sample();
        assertEquals(new Sample("checksum", "jit", "single", "heap", 50, 0, 90, 101), sample);
    }

    @Test
    void samplesAreJsonObjectsOfEightFields() throws IOException {
        assertEquals(
                "{\"program\":\"checksum\",\"contender\":\"native\",\"entry\":\"batch\","
                        + "\"memory\":\"heap\",\"ns\":3.0,\"low\":2.0,\"high\":4.0,\"runs\":3}",
                new ObjectMapper().writeValueAsString(NATIVE.sample()));
    }

    @Test
    void measuredTimesSurviveTheWayBetweenProcesses() throws IOException {
        ObjectMapper json = new ObjectMapper();
        Measured back = json.readValue(json.writeValueAsString(JIT), Measured.class);
        assertEquals(JIT.sample(), back.sample());
    }

    @Test
    void aTableHasARatioWhereThereIsABaseAndReasonsAtTheEnd() {
        String table = Table.of(Programs.named("checksum"), List.of(JIT, NATIVE, WRONG, ABSENT));
        assertEquals(
                """
                checksum (compute loops, packet of 1500 bytes)
                  contender         entry   memory          ns        low       high   /native /kernel   /ubpf   /hand
                  jit               single  heap          8.00       4.00      12.00      2.00       -       -       -
                  native            batch   heap          3.00       2.00       4.00      1.00       -       -       -
                  hand single heap: WRONG: returns 1
                  kernel: did not run: no root
                """,
                table);
    }
}
