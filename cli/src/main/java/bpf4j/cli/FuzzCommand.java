package bpf4j.cli;

import bpf4j.kernel.KernelProgram;
import bpf4j.loader.ObjectSpec;
import bpf4j.spec.LoadException;
import bpf4j.spec.ProgramSpec;
import bpf4j.testkit.fuzz.Feature;
import bpf4j.testkit.fuzz.Finding;
import bpf4j.testkit.fuzz.FuzzEngine;
import bpf4j.testkit.fuzz.Fuzzer;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/// `bpf4j fuzz`: random programs on every engine and on Linux, findings as case files.
@Command(
        name = "fuzz",
        description = "Tries random programs on every engine and compares what they make of them.",
        footer = "Exit status: 0 nothing found, 1 findings, 2 unusable input. See docs/fuzzing.md.",
        mixinStandardHelpOptions = true)
final class FuzzCommand implements Callable<Integer> {
    private static final long SECOND = 1_000_000_000L;

    /// How often progress is told where nobody looks on.
    private static final long SECONDS_IN_LOGS = 60;

    @Option(names = "--seconds", paramLabel = "S", description = "Stop after S seconds.")
    private long seconds = Long.MAX_VALUE / SECOND;

    @Option(names = "--programs", paramLabel = "N", description = "Stop after N programs.")
    private long programs = Long.MAX_VALUE;

    @Option(
            names = "--seed",
            paramLabel = "X",
            description =
                    "The first program's seed; the following programs count on from it. A finding's"
                            + " 5+17 repeats just that program.")
    private String seed = "1";

    @Option(
            names = "--inputs",
            paramLabel = "N",
            description = "Packets for each program (16 by default, 2 by the plugin protocol).")
    private int inputs;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description =
                    "Programs tried side by side (as many as there are processors by default).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--engines",
            split = ",",
            paramLabel = "NAME",
            description =
                    "interpreter, jit, jit-nofacts, kernel; by default all, without kernel where bpf(2)"
                            + " is not permitted.")
    private List<String> engines = List.of();

    @Option(
            names = "--deep",
            paramLabel = "N",
            description =
                    "Every how many programs get the costly checks (pruning, states, determinism)"
                            + " too: 8 by default, 1 for all, 0 for none.")
    private int deep = 8;

    @Option(
            names = "--no-feedback",
            description = "Do not vary programs that made something happen for the first time.")
    private boolean noFeedback;

    @Option(
            names = "--corpus",
            paramLabel = "DIR",
            description =
                    "Write each finding to this folder as a case file, and to seeds.txt what showed"
                            + " something new, to begin with the next time.")
    private @Nullable Path corpus;

    @Option(
            names = "--seeds",
            arity = "0..1",
            fallbackValue = "examples",
            paramLabel = "PATH",
            description =
                    "Change the programs of an ELF object, or of all objects of a folder, instead of"
                            + " making programs; the folder examples when PATH is absent. Repeatable.")
    private List<Path> seeds = List.of();

    @Mixin private ExternalOptions external = new ExternalOptions();

    @Option(
            names = "--without",
            split = ",",
            paramLabel = "NAME",
            description =
                    "What CMD does not know: calls (of subprograms), atomics (other than addition), v4"
                            + " (sdiv, smod, movsx, ldsx, bswap).")
    private List<Feature> without = List.of();

    @Option(names = "--json", description = "Print one JSON object at the end.")
    private boolean json;

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls anything
    FuzzCommand() {}

    @Override
    public Integer call() throws LoadException {
        if (seconds == Long.MAX_VALUE / SECOND && programs == Long.MAX_VALUE) {
            seconds = 60;
        }
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        Set<FuzzEngine> chosen = engines(err);
        Path folder = folder();
        long start = System.nanoTime();
        Fuzzer fuzzer = fuzzer(chosen);
        boolean live = System.console() != null && System.console().isTerminal();
        Fuzzer.Listener listener = listener(err, live, folder, start);
        Fuzzer.Totals totals =
                seed.contains("+") ? fuzzer.repeat(seed, listener) : fuzzer.run(listener);
        if (folder != null && seeds.isEmpty() && !external.given() && !seed.contains("+")) {
            SeedFile.write(folder, totals.corpus);
        }
        if (live) {
            err.println();
        }
        long nanos = System.nanoTime() - start;
        if (json) {
            out.println(json(totals, nanos));
        } else {
            print(out, totals, nanos);
        }
        return totals.findings.isEmpty() ? ExitStatus.OK : ExitStatus.REFUSED;
    }

    private Fuzzer.Listener listener(
            PrintWriter err, boolean live, @Nullable Path folder, long start) {
        return new Fuzzer.Listener() {
            private long last = start;

            @Override
            public void progress(Fuzzer.Totals now) {
                if (System.nanoTime() - last > (live ? SECOND : SECONDS_IN_LOGS * SECOND)) {
                    last = System.nanoTime();
                    String text = line(now, last - start);
                    err.print(live ? "\r" + text : text + "\n");
                    err.flush();
                }
            }

            @Override
            public void found(Finding finding) {
                report(err, finding, folder);
            }
        };
    }

    private Fuzzer fuzzer(Set<FuzzEngine> chosen) throws LoadException {
        int count = inputs > 0 ? inputs : external.startsOften() ? 2 : 16;
        // There is one external engine, which takes one program at a time.
        int workers = external.given() ? 1 : threads;
        var settings =
                new Fuzzer.Settings(
                        firstSeed(),
                        programs,
                        seconds * SECOND,
                        chosen,
                        count,
                        workers,
                        deep,
                        !noFeedback);
        if (external.given()) {
            return Fuzzer.against(external.openAlive(), settings, Set.copyOf(without));
        }
        if (!without.isEmpty()) {
            throw new UnusableInputException("--without: is for --external");
        }
        Fuzzer fuzzer = seeds.isEmpty() ? new Fuzzer(settings) : mutating(settings);
        if (corpus != null && !noFeedback && seeds.isEmpty()) {
            fuzzer.resume(SeedFile.read(corpus));
        }
        return fuzzer;
    }

    private Fuzzer mutating(Fuzzer.Settings settings) throws LoadException {
        PrintWriter err = spec.commandLine().getErr();
        List<ProgramSpec> programs = new ArrayList<>();
        for (Path object : objects()) {
            programs.addAll(ObjectSpec.load(object).programs());
        }
        int[] unusable = {0};
        try {
            Fuzzer fuzzer =
                    Fuzzer.mutating(
                            programs,
                            settings,
                            why -> {
                                unusable[0]++;
                                err.println("bpf4j: left out: " + why);
                            });
            err.println("%d programs, %d of them left out".formatted(programs.size(), unusable[0]));
            return fuzzer;
        } catch (IllegalArgumentException e) {
            throw new UnusableInputException("--seeds: " + e.getMessage(), e);
        }
    }

    private List<Path> objects() throws LoadException {
        List<Path> objects = new ArrayList<>();
        for (Path seed : seeds) {
            if (!Files.isDirectory(seed)) {
                objects.add(seed);
                continue;
            }
            try (Stream<Path> files = Files.list(seed)) {
                files.filter(file -> file.toString().endsWith(".o")).sorted().forEach(objects::add);
            } catch (IOException e) {
                throw new LoadException(seed + ": cannot be read: " + e.getMessage(), e);
            }
        }
        return objects;
    }

    private long firstSeed() {
        try {
            return Long.parseLong(seed.replaceFirst("\\+.*", ""));
        } catch (NumberFormatException e) {
            throw new UnusableInputException("--seed " + seed + ": not a number", e);
        }
    }

    private Set<FuzzEngine> engines(PrintWriter err) {
        Set<FuzzEngine> chosen = EnumSet.noneOf(FuzzEngine.class);
        for (String name : engines) {
            try {
                chosen.add(FuzzEngine.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_')));
            } catch (IllegalArgumentException e) {
                throw new UnusableInputException(
                        "--engines " + name + ": choose from interpreter, jit, jit-nofacts, kernel",
                        e);
            }
        }
        String reason = KernelProgram.unavailable();
        if (chosen.isEmpty()) {
            chosen = EnumSet.allOf(FuzzEngine.class);
            if (reason != null) {
                err.println("bpf4j: without the kernel: " + reason);
                chosen.remove(FuzzEngine.KERNEL);
            }
        } else if (chosen.contains(FuzzEngine.KERNEL) && reason != null) {
            throw new UnusableInputException("--engines kernel: " + reason);
        }
        return chosen;
    }

    private @Nullable Path folder() throws LoadException {
        Path folder = corpus;
        if (folder == null) {
            return null;
        }
        try {
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new LoadException(folder + ": cannot be made: " + e.getMessage(), e);
        }
    }

    private static String line(Fuzzer.Totals totals, long nanos) {
        return "%d programs (%.0f/s), %d%% accepted, coverage %d, %d findings"
                .formatted(
                        totals.programs,
                        totals.programs * 1e9 / nanos,
                        totals.programs == 0 ? 0 : 100 * totals.accepted / totals.programs,
                        totals.coverage,
                        totals.findings.size());
    }

    private void report(PrintWriter err, Finding finding, @Nullable Path folder) {
        err.printf(
                "%n%s: %s (%s, %d of %d instructions left)%n",
                finding.check(),
                finding.text(),
                finding.trial().name(),
                FindingCase.instructions(finding.trial().code()),
                finding.instructions());
        err.println(FindingCase.text(finding));
        if (folder != null) {
            Path file =
                    folder.resolve(
                            "%s-%s.json"
                                    .formatted(
                                            finding.check().name().toLowerCase(Locale.ROOT),
                                            finding.trial().name().replace(' ', '-')));
            try {
                Files.writeString(
                        file, FindingCase.json(finding) + "\n", StandardOpenOption.CREATE_NEW);
                err.println("replay: ./bpf4j case " + replay(finding) + " " + file);
            } catch (IOException e) {
                err.println("bpf4j: " + file + ": cannot be written: " + e.getMessage());
            }
        }
        err.flush();
    }

    private String replay(Finding finding) {
        return finding.check() == Finding.Check.EXTERNAL
                ? "--check " + external.text()
                : external.given() ? "--unverified --engine jit" : "--engine jit";
    }

    private static void print(PrintWriter out, Fuzzer.Totals totals, long nanos) {
        out.println(line(totals, nanos));
        out.printf(
                "%.0f slots a program, %.1f s%n",
                totals.programs == 0 ? 0 : (double) totals.instructions / totals.programs,
                nanos / 1e9);
        if (totals.judgedByLinux > 0) {
            int refused = totals.refusals.values().stream().mapToInt(n -> n).sum();
            out.printf(
                    "Linux accepted %d of %d; of these we refused %d%n",
                    totals.acceptedByLinux, totals.judgedByLinux, refused);
            totals.refusals.entrySet().stream()
                    .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder()))
                    .limit(10)
                    .forEach(e -> out.printf("  %6d  %s%n", e.getValue(), e.getKey()));
        }
        totals.problems.forEach((check, count) -> out.printf("%s: %d%n", check, count));
    }

    private static ObjectNode json(Fuzzer.Totals totals, long nanos) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("programs", totals.programs);
        json.put("accepted", totals.accepted);
        json.put("judged_by_linux", totals.judgedByLinux);
        json.put("accepted_by_linux", totals.acceptedByLinux);
        json.put("instructions", totals.instructions);
        json.put("coverage", totals.coverage);
        json.put("nanos", nanos);
        ObjectNode refusals = json.putObject("refusals");
        totals.refusals.forEach(refusals::put);
        var findings = json.putArray("findings");
        for (Finding finding : totals.findings) {
            findings.addObject()
                    .put("check", finding.check().name())
                    .put("text", finding.text())
                    .put("program", finding.trial().name())
                    .set("case", FindingCase.json(finding));
        }
        return json;
    }
}
