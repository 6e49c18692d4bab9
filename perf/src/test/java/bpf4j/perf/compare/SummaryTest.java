package bpf4j.perf.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.List;

class SummaryTest {
    private static Sample sample(
            String program, String contender, String entry, String memory, double ns) {
        return Sample.of(program, contender, entry, memory, ns);
    }

    @Test
    void ratiosOfAClassAreGeometricMeans() {
        List<Sample> samples =
                List.of(
                        sample("checksum", "jit", "single", "heap", 20),
                        sample("checksum", "native", "batch", "native", 10),
                        sample("prime", "jit", "single", "heap", 80),
                        sample("prime", "native", "batch", "native", 10),
                        sample("prime", "hand", "single", "heap", 40));
        assertEquals(
                """
                | JIT, packets on the heap | native -O2 | Linux, net | uBPF's JIT | by hand |
                |---|---|---|---|---|
                | compute loops, batch | - | - | - | - |
                | compute loops, single | 4.00 | - | - | 2.00 |

                Interpreter against uBPF's: -. Native packets against heap ones: - (batch), - (single).
                """,
                Summary.of(samples));
    }

    @Test
    void withoutTheJitThereIsNoTable() {
        assertEquals("", Summary.of(List.of(sample("prime", "native", "batch", "native", 10))));
    }
}
