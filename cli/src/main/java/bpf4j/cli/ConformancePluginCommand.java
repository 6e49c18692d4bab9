package bpf4j.cli;

import bpf4j.interpreter.Interpreter;
import bpf4j.isa.Codec;
import bpf4j.jit.Jit;
import bpf4j.loader.ObjectSpec;
import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.Bindings;
import bpf4j.runtime.Execution;
import bpf4j.runtime.HelperTable;
import bpf4j.runtime.LoadedProgram;
import bpf4j.runtime.ProgramFault;
import bpf4j.spec.LoadException;
import bpf4j.spec.ProgramSpec;
import bpf4j.spec.ProgramTypes;
import bpf4j.verifier.CheckedProgram;
import bpf4j.verifier.VerificationException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/// `bpf4j conformance-plugin`: runs one case for the runner of the public conformance suite.
///
/// The program is read from standard input as hex bytes between blanks, its memory is the argument
/// in the same form; r1 is the memory's address, r2 its length, and helper 5 exists. All that is
/// printed is r0 in hex.
@Command(
        name = "conformance-plugin",
        mixinStandardHelpOptions = true,
        description =
                "Runs a program given as hex on standard input on the memory given as hex, and"
                        + " prints r0 in hex: a plugin of the bpf_conformance runner.")
final class ConformancePluginCommand implements Callable<Integer> {
    /// The suite's helper 5 tells whether to unwind when it returns; ours never does.
    private static final HelperTable HELPERS =
            HelperTable.of(Map.of(5, (execution, r1, r2, r3, r4, r5) -> r1));

    enum Engine {
        INTERPRETER,
        JIT
    }

    @Spec private CommandSpec command;

    @Parameters(arity = "0..1", paramLabel = "MEM", description = "the memory as hex bytes")
    private String memory = "";

    @Option(names = "--elf", description = "standard input holds an ELF object")
    private boolean elf;

    @Option(
            names = "--engine",
            defaultValue = "interpreter",
            description = "interpreter (the default) or jit")
    private Engine engine = Engine.INTERPRETER;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls anything
    ConformancePluginCommand() {}

    @Override
    public Integer call() throws LoadException {
        byte[] input =
                hex("the program", new String(InputFiles.read("-"), StandardCharsets.US_ASCII));
        ProgramSpec program = elf ? linked(input) : raw(input);
        AddressSpace space = new AddressSpace();
        Execution execution = new Execution(space);
        execution.prepareMemory(hex("the memory", memory));
        try {
            CheckedProgram checked = CheckedProgram.of(program);
            Bindings bindings = new Bindings(space, List.of(), HELPERS);
            LoadedProgram loaded =
                    switch (engine) {
                        case INTERPRETER -> Interpreter.load(checked, bindings);
                        case JIT -> Jit.load(checked, bindings);
                    };
            long result = loaded.run(execution);
            command.commandLine().getOut().println(Long.toHexString(result));
            return ExitStatus.OK;
        } catch (ProgramFault | VerificationException e) {
            throw new LoadException("the program fails: " + e.getMessage(), e);
        }
    }

    private static ProgramSpec raw(byte[] bytes) throws LoadException {
        return ProgramSpec.of(
                "program",
                ProgramTypes.SOCKET_FILTER,
                Codec.decodeUnverified(bytes, ByteOrder.LITTLE_ENDIAN),
                List.of());
    }

    private static ProgramSpec linked(byte[] bytes) throws LoadException {
        List<ProgramSpec> programs = ObjectSpec.parse(bytes, "program.o").programs();
        if (programs.isEmpty()) {
            throw new LoadException("the object has no program");
        }
        return programs.getFirst();
    }

    private static byte[] hex(String what, String text) throws LoadException {
        try {
            return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
        } catch (IllegalArgumentException e) {
            throw new LoadException(what + " must be pairs of hex digits between blanks", e);
        }
    }
}
