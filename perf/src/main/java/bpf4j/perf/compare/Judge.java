package bpf4j.perf.compare;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Compares what contenders do, before any of them is timed.
final class Judge {
    private Judge() {}

    /// What a contender does with the probes of a workload and with the packet that is timed, one
    /// after the other.
    static List<Outcome> outcomes(Contender contender, Workload workload) {
        List<Outcome> outcomes = new ArrayList<>();
        outcomes.add(contender.probe(workload.packet()));
        for (byte[] probe : workload.probes()) {
            outcomes.add(contender.probe(probe));
        }
        return outcomes;
    }

    /// The first difference, or null.
    static @Nullable String difference(List<Outcome> outcomes, List<Outcome> expected) {
        for (int i = 0; i < expected.size(); i++) {
            String difference = outcomes.get(i).difference(expected.get(i));
            if (difference != null) {
                return "wrong on packet %d: %s".formatted(i, difference);
            }
        }
        return null;
    }
}
