package bpf4j.cli;

import bpf4j.loader.ObjectSpec;
import bpf4j.loader.Program;
import bpf4j.spec.LoadException;
import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.Options;
import bpf4j.verifier.Rejection;
import bpf4j.verifier.Statistics;
import bpf4j.verifier.VerificationException;
import bpf4j.verifier.VerifiedProgram;
import bpf4j.verifier.Verifier;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/// `bpf4j verify`: says of each program of an object whether it is safe, or why not.
@Command(
        name = "verify",
        description = "Verifies the programs of an object as Linux does.",
        footer = "Exit status: 0 all accepted, 1 a program refused, 2 unusable input.",
        mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
    @Parameters(paramLabel = "OBJECT", description = "An ELF object that clang compiled for BPF.")
    private Path object = Path.of("");

    @Option(
            names = "--program",
            paramLabel = "NAME",
            description = "Verify this program only; else all that are loaded by default.")
    private @Nullable String program;

    @Option(
            names = "--policy",
            paramLabel = "NAME",
            description = "trusted (default) or unprivileged.")
    private PolicyName policy = PolicyName.TRUSTED;

    @Option(
            names = "--log",
            paramLabel = "LEVEL",
            arity = "0..1",
            fallbackValue = "1",
            description = "1: the path that was refused; 2: every instruction explored.")
    private int logLevel;

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description = "Set a global variable before loading; may be given several times.")
    private List<String> variables = List.of();

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls anything
    VerifyCommand() {}

    /// What became of a program: exactly one of `accepted` and `refused` is there.
    private record Outcome(
            ProgramSpec program,
            @Nullable VerifiedProgram accepted,
            @Nullable Rejection refused,
            Statistics statistics,
            List<String> log,
            long nanos) {}

    @Override
    public Integer call() throws LoadException {
        ObjectSpec loaded = Variables.apply(ObjectSpec.load(object), variables);
        List<Outcome> outcomes = new ArrayList<>();
        for (ProgramSpec candidate : programs(loaded)) {
            outcomes.add(judge(candidate));
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(report(loaded, outcomes));
        } else {
            outcomes.forEach(outcome -> print(out, outcome));
            loaded.unsupported().forEach(out::println);
        }
        return outcomes.stream().anyMatch(o -> o.refused != null)
                ? ExitStatus.REFUSED
                : ExitStatus.OK;
    }

    private List<ProgramSpec> programs(ObjectSpec loaded) throws LoadException {
        if (program != null) {
            return List.of(loaded.link(program));
        }
        List<ProgramSpec> programs = loaded.programs();
        if (programs.isEmpty()) {
            List<String> declared = loaded.declared().stream().map(Program::name).toList();
            throw new LoadException(
                    object
                            + (declared.isEmpty()
                                    ? ": holds no program"
                                    : ": holds no program that can be loaded; it declares "
                                            + String.join(", ", declared)));
        }
        return programs;
    }

    private Outcome judge(ProgramSpec candidate) {
        long start = System.nanoTime();
        try {
            VerifiedProgram accepted =
                    Verifier.verify(
                            candidate, policy.policy, Options.DEFAULT.withLogLevel(logLevel));
            return new Outcome(
                    candidate,
                    accepted,
                    null,
                    accepted.statistics(),
                    accepted.log(),
                    System.nanoTime() - start);
        } catch (VerificationException e) {
            return new Outcome(
                    candidate,
                    null,
                    e.rejection(),
                    e.statistics(),
                    e.log(),
                    System.nanoTime() - start);
        }
    }

    private static void print(PrintWriter out, Outcome outcome) {
        outcome.log.forEach(out::println);
        Rejection refused = outcome.refused;
        String name = outcome.program.name() + " (" + outcome.program.type().name() + ")";
        if (refused == null) {
            out.printf("%s: accepted, %s%n", name, figures(outcome));
        } else {
            out.printf("%s: refused%n%s%n%s%n", name, refused.text(), figures(outcome));
        }
    }

    private static String figures(Outcome outcome) {
        return "processed %d insns (limit %d), %d states, %.1f ms"
                .formatted(
                        outcome.statistics.processed(),
                        Options.DEFAULT.processedLimit(),
                        outcome.statistics.states(),
                        outcome.nanos / 1e6);
    }

    private static ObjectNode report(ObjectSpec loaded, List<Outcome> outcomes) {
        ObjectNode report = JsonNodeFactory.instance.objectNode();
        ArrayNode programs = report.putArray("programs");
        for (Outcome outcome : outcomes) {
            ObjectNode node = programs.addObject();
            node.put("program", outcome.program.name());
            node.put("section", outcome.program.section());
            node.put("type", outcome.program.type().name());
            node.put("verdict", outcome.refused == null ? "accept" : "reject");
            node.put("processed", outcome.statistics.processed());
            node.put("states", outcome.statistics.states());
            node.put("nanos", outcome.nanos);
            Rejection refused = outcome.refused;
            if (refused != null) {
                RejectionJson.put(node.putObject("rejection"), refused);
            }
            if (!outcome.log.isEmpty()) {
                outcome.log.forEach(node.putArray("log")::add);
            }
        }
        loaded.unsupported().forEach(report.putArray("unsupported")::add);
        return report;
    }
}
