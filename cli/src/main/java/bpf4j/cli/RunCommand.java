package bpf4j.cli;

import bpf4j.loader.ObjectSpec;
import bpf4j.loader.Program;
import bpf4j.runtime.ProgramFault;
import bpf4j.spec.LoadException;
import bpf4j.spec.MapSpec;
import bpf4j.spec.ProgramType;
import bpf4j.verifier.VerificationException;
import bpf4j.vm.Bpf;
import bpf4j.vm.BpfObject;
import bpf4j.vm.BpfProgram;
import bpf4j.vm.Engine;
import bpf4j.vm.Verdicts;
import bpf4j.vm.capture.CaptureReader;
import bpf4j.vm.capture.CaptureWriter;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/// `bpf4j run`: runs a program of an object over the packets of a capture.
@Command(
        name = "run",
        description = "Verifies and compiles a program, and runs it over a capture.",
        footer = "Exit status: 0 done, 1 the program was refused, 2 unusable input.",
        mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
    @Parameters(paramLabel = "OBJECT", description = "An ELF object that clang compiled for BPF.")
    private Path object = Path.of("");

    @Option(
            names = "--pcap",
            required = true,
            paramLabel = "IN",
            description = "The capture: pcap or pcapng, plain or gzip.")
    private Path pcap = Path.of("");

    @Option(
            names = "--program",
            paramLabel = "NAME",
            description = "The program to run, where the object has several.")
    private @Nullable String program;

    @Option(
            names = "--out",
            paramLabel = "OUT",
            description = "Write the packets that go on, with the program's changes, as pcap.")
    private @Nullable Path output;

    @Option(names = "--force", description = "Let --out replace a file.")
    private boolean force;

    @Option(names = "--engine", paramLabel = "NAME", description = "jit (default) or interpreter.")
    private Engine engine = Engine.JIT;

    @Option(
            names = "--policy",
            paramLabel = "NAME",
            description = "trusted (default) or unprivileged.")
    private PolicyName policy = PolicyName.TRUSTED;

    @Option(
            names = "--repeat",
            paramLabel = "N",
            description = "Run over the capture N times; maps keep what they hold.")
    private int repeat = 1;

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description = "Set a global variable before loading; may be given several times.")
    private List<String> variables = List.of();

    @Option(names = "--maps", description = "Show what the maps hold afterwards.")
    private boolean maps;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls anything
    RunCommand() {}

    @Override
    public Integer call() throws LoadException, IOException {
        if (repeat < 1) {
            throw new UnusableInputException("--repeat " + repeat + ": give 1 or more");
        }
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        ObjectSpec loaded = Variables.apply(ObjectSpec.load(object), variables);
        String name = choose(loaded);
        try (CaptureReader first = CaptureReader.open(pcap);
                CaptureWriter writer = writer(first)) {
            Bpf bpf = Bpf.builder().engine(engine).policy(policy.policy).build();
            BpfObject live = bpf.load(loaded.withPrograms(withTailCalls(loaded, name)));
            BpfProgram chosen = live.program(name);
            long start = System.nanoTime();
            RunTotals totals =
                    new PacketRun(chosen, writer)
                            .over(first, pcap, Files.size(pcap), repeat, progress());
            if (writer != null) {
                writer.finish(first.linkType());
            }
            RunReport report =
                    new RunReport(object, pcap, chosen, engine, totals, System.nanoTime() - start);
            if (json) {
                out.println(report.json(maps ? live.maps() : List.of()));
            } else {
                report.print(out, maps ? live.maps() : List.of());
            }
            return ExitStatus.OK;
        } catch (VerificationException e) {
            err.println("bpf4j: " + object + ": program '" + name + "' was refused");
            err.println(e.getMessage());
            return ExitStatus.REFUSED;
        } catch (ProgramFault e) {
            throw new UnusableInputException(
                    "%s: program '%s' faulted: %s".formatted(object, name, e.getMessage()), e);
        }
    }

    private @Nullable CaptureWriter writer(CaptureReader reader) throws LoadException {
        return output == null ? null : CaptureWriter.create(output, reader.nanoseconds(), force);
    }

    private Progress progress() {
        return json || System.console() == null || !System.console().isTerminal()
                ? Progress.NONE
                : Progress.bar();
    }

    /// The program asked for, or the only one that takes packets.
    private String choose(ObjectSpec loaded) throws LoadException {
        List<String> packetPrograms = new ArrayList<>();
        for (Program declared : loaded.declared()) {
            ProgramType type = declared.type();
            boolean takesPackets = type != null && Verdicts.of(type) != Verdicts.NUMBER;
            if (declared.name().equals(program) && !takesPackets && type != null) {
                throw new LoadException(
                        "%s: program '%s' has type %s, which takes no packets"
                                .formatted(object, program, type.name()));
            }
            if (takesPackets) {
                packetPrograms.add(declared.name());
            }
        }
        if (program != null) {
            boolean known = loaded.declared().stream().anyMatch(d -> d.name().equals(program));
            if (!known) {
                throw new LoadException(
                        "%s: has no program '%s'; it has %s"
                                .formatted(
                                        object,
                                        program,
                                        String.join(
                                                ", ",
                                                loaded.declared().stream()
                                                        .map(Program::name)
                                                        .toList())));
            }
            return program;
        }
        return switch (packetPrograms.size()) {
            case 0 -> throw new LoadException(object + ": holds no program that takes packets");
            case 1 -> packetPrograms.getFirst();
            default ->
                    throw new LoadException(
                            "%s: holds several programs; choose one with --program: %s"
                                    .formatted(object, String.join(", ", packetPrograms)));
        };
    }

    /// A program and those that it can reach by tail calls through arrays filled at load time.
    private static List<String> withTailCalls(ObjectSpec loaded, String name) throws LoadException {
        List<String> names = new ArrayList<>(List.of(name));
        for (MapSpec map : loaded.maps()) {
            for (MapSpec.Entry entry : map.initial()) {
                if (entry.content() instanceof MapSpec.Content.ProgramRef(String target)
                        && !names.contains(target)) {
                    names.add(target);
                }
            }
        }
        return names;
    }
}
