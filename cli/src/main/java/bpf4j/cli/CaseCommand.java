package bpf4j.cli;

import bpf4j.kernel.KernelProgram;
import bpf4j.spec.LoadException;
import bpf4j.testkit.cases.Case;
import bpf4j.testkit.cases.CaseCheck;
import bpf4j.testkit.cases.CaseEngine;
import bpf4j.testkit.cases.CaseResult;
import bpf4j.testkit.cases.KernelEngine;
import bpf4j.testkit.cases.LocalEngine;
import bpf4j.testkit.external.External;
import bpf4j.vm.Engine;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/// `bpf4j case`: judges and runs case files, one line of JSON a case.
@Command(
        name = "case",
        description = "Judges and runs case files; prints one line of JSON a case.",
        footer = "The file format is described in docs/cases.md.",
        mixinStandardHelpOptions = true)
final class CaseCommand implements Callable<Integer> {
    /// Who judges and runs.
    enum EngineName {
        INTERPRETER,
        JIT,
        KERNEL
    }

    @Parameters(
            arity = "1..*",
            paramLabel = "FILE",
            description = "Case files; - is standard input.")
    private List<String> files = List.of();

    @Option(
            names = "--engine",
            description = "interpreter (default), jit or kernel.",
            paramLabel = "NAME")
    private EngineName engine = EngineName.INTERPRETER;

    @Option(
            names = "--policy",
            description = "trusted (default) or unprivileged.",
            paramLabel = "NAME")
    private PolicyName policy = PolicyName.TRUSTED;

    @Option(names = "--log", description = "0, 1 or 2: the verifier's log.", paramLabel = "LEVEL")
    private int logLevel;

    @Option(
            names = "--unverified",
            description =
                    "Run without verifying, every access checked; r1 is the address of the data, r2 its"
                            + " length.")
    private boolean unverified;

    @Option(
            names = "--check",
            description = "Compare with what the cases expect; exit status 1 when one differs.")
    private boolean check;

    @Mixin private ExternalOptions external = new ExternalOptions();

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls anything
    CaseCommand() {}

    @Override
    public Integer call() throws IOException, LoadException {
        if (!external.given()) {
            return run(engine());
        }
        try (External other = external.open()) {
            return run(new ExternalEngine(other));
        }
    }

    private int run(CaseEngine judge) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        int cases = 0;
        int differ = 0;
        boolean unreadable = false;
        for (String file : files) {
            try (CaseFiles in = CaseFiles.open(file)) {
                while (true) {
                    Case test = in.next();
                    if (test == null) {
                        break;
                    }
                    cases++;
                    CaseResult result = judge.run(test, logLevel);
                    out.println(CaseReport.of(result));
                    out.flush(); // who sends cases one by one waits for this line
                    if (check) {
                        List<String> differences =
                                new ArrayList<>(
                                        CaseCheck.differences(
                                                test, result, policy == PolicyName.UNPRIVILEGED));
                        if (judge instanceof ExternalEngine other) {
                            differences.addAll(other.differences(test, result));
                        }
                        for (String difference : differences) {
                            err.println(test.name() + ": " + difference);
                        }
                        differ += differences.isEmpty() ? 0 : 1;
                    }
                }
            } catch (LoadException e) {
                out.flush();
                err.println("bpf4j: " + e.getMessage());
                unreadable = true;
            }
        }
        if (check) {
            out.flush();
            err.println("%d cases, %d differ".formatted(cases, differ));
        }
        return unreadable ? ExitStatus.UNUSABLE : differ > 0 ? 1 : 0;
    }

    private CaseEngine engine() {
        if (engine == EngineName.KERNEL) {
            if (unverified) {
                throw new UnusableInputException(
                        "--unverified: Linux runs nothing unverified; choose another engine");
            }
            String reason = KernelProgram.unavailable();
            if (reason != null) {
                throw new UnusableInputException(reason);
            }
            return new KernelEngine();
        }
        return new LocalEngine(
                engine == EngineName.JIT ? Engine.JIT : Engine.INTERPRETER,
                policy.policy,
                unverified);
    }
}
