package bpf4j.jit.emit;

import bpf4j.isa.AluOp;
import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.isa.Width;
import bpf4j.jit.emit.Values.Form;
import bpf4j.jit.ir.Region;
import bpf4j.jit.ir.Rep;

import org.objectweb.asm.Opcodes;

/// Arithmetic: the bare JVM instruction where it computes what [bpf4j.isa.Semantics] says, a call
/// of
/// it otherwise.
final class AluEmitter {
    private final MethodContext context;
    private final Writer writer;
    private final Values values;

    AluEmitter(MethodContext context) {
        this.context = context;
        this.writer = context.writer();
        this.values = context.values();
    }

    /// `dst = dst op src`; `dst` has representation `rep` afterwards.
    void alu(int pc, Insn.Alu alu, Rep rep) {
        if (rep instanceof Rep.Constant || rep instanceof Rep.InFrame) {
            values.set(alu.dst(), rep);
        } else if (alu.op() == AluOp.MOV) {
            move(alu, rep);
        } else if (alu.width() == Width.W32) {
            word(pc, alu, rep);
        } else if (rep instanceof Rep.Pointer pointer && pointerArithmetic(pc, alu, pointer)) {
            values.popPlace(alu.dst(), pointer);
        } else if (rep == Rep.Plain.U32 && closed(pc, alu)) {
            word(pc, alu, rep);
        } else if (alu.op() == AluOp.SUB && pushDistance(alu)) {
            values.pop(alu.dst(), rep, Form.SIGNED);
        } else {
            wide(pc, alu, rep);
        }
    }

    private void move(Insn.Alu alu, Rep rep) {
        if (alu.width() == Width.W64 && alu.src() instanceof Operand.Reg(int source)) {
            values.copy(source, alu.dst(), rep);
        } else if (alu.width() == Width.W64) {
            if (rep == Rep.Plain.U32) {
                values.pushInt(alu.src());
                values.pop(alu.dst(), rep, Form.WORD);
            } else {
                values.pushLong(alu.src());
                values.pop(alu.dst(), rep, Form.LONG);
            }
        } else {
            values.pushInt(alu.src());
            values.pop(alu.dst(), rep, Form.WORD);
        }
    }

    /// Pushes the place that a pointer has after an addition or subtraction, if this is one.
    private boolean pointerArithmetic(int pc, Insn.Alu alu, Rep.Pointer pointer) {
        if (alu.op() != AluOp.ADD && alu.op() != AluOp.SUB) {
            return false;
        }
        Region region = pointer.region();
        if (pointsInto(pc, alu.dst(), region)) {
            values.pushPlace(alu.dst(), region);
            values.pushInt(alu.src());
            writer.op(alu.op() == AluOp.ADD ? Opcodes.IADD : Opcodes.ISUB);
            return true;
        }
        if (alu.op() == AluOp.ADD
                && alu.src() instanceof Operand.Reg(int source)
                && pointsInto(pc, source, region)) {
            values.pushPlace(source, region);
            values.pushInt(alu.dst());
            writer.op(Opcodes.IADD);
            return true;
        }
        return false;
    }

    /// Pushes the distance between two places in one region, if that is what a subtraction gives.
    private boolean pushDistance(Insn.Alu alu) {
        if (alu.src() instanceof Operand.Reg(int source)
                && values.rep(alu.dst()) instanceof Rep.Pointer end
                && values.rep(source) instanceof Rep.Pointer start
                && end.equals(start)
                && !end.nullable()) {
            values.pushPlace(alu.dst(), end.region());
            values.pushPlace(source, start.region());
            writer.op(Opcodes.ISUB);
            return true;
        }
        return false;
    }

    private boolean pointsInto(int pc, int register, Region region) {
        return pointsInto(values.rep(register), region)
                || pointsInto(context.knowledge().before(pc, register), region);
    }

    private static boolean pointsInto(Rep rep, Region region) {
        return rep instanceof Rep.InFrame && region == Region.Single.STACK
                || rep instanceof Rep.Pointer pointer && pointer.region().equals(region);
    }

    /// Whether the low half of a 64-bit result below 2^32 depends on the low halves alone.
    private boolean closed(int pc, Insn.Alu alu) {
        return switch (alu.op()) {
            case ADD, SUB, MUL, OR, AND, XOR -> true;
            case LSH -> alu.src() instanceof Operand.Imm(int count) && (count & 63) < 32;
            case RSH, ARSH ->
                    alu.src() instanceof Operand.Imm(int count)
                            && (count & 63) < 32
                            && isWord(pc, alu.dst());
            case DIV, MOD -> isWord(pc, alu.dst()) && isWord(pc, alu.src());
            case SDIV, SMOD ->
                    context.knowledge().positive(pc, alu.dst())
                            && alu.src() instanceof Operand.Imm(int value)
                            && value > 0;
            case MOV -> false;
        };
    }

    private boolean isWord(int pc, Operand operand) {
        return switch (operand) {
            case Operand.Reg(int number) -> isWord(pc, number);
            case Operand.Imm(int value) -> value >= 0;
        };
    }

    private boolean isWord(int pc, int register) {
        return isWord(values.rep(register)) || isWord(context.knowledge().before(pc, register));
    }

    private static boolean isWord(Rep rep) {
        return rep == Rep.Plain.U32 || rep instanceof Rep.Constant(long value) && value >>> 32 == 0;
    }

    private void word(int pc, Insn.Alu alu, Rep rep) {
        switch (alu.op()) {
            case DIV, MOD -> divideWords(pc, alu);
            case SDIV, SMOD -> {
                values.pushInt(alu.dst());
                values.pushInt(alu.src());
                boolean divide = alu.op() == AluOp.SDIV;
                if (alu.src() instanceof Operand.Imm(int value) && value != 0 && value != -1) {
                    writer.op(divide ? Opcodes.IDIV : Opcodes.IREM);
                } else {
                    writer.callStatic(Names.SEMANTICS, divide ? "sdiv32" : "smod32", "(II)I");
                }
            }
            default -> {
                values.pushInt(alu.dst());
                values.pushInt(alu.src());
                // The sign of a 64-bit value below 2^32 is zero, whatever its bit 31 is.
                boolean unsigned = alu.op() == AluOp.ARSH && alu.width() == Width.W64;
                writer.op(unsigned ? Opcodes.IUSHR : wordOpcode(alu.op()));
            }
        }
        values.pop(alu.dst(), rep, Form.WORD);
    }

    private static int wordOpcode(AluOp op) {
        return switch (op) {
            case ADD -> Opcodes.IADD;
            case SUB -> Opcodes.ISUB;
            case MUL -> Opcodes.IMUL;
            case OR -> Opcodes.IOR;
            case AND -> Opcodes.IAND;
            case XOR -> Opcodes.IXOR;
            case LSH -> Opcodes.ISHL;
            case RSH -> Opcodes.IUSHR;
            case ARSH -> Opcodes.ISHR;
            case DIV, SDIV, MOD, SMOD, MOV -> throw new AssertionError(op);
        };
    }

    /// Unsigned division of 32 bits. HotSpot turns signed divisions by constants into
    /// multiplications, unsigned ones not: so it is a signed one where the values are small enough,
    /// or done in 64 bits.
    private void divideWords(int pc, Insn.Alu alu) {
        boolean divide = alu.op() == AluOp.DIV;
        boolean small = context.knowledge().positive(pc, alu.dst());
        if (alu.src() instanceof Operand.Imm(int value) && value != 0) {
            if (small && value > 0) {
                values.pushInt(alu.dst());
                writer.constant(value);
                writer.op(divide ? Opcodes.IDIV : Opcodes.IREM);
            } else {
                values.pushInt(alu.dst());
                values.zeroExtend();
                writer.constant(value & 0xFFFF_FFFFL);
                writer.op(divide ? Opcodes.LDIV : Opcodes.LREM);
                writer.op(Opcodes.L2I);
            }
        } else if (alu.src() instanceof Operand.Reg(int source)
                && small
                && context.knowledge().positive(pc, source)
                && context.knowledge().nonZero(pc, source, true)) {
            values.pushInt(alu.dst());
            values.pushInt(source);
            writer.op(divide ? Opcodes.IDIV : Opcodes.IREM);
        } else {
            values.pushInt(alu.dst());
            values.pushInt(alu.src());
            writer.callStatic(Names.SEMANTICS, divide ? "div32" : "mod32", "(II)I");
        }
    }

    private void wide(int pc, Insn.Alu alu, Rep rep) {
        values.pushLong(alu.dst());
        switch (alu.op()) {
            case ADD, SUB, MUL, OR, AND, XOR -> {
                values.pushLong(alu.src());
                writer.op(wideOpcode(alu.op()));
            }
            case LSH, RSH, ARSH -> {
                values.pushInt(alu.src());
                writer.op(wideOpcode(alu.op()));
            }
            case DIV, MOD, SDIV, SMOD -> {
                values.pushLong(alu.src());
                if (nativelyDivides(pc, alu)) {
                    boolean divide = alu.op() == AluOp.DIV || alu.op() == AluOp.SDIV;
                    writer.op(divide ? Opcodes.LDIV : Opcodes.LREM);
                } else {
                    writer.callStatic(Names.SEMANTICS, semantics(alu.op()), "(JJ)J");
                }
            }
            case MOV -> throw new AssertionError(alu);
        }
        values.pop(alu.dst(), rep, Form.LONG);
    }

    /// Whether the JVM's signed division gives the result.
    private boolean nativelyDivides(int pc, Insn.Alu alu) {
        boolean signed = alu.op() == AluOp.SDIV || alu.op() == AluOp.SMOD;
        return alu.src() instanceof Operand.Imm(int value)
                && (signed ? value != 0 && value != -1 : value > 0 && isWord(pc, alu.dst()));
    }

    private static String semantics(AluOp op) {
        return switch (op) {
            case DIV -> "div64";
            case MOD -> "mod64";
            case SDIV -> "sdiv64";
            case SMOD -> "smod64";
            default -> throw new AssertionError(op);
        };
    }

    private static int wideOpcode(AluOp op) {
        return switch (op) {
            case ADD -> Opcodes.LADD;
            case SUB -> Opcodes.LSUB;
            case MUL -> Opcodes.LMUL;
            case OR -> Opcodes.LOR;
            case AND -> Opcodes.LAND;
            case XOR -> Opcodes.LXOR;
            case LSH -> Opcodes.LSHL;
            case RSH -> Opcodes.LUSHR;
            case ARSH -> Opcodes.LSHR;
            case DIV, SDIV, MOD, SMOD, MOV -> throw new AssertionError(op);
        };
    }

    /// `dst = -dst`.
    void negate(Insn.Neg neg, Rep rep) {
        if (neg.width() == Width.W32) {
            values.pushInt(neg.dst());
            writer.op(Opcodes.INEG);
            values.pop(neg.dst(), rep, Form.WORD);
        } else {
            values.pushLong(neg.dst());
            writer.op(Opcodes.LNEG);
            values.pop(neg.dst(), rep, Form.LONG);
        }
    }

    /// A sign-extending move.
    void moveSigned(Insn.MovSx mov, Rep rep) {
        values.pushInt(mov.src());
        switch (mov.bits()) {
            case 8 -> writer.op(Opcodes.I2B);
            case 16 -> writer.op(Opcodes.I2S);
            default -> {}
        }
        values.pop(mov.dst(), rep, mov.width() == Width.W32 ? Form.WORD : Form.SIGNED);
    }

    /// A byte swap. RFC 9669 section 4.2: to little endian only truncates here, programs are little
    /// endian.
    void swap(Insn.ByteSwap swap, Rep rep) {
        boolean reverses = swap.kind() != Insn.ByteSwap.Kind.LE;
        if (swap.bits() == 64) {
            values.pushLong(swap.dst());
            if (reverses) {
                writer.callStatic("java/lang/Long", "reverseBytes", "(J)J");
            }
            values.pop(swap.dst(), rep, Form.LONG);
            return;
        }
        values.pushInt(swap.dst());
        if (reverses) {
            writer.callStatic("java/lang/Integer", "reverseBytes", "(I)I");
            if (swap.bits() == 16) {
                writer.constant(16);
                writer.op(Opcodes.IUSHR);
            }
        } else if (swap.bits() == 16) {
            writer.op(Opcodes.I2C);
        }
        values.pop(swap.dst(), rep, Form.WORD);
    }
}
