package bpf4j.isa;

import org.jspecify.annotations.Nullable;

/// Reads instructions from wire slots. Every field that an instruction does not use must be zero;
/// the texts of refusals are Linux's.
final class Decoder {
    private static final Operand.Reg[] REGS = new Operand.Reg[Insn.REGISTERS];
    private static final @Nullable AluOp[] ALU_OPS = new @Nullable AluOp[16];
    private static final @Nullable Cond[] CONDS = new @Nullable Cond[16];
    private static final @Nullable AtomicOp[] ATOMIC_OPS = new @Nullable AtomicOp[16];
    private static final Size[] SIZES = {Size.W, Size.H, Size.B, Size.DW};
    private static final WideKind[] WIDE_KINDS = WideKind.values();
    private static final Insn EXIT = new Insn.Exit();

    static {
        for (int i = 0; i < REGS.length; i++) {
            REGS[i] = new Operand.Reg(i);
        }
        for (AluOp op : AluOp.values()) {
            if (!op.isSigned()) {
                ALU_OPS[op.code()] = op;
            }
        }
        for (Cond cond : Cond.values()) {
            CONDS[cond.code()] = cond;
        }
        for (AtomicOp op : AtomicOp.values()) {
            ATOMIC_OPS[op.code() >> 4] = op;
        }
    }

    private final byte[] bytes;
    private final boolean bigEndian;
    private final boolean marks;
    private int pc;

    /// @param marks whether a zero-extending move may carry Linux's mark
    Decoder(byte[] bytes, boolean bigEndian, boolean marks) {
        this.bytes = bytes;
        this.bigEndian = bigEndian;
        this.marks = marks;
    }

    Code decode() throws DecodeException {
        int count = bytes.length / 8;
        if (bytes.length % 8 != 0) {
            pc = count;
            throw refuse(
                    "invalid insn size",
                    "the program's " + bytes.length + " bytes are no multiple of 8");
        }
        @Nullable Insn[] slots = new Insn[count];
        DecodeException first = null;
        for (pc = 0; pc < count; pc++) {
            try {
                Insn insn = decode(Wire.read(bytes, pc * 8, bigEndian));
                slots[pc] = insn;
                if (insn instanceof Insn.LoadImm64) {
                    pc++;
                }
            } catch (DecodeException e) {
                if (isForemost(e)) {
                    throw e;
                }
                first = first == null ? e : first;
                pc += (bytes[pc * 8] & 0xff) == Wire.WIDE_LOAD ? 1 : 0;
            }
        }
        if (first != null) {
            throw first;
        }
        return Code.ofSlots(slots);
    }

    /// Linux looks for these in the whole program before it looks at the fields of any instruction.
    private static boolean isForemost(DecodeException e) {
        String text = e.kernelText();
        return text.startsWith("unknown opcode")
                || text.startsWith("BPF_LDX uses")
                || text.endsWith("bpf_ld_imm64 insn");
    }

    private Insn decode(long slot) throws DecodeException {
        return switch ((int) slot & 7) {
            case Wire.LD -> ld(slot);
            case Wire.LDX -> ldx(slot);
            case Wire.ST -> st(slot);
            case Wire.STX -> stx(slot);
            case Wire.ALU -> alu(slot, Width.W32);
            case Wire.ALU64 -> alu(slot, Width.W64);
            case Wire.JMP -> jump(slot, Width.W64);
            default -> jump(slot, Width.W32);
        };
    }

    private Insn alu(long slot, Width width) throws DecodeException {
        int code = (int) slot >>> 4 & 0xf;
        if (code == Wire.NEG) {
            return neg(slot, width);
        }
        if (code == Wire.END) {
            return byteSwap(slot, width);
        }
        AluOp op = ALU_OPS[code];
        if (op == null) {
            throw unknownOpcode(slot);
        }
        short off = Wire.off(slot);
        boolean register = (slot & Wire.X) != 0;
        if (off != 0 && op == AluOp.MOV && register) {
            return specialMove(slot, width, off);
        }
        if (marks && op == AluOp.MOV && register && width == Width.W32 && Wire.imm(slot) == 1) {
            return new Insn.Alu(width, op, dst(slot), REGS[src(slot)]);
        }
        String text = op == AluOp.MOV ? "BPF_MOV" : "BPF_ALU";
        if (off != 0) {
            if (off != 1 || op != AluOp.DIV && op != AluOp.MOD) {
                throw reserved(text, "offset", off);
            }
            op = op == AluOp.DIV ? AluOp.SDIV : AluOp.SMOD;
        }
        Operand source = operand(slot, text);
        return new Insn.Alu(width, op, dst(slot), source);
    }

    private Insn neg(long slot, Width width) throws DecodeException {
        if ((slot & Wire.X) != 0) {
            throw unknownOpcode(slot);
        }
        zero("BPF_NEG", "source register", Wire.src(slot));
        zero("BPF_NEG", "offset", Wire.off(slot));
        zero("BPF_NEG", "immediate", Wire.imm(slot));
        return new Insn.Neg(width, dst(slot));
    }

    private Insn byteSwap(long slot, Width width) throws DecodeException {
        int bits = Wire.imm(slot);
        boolean sourceBit = (slot & Wire.X) != 0;
        if (sourceBit && width == Width.W64) {
            throw unknownOpcode(slot);
        }
        if (bits != 16 && bits != 32 && bits != 64) {
            throw refuse(
                    "BPF_END uses reserved fields",
                    "the number of bits to swap is " + bits + ", must be 16, 32 or 64");
        }
        zero("BPF_END", "source register", Wire.src(slot));
        zero("BPF_END", "offset", Wire.off(slot));
        if (width == Width.W64) {
            return new Insn.ByteSwap(Insn.ByteSwap.Kind.SWAP, bits, dst(slot));
        }
        return new Insn.ByteSwap(
                sourceBit ? Insn.ByteSwap.Kind.BE : Insn.ByteSwap.Kind.LE, bits, dst(slot));
    }

    /// RFC 9669 section 4.1: a move's offset is the width to sign-extend; 1 casts address spaces.
    private Insn specialMove(long slot, Width width, short off) throws DecodeException {
        if (off == 1 && width == Width.W64) {
            return new Insn.AddrSpaceCast(dst(slot), src(slot), Wire.imm(slot));
        }
        if (off != 8 && off != 16 && (off != 32 || width == Width.W32)) {
            throw refuse(
                    "BPF_MOV uses reserved fields",
                    "a move cannot sign-extend "
                            + off
                            + " bits to "
                            + width.bits()
                            + ": the offset must be 0, 8, 16"
                            + (width == Width.W64 ? " or 32" : ""));
        }
        zero("BPF_MOV", "immediate", Wire.imm(slot));
        int source = src(slot);
        return new Insn.MovSx(width, off, dst(slot), source);
    }

    private Insn jump(long slot, Width width) throws DecodeException {
        int code = (int) slot >>> 4 & 0xf;
        return switch (code) {
            case Wire.JA -> jumpAlways(slot, width);
            case Wire.CALL -> call(slot, width);
            case Wire.EXIT -> exit(slot, width);
            case Wire.JCOND -> mayGoto(slot, width);
            default -> {
                Cond cond = CONDS[code];
                if (cond == null) {
                    throw unknownOpcode(slot);
                }
                yield new Insn.JumpIf(
                        width, cond, dst(slot), operand(slot, "BPF_JMP/JMP32"), Wire.off(slot));
            }
        };
    }

    private Insn jumpAlways(long slot, Width width) throws DecodeException {
        if ((slot & Wire.X) != 0) {
            throw unknownOpcode(slot);
        }
        zero("BPF_JA", "destination register", Wire.dst(slot));
        zero("BPF_JA", "source register", Wire.src(slot));
        if (width == Width.W32) {
            zero("BPF_JA", "offset", Wire.off(slot));
            return new Insn.Jump(true, Wire.imm(slot));
        }
        zero("BPF_JA", "immediate", Wire.imm(slot));
        return new Insn.Jump(false, Wire.off(slot));
    }

    private Insn call(long slot, Width width) throws DecodeException {
        if (width == Width.W32) {
            throw unknownOpcode(slot);
        }
        int src = Wire.src(slot);
        int imm = Wire.imm(slot);
        if ((slot & Wire.X) != 0) {
            if (src != 0 || Wire.off(slot) != 0 || imm != 0) {
                throw unknownOpcode(slot);
            }
            return new Insn.CallReg(dst(slot));
        }
        zero("BPF_CALL", "destination register", Wire.dst(slot));
        if (src == 2) {
            return new Insn.CallKfunc(imm, Wire.off(slot));
        }
        zero("BPF_CALL", "offset", Wire.off(slot));
        return switch (src) {
            case 0 -> new Insn.CallHelper(imm);
            case 1 -> new Insn.CallLocal(imm);
            default ->
                    throw refuse(
                            "BPF_CALL uses reserved fields",
                            "the kind of call (source register) is " + src + ", known are 0 to 2");
        };
    }

    private Insn exit(long slot, Width width) throws DecodeException {
        if (width == Width.W32 || (slot & Wire.X) != 0) {
            throw unknownOpcode(slot);
        }
        zero("BPF_EXIT", "destination register", Wire.dst(slot));
        zero("BPF_EXIT", "source register", Wire.src(slot));
        zero("BPF_EXIT", "offset", Wire.off(slot));
        zero("BPF_EXIT", "immediate", Wire.imm(slot));
        return EXIT;
    }

    private Insn mayGoto(long slot, Width width) throws DecodeException {
        if (width == Width.W32 || (slot & Wire.X) != 0) {
            throw unknownOpcode(slot);
        }
        if (Wire.src(slot) != 0 || Wire.dst(slot) != 0 || Wire.imm(slot) != 0) {
            throw refuse(
                    "invalid may_goto imm " + Wire.imm(slot), "registers and immediate must be 0");
        }
        return new Insn.MayGoto(Wire.off(slot));
    }

    private Insn ld(long slot) throws DecodeException {
        int mode = (int) slot & 0xe0;
        Size size = size(slot);
        if (mode == Wire.IMM && size == Size.DW) {
            return wideLoad(slot);
        }
        if (mode != Wire.ABS && mode != Wire.IND || size == Size.DW) {
            throw unknownOpcode(slot);
        }
        zero("BPF_LD_[ABS|IND]", "destination register", Wire.dst(slot));
        zero("BPF_LD_[ABS|IND]", "offset", Wire.off(slot));
        if (mode == Wire.IND) {
            return new Insn.LoadInd(size, src(slot), Wire.imm(slot));
        }
        zero("BPF_LD_[ABS|IND]", "source register", Wire.src(slot));
        return new Insn.LoadAbs(size, Wire.imm(slot));
    }

    private Insn wideLoad(long slot) throws DecodeException {
        if ((pc + 2) * 8 > bytes.length) {
            throw refuse(
                    "invalid bpf_ld_imm64 insn", "the second slot of the wide load is missing");
        }
        long second = Wire.read(bytes, pc * 8 + 8, bigEndian);
        if ((second & 0xffff_ffffL) != 0) {
            throw refuse(
                    "invalid bpf_ld_imm64 insn",
                    "the second slot must hold nothing but an immediate");
        }
        int source = Wire.src(slot);
        if (source >= WIDE_KINDS.length) {
            throw refuse(
                    "unrecognized bpf_ld_imm64 insn",
                    "the kind of wide load (source register) is " + source + ", known are 0 to 6");
        }
        WideKind kind = WIDE_KINDS[source];
        int imm2 = Wire.imm(second);
        if (imm2 != 0 && !kind.hasSecondImmediate()) {
            throw refuse(
                    "unrecognized bpf_ld_imm64 insn",
                    "the second immediate of a map load is " + imm2 + ", must be 0");
        }
        zero("BPF_LD_IMM64", "offset", Wire.off(slot));
        return new Insn.LoadImm64(dst(slot), kind, Wire.imm(slot), imm2);
    }

    private Insn ldx(long slot) throws DecodeException {
        int mode = (int) slot & 0xe0;
        Size size = size(slot);
        if (mode != Wire.MEM && mode != Wire.MEMSX) {
            throw refuse(
                    "BPF_LDX uses reserved fields",
                    String.format("mode 0x%02x of a load is unknown", mode));
        }
        zero("BPF_LDX", "immediate", Wire.imm(slot));
        if (mode == Wire.MEMSX && size == Size.DW) {
            throw unknownOpcode(slot);
        }
        int source = src(slot);
        return new Insn.Load(size, mode == Wire.MEMSX, dst(slot), source, Wire.off(slot));
    }

    private Insn st(long slot) throws DecodeException {
        if (((int) slot & 0xe0) != Wire.MEM) {
            throw unknownOpcode(slot);
        }
        zero("BPF_ST", "source register", Wire.src(slot));
        return new Insn.Store(
                size(slot), dst(slot), Wire.off(slot), new Operand.Imm(Wire.imm(slot)));
    }

    private Insn stx(long slot) throws DecodeException {
        return switch ((int) slot & 0xe0) {
            case Wire.MEM -> {
                zero("BPF_STX", "immediate", Wire.imm(slot));
                Operand source = REGS[src(slot)];
                yield new Insn.Store(size(slot), dst(slot), Wire.off(slot), source);
            }
            case Wire.ATOMIC -> atomic(slot);
            default -> throw unknownOpcode(slot);
        };
    }

    private Insn atomic(long slot) throws DecodeException {
        Size size = size(slot);
        int imm = Wire.imm(slot);
        if (imm == Wire.LOAD_ACQUIRE) {
            return new Insn.LoadAcquire(size, dst(slot), src(slot), Wire.off(slot));
        }
        if (imm == Wire.STORE_RELEASE) {
            return new Insn.StoreRelease(size, dst(slot), Wire.off(slot), src(slot));
        }
        boolean fetch = (imm & Wire.FETCH) != 0;
        AtomicOp op = (imm & ~0xf1) == 0 ? ATOMIC_OPS[imm >>> 4] : null;
        if (op == null || !fetch && op.alwaysFetches()) {
            throw refuse(
                    String.format("BPF_ATOMIC uses invalid atomic opcode %02x", imm),
                    String.format("atomic operation 0x%x is unknown", imm));
        }
        if (size.bytes() < 4) {
            throw refuse(
                    "invalid atomic operand size",
                    "atomic operations are of 32 or 64 bits, not of " + size.bits());
        }
        int source = src(slot);
        return new Insn.Atomic(size, op, fetch, dst(slot), Wire.off(slot), source);
    }

    private Operand operand(long slot, String text) throws DecodeException {
        if ((slot & Wire.X) == 0) {
            zero(text, "source register", Wire.src(slot));
            return new Operand.Imm(Wire.imm(slot));
        }
        zero(text, "immediate", Wire.imm(slot));
        return REGS[src(slot)];
    }

    private static Size size(long slot) {
        return SIZES[(int) slot >>> 3 & 3];
    }

    private int dst(long slot) throws DecodeException {
        return register(Wire.dst(slot), "destination");
    }

    private int src(long slot) throws DecodeException {
        return register(Wire.src(slot), "source");
    }

    private int register(int number, String role) throws DecodeException {
        if (number >= Insn.REGISTERS) {
            throw refuse(
                    "R" + number + " is invalid",
                    "the " + role + " is r" + number + ", the last register is r10");
        }
        return number;
    }

    private void zero(String text, String field, int value) throws DecodeException {
        if (value != 0) {
            throw reserved(text, field, value);
        }
    }

    private DecodeException reserved(String text, String field, int value) {
        return refuse(
                text + " uses reserved fields", "the " + field + " is " + value + ", must be 0");
    }

    private DecodeException unknownOpcode(long slot) {
        return refuse(
                String.format("unknown opcode %02x", Wire.opcode(slot)),
                "no instruction has this opcode");
    }

    private DecodeException refuse(String kernelText, String detail) {
        return new DecodeException(
                pc,
                kernelText,
                "insn " + pc + ": " + kernelText + ": " + detail + " (" + hex() + ")");
    }

    /// The bytes of the slot as hex; of both slots of a wide load.
    private String hex() {
        int from = pc * 8;
        boolean wide = from < bytes.length && (bytes[from] & 0xff) == Wire.WIDE_LOAD;
        int to = Math.min(bytes.length, from + (wide ? 16 : 8));
        StringBuilder text = new StringBuilder();
        for (int i = from; i < to; i++) {
            text.append(i == from ? "" : " ").append(String.format("%02x", bytes[i]));
        }
        return text.toString();
    }
}
