package bpf4j.isa;

/// One eBPF instruction, as data. Records hold exactly what the wire form holds, so that encoding a
/// decoded instruction gives the same bytes. Registers are numbers from 0 to 10, jump offsets count
/// 8-byte slots from the following instruction, memory offsets count bytes.
///
/// Switches over this type have no `default`: a new instruction then breaks every reader at compile
/// time.
public sealed interface Insn {

    /// `dst = dst op src` (RFC 9669 section 4.1); `MOV` without sign extension.
    record Alu(Width width, AluOp op, int dst, Operand src) implements Insn {}

    /// `dst = -dst`.
    record Neg(Width width, int dst) implements Insn {}

    /// `dst = (s8|s16|s32) src`: a move that sign-extends the low `bits` (8, 16, or 32 into 64) of
    /// the
    /// source to `width`.
    record MovSx(Width width, int bits, int dst, int src) implements Insn {}

    /// A byte swap of the low `bits` (16, 32 or 64) of `dst`, clearing the bits above them (RFC
    /// 9669
    /// section 4.2).
    record ByteSwap(Kind kind, int bits, int dst) implements Insn {
        /// To little endian, to big endian, or unconditional.
        public enum Kind {
            LE,
            BE,
            SWAP
        }
    }

    /// A cast between address spaces (`dst = addr_space_cast(src, dst_as, src_as)`); `spaces` is
    /// the
    /// immediate: destination space in the upper half, source space in the lower.
    record AddrSpaceCast(int dst, int src, int spaces) implements Insn {}

    /// A wide load of a 64-bit immediate in two slots (RFC 9669 section 5.4). `imm` and `imm2` are
    /// the
    /// immediates of the first and second slot, see [WideKind].
    record LoadImm64(int dst, WideKind kind, int imm, int imm2) implements Insn {
        /// The 64-bit constant that a load of kind [WideKind#CONST] gives.
        public long value() {
            return (imm & 0xFFFF_FFFFL) | ((long) imm2 << 32);
        }
    }

    /// `dst = *(size *)(src + off)`; sign-extending when `signed` (RFC 9669 section 5.2).
    record Load(Size size, boolean signed, int dst, int src, short off) implements Insn {}

    /// `*(size *)(dst + off) = src`; an immediate is sign-extended to 64 bits first.
    record Store(Size size, int dst, short off, Operand src) implements Insn {}

    /// Legacy packet load `r0 = ntoh(*(size *)skb[imm])`, size at most W (RFC 9669 section 5.5).
    record LoadAbs(Size size, int imm) implements Insn {}

    /// Legacy packet load `r0 = ntoh(*(size *)skb[src + imm])`, size at most W.
    record LoadInd(Size size, int src, int imm) implements Insn {}

    /// An atomic read-modify-write of size W or DW (RFC 9669 section 5.3). With `fetch` the old
    /// value
    /// lands in `src`, or in r0 for `CMPXCHG`; `XCHG` and `CMPXCHG` always fetch.
    record Atomic(Size size, AtomicOp op, boolean fetch, int dst, short off, int src)
            implements Insn {}

    /// `dst = load_acquire((size *)(src + off))`.
    record LoadAcquire(Size size, int dst, int src, short off) implements Insn {}

    /// `store_release((size *)(dst + off), src)`.
    record StoreRelease(Size size, int dst, short off, int src) implements Insn {}

    /// `goto`, with a 16-bit offset, or `gotol` with a 32-bit one when `wide`.
    record Jump(boolean wide, int offset) implements Insn {}

    /// `if dst cond src goto offset`.
    record JumpIf(Width width, Cond cond, int dst, Operand src, short offset) implements Insn {}

    /// `may_goto offset`: jumps when the program's loop budget is used up (`BPF_JCOND`).
    record MayGoto(short offset) implements Insn {}

    /// A call of a helper by number.
    record CallHelper(int id) implements Insn {}

    /// A call of a subprogram of the same program; the target is `offset` slots from the next one.
    record CallLocal(int offset) implements Insn {}

    /// A call of a kernel function. On the wire `id` is a BTF id and `module` an index of a
    /// module's
    /// BTF; in a program specification `id` is an index into [bpf4j.spec.ProgramSpec#externs].
    record CallKfunc(int id, short module) implements Insn {}

    /// A call through a register (`callx`), which clang emits for function pointers at -O0.
    record CallReg(int reg) implements Insn {}

    /// Returns from the subprogram, or ends the program.
    record Exit() implements Insn {}
}
