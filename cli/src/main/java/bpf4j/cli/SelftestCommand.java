package bpf4j.cli;

import bpf4j.btf.Btf;
import bpf4j.btf.BtfType;
import bpf4j.loader.ObjectSpec;
import bpf4j.loader.Program;
import bpf4j.spec.LoadException;
import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.Options;
import bpf4j.verifier.VerificationException;
import bpf4j.verifier.VerifiedProgram;
import bpf4j.verifier.Verifier;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;

/// The `selftest` command: judges the programs of objects that carry their expectations as tags, as
/// Linux's verifier tests do.
@Command(
        name = "selftest",
        description = {
            "Judges and runs test programs that carry their expectations as BTF declaration tags",
            "(comment:test_expect_success, comment:test_expect_failure, comment:test_expect_msg=,",
            "comment:test_retval= and so on, as Linux's own verifier tests do)."
        },
        mixinStandardHelpOptions = true)
final class SelftestCommand implements Callable<Integer> {
    /// The rule that stands for what cannot be judged without a kernel's types, such as a load from
    /// `struct bpf_map` itself.
    private static final String KERNEL_TYPES = "KERNEL_TYPES";

    /// The linkage of a function that is defined elsewhere.
    private static final int EXTERN = 2;

    @Spec private CommandSpec command;

    @Parameters(arity = "1..*", paramLabel = "OBJECT", description = "ELF objects")
    private List<Path> objects = List.of();

    @Option(names = "--json", description = "one JSON object a line")
    private boolean json;

    @Option(
            names = "--program",
            paramLabel = "NAME",
            description = "only the programs of this name")
    private List<String> programs = List.of();

    @Option(
            names = "--differ",
            description = "only tests in scope that did not come out as expected")
    private boolean differing;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls anything
    SelftestCommand() {}

    @Override
    public Integer call() {
        PrintWriter out = command.commandLine().getOut();
        SelftestTotals totals = new SelftestTotals();
        boolean usable = true;
        for (Path path : objects) {
            try {
                for (SelftestResult result : judge(path)) {
                    totals.add(result);
                    if (!differing || result.differs()) {
                        out.println(json ? result.json().toString() : result.line());
                    }
                }
            } catch (LoadException e) {
                usable = false;
                command.commandLine().getErr().println("bpf4j: " + e.getMessage());
            }
            out.flush();
        }
        if (!json) {
            out.print(totals.text());
        }
        if (!usable) {
            return ExitStatus.UNUSABLE;
        }
        return totals.allAgree() ? ExitStatus.OK : ExitStatus.REFUSED;
    }

    private List<SelftestResult> judge(Path path) throws LoadException {
        ObjectSpec object = ObjectSpec.load(path);
        Btf btf = object.btf();
        if (btf == null) {
            throw new LoadException(path + ": has no BTF, so it says nothing of expectations");
        }
        object = object.withKernelFunctions(kernelFunctions(btf));
        List<SelftestResult> results = new ArrayList<>();
        for (Program program : object.declared()) {
            if (!programs.isEmpty() && !programs.contains(program.name())) {
                continue;
            }
            List<String> tags = SelftestExpectation.tags(btf, program.name());
            for (SelftestExpectation expectation : SelftestExpectation.of(tags)) {
                results.add(
                        judge(object, String.valueOf(path.getFileName()), program, expectation));
            }
        }
        return results;
    }

    /// The functions that an object wants of the kernel: weak ones, too, are taken to be there, so
    /// that [SelftestScope] sees them.
    private static Set<String> kernelFunctions(Btf btf) {
        Set<String> names = new HashSet<>();
        for (BtfType type : btf.types()) {
            if (type instanceof BtfType.Func(String name, int proto, int linkage)
                    && linkage == EXTERN) {
                names.add(name);
            }
        }
        return names;
    }

    private static SelftestResult judge(
            ObjectSpec object, String file, Program program, SelftestExpectation expectation) {
        Judgement judgement = new Judgement(expectation);
        try {
            String unsupported = program.unsupported();
            if (unsupported == null) {
                judgement.judge(object, program.name());
            } else {
                judgement.message = unsupported;
                judgement.why = unsupported;
            }
        } catch (RuntimeException | AssertionError | StackOverflowError e) {
            judgement.message = "a defect of bpf4j: " + e;
            if ("1".equals(System.getenv("BPF4J_DEBUG"))) {
                e.printStackTrace();
            }
        }
        return judgement.result(file, program.name());
    }

    /// One test on its way to a result.
    private static final class Judgement {
        private final SelftestExpectation expectation;
        private String verdict = SelftestResult.ERROR;
        private String message = "";
        private String why = "";
        private @Nullable String missingText;
        private @Nullable Integer retval;
        private @Nullable Boolean retvalAgrees;

        Judgement(SelftestExpectation expectation) {
            this.expectation = expectation;
        }

        void judge(ObjectSpec object, String name) {
            if (!expectation.architectures().isEmpty()
                    && !expectation.architectures().contains("X86_64")) {
                why = "for another architecture";
            } else {
                why = expectation.outside();
            }
            ProgramSpec program;
            try {
                program = withFlags(object.link(name), expectation.flags());
            } catch (LoadException e) {
                verdict = SelftestResult.REJECT; // as when libbpf refuses an object
                message = String.valueOf(e.getMessage());
                compare(List.of(), message);
                return;
            }
            String outside = SelftestScope.outside(program);
            if (why.isEmpty() && outside != null) {
                why = outside;
            }
            boolean wantsText = wantsText();
            int level = Math.max(expectation.logLevel(), wantsText ? 1 : 0);
            try {
                VerifiedProgram verified =
                        Verifier.verify(
                                program, expectation.policy(), Options.DEFAULT.withLogLevel(level));
                verdict = SelftestResult.ACCEPT;
                compare(verified.log(), "");
                if (expectation.retval() != null || expectation.anyRetval()) {
                    SelftestRun run = SelftestRun.of(object, verified);
                    retval = run.value();
                    retvalAgrees =
                            run.agree()
                                    && (expectation.anyRetval()
                                            || Objects.equals(run.value(), expectation.retval()));
                    if (!run.message().isEmpty()) {
                        message = run.message();
                    }
                }
            } catch (VerificationException e) {
                verdict = SelftestResult.REJECT;
                message = e.rejection().kernelText().lines().findFirst().orElse("");
                if (why.isEmpty() && e.rejection().rule().equals(KERNEL_TYPES)) {
                    why = "types of a kernel";
                }
                compare(e.log(), e.rejection().text());
            }
        }

        private void compare(List<String> log, String text) {
            if (wantsText()) {
                String all = String.join("\n", log) + "\n" + text;
                String missing = ExpectedText.missing(expectation.messages(), all);
                for (String unwanted : expectation.absent()) {
                    if (missing.isEmpty()
                            && ExpectedText.missing(List.of(unwanted), all).isEmpty()) {
                        missing = "(not) " + unwanted;
                    }
                }
                missingText = missing;
            }
        }

        private boolean wantsText() {
            return !expectation.messages().isEmpty() || !expectation.absent().isEmpty();
        }

        private static ProgramSpec withFlags(ProgramSpec program, Set<ProgramSpec.Flag> more) {
            Set<ProgramSpec.Flag> flags = EnumSet.noneOf(ProgramSpec.Flag.class);
            flags.addAll(program.flags());
            flags.addAll(more);
            return new ProgramSpec(
                    program.name(),
                    program.section(),
                    program.type(),
                    program.license(),
                    program.code(),
                    program.maps(),
                    program.externs(),
                    program.btf(),
                    program.functions(),
                    program.lines(),
                    flags);
        }

        SelftestResult result(String file, String name) {
            return new SelftestResult(
                    file,
                    expectation.unprivileged() ? name + "@unpriv" : name,
                    verdict,
                    expectation.accepts() ? SelftestResult.ACCEPT : SelftestResult.REJECT,
                    message,
                    missingText,
                    retval,
                    expectation.retval(),
                    retvalAgrees,
                    why);
        }
    }
}
