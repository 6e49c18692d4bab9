package bpf4j.runtime;

/// A program did what it must not at run time: touched memory outside its regions, ran out of fuel,
/// called a helper that is not there. A verified program never faults, unless the verifier is
/// wrong.
public final class ProgramFault extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int pc;

    /// A fault whose place is not known yet.
    public ProgramFault(String message) {
        this(message, -1);
    }

    /// A fault at slot `pc`.
    public ProgramFault(String message, int pc) {
        super(message, null, false, false);
        this.pc = pc;
    }

    /// The slot of the instruction that faulted, or -1 where unknown.
    public int pc() {
        return pc;
    }

    /// The same fault with its place, if that was unknown.
    public ProgramFault at(int slot) {
        return pc >= 0 ? this : new ProgramFault("insn " + slot + ": " + getMessage(), slot);
    }
}
