package bpf4j.isa;

import bpf4j.spec.LoadException;

/// Bytes that are no instruction, or a jump to where no instruction begins. Linux refuses such a
/// program with `EINVAL` and [#kernelText].
public final class DecodeException extends LoadException {
    private static final long serialVersionUID = 1;

    private final int pc;
    private final String kernelText;

    DecodeException(int pc, String kernelText, String message) {
        super(message);
        this.pc = pc;
        this.kernelText = kernelText;
    }

    /// The slot of the instruction.
    public int pc() {
        return pc;
    }

    /// What Linux's verifier says, such as `unknown opcode ff`.
    public String kernelText() {
        return kernelText;
    }
}
