package bpf4j.perf.compare;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// The command: runs each program in a process of its own and prints what came of it.
public final class Compare {
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final Arguments arguments;
    private final Path programs;
    private final Path scratch;
    private final @Nullable Path library;
    private boolean wrong;

    private Compare(Arguments arguments) throws IOException, InterruptedException {
        this.arguments = arguments;
        programs =
                Path.of(System.getProperty("bpf4j.root", "."), "perf", "programs").toAbsolutePath();
        scratch = Files.createTempDirectory("bpf4j-perf");
        library = compile();
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
        Compare compare = new Compare(arguments);
        compare.run();
        System.exit(compare.wrong ? 1 : 0);
    }

    private void run() throws IOException, InterruptedException {
        List<Sample> samples = new ArrayList<>();
        for (Programs.Program program : Programs.ALL) {
            if (!arguments.pattern().matcher(program.name()).find()) {
                continue;
            }
            List<Measured> measured = fork(program);
            System.out.println(Table.of(program, measured));
            for (Measured one : measured) {
                wrong |= one.wrong();
                if (one.reason() == null) {
                    samples.add(one.sample());
                }
            }
        }
        if (arguments.json() != null) {
            JSON.writeValue(arguments.json().toFile(), samples);
        }
        if (library != null) {
            Files.delete(library);
        }
        Files.delete(scratch);
    }

    /// Compiles the programs for this machine.
    ///
    /// @return the library, or null where that was not possible
    private @Nullable Path compile() throws IOException, InterruptedException {
        Path output = scratch.resolve("libperf.so");
        List<String> command =
                List.of(programs.resolve("build.sh").toString(), "--native", output.toString());
        int status = new ProcessBuilder(command).inheritIO().start().waitFor();
        return status == 0 && Files.exists(output) ? output : null;
    }

    private List<Measured> fork(Programs.Program program) throws IOException, InterruptedException {
        Path output = scratch.resolve(program.name() + ".json");
        List<String> command =
                List.of(
                        ProcessHandle.current().info().command().orElse("java"),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ProgramRun.class.getName(),
                        program.name(),
                        programs.toString(),
                        Objects.requireNonNullElse(library, Path.of("-")).toString(),
                        Objects.requireNonNullElse(arguments.ubpf(), Path.of("-")).toString(),
                        arguments.quick() ? "quick" : "full",
                        arguments.only().pattern(),
                        output.toString());
        int status = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (status != 0) {
            throw new IllegalStateException(program.name() + ": its process ended with " + status);
        }
        List<Measured> measured = List.of(JSON.readValue(output.toFile(), Measured[].class));
        Files.delete(output);
        return measured;
    }
}
