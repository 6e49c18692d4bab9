package bpf4j.perf.compare;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The command: runs each program in a process of its own and prints what came of it; then latency,
/// sizes and the verifier.
public final class Compare {
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final Arguments arguments;
    private final Path scratch;
    private final Forks forks;
    private final List<Sample> samples = new ArrayList<>();
    private boolean wrong;

    private Compare(Arguments arguments) throws IOException {
        this.arguments = arguments;
        Path root = Path.of(System.getProperty("bpf4j.root", ".")).toAbsolutePath();
        scratch = Files.createTempDirectory("bpf4j-perf");
        forks = new Forks(arguments, root, scratch);
    }

    /// See [Arguments#USAGE]. Exits with 1 when a contender did something else than the others, and
    /// with 2 when the arguments are wrong.
    public static void main(String[] args) throws IOException, InterruptedException {
        Arguments arguments;
        try {
            arguments = Arguments.parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println("perf/compare: " + e.getMessage());
            System.exit(2);
            return;
        }
        if (arguments.help()) {
            System.out.print(Arguments.USAGE);
            System.out.print("programs:");
            Programs.ALL.forEach(program -> System.out.print(" " + program.name()));
            System.out.println("; and latency, sizes, verifier");
            return;
        }
        Compare compare = new Compare(arguments);
        compare.run();
        System.exit(compare.wrong ? 1 : 0);
    }

    private void run() throws IOException, InterruptedException {
        Path from = arguments.from();
        if (from != null) {
            samples.addAll(List.of(JSON.readValue(from.toFile(), Sample[].class)));
        } else {
            measure();
        }
        System.out.print(Summary.of(samples));
        if (arguments.json() != null) {
            JSON.writeValue(arguments.json().toFile(), samples);
        }
        Path plots = arguments.plots();
        if (plots != null) {
            Plots.draw(samples, plots);
        }
        Files.delete(scratch);
    }

    private void measure() throws IOException, InterruptedException {
        List<Programs.Program> wanted =
                Programs.ALL.stream().filter(program -> arguments.wants(program)).toList();
        Path library = wanted.isEmpty() ? null : compile();
        for (Programs.Program program : wanted) {
            List<Measured> measured = forks.program(program, library);
            System.out.println(Table.of(program, measured));
            for (Measured one : measured) {
                wrong |= one.wrong();
                if (one.reason() == null) {
                    samples.add(one.sample());
                }
            }
        }
        if (library != null) {
            Files.delete(library);
        }
        if (arguments.wants("latency")) {
            samples.addAll(forks.latency());
        }
        if (arguments.wants("sizes")) {
            samples.addAll(forks.sizes());
        }
        if (arguments.wants("verifier")) {
            samples.addAll(forks.verifier());
        }
    }

    /// Compiles the programs for this machine.
    ///
    /// @return the library, or null where that was not possible
    private @Nullable Path compile() throws IOException, InterruptedException {
        Path output = scratch.resolve("libperf.so");
        String script = forks.programs().resolve("build.sh").toString();
        List<String> command = List.of(script, "--native", output.toString());
        int status = new ProcessBuilder(command).inheritIO().start().waitFor();
        return status == 0 && Files.exists(output) ? output : null;
    }
}
