package bpf4j.cli;

import bpf4j.isa.Code;
import bpf4j.isa.Codec;
import bpf4j.isa.DecodeException;
import bpf4j.isa.Disassembler;
import bpf4j.isa.Insn;
import bpf4j.isa.Syntax;
import bpf4j.spec.LoadException;
import bpf4j.spec.ProgramSpec;
import bpf4j.spec.ProgramTypes;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.jspecify.annotations.Nullable;

import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/// Code to disassemble: a section of an object, a linked program, a raw file, or a case.
///
/// @param kind what it is: `section`, `program`
/// @param symbols notes on what instructions refer to, by slot
/// @param program the program, null where the code is not linked
record DisasmUnit(
        String kind,
        String name,
        byte[] bytes,
        ByteOrder order,
        List<ProgramSpec.Function> labels,
        List<ProgramSpec.Line> lines,
        Map<Integer, String> symbols,
        @Nullable ProgramSpec program) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HexFormat SPACED = HexFormat.ofDelimiter(" ");
    private static final int WIDE_LOAD = 0x18;

    /// A linked program, with the names of maps and helpers as notes.
    static DisasmUnit of(ProgramSpec program) {
        return new DisasmUnit(
                "program",
                program.name(),
                Codec.encode(program.code(), ByteOrder.LITTLE_ENDIAN),
                ByteOrder.LITTLE_ENDIAN,
                program.functions(),
                program.lines(),
                Map.of(),
                program);
    }

    /// Code that refers to nothing.
    static DisasmUnit raw(String name, byte[] bytes, ByteOrder order) {
        return new DisasmUnit("program", name, bytes, order, List.of(), List.of(), Map.of(), null);
    }

    /// The program; where there is none, one of nothing but the code.
    ///
    /// @throws LoadException when a slot is no instruction
    ProgramSpec asProgram() throws LoadException {
        if (program != null) {
            return program;
        }
        try {
            Code code = Codec.decode(bytes, order);
            return new ProgramSpec(
                    name,
                    "",
                    ProgramTypes.SOCKET_FILTER,
                    "GPL",
                    code,
                    List.of(),
                    List.of(),
                    null,
                    labels,
                    lines,
                    java.util.Set.of());
        } catch (DecodeException e) {
            throw new LoadException(name + ": " + e.getMessage(), e);
        }
    }

    /// A listing laid out as llvm-objdump's.
    String listing(Syntax syntax) {
        StringBuilder out = new StringBuilder();
        int pc = 0;
        while (pc * 8 < bytes.length) {
            for (ProgramSpec.Function label : labels) {
                if (label.pc() == pc) {
                    out.append(pc == 0 ? "" : "\n");
                    out.append(String.format("%016x <%s>:\n", pc * 8L, label.name()));
                }
            }
            for (ProgramSpec.Line line : lines) {
                if (line.pc() == pc && !line.text().isBlank()) {
                    out.append("; ").append(line.text().strip()).append('\n');
                }
            }
            Insn insn = at(pc);
            int end = pc + slots(insn);
            String note = note(pc, insn);
            out.append(String.format("%8d:\t", pc))
                    .append(SPACED.formatHex(bytes, pc * 8, Math.min(end * 8, bytes.length)))
                    .append('\t')
                    .append(
                            insn == null
                                    ? "<unknown>"
                                    : Disassembler.text(insn, pc, labels, syntax))
                    .append(note.isEmpty() ? "" : "\t# " + note)
                    .append('\n');
            pc = end;
        }
        return out.toString();
    }

    /// The same as a JSON object.
    ObjectNode json(Syntax syntax) {
        ObjectNode root = JSON.createObjectNode();
        root.put("kind", kind).put("name", name);
        if (program != null) {
            root.put("type", program.type().name()).put("section", program.section());
        }
        ArrayNode functions = root.putArray("functions");
        for (ProgramSpec.Function label : labels) {
            functions.addObject().put("pc", label.pc()).put("name", label.name());
        }
        ArrayNode insns = root.putArray("insns");
        int pc = 0;
        while (pc * 8 < bytes.length) {
            Insn insn = at(pc);
            int end = pc + slots(insn);
            ObjectNode node = insns.addObject().put("pc", pc);
            node.put(
                    "bytes",
                    HexFormat.of().formatHex(bytes, pc * 8, Math.min(end * 8, bytes.length)));
            node.put("text", insn == null ? "<unknown>" : Disassembler.text(insn, syntax));
            if (insn != null && Codec.target(insn, pc) != end) {
                node.put("target", Codec.target(insn, pc));
            }
            String note = note(pc, insn);
            if (!note.isEmpty()) {
                node.put("refers_to", note);
            }
            for (ProgramSpec.Line line : lines) {
                if (line.pc() == pc) {
                    node.putObject("source")
                            .put("file", line.file())
                            .put("line", line.line())
                            .put("column", line.column())
                            .put("text", line.text());
                }
            }
            pc = end;
        }
        return root;
    }

    /// The instruction at a slot, or null where there is none.
    private @Nullable Insn at(int pc) {
        boolean wide = (bytes[pc * 8] & 0xff) == WIDE_LOAD;
        int end = Math.min(bytes.length, pc * 8 + (wide ? 16 : 8));
        try {
            return Codec.decode(Arrays.copyOfRange(bytes, pc * 8, end), order).at(0);
        } catch (DecodeException e) {
            return null;
        }
    }

    private static int slots(@Nullable Insn insn) {
        return insn == null ? 1 : Code.slotsOf(insn);
    }

    /// What an instruction refers to, where its text does not say.
    private String note(int pc, @Nullable Insn insn) {
        if (insn == null) {
            return "";
        }
        if (program != null
                && (insn instanceof Insn.LoadImm64
                        || insn instanceof Insn.CallHelper
                        || insn instanceof Insn.CallKfunc)) {
            String symbolic = Disassembler.symbolic(program, pc);
            return symbolic.equals(Disassembler.text(insn)) ? "" : symbolic;
        }
        String symbol = symbols.getOrDefault(pc, "");
        if (symbol.isEmpty() && insn instanceof Insn.CallHelper) {
            ProgramSpec alone =
                    ProgramSpec.of("", ProgramTypes.SOCKET_FILTER, Code.of(insn), List.of());
            String symbolic = Disassembler.symbolic(alone, 0);
            return symbolic.equals(Disassembler.text(insn)) ? "" : symbolic;
        }
        return symbol;
    }
}
