package bpf4j.cli;

import bpf4j.isa.AluOp;
import bpf4j.isa.Code;
import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.isa.Width;
import bpf4j.spec.LoadException;
import bpf4j.testkit.external.CommandLine;
import bpf4j.testkit.external.External;
import bpf4j.testkit.external.Plugin;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.util.List;
import java.util.Locale;

/// The options that name another implementation.
final class ExternalOptions {
    /// How to speak with it.
    enum Protocol {
        PLUGIN,
        CASES
    }

    @Option(
            names = "--external",
            paramLabel = "CMD",
            description =
                    "Another implementation: programs on plain memory, without maps and helpers, see"
                            + " docs/fuzzing.md.")
    private @Nullable String command;

    @Option(
            names = "--protocol",
            paramLabel = "NAME",
            description =
                    "How to speak with CMD: plugin (default; a process for each run, as the conformance"
                            + " suite does) or cases (one process, a line of JSON a program).")
    private Protocol protocol = Protocol.PLUGIN;

    @Option(
            names = "--timeout",
            paramLabel = "MS",
            description = "Milliseconds that CMD may take for an answer (5000 by default).")
    private long timeout = 5000;

    boolean given() {
        return command != null;
    }

    /// Whether each run costs the start of a process.
    boolean startsOften() {
        return given() && protocol == Protocol.PLUGIN;
    }

    /// The implementation, not started yet.
    External open() throws LoadException {
        CommandLine words = CommandLine.of(command == null ? "" : command);
        return switch (protocol) {
            case PLUGIN -> new Plugin(words, timeout * 1_000_000);
            case CASES -> new CaseStream(words, timeout * 1_000_000);
        };
    }

    /// The same, once it gave an answer for the smallest program.
    External openAlive() throws LoadException {
        External external = open();
        Code smallest =
                Code.of(
                        List.of(
                                new Insn.Alu(Width.W64, AluOp.MOV, 0, new Operand.Imm(0)),
                                new Insn.Exit()));
        String trouble = external.run(smallest, List.of(new byte[16])).getFirst().trouble();
        if (!trouble.isEmpty()) {
            external.close();
            throw new LoadException(
                    "--external: %s %s; it was asked to run r0 = 0; exit by the %s protocol of docs/fuzzing.md"
                            .formatted(
                                    external.name(),
                                    trouble,
                                    protocol.name().toLowerCase(Locale.ROOT)));
        }
        return external;
    }

    /// The options as a user gives them.
    String text() {
        String quoted = "'" + (command == null ? "" : command.replace("'", "'\\''")) + "'";
        return "--external "
                + quoted
                + (protocol == Protocol.CASES ? " --protocol cases" : "")
                + (timeout == 5000 ? "" : " --timeout " + timeout);
    }
}
