package bpf4j.verifier.check;

import bpf4j.isa.AluOp;
import bpf4j.isa.Cond;
import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.isa.Width;
import bpf4j.verifier.domain.Refined;
import bpf4j.verifier.domain.Scalar;
import bpf4j.verifier.report.Rule;
import bpf4j.verifier.report.Violation;
import bpf4j.verifier.state.Kind;
import bpf4j.verifier.state.Reg;

import org.jspecify.annotations.Nullable;

/// Arithmetic and moves.
final class Arithmetic {
    private final Env env;
    private final Pointers pointers;
    private final Masking masking;

    Arithmetic(Env env, Pointers pointers, Masking masking) {
        this.env = env;
        this.masking = masking;
        this.pointers = pointers;
    }

    void neg(Insn.Neg insn) {
        Reg reg = env.readable(insn.dst());
        checkNoPointer(insn.dst(), reg);
        env.writable(insn.dst());
        env.set(
                insn.dst(),
                reg.isScalar() ? Reg.scalar(Scalar.neg(insn.width(), reg.var)) : Reg.UNKNOWN);
    }

    void swap(Insn.ByteSwap insn) {
        Reg reg = env.readable(insn.dst());
        checkNoPointer(insn.dst(), reg);
        env.writable(insn.dst());
        env.set(
                insn.dst(),
                reg.isScalar()
                        ? Reg.scalar(Scalar.tightByteSwap(insn.kind(), insn.bits(), reg.var))
                        : Reg.UNKNOWN);
    }

    private void checkNoPointer(int dst, Reg reg) {
        if (env.isSecret(reg)) {
            throw Violation.access(
                    Rule.POINTER_ARITHMETIC, dst, "R" + dst + " pointer arithmetic prohibited");
        }
    }

    void cast(Insn.AddrSpaceCast insn) {
        if (insn.spaces() != 1 && insn.spaces() != 1 << 16) {
            throw Violation.invalid(
                    Rule.UNSUPPORTED,
                    insn.src(),
                    "addr_space_cast insn can only convert between address space 1 and 0");
        }
        env.readable(insn.src());
        throw Violation.invalid(
                Rule.UNSUPPORTED,
                insn.src(),
                "addr_space_cast insn can only be used in a program that has an associated arena");
    }

    void signExtend(Insn.MovSx insn) {
        int src = insn.src();
        Reg reg = env.readable(src);
        env.writable(insn.dst());
        if (env.isSecret(reg)) {
            throw Violation.access(
                    Rule.POINTER_LEAK,
                    src,
                    insn.width() == Width.W64
                            ? "R" + src + " sign-extension part of pointer"
                            : "R" + src + " partial copy of pointer");
        }
        if (!reg.isScalar()) {
            env.set(insn.dst(), Reg.scalar(Scalar.ofSize(insn.width() == Width.W64 ? 8 : 4)));
            return;
        }
        boolean same = Long.compareUnsigned(reg.var.umax(), 1L << (insn.bits() - 1)) < 0;
        if (same) {
            reg = env.linked(src);
        } else {
            reg = reg.unlinked();
        }
        env.set(insn.dst(), reg.withVar(Scalar.movsx(insn.width(), insn.bits(), reg.var)));
    }

    private void move(Width width, int dst, Operand operand) {
        if (operand instanceof Operand.Imm imm) {
            env.writable(dst);
            env.set(
                    dst,
                    Reg.constant(width == Width.W64 ? imm.value() : imm.value() & 0xffff_ffffL));
            return;
        }
        int src = ((Operand.Reg) operand).number();
        Reg reg = env.readable(src);
        env.writable(dst);
        if (width == Width.W64) {
            env.set(dst, env.linked(src));
            return;
        }
        if (env.isSecret(reg)) {
            throw Violation.access(Rule.POINTER_LEAK, src, "R" + src + " partial copy of pointer");
        }
        if (!reg.isScalar()) {
            env.set(dst, Reg.scalar(Scalar.ofSize(4)));
            return;
        }
        if (reg.var.isU32()) {
            env.set(dst, env.linked(src));
        } else {
            env.set(dst, reg.unlinked().withVar(reg.var.zext32()));
        }
    }

    void alu(Insn.Alu insn) {
        AluOp op = insn.op();
        int dst = insn.dst();
        if (op == AluOp.MOV) {
            move(insn.width(), dst, insn.src());
            return;
        }
        Reg src = env.operand(insn.src());
        Reg target = env.readable(dst);
        if (insn.src() instanceof Operand.Imm imm) {
            checkImmediate(insn, imm.value());
        }
        env.writable(dst);
        if (target.kind == Kind.ARENA || src.kind == Kind.ARENA) {
            env.set(dst, target.kind == Kind.ARENA ? target : src);
            return;
        }
        if (src.isPointer()) {
            if (target.isPointer()) {
                if (op == AluOp.SUB && env.allowPointerLeaks) {
                    env.set(dst, Reg.UNKNOWN);
                    return;
                }
                throw Violation.access(
                        Rule.POINTER_ARITHMETIC,
                        dst,
                        "R" + dst + " pointer " + Pointers.symbol(op) + " pointer prohibited");
            }
            env.precise.register(dst);
            pointers.adjust(insn.width(), op, dst, src, target, dst, registerOf(insn));
            return;
        }
        if (target.isPointer()) {
            if (insn.src() instanceof Operand.Reg reg) {
                env.precise.register(reg.number());
            }
            int register = registerOf(insn);
            pointers.adjust(insn.width(), op, dst, target, src, register, dst);
            return;
        }
        numbers(insn, dst, target, src);
    }

    /// The register of the source operand, or -1.
    private static int registerOf(Insn.Alu insn) {
        return insn.src() instanceof Operand.Reg reg ? reg.number() : -1;
    }

    private static void checkImmediate(Insn.Alu insn, int value) {
        switch (insn.op()) {
            case DIV, SDIV, MOD, SMOD -> {
                if (value == 0) {
                    throw Violation.invalid(Rule.DIVISION, insn.dst(), "div by zero");
                }
            }
            case LSH, RSH, ARSH -> {
                if (value < 0 || value >= insn.width().bits()) {
                    throw Violation.invalid(Rule.MALFORMED, insn.dst(), "invalid shift " + value);
                }
            }
            default -> {}
        }
    }

    private void numbers(Insn.Alu insn, int dst, Reg target, Reg src) {
        AluOp op = insn.op();
        masking.number(insn);
        Scalar a = target.var;
        if ((op == AluOp.AND || op == AluOp.OR) && src.var.isConst()) {
            Scalar forked = fork(dst, target);
            if (forked != null) {
                a = forked;
            }
        }
        Reg result =
                isForgotten(insn, src.var)
                        ? Reg.UNKNOWN
                        : Reg.scalar(Scalar.alu(insn.width(), op, a, src.var));
        boolean self = insn.src() instanceof Operand.Reg reg && reg.number() == dst;
        if (env.bpf
                && (op == AluOp.ADD || op == AluOp.SUB)
                && target.id != 0
                && (target.id & Reg.ADDED) == 0
                && src.var.isConst()
                && !self) {
            result = linked(insn, target, src.var.value(), result);
        }
        env.set(dst, result);
    }

    /// A number that differs by a constant from others of its id stays linked to them.
    private static Reg linked(Insn.Alu insn, Reg before, long constant, Reg result) {
        boolean low = insn.width() == Width.W32;
        long added = low ? (int) constant : constant;
        if (added != (int) added || (low && !before.var.isU32())) {
            return result;
        }
        if (insn.op() == AluOp.SUB) {
            added = -added;
        }
        if (added != (int) added) {
            return result;
        }
        int marks = Reg.ADDED | (low ? Reg.ADDED_LOW : 0);
        return result.withId(before.id | marks).withOff((int) added);
    }

    /// Whether Linux 6.18 forgets everything of a result, also that a 32-bit one has a cleared
    /// upper
    /// half: then so do we, so that both explore the same branches.
    private static boolean isForgotten(Insn.Alu insn, Scalar src) {
        return switch (insn.op()) {
            case DIV, SDIV, MOD, SMOD -> true;
            case LSH, RSH, ARSH -> {
                boolean whole = insn.width() == Width.W64;
                long count = whole ? src.umin() : Integer.toUnsignedLong(src.u32min());
                yield !(whole ? src.isConst() : src.isLowConst())
                        || Long.compareUnsigned(count, insn.width().bits()) >= 0;
            }
            case ADD, SUB, MUL, OR, AND, XOR, MOV -> false;
        };
    }

    /// A number that is -1 or 0 is followed on two paths: compilers make masks of such numbers.
    /// Returns the value to go on with, or null.
    private @Nullable Scalar fork(int dst, Reg target) {
        Scalar value = target.var;
        Scalar zero;
        Scalar ones;
        if (value.smin() == -1 && value.smax() == 0) {
            zero = Scalar.ZERO;
            ones = Scalar.constant(-1);
        } else if (value.s32min() == -1 && value.s32max() == 0) {
            zero = lowHalf(value, 0);
            ones = lowHalf(value, -1);
        } else {
            return null;
        }
        if (zero == null || ones == null) {
            return null;
        }
        env.fork(env.pc).regs()[dst] = target.withVar(zero);
        env.set(dst, target.withVar(ones));
        return ones;
    }

    private static @Nullable Scalar lowHalf(Scalar value, int low) {
        Refined refined = Scalar.branch(Cond.JEQ, Width.W32, value, Scalar.constant(low), true);
        return refined == null ? null : refined.left();
    }
}
