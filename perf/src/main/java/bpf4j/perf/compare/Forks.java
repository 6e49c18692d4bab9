package bpf4j.perf.compare;

import com.fasterxml.jackson.databind.ObjectMapper;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Processes that measure and write what they found to a file.
final class Forks {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String LATENCY = "bpf4j.perf.latency.LatencyRun";
    private static final String SIZE = "bpf4j.perf.latency.SizeRun";
    private static final String VERIFIER = "bpf4j.perf.verifier.VerifierRun";

    private final Arguments arguments;
    private final Path root;
    private final Path scratch;

    Forks(Arguments arguments, Path root, Path scratch) {
        this.arguments = arguments;
        this.root = root;
        this.scratch = scratch;
    }

    /// Folder of the C sources.
    Path programs() {
        return root.resolve("perf/programs");
    }

    /// Times one program with all its contenders.
    List<Measured> program(Programs.Program program, @Nullable Path library)
            throws IOException, InterruptedException {
        Path ubpf = arguments.ubpf();
        return run(
                Measured[].class,
                ProgramRun.class.getName(),
                program.name(),
                programs().toString(),
                library == null ? "-" : library.toString(),
                ubpf == null ? "-" : ubpf.toString(),
                effort(),
                arguments.only().pattern());
    }

    /// Starts programs in JVMs of their own, cold and warm, several times: medians of the starts.
    List<Sample> latency() throws IOException, InterruptedException {
        List<String> programs =
                arguments.quick()
                        ? List.of("packet_filter", "xdp_firewall")
                        : List.of("packet_filter", "flow_table", "prime", "xdp_firewall");
        int starts = arguments.quick() ? 2 : 7;
        List<Sample> all = new ArrayList<>();
        System.out.println("latency of the JIT, median of " + starts + " starts (wall-clock time)");
        System.out.printf(
                "  %-15s %-5s %16s %16s%n", "program", "JVM", "first packet ms", "steady ms");
        for (String program : programs) {
            for (String start : new String[] {"cold", "warm"}) {
                Map<String, List<Double>> rounds = new LinkedHashMap<>();
                for (int i = 0; i < starts; i++) {
                    for (Sample sample :
                            run(Sample[].class, LATENCY, program, start, programs().toString())) {
                        rounds.computeIfAbsent(sample.entry(), _ -> new ArrayList<>())
                                .add(sample.ns());
                    }
                }
                Map<String, Sample> merged = new LinkedHashMap<>();
                rounds.forEach((entry, ns) -> merged.put(entry, merge(program, entry, ns)));
                all.addAll(merged.values());
                System.out.printf(
                        "  %-15s %-5s %16s %16s%n",
                        program,
                        start,
                        millis(merged.get("first-packet-" + start)),
                        millis(merged.get("steady-state-" + start)));
            }
        }
        System.out.println();
        return all;
    }

    /// Verifies and compiles programs of several sizes.
    List<Sample> sizes() throws IOException, InterruptedException {
        List<Sample> all = run(Sample[].class, SIZE, effort());
        System.out.println("verifying and compiling against size, warm (wall-clock time)");
        System.out.printf("  %-15s %-8s %10s%n", "program", "what", "ms");
        for (Sample sample : all) {
            System.out.printf(
                    "  %-15s %-8s %10s%n", sample.program(), sample.entry(), millis(sample));
        }
        System.out.println();
        return all;
    }

    /// Verifies objects beside Linux.
    List<Sample> verifier() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        for (Path folder : folders()) {
            try (var files = Files.list(folder)) {
                files.map(Path::toString)
                        .filter(file -> file.endsWith(".o") && !file.endsWith(".plain.o"))
                        .sorted()
                        .forEach(command::add);
            }
        }
        return runWith(Sample[].class, VERIFIER, List.of(effort()), command);
    }

    private List<Path> folders() {
        List<Path> folders = new ArrayList<>();
        folders.add(root.resolve("examples"));
        folders.add(programs().resolve("objects"));
        Path given = arguments.objects();
        if (given != null) {
            folders.add(given);
        }
        return folders;
    }

    private static Sample merge(String program, String entry, List<Double> ns) {
        double[] rounds = ns.stream().mapToDouble(Double::doubleValue).toArray();
        return Sample.of(program, "jit", entry, "heap", rounds);
    }

    private static String millis(@Nullable Sample sample) {
        return sample == null ? "-" : "%.1f".formatted(sample.ns() / 1e6);
    }

    private String effort() {
        return arguments.quick() ? "quick" : "full";
    }

    private <T> List<T> run(Class<T[]> type, String main, String... args)
            throws IOException, InterruptedException {
        return runWith(type, main, List.of(args), List.of());
    }

    /// Runs a class with arguments, the output file, and more arguments.
    private <T> List<T> runWith(Class<T[]> type, String main, List<String> args, List<String> more)
            throws IOException, InterruptedException {
        Path output = scratch.resolve("results.json");
        List<String> command =
                new ArrayList<>(
                        List.of(
                                ProcessHandle.current().info().command().orElse("java"),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                main));
        command.addAll(args);
        command.add(output.toString());
        command.addAll(more);
        int status = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (status != 0) {
            throw new IllegalStateException(main + " " + args + " ended with status " + status);
        }
        List<T> results = List.of(JSON.readValue(output.toFile(), type));
        Files.delete(output);
        return results;
    }
}
