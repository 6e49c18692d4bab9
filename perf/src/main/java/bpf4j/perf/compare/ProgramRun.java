package bpf4j.perf.compare;

import com.fasterxml.jackson.databind.ObjectMapper;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// One program in a process of its own: makes every contender, compares what they do, times them,
/// writes the results to a file.
public final class ProgramRun {
    private final Programs.Program program;
    private final Workload workload;
    private final Path programs;
    private final @Nullable Path library;
    private final @Nullable Path ubpf;
    private final Path scratch;

    private ProgramRun(
            Programs.Program program, Path programs, @Nullable Path library, @Nullable Path ubpf)
            throws IOException {
        this.program = program;
        this.workload = program.workload();
        this.programs = programs;
        this.library = library;
        this.ubpf = ubpf;
        scratch = Files.createTempDirectory("bpf4j-perf");
    }

    /// Arguments: program, folder of the C sources, native library or `-`, uBPF's library or `-`,
    /// `quick` or `full`, contenders as a pattern, output.
    public static void main(String[] args) throws IOException {
        ProgramRun run =
                new ProgramRun(
                        Programs.named(args[0]), Path.of(args[1]), path(args[2]), path(args[3]));
        Rounds.Effort full = run.program.isGenerated() ? Rounds.Effort.LARGE : Rounds.Effort.FULL;
        Rounds.Effort effort = args[4].equals("quick") ? Rounds.Effort.QUICK : full;
        List<Measured> measured = run.measure(Pattern.compile(args[5]), effort);
        new ObjectMapper().writeValue(Path.of(args[6]).toFile(), measured);
        run.clean();
        // Libraries may have left threads.
        System.exit(0);
    }

    private static @Nullable Path path(String argument) {
        return argument.equals("-") ? null : Path.of(argument);
    }

    private List<Measured> measure(Pattern wanted, Rounds.Effort effort) throws IOException {
        List<Measured> results = new ArrayList<>();
        List<Candidate> candidates = new ArrayList<>();
        List<Contender> contenders = new ArrayList<>();
        List<Outcome> expected = List.of();
        for (Candidate candidate : Candidate.ALL) {
            boolean reference = candidate == Candidate.ALL.getFirst();
            boolean takesPart = program.suits(candidate) && wanted.matcher(candidate.id()).find();
            if (!reference && !takesPart) {
                continue;
            }
            try {
                Contender contender = candidate.create(setup(candidate));
                List<Outcome> outcomes = Judge.outcomes(contender, workload);
                if (expected.isEmpty()) {
                    expected = outcomes;
                }
                String wrong = Judge.difference(outcomes, expected);
                if (wrong != null) {
                    results.add(Measured.without(workload.program(), candidate, wrong, true));
                    continue;
                }
                candidates.add(candidate);
                contenders.add(contender);
            } catch (Unavailable e) {
                String reason = String.valueOf(e.getMessage());
                results.add(Measured.without(workload.program(), candidate, reason, false));
            } catch (RuntimeException e) {
                results.add(Measured.without(workload.program(), candidate, e.toString(), true));
            }
        }
        Rounds rounds = new Rounds(effort);
        List<double[]> times = rounds.time(contenders);
        for (int i = 0; i < times.size(); i++) {
            results.add(i, Measured.of(workload.program(), candidates.get(i), times.get(i)));
        }
        contenders.forEach(Contender::close);
        if (rounds.sink() == 42) {
            System.err.print("");
        }
        return results;
    }

    private Workload.Setup setup(Candidate candidate) throws IOException {
        return new Workload.Setup(
                workload,
                candidate.variant(),
                candidate.entry(),
                candidate.memory(),
                programs,
                copy(library, candidate),
                copy(ubpf, candidate));
    }

    /// A copy of a library: loaded from another file, it has variables of its own.
    private @Nullable Path copy(@Nullable Path file, Candidate candidate) throws IOException {
        return file == null
                ? null
                : Files.copy(file, scratch.resolve(candidate.id() + "-" + file.getFileName()));
    }

    private void clean() throws IOException {
        try (var files = Files.list(scratch)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(scratch);
    }
}
