package bpf4j.isa;

import java.util.ArrayList;
import java.util.List;

/// Instructions of every form, with boundary values in their fields.
final class Samples {
    private static final short[] OFFS = {0, 1, -1, 16, Short.MAX_VALUE, Short.MIN_VALUE};
    private static final int[] IMMS = {
        0, 1, -1, 16, 0x7fff_ffff, 0x8000_0000, 0x1234_5678, -0x1234
    };
    private static final int[][] REGS = {{1, 2}, {0, 0}, {10, 9}, {3, 3}};

    private Samples() {}

    static List<Insn> everyForm() {
        List<Insn> out = new ArrayList<>();
        for (int[] regs : REGS) {
            withRegisters(out, regs[0], regs[1]);
        }
        for (int imm : IMMS) {
            withImmediate(out, imm);
        }
        for (short off : OFFS) {
            out.add(new Insn.Jump(false, off));
            out.add(new Insn.MayGoto(off));
            out.add(new Insn.CallKfunc(7, off));
        }
        out.add(new Insn.Exit());
        return out;
    }

    private static void withRegisters(List<Insn> out, int dst, int src) {
        Operand.Reg reg = new Operand.Reg(src);
        for (Width width : Width.values()) {
            for (AluOp op : AluOp.values()) {
                out.add(new Insn.Alu(width, op, dst, reg));
            }
            for (Cond cond : Cond.values()) {
                for (short off : OFFS) {
                    out.add(new Insn.JumpIf(width, cond, dst, reg, off));
                }
            }
            out.add(new Insn.Neg(width, dst));
            out.add(new Insn.MovSx(width, 8, dst, src));
            out.add(new Insn.MovSx(width, 16, dst, src));
        }
        out.add(new Insn.MovSx(Width.W64, 32, dst, src));
        out.add(new Insn.CallReg(dst));
        for (Insn.ByteSwap.Kind kind : Insn.ByteSwap.Kind.values()) {
            for (int bits = 16; bits <= 64; bits *= 2) {
                out.add(new Insn.ByteSwap(kind, bits, dst));
            }
        }
        for (int spaces : new int[] {0, 1, 0x10000, 0xffff_ffff}) {
            out.add(new Insn.AddrSpaceCast(dst, src, spaces));
        }
        for (Size size : Size.values()) {
            for (short off : OFFS) {
                withMemory(out, size, dst, src, off);
            }
        }
    }

    private static void withMemory(List<Insn> out, Size size, int dst, int src, short off) {
        out.add(new Insn.Load(size, false, dst, src, off));
        out.add(new Insn.Store(size, dst, off, new Operand.Reg(src)));
        out.add(new Insn.Store(size, dst, off, new Operand.Imm(-off)));
        out.add(new Insn.LoadAcquire(size, dst, src, off));
        out.add(new Insn.StoreRelease(size, dst, off, src));
        if (size != Size.DW) {
            out.add(new Insn.Load(size, true, dst, src, off));
            out.add(new Insn.LoadAbs(size, off));
            out.add(new Insn.LoadInd(size, src, off));
        }
        if (size.bytes() >= 4) {
            for (AtomicOp op : AtomicOp.values()) {
                out.add(new Insn.Atomic(size, op, true, dst, off, src));
                if (!op.alwaysFetches()) {
                    out.add(new Insn.Atomic(size, op, false, dst, off, src));
                }
            }
        }
    }

    private static void withImmediate(List<Insn> out, int imm) {
        Operand.Imm operand = new Operand.Imm(imm);
        for (Width width : Width.values()) {
            for (AluOp op : AluOp.values()) {
                out.add(new Insn.Alu(width, op, 1, operand));
            }
            for (Cond cond : Cond.values()) {
                out.add(new Insn.JumpIf(width, cond, 10, operand, (short) -2));
            }
        }
        for (WideKind kind : WideKind.values()) {
            for (int imm2 : IMMS) {
                if (imm2 == 0 || kind.hasSecondImmediate()) {
                    out.add(new Insn.LoadImm64(4, kind, imm, imm2));
                }
            }
        }
        out.add(new Insn.Jump(true, imm));
        out.add(new Insn.CallHelper(imm));
        out.add(new Insn.CallLocal(imm));
        out.add(new Insn.CallKfunc(imm, (short) 0));
    }
}
