package bpf4j.isa;

import org.jspecify.annotations.Nullable;

/// An instruction as it was written; where it names a symbol, with 0 in that place.
record Parsed(Insn insn, @Nullable Reference reference) {
    /// A symbol that an instruction refers to.
    ///
    /// @param indexed whether it was written `name[0]`: the value of a map, not the map
    /// @param addend bytes to add, for addresses
    record Reference(Token symbol, boolean indexed, long addend) {}

    static Parsed of(Insn insn) {
        return new Parsed(insn, null);
    }
}
