package bpf4j.jit.emit;

import bpf4j.isa.Cond;
import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.isa.Width;
import bpf4j.jit.ir.Rep;

import org.objectweb.asm.Label;
import org.objectweb.asm.Opcodes;

/// Conditional jumps. HotSpot optimises loops whose ends are signed `int` comparisons best, so
/// those are used wherever the operands are small enough.
final class JumpEmitter {
    private final MethodContext context;
    private final Writer writer;
    private final Values values;

    JumpEmitter(MethodContext context) {
        this.context = context;
        this.writer = context.writer();
        this.values = context.values();
    }

    /// Jumps to `target` if the condition holds.
    void jumpIf(int pc, Insn.JumpIf jump, Label target) {
        if (jump.width() == Width.W32) {
            word(pc, jump, target);
        } else if (comparesPlaces(jump, target)) {
            return;
        } else if (isWord(pc, jump.dst()) && isWord(pc, jump.src())) {
            word(pc, jump, target);
        } else {
            wide(jump, target);
        }
    }

    private boolean comparesPlaces(Insn.JumpIf jump, Label target) {
        if (jump.src() instanceof Operand.Imm(int value)) {
            return value == 0 && comparesWithNull(jump, target);
        }
        int source = ((Operand.Reg) jump.src()).number();
        Rep left = values.rep(jump.dst());
        Rep right = values.rep(source);
        if (left instanceof Rep.Pointer a
                && right instanceof Rep.Pointer b
                && a.region().equals(b.region())
                && !a.nullable()
                && !b.nullable()
                && jump.cond() != Cond.JSET) {
            values.pushPlace(jump.dst(), a.region());
            values.pushPlace(source, b.region());
            writer.jump(signedCompare(jump.cond()), target);
            return true;
        }
        return false;
    }

    private boolean comparesWithNull(Insn.JumpIf jump, Label target) {
        if (values.rep(jump.dst()) instanceof Rep.Pointer pointer
                && pointer.nullable()
                && (jump.cond() == Cond.JEQ || jump.cond() == Cond.JNE)) {
            values.pushPlace(jump.dst(), pointer.region());
            writer.jump(jump.cond() == Cond.JEQ ? Opcodes.IFLT : Opcodes.IFGE, target);
            return true;
        }
        return false;
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

    private boolean isPositive(int pc, int register) {
        return values.rep(register) instanceof Rep.Constant(long value) && value >>> 31 == 0
                || context.knowledge().positive(pc, register);
    }

    private boolean isPositive(int pc, Operand operand) {
        return switch (operand) {
            case Operand.Reg(int number) -> isPositive(pc, number);
            case Operand.Imm(int value) -> value >= 0;
        };
    }

    private void word(int pc, Insn.JumpIf jump, Label target) {
        values.pushInt(jump.dst());
        boolean zero = jump.src() instanceof Operand.Imm(int value) && value == 0;
        switch (jump.cond()) {
            case JSET -> {
                values.pushInt(jump.src());
                writer.op(Opcodes.IAND);
                writer.jump(Opcodes.IFNE, target);
            }
            case JEQ, JNE -> {
                if (zero) {
                    writer.jump(compareZero(jump.cond()), target);
                } else {
                    values.pushInt(jump.src());
                    writer.jump(signedCompare(atLimit(pc, jump)), target);
                }
            }
            case JSGT, JSGE, JSLT, JSLE -> {
                if (jump.width() == Width.W64
                        && !(isPositive(pc, jump.dst()) && isPositive(pc, jump.src()))) {
                    // Both are below 2^32, so the signed comparison of 64 bits is unsigned in 32.
                    values.pushInt(jump.src());
                    compareUnsigned(jump.cond(), target);
                } else if (zero) {
                    writer.jump(compareZero(jump.cond()), target);
                } else {
                    values.pushInt(jump.src());
                    writer.jump(signedCompare(jump.cond()), target);
                }
            }
            case JGT, JGE, JLT, JLE -> {
                values.pushInt(jump.src());
                if (isPositive(pc, jump.dst()) && isPositive(pc, jump.src())) {
                    writer.jump(signedCompare(jump.cond()), target);
                } else {
                    compareUnsigned(jump.cond(), target);
                }
            }
        }
    }

    /// The condition of a comparison for equality. With the greatest value possible that is the
    /// same
    /// as being less or not: HotSpot counts loops of any step that end so.
    private Cond atLimit(int pc, Insn.JumpIf jump) {
        if (jump.src() instanceof Operand.Imm(int value)
                && value > 0
                && context.knowledge().atMost(pc, jump.dst(), value)) {
            return jump.cond() == Cond.JNE ? Cond.JLT : Cond.JGE;
        }
        return jump.cond();
    }

    private void compareUnsigned(Cond cond, Label target) {
        writer.callStatic("java/lang/Integer", "compareUnsigned", "(II)I");
        writer.jump(compareZero(cond), target);
    }

    private void wide(Insn.JumpIf jump, Label target) {
        values.pushLong(jump.dst());
        values.pushLong(jump.src());
        switch (jump.cond()) {
            case JSET -> {
                writer.op(Opcodes.LAND);
                writer.constant(0L);
                writer.op(Opcodes.LCMP);
                writer.jump(Opcodes.IFNE, target);
            }
            case JEQ, JNE, JSGT, JSGE, JSLT, JSLE -> {
                writer.op(Opcodes.LCMP);
                writer.jump(compareZero(jump.cond()), target);
            }
            case JGT, JGE, JLT, JLE -> {
                writer.callStatic("java/lang/Long", "compareUnsigned", "(JJ)I");
                writer.jump(compareZero(jump.cond()), target);
            }
        }
    }

    private static int signedCompare(Cond cond) {
        return switch (cond) {
            case JEQ -> Opcodes.IF_ICMPEQ;
            case JNE -> Opcodes.IF_ICMPNE;
            case JGT, JSGT -> Opcodes.IF_ICMPGT;
            case JGE, JSGE -> Opcodes.IF_ICMPGE;
            case JLT, JSLT -> Opcodes.IF_ICMPLT;
            case JLE, JSLE -> Opcodes.IF_ICMPLE;
            case JSET -> throw new AssertionError(cond);
        };
    }

    private static int compareZero(Cond cond) {
        return switch (cond) {
            case JEQ -> Opcodes.IFEQ;
            case JNE -> Opcodes.IFNE;
            case JGT, JSGT -> Opcodes.IFGT;
            case JGE, JSGE -> Opcodes.IFGE;
            case JLT, JSLT -> Opcodes.IFLT;
            case JLE, JSLE -> Opcodes.IFLE;
            case JSET -> throw new AssertionError(cond);
        };
    }

    /// Jumps to `target` when the budget of the subprogram is used up.
    void mayGoto(Label target) {
        int budget = context.locals().budget();
        Label left = new Label();
        writer.loadInt(budget);
        writer.jump(Opcodes.IFNE, left);
        writer.jump(Opcodes.GOTO, target);
        writer.label(left);
        writer.addToInt(budget, -1);
    }
}
