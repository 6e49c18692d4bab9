package bpf4j.cli;

import bpf4j.isa.ControlFlow;
import bpf4j.isa.DecodeException;
import bpf4j.isa.Disassembler;
import bpf4j.isa.Syntax;
import bpf4j.loader.CodeSection;
import bpf4j.loader.ObjectSpec;
import bpf4j.loader.Program;
import bpf4j.spec.LoadException;
import bpf4j.spec.ProgramSpec;
import bpf4j.testkit.cases.Case;

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
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;

/// `bpf4j disasm`: prints instructions as text, JSON or a control-flow graph.
@Command(
        name = "disasm",
        mixinStandardHelpOptions = true,
        description = {
            "Disassembles an ELF object, a case file, or instructions as bytes or hex digits.",
            "An object is listed section by section as llvm-objdump lists it; with --program,"
                    + " --linked, --text or --cfg its programs are linked first: with their"
                    + " subprograms, maps by name."
        })
final class DisasmCommand implements Callable<Integer> {
    enum Format {
        ELF,
        CASE,
        HEX,
        RAW
    }

    enum Cpu {
        V1,
        V2,
        V3,
        V4
    }

    @Spec private CommandSpec command;

    @Parameters(paramLabel = "FILE", description = "the file; - is standard input")
    private String file = "";

    @Option(
            names = "--program",
            paramLabel = "NAME",
            description = "only this program of an object, or the case of this name")
    private @Nullable String program;

    @Option(names = "--linked", description = "link the programs of an object")
    private boolean linked;

    @Option(names = "--text", description = "print assembly text that 'asm' takes, no listing")
    private boolean text;

    @Option(names = "--json", description = "one JSON object a line and section or program")
    private boolean json;

    @Option(names = "--cfg", description = "the control-flow graph in Graphviz' dot language")
    private boolean graph;

    @Option(
            names = "--mcpu",
            description = "v3 and v4 name 'w' registers in loads and stores, as llvm-objdump does")
    private Cpu cpu = Cpu.V1;

    @Option(names = "--format", description = "elf, case, hex or raw, if not to be guessed")
    private @Nullable Format format;

    @Option(names = "--big-endian", description = "raw instructions are big endian")
    private boolean bigEndian;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields before it calls anything
    DisasmCommand() {}

    @Override
    public Integer call() throws LoadException {
        byte[] bytes = InputFiles.read(file);
        Syntax syntax = cpu.compareTo(Cpu.V3) >= 0 ? Syntax.ALU32 : Syntax.GENERIC;
        PrintWriter out = command.commandLine().getOut();
        List<DisasmUnit> units = units(bytes);
        boolean first = true;
        for (DisasmUnit unit : units) {
            if (graph) {
                out.print(graph(unit));
            } else if (json) {
                out.println(unit.json(syntax));
            } else if (text) {
                out.print((first ? "" : "\n") + Disassembler.source(unit.asProgram()));
            } else {
                heading(out, unit, units.size() > 1, first);
                out.print(unit.listing(syntax));
                if (!unit.kind().equals("section")) {
                    unit.asProgram(); // names the first slot that is no instruction
                }
            }
            first = false;
        }
        return ExitStatus.OK;
    }

    private static void heading(PrintWriter out, DisasmUnit unit, boolean several, boolean first) {
        if (unit.kind().equals("section")) {
            out.println((first ? "" : "\n") + "Disassembly of section " + unit.name() + ":\n");
        } else if (several || unit.program() != null) {
            out.println((first ? "" : "\n") + "; " + unit.kind() + " " + unit.name());
        }
    }

    private static String graph(DisasmUnit unit) throws LoadException {
        try {
            return ControlFlow.dot(unit.asProgram());
        } catch (DecodeException e) {
            throw new LoadException(unit.name() + ": " + e.getMessage(), e);
        }
    }

    private List<DisasmUnit> units(byte[] bytes) throws LoadException {
        Format found = format != null ? format : guess(bytes);
        ByteOrder order = bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        return switch (found) {
            case ELF -> object(bytes);
            case CASE -> cases(bytes);
            case HEX -> List.of(DisasmUnit.raw(file, digits(bytes), order));
            case RAW -> List.of(DisasmUnit.raw(file, whole(bytes), order));
        };
    }

    private static Format guess(byte[] bytes) {
        if (bytes.length >= 4 && bytes[0] == 0x7f && bytes[1] == 'E' && bytes[2] == 'L') {
            return Format.ELF;
        }
        boolean hex = bytes.length > 0;
        for (int i = 0; i < Math.min(bytes.length, 4096); i++) {
            int c = bytes[i];
            boolean blank = c == ' ' || c == '\n' || c == '\r' || c == '\t';
            hex &= blank || Character.digit(c, 16) >= 0;
            if (c < ' ' && !blank) {
                return Format.RAW;
            }
        }
        return hex ? Format.HEX : Format.CASE;
    }

    private byte[] whole(byte[] bytes) throws LoadException {
        if (bytes.length % 8 != 0) {
            throw new LoadException(
                    file + ": " + bytes.length + " bytes are no multiple of 8, a slot's size");
        }
        return bytes;
    }

    private byte[] digits(byte[] bytes) throws LoadException {
        String digits = new String(bytes, StandardCharsets.US_ASCII).replaceAll("\\s", "");
        if (digits.length() % 16 != 0) {
            throw new LoadException(
                    file + ": " + digits.length() + " hex digits are no multiple of 16");
        }
        try {
            return HexFormat.of().parseHex(digits);
        } catch (IllegalArgumentException e) {
            throw new LoadException(file + ": holds more than hex digits", e);
        }
    }

    private List<DisasmUnit> object(byte[] bytes) throws LoadException {
        try {
            ObjectSpec object = ObjectSpec.parse(bytes, file);
            return linked || program != null || graph || text ? programs(object) : sections(object);
        } catch (LoadException e) {
            throw new LoadException(file + ": " + e.getMessage(), e);
        }
    }

    private static List<DisasmUnit> sections(ObjectSpec object) throws LoadException {
        List<DisasmUnit> units = new ArrayList<>();
        for (CodeSection section : object.sections()) {
            units.add(
                    new DisasmUnit(
                            "section",
                            section.name(),
                            section.bytes(),
                            object.order(),
                            section.labels(),
                            section.lines(),
                            section.symbols(),
                            null));
        }
        return units;
    }

    private List<DisasmUnit> programs(ObjectSpec object) throws LoadException {
        List<DisasmUnit> units = new ArrayList<>();
        if (program != null) {
            return List.of(DisasmUnit.of(object.link(program)));
        }
        for (Program declared : object.declared()) {
            if (declared.unsupported() == null) {
                ProgramSpec spec = object.link(declared.name());
                units.add(DisasmUnit.of(spec));
            }
        }
        return units;
    }

    private List<DisasmUnit> cases(byte[] bytes) throws LoadException {
        List<DisasmUnit> units = new ArrayList<>();
        try (CaseFiles cases = CaseFiles.of(file, bytes)) {
            for (Case next = cases.next(); next != null; next = cases.next()) {
                if (program == null || program.equals(next.name())) {
                    units.add(DisasmUnit.raw(next.name(), next.insns(), ByteOrder.LITTLE_ENDIAN));
                }
            }
        } catch (IOException e) {
            throw new LoadException(file + ": cannot be read: " + e.getMessage(), e);
        }
        if (units.isEmpty()) {
            throw new LoadException(
                    file + ": holds no case" + (program == null ? "" : " named '" + program + "'"));
        }
        return units;
    }
}
