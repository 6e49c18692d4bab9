package bpf4j.cli;

import bpf4j.isa.Assembler;
import bpf4j.isa.Codec;
import bpf4j.spec.LoadException;
import bpf4j.spec.ProgramSpec;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.Callable;

/// `bpf4j asm`: assembles a text to instructions or to a case file.
@Command(
        name = "asm",
        mixinStandardHelpOptions = true,
        description = {
            "Assembles a text in the syntax of clang and llvm-objdump.",
            "The forms of output: 'case', a JSON object with instructions, maps and type (the"
                    + " default for -o NAME.json); 'hex', 16 hex digits a slot and line (the"
                    + " default without -o); 'raw', 8 bytes a slot (the default for -o)."
        })
final class AsmCommand implements Callable<Integer> {
    enum Format {
        RAW,
        HEX,
        CASE
    }

    @Spec private CommandSpec command;

    @Parameters(paramLabel = "FILE", description = "the text; - is standard input")
    private String file = "";

    @Option(names = "-o", paramLabel = "FILE", description = "where the result goes")
    private @Nullable Path output;

    @Option(names = "--format", description = "raw, hex or case")
    private @Nullable Format format;

    @Option(names = "--big-endian", description = "write instructions in big-endian byte order")
    private boolean bigEndian;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls anything
    AsmCommand() {}

    @Override
    public Integer call() throws LoadException {
        String text = new String(InputFiles.read(file), StandardCharsets.UTF_8);
        ProgramSpec program = Assembler.assemble(text, file.equals("-") ? "standard input" : file);
        ByteOrder order = bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        byte[] bytes = Codec.encode(program.code(), order);
        byte[] result =
                switch (chosen()) {
                    case RAW -> bytes;
                    case HEX -> hex(bytes).getBytes(StandardCharsets.UTF_8);
                    case CASE -> (CaseWriter.json(program) + "\n").getBytes(StandardCharsets.UTF_8);
                };
        write(result);
        return ExitStatus.OK;
    }

    private Format chosen() {
        if (format != null) {
            return format;
        }
        if (output == null) {
            return Format.HEX;
        }
        return output.toString().endsWith(".json") ? Format.CASE : Format.RAW;
    }

    private static String hex(byte[] bytes) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < bytes.length; i += 8) {
            lines.append(HexFormat.of().formatHex(bytes, i, i + 8)).append('\n');
        }
        return lines.toString();
    }

    private void write(byte[] result) throws LoadException {
        Path path = output;
        try {
            if (path != null) {
                Files.write(path, result);
            } else if (chosen() == Format.RAW) {
                System.out.write(result);
                System.out.flush();
            } else {
                PrintWriter out = command.commandLine().getOut();
                out.print(new String(result, StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new LoadException(
                    (path == null ? "standard output" : path)
                            + ": cannot be written: "
                            + e.getMessage(),
                    e);
        }
    }
}
