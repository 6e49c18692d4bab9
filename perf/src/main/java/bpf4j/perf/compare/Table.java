package bpf4j.perf.compare;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The results of one program as text: times with their spread, and how many times as long as
/// others each contender takes.
final class Table {
    private static final int RATIOS = 4;

    private Table() {}

    /// The lines of a program, then those that did not run with their reasons.
    static String of(Programs.Program program, List<Measured> all) {
        List<Optional<Measured>> bases =
                List.of(
                        find(all, "native", "batch"),
                        find(all, "kernel", "batch"),
                        find(all, "ubpf-jit", "batch"),
                        find(all, "hand", "single"));
        StringBuilder text = new StringBuilder();
        text.append(
                "%s (%s, packet of %d bytes)%n"
                        .formatted(
                                program.name(),
                                program.kind(),
                                program.workload().packet().length));
        text.append(
                "  %-17s %-7s %-7s %10s %10s %10s   %s%n"
                        .formatted(
                                "contender",
                                "entry",
                                "memory",
                                "ns",
                                "low",
                                "high",
                                "/native /kernel   /ubpf   /hand"));
        for (Measured measured : all) {
            if (measured.reason() == null) {
                text.append(line(measured, bases));
            }
        }
        reasons(all).forEach((reason, who) -> text.append("  %s: %s%n".formatted(who, reason)));
        return text.toString();
    }

    /// Why some did not run, with all of whom that is true.
    private static Map<String, String> reasons(List<Measured> all) {
        Map<String, String> reasons = new LinkedHashMap<>();
        for (Measured measured : all) {
            if (measured.reason() == null) {
                continue;
            }
            if (measured.wrong()) {
                String who =
                        "%s %s %s"
                                .formatted(
                                        measured.contender(), measured.entry(), measured.memory());
                reasons.merge("WRONG: " + measured.reason(), who, (old, more) -> old + ", " + more);
                continue;
            }
            String who = measured.contender();
            reasons.merge(
                    "did not run: " + measured.reason(),
                    who,
                    (old, more) -> (", " + old).endsWith(", " + more) ? old : old + ", " + more);
        }
        return reasons;
    }

    private static String line(Measured measured, List<Optional<Measured>> bases) {
        Sample sample = measured.sample();
        StringBuilder ratios = new StringBuilder();
        for (int i = 0; i < RATIOS; i++) {
            ratios.append(
                    bases.get(i)
                            .map(base -> format("%8.2f", measured.ratio(base)))
                            .orElse("       -"));
        }
        return format(
                "  %-17s %-7s %-7s %10.2f %10.2f %10.2f  %s%n",
                sample.contender(),
                sample.entry(),
                sample.memory(),
                sample.ns(),
                sample.low(),
                sample.high(),
                ratios);
    }

    static Optional<Measured> find(List<Measured> all, String contender, String entry) {
        return all.stream()
                .filter(one -> one.contender().equals(contender) && one.entry().equals(entry))
                .filter(one -> one.reason() == null)
                .findFirst();
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
