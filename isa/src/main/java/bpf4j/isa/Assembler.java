package bpf4j.isa;

import bpf4j.spec.ProgramSpec;

/// Reads programs written in the syntax of clang and llvm-objdump, with labels, comments and
/// directives for what a program declares; [Disassembler]'s output is read back to the same bytes.
/// The directives are listed in `docs/assembly.md`.
public final class Assembler {
    private Assembler() {}

    /// The instructions of a text.
    ///
    /// @throws AssemblyException naming line and column of the first mistake
    public static Code code(String text) throws AssemblyException {
        return assemble(text, "text").code();
    }

    /// The program that a text declares; a `socket_filter` under licence GPL where it does not say.
    ///
    /// @param file the name for errors and source lines
    /// @throws AssemblyException naming line and column of the first mistake
    public static ProgramSpec assemble(String text, String file) throws AssemblyException {
        Assembly assembly = new Assembly();
        int number = 0;
        int start = 0;
        while (start <= text.length()) {
            int end = text.indexOf('\n', start);
            if (end < 0) {
                end = text.length();
            }
            int last = end > start && text.charAt(end - 1) == '\r' ? end - 1 : end;
            assembly.line(new Lexer.Source(file, ++number, text.substring(start, last)));
            start = end + 1;
        }
        return assembly.finish();
    }
}
