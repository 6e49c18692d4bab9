package bpf4j.cli;

import bpf4j.isa.AssemblyException;
import bpf4j.spec.LoadException;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.nio.charset.Charset;

/// The `bpf4j` command: picks the subcommand, and turns whatever happens into output and an exit
/// status.
@Command(
        name = "bpf4j",
        description = "The eBPF runtime for the JVM.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            AsmCommand.class,
            CaseCommand.class,
            ConformancePluginCommand.class,
            DisasmCommand.class,
            ExplainCommand.class,
            FuzzCommand.class,
            InspectCommand.class,
            RunCommand.class,
            SelftestCommand.class,
            VerifyCommand.class,
        })
public final class Main implements Runnable {
    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the field before it calls anything
    Main() {}

    public static void main(String[] args) {
        Charset charset = System.out.charset();
        int status =
                run(
                        new PrintWriter(System.out, false, charset),
                        new PrintWriter(System.err, true, System.err.charset()),
                        args);
        System.exit(status);
    }

    /// Runs one command line and returns its exit status.
    ///
    /// @param out where results go; flushed before this returns
    /// @param err where complaints go, one line each
    static int run(PrintWriter out, PrintWriter err, String... args) {
        CommandLine commandLine =
                new CommandLine(new Main())
                        .setOut(out)
                        .setErr(err)
                        .setCaseInsensitiveEnumValuesAllowed(true)
                        .setParameterExceptionHandler(Main::explainUsage)
                        .setExecutionExceptionHandler((e, command, parsed) -> explain(e, err));
        try {
            return commandLine.execute(args);
        } catch (Throwable e) { // an AssertionError or a full heap must not end in a stack trace
            // either
            return explain(e, err);
        } finally {
            out.flush();
            err.flush();
        }
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command?");
    }

    private static int explainUsage(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("bpf4j: " + oneLine(String.valueOf(e.getMessage())));
        err.println("See " + command.getCommandSpec().qualifiedName() + " --help");
        return ExitStatus.UNUSABLE;
    }

    private static int explain(Throwable e, PrintWriter err) {
        boolean expected = e instanceof UnusableInputException || e instanceof LoadException;
        if (e instanceof AssemblyException assembly) {
            err.println("bpf4j: " + assembly.display());
        } else if (expected) {
            err.println("bpf4j: " + oneLine(String.valueOf(e.getMessage())));
        } else {
            err.println(
                    "bpf4j: a defect of bpf4j, please report it ("
                            + oneLine(e.toString())
                            + "); BPF4J_DEBUG=1 in the environment shows where");
        }
        if ("1".equals(System.getenv("BPF4J_DEBUG"))) {
            e.printStackTrace(err);
        }
        return expected ? ExitStatus.UNUSABLE : ExitStatus.DEFECT;
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
