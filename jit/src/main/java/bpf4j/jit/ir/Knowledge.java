package bpf4j.jit.ir;

import bpf4j.isa.Insn;
import bpf4j.jit.ir.Lookups.Lookup;

import org.jspecify.annotations.Nullable;

/// What the compiler may trust of a program's values: the verifier's facts, or nothing at all.
/// Falsified knowledge gives wrong results or faults, never an access outside memory.
public interface Knowledge {
    /// Nothing is known.
    Knowledge NONE = new Knowledge() {};

    /// What the conditional jump at `pc` does.
    default Branch branch(int pc) {
        return Branch.OPEN;
    }

    /// The narrowest representation of register `reg` before slot `pc`.
    default Rep before(int pc, int reg) {
        return Rep.Plain.LONG;
    }

    /// The narrowest representation of the register that the instruction at slot `pc` writes.
    default Rep after(int pc, Insn insn) {
        return Rep.Plain.LONG;
    }

    /// Whether register `reg` is below 2^31 (unsigned) before slot `pc`.
    default boolean positive(int pc, int reg) {
        return false;
    }

    /// Whether register `reg` is between 0 and `limit` before slot `pc`.
    default boolean atMost(int pc, int reg, int limit) {
        return false;
    }

    /// Whether register `reg` is not 0 before slot `pc`: all 64 bits of it, or the low 32.
    default boolean nonZero(int pc, int reg, boolean word) {
        return false;
    }

    /// The region that the access of slot `pc` is in, or null when it must be found at run time.
    default @Nullable Region region(int pc) {
        return null;
    }

    /// The offset in its region of the access of slot `pc` (from r10 in the stack), or
    /// [Integer#MIN_VALUE] when it varies.
    default int constantOffset(int pc) {
        return Integer.MIN_VALUE;
    }

    /// The map lookup with a key by value that the instruction at slot `pc` is, or null.
    default @Nullable Lookup lookup(int pc, Insn insn) {
        return null;
    }

    /// The slot where the function begins whose address r2 holds before the call of slot `pc`, or
    /// -1.
    default int callback(int pc) {
        return -1;
    }

    /// Whether accesses to known regions cannot fault, so that those without effect can go.
    default boolean isTrusted() {
        return false;
    }
}
