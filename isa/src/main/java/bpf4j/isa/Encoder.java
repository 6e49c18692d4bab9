package bpf4j.isa;

/// Writes instructions as wire slots.
final class Encoder {
    private static final long EXIT = Wire.JMP | Wire.EXIT << 4;

    private Encoder() {}

    static byte[] encode(Code code, boolean bigEndian) {
        byte[] bytes = new byte[code.size() * 8];
        for (int pc = 0; pc < code.size(); pc++) {
            Insn insn = code.at(pc);
            Wire.write(bytes, pc * 8, bigEndian, first(insn));
            if (insn instanceof Insn.LoadImm64 load) {
                pc++;
                Wire.write(bytes, pc * 8, bigEndian, (long) load.imm2() << 32);
            }
        }
        return bytes;
    }

    /// The only slot of an instruction, or the first of a wide load.
    private static long first(Insn insn) {
        return switch (insn) {
            case Insn.Alu i ->
                    operand(
                            aluClass(i.width()) | i.op().code() << 4,
                            i.dst(),
                            i.op().isSigned() ? 1 : 0,
                            i.src());
            case Insn.Load i ->
                    Wire.slot(
                            Wire.LDX | (i.signed() ? Wire.MEMSX : Wire.MEM) | i.size().code(),
                            i.dst(),
                            i.src(),
                            i.off(),
                            0);
            case Insn.Store i -> store(i);
            case Insn.JumpIf i ->
                    operand(
                            (i.width() == Width.W64 ? Wire.JMP : Wire.JMP32) | i.cond().code() << 4,
                            i.dst(),
                            i.offset(),
                            i.src());
            case Insn.LoadImm64 i ->
                    Wire.slot(Wire.WIDE_LOAD, i.dst(), i.kind().source(), 0, i.imm());
            case Insn.CallHelper i -> Wire.slot(Wire.JMP | Wire.CALL << 4, 0, 0, 0, i.id());
            case Insn.CallLocal i -> Wire.slot(Wire.JMP | Wire.CALL << 4, 0, 1, 0, i.offset());
            case Insn.CallKfunc i -> Wire.slot(Wire.JMP | Wire.CALL << 4, 0, 2, i.module(), i.id());
            case Insn.CallReg i -> Wire.slot(Wire.JMP | Wire.CALL << 4 | Wire.X, i.reg(), 0, 0, 0);
            case Insn.Jump i ->
                    i.wide()
                            ? Wire.slot(Wire.JMP32, 0, 0, 0, i.offset())
                            : Wire.slot(Wire.JMP, 0, 0, i.offset(), 0);
            case Insn.MayGoto i -> Wire.slot(Wire.JMP | Wire.JCOND << 4, 0, 0, i.offset(), 0);
            case Insn.Exit _ -> EXIT;
            case Insn.Neg i -> Wire.slot(aluClass(i.width()) | Wire.NEG << 4, i.dst(), 0, 0, 0);
            case Insn.MovSx i ->
                    Wire.slot(
                            aluClass(i.width()) | AluOp.MOV.code() << 4 | Wire.X,
                            i.dst(),
                            i.src(),
                            i.bits(),
                            0);
            case Insn.ByteSwap i -> Wire.slot(byteSwap(i.kind()), i.dst(), 0, 0, i.bits());
            case Insn.AddrSpaceCast i ->
                    Wire.slot(
                            Wire.ALU64 | AluOp.MOV.code() << 4 | Wire.X,
                            i.dst(),
                            i.src(),
                            1,
                            i.spaces());
            case Insn.LoadAbs i ->
                    Wire.slot(Wire.LD | Wire.ABS | i.size().code(), 0, 0, 0, i.imm());
            case Insn.LoadInd i ->
                    Wire.slot(Wire.LD | Wire.IND | i.size().code(), 0, i.src(), 0, i.imm());
            case Insn.Atomic i ->
                    atomic(
                            i.size(),
                            i.dst(),
                            i.src(),
                            i.off(),
                            i.op().code() | (i.fetch() ? Wire.FETCH : 0));
            case Insn.LoadAcquire i ->
                    atomic(i.size(), i.dst(), i.src(), i.off(), Wire.LOAD_ACQUIRE);
            case Insn.StoreRelease i ->
                    atomic(i.size(), i.dst(), i.src(), i.off(), Wire.STORE_RELEASE);
        };
    }

    private static int aluClass(Width width) {
        return width == Width.W64 ? Wire.ALU64 : Wire.ALU;
    }

    private static int byteSwap(Insn.ByteSwap.Kind kind) {
        return switch (kind) {
            case LE -> Wire.ALU | Wire.END << 4;
            case BE -> Wire.ALU | Wire.END << 4 | Wire.X;
            case SWAP -> Wire.ALU64 | Wire.END << 4;
        };
    }

    private static long store(Insn.Store store) {
        return switch (store.src()) {
            case Operand.Imm imm ->
                    Wire.slot(
                            Wire.ST | Wire.MEM | store.size().code(),
                            store.dst(),
                            0,
                            store.off(),
                            imm.value());
            case Operand.Reg reg ->
                    Wire.slot(
                            Wire.STX | Wire.MEM | store.size().code(),
                            store.dst(),
                            reg.number(),
                            store.off(),
                            0);
        };
    }

    private static long atomic(Size size, int dst, int src, short off, int imm) {
        return Wire.slot(Wire.STX | Wire.ATOMIC | size.code(), dst, src, off, imm);
    }

    private static long operand(int opcode, int dst, int off, Operand src) {
        return switch (src) {
            case Operand.Imm imm -> Wire.slot(opcode, dst, 0, off, imm.value());
            case Operand.Reg reg -> Wire.slot(opcode | Wire.X, dst, reg.number(), off, 0);
        };
    }
}
