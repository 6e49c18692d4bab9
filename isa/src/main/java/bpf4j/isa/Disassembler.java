package bpf4j.isa;

import bpf4j.spec.ProgramSpec;

import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/// The text form of instructions: llvm-objdump's for BPF, see [InsnText]. The assembler reads it
/// back to the same bytes.
public final class Disassembler {
    private static final HexFormat SPACED = HexFormat.ofDelimiter(" ");

    private Disassembler() {}

    /// One instruction, jumps with their offset: `if r1 s> 0x5 goto +0x3`.
    public static String text(Insn insn) {
        return text(insn, Syntax.GENERIC);
    }

    /// One instruction, jumps with their offset.
    public static String text(Insn insn, Syntax syntax) {
        return new InsnText(syntax).of(insn);
    }

    /// The instruction at `pc` with the names of maps, helpers, subprograms and externs, and jumps
    /// with a label.
    public static String symbolic(ProgramSpec spec, int pc) {
        return new SymbolicText(spec).text(pc);
    }

    /// A whole program as a text that [Assembler#assemble] reads back: directives, labels, names.
    /// BTF and source lines are left out.
    public static String source(ProgramSpec spec) {
        return new SymbolicText(spec).program();
    }

    /// A program laid out as `llvm-objdump -d` does, a line an instruction: the slot, the bytes,
    /// the text, and for jumps the target in angle brackets as function and byte offset.
    ///
    /// @param functions where each function begins, in ascending order; may be empty
    public static String listing(Code code, List<ProgramSpec.Function> functions, Syntax syntax) {
        StringBuilder out = new StringBuilder();
        for (int pc = 0; pc < code.size(); pc = code.next(pc)) {
            for (ProgramSpec.Function function : functions) {
                if (function.pc() == pc) {
                    out.append(pc == 0 ? "" : "\n")
                            .append(
                                    String.format(
                                            Locale.ROOT,
                                            "%016x <%s>:\n",
                                            pc * 8L,
                                            function.name()));
                }
            }
            out.append(line(code, pc, functions, syntax)).append('\n');
        }
        return out.toString();
    }

    /// One line of a listing, without line end.
    public static String line(
            Code code, int pc, List<ProgramSpec.Function> functions, Syntax syntax) {
        Insn insn = code.at(pc);
        byte[] bytes = Codec.encode(Code.of(insn), ByteOrder.LITTLE_ENDIAN);
        StringBuilder out = new StringBuilder();
        String number = Integer.toString(pc);
        out.repeat(' ', Math.max(0, 8 - number.length())).append(number).append(":\t");
        out.append(SPACED.formatHex(bytes));
        return out.append('\t').append(text(insn, pc, functions, syntax)).toString();
    }

    /// One instruction at a slot, with the target of a jump in angle brackets as the function that
    /// it
    /// is in and a byte offset.
    public static String text(
            Insn insn, int pc, List<ProgramSpec.Function> functions, Syntax syntax) {
        InsnText form = new InsnText(syntax);
        String offset = InsnText.target(insn);
        if (offset.isEmpty()) {
            return form.of(insn);
        }
        if (insn instanceof Insn.CallLocal) {
            offset = offset.substring(0, offset.indexOf(' '));
        }
        return form.of(insn, offset + " " + place(Codec.target(insn, pc), functions));
    }

    private static String place(long pc, List<ProgramSpec.Function> functions) {
        ProgramSpec.Function found = new ProgramSpec.Function(0, ".text", 0);
        for (ProgramSpec.Function function : functions) {
            if (function.pc() <= pc) {
                found = function;
            }
        }
        long byteOffset = (pc - found.pc()) * 8;
        return "<"
                + found.name()
                + (byteOffset == 0 ? "" : "+0x" + Long.toHexString(byteOffset))
                + ">";
    }
}
