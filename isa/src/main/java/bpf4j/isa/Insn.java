package bpf4j.isa;

/// One eBPF instruction, as data. Records hold exactly what the wire form holds, so that encoding a
/// decoded instruction gives the same bytes; a combination that has no wire form is refused with
/// [IllegalArgumentException] when it is made. Registers are numbers from 0 to 10, jump offsets
/// count 8-byte slots from the following instruction, memory offsets count bytes.
///
/// Switches over this type have no `default`: a new instruction then breaks every reader at compile
/// time.
public sealed interface Insn {
    /// The number of registers, r0 to r10.
    int REGISTERS = 11;

    /// `dst = dst op src` (RFC 9669 section 4.1); `MOV` without sign extension.
    record Alu(Width width, AluOp op, int dst, Operand src) implements Insn {
        public Alu {
            checkRegister(dst);
        }
    }

    /// `dst = -dst`.
    record Neg(Width width, int dst) implements Insn {
        public Neg {
            checkRegister(dst);
        }
    }

    /// `dst = (s8|s16|s32) src`: a move that sign-extends the low `bits` (8, 16, or 32 into 64) of
    /// the source to `width`.
    record MovSx(Width width, int bits, int dst, int src) implements Insn {
        public MovSx {
            checkRegister(dst);
            checkRegister(src);
            check(bits == 8 || bits == 16 || bits == 32 && width == Width.W64, "bits", bits);
        }
    }

    /// A byte swap of the low `bits` (16, 32 or 64) of `dst`, clearing the bits above them (RFC
    /// 9669 section 4.2).
    record ByteSwap(Kind kind, int bits, int dst) implements Insn {
        public ByteSwap {
            checkRegister(dst);
            check(bits == 16 || bits == 32 || bits == 64, "bits", bits);
        }

        /// To little endian, to big endian, or unconditional.
        public enum Kind {
            LE,
            BE,
            SWAP
        }
    }

    /// A cast between address spaces (`dst = addr_space_cast(src, dst_as, src_as)`); `spaces` is
    /// the immediate: destination space in the upper half, source space in the lower.
    record AddrSpaceCast(int dst, int src, int spaces) implements Insn {
        public AddrSpaceCast {
            checkRegister(dst);
            checkRegister(src);
        }
    }

    /// A wide load of a 64-bit immediate in two slots (RFC 9669 section 5.4). `imm` and `imm2` are
    /// the immediates of the first and second slot, see [WideKind]; `imm2` is 0 for the kinds that
    /// name a map.
    record LoadImm64(int dst, WideKind kind, int imm, int imm2) implements Insn {
        public LoadImm64 {
            checkRegister(dst);
            check(imm2 == 0 || kind.hasSecondImmediate(), "imm2", imm2);
        }

        /// The 64-bit constant that a load of kind [WideKind#CONST] gives.
        public long value() {
            return (imm & 0xFFFF_FFFFL) | ((long) imm2 << 32);
        }
    }

    /// `dst = *(size *)(src + off)`; sign-extending when `signed` (RFC 9669 section 5.2), which
    /// size DW has not.
    record Load(Size size, boolean signed, int dst, int src, short off) implements Insn {
        public Load {
            checkRegister(dst);
            checkRegister(src);
            check(!signed || size != Size.DW, "size of a sign-extending load", 64);
        }
    }

    /// `*(size *)(dst + off) = src`; an immediate is sign-extended to 64 bits first.
    record Store(Size size, int dst, short off, Operand src) implements Insn {
        public Store {
            checkRegister(dst);
        }
    }

    /// Legacy packet load `r0 = ntoh(*(size *)skb[imm])`, size at most W (RFC 9669 section 5.5).
    record LoadAbs(Size size, int imm) implements Insn {
        public LoadAbs {
            check(size != Size.DW, "size of a packet load", 64);
        }
    }

    /// Legacy packet load `r0 = ntoh(*(size *)skb[src + imm])`, size at most W.
    record LoadInd(Size size, int src, int imm) implements Insn {
        public LoadInd {
            checkRegister(src);
            check(size != Size.DW, "size of a packet load", 64);
        }
    }

    /// An atomic read-modify-write of size W or DW (RFC 9669 section 5.3). With `fetch` the old
    /// value lands in `src`, or in r0 for `CMPXCHG`; `XCHG` and `CMPXCHG` always fetch.
    record Atomic(Size size, AtomicOp op, boolean fetch, int dst, short off, int src)
            implements Insn {
        public Atomic {
            checkRegister(dst);
            checkRegister(src);
            check(size.bytes() >= 4, "size of an atomic operation", size.bits());
            check(fetch || !op.alwaysFetches(), "atomic operation without fetch", op.code());
        }
    }

    /// `dst = load_acquire((size *)(src + off))`.
    record LoadAcquire(Size size, int dst, int src, short off) implements Insn {
        public LoadAcquire {
            checkRegister(dst);
            checkRegister(src);
        }
    }

    /// `store_release((size *)(dst + off), src)`.
    record StoreRelease(Size size, int dst, short off, int src) implements Insn {
        public StoreRelease {
            checkRegister(dst);
            checkRegister(src);
        }
    }

    /// `goto`, with a 16-bit offset, or `gotol` with a 32-bit one when `wide`.
    record Jump(boolean wide, int offset) implements Insn {
        public Jump {
            check(wide || offset == (short) offset, "offset", offset);
        }
    }

    /// `if dst cond src goto offset`.
    record JumpIf(Width width, Cond cond, int dst, Operand src, short offset) implements Insn {
        public JumpIf {
            checkRegister(dst);
        }
    }

    /// `may_goto offset`: jumps when the program's loop budget is used up (`BPF_JCOND`).
    record MayGoto(short offset) implements Insn {}

    /// A call of a helper by number.
    record CallHelper(int id) implements Insn {}

    /// A call of a subprogram of the same program; the target is `offset` slots from the next one.
    record CallLocal(int offset) implements Insn {}

    /// A call of a kernel function. On the wire `id` is a BTF id and `module` an index of a
    /// module's BTF; in a program specification `id` is an index into
    /// [bpf4j.spec.ProgramSpec#externs].
    record CallKfunc(int id, short module) implements Insn {}

    /// A call through a register (`callx`), which clang emits for calls of function pointers.
    record CallReg(int reg) implements Insn {
        public CallReg {
            checkRegister(reg);
        }
    }

    /// Returns from the subprogram, or ends the program.
    record Exit() implements Insn {}

    /// Refuses a number that is no register.
    static void checkRegister(int number) {
        check(number >= 0 && number < REGISTERS, "register", number);
    }

    private static void check(boolean holds, String what, int value) {
        if (!holds) {
            throw new IllegalArgumentException(what + " " + value + " has no wire form");
        }
    }
}
