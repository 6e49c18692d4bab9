package bpf4j.perf.compare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/// The JIT against others, a line for each class of programs: geometric means of the ratios of the
/// medians, as a table in Markdown.
final class Summary {
    private static final String[][] BASES = {
        {"native", "batch", "native"},
        {"kernel", "batch", "kernel"},
        {"ubpf-jit", "batch", "native"},
        {"hand", "single", "heap"},
    };

    private final List<Sample> samples;

    private Summary(List<Sample> samples) {
        this.samples = samples;
    }

    /// The table of what was measured, empty when the JIT was not.
    static String of(List<Sample> samples) {
        Summary summary = new Summary(samples);
        Map<String, List<String>> kinds = new LinkedHashMap<>();
        for (Programs.Program program : Programs.ALL) {
            if (!program.isGenerated() && summary.ns(program.name(), "jit", "single", "heap") > 0) {
                kinds.computeIfAbsent(program.kind(), _ -> new ArrayList<>()).add(program.name());
            }
        }
        if (kinds.isEmpty()) {
            return "";
        }
        StringBuilder text = new StringBuilder();
        text.append(
                "| JIT, packets on the heap | native -O2 | Linux, net | uBPF's JIT | by hand |\n");
        text.append("|---|---|---|---|---|\n");
        kinds.forEach(
                (kind, programs) -> {
                    for (String entry : new String[] {"batch", "single"}) {
                        text.append("| %s, %s |".formatted(kind, entry));
                        String[] jit = {"jit", entry, "heap"};
                        for (String[] base : BASES) {
                            text.append(" %s |".formatted(summary.mean(programs, jit, base)));
                        }
                        text.append('\n');
                    }
                });
        List<String> all = kinds.values().stream().flatMap(List::stream).toList();
        text.append(
                "%nInterpreter against uBPF's: %s. Native packets against heap ones: %s (batch), %s (single).%n"
                        .formatted(
                                summary.mean(
                                        all,
                                        new String[] {"interpreter", "single", "heap"},
                                        new String[] {"ubpf-interpreter", "batch", "native"}),
                                summary.nativePackets(all, "batch"),
                                summary.nativePackets(all, "single")));
        return text.toString();
    }

    private String nativePackets(List<String> programs, String entry) {
        return mean(
                programs,
                new String[] {"jit", entry, "native"},
                new String[] {"jit", entry, "heap"});
    }

    /// The geometric mean of the ratios over the programs that have both, or `-`.
    private String mean(List<String> programs, String[] who, String[] base) {
        OptionalDouble mean =
                programs.stream()
                        .mapToDouble(program -> ns(program, who) / ns(program, base))
                        .filter(ratio -> ratio > 0 && Double.isFinite(ratio))
                        .map(Math::log)
                        .average();
        return mean.isPresent()
                ? String.format(Locale.ROOT, "%.2f", Math.exp(mean.getAsDouble()))
                : "-";
    }

    /// The median, or NaN where it was not measured.
    private double ns(String program, String... who) {
        return samples.stream()
                .filter(sample -> sample.program().equals(program))
                .filter(sample -> sample.contender().equals(who[0]))
                .filter(sample -> sample.entry().equals(who[1]))
                .filter(sample -> sample.memory().equals(who[2]))
                .mapToDouble(Sample::ns)
                .findFirst()
                .orElse(Double.NaN);
    }
}
