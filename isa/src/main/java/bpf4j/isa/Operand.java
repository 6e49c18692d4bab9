package bpf4j.isa;

/// The source operand of an instruction: a register or a 32-bit immediate.
public sealed interface Operand {
    /// A register, r0 to r10.
    record Reg(int number) implements Operand {
        public Reg {
            Insn.checkRegister(number);
        }
    }

    /// An immediate, sign-extended to 64 bits where the operation is 64 bits wide.
    record Imm(int value) implements Operand {}
}
