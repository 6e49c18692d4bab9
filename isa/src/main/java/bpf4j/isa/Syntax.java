package bpf4j.isa;

/// How llvm-objdump names the data registers of loads, stores and 32-bit atomic additions of up to
/// 32 bits. Everything else is written the same in both; the assembler reads both.
public enum Syntax {
    /// As `llvm-objdump -d`: `r1 = *(u32 *)(r2 + 0x4)`.
    GENERIC,
    /// As `llvm-objdump -d --mcpu=v3`: `w1 = *(u32 *)(r2 + 0x4)`.
    ALU32
}
