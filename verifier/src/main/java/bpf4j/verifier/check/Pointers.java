package bpf4j.verifier.check;

import bpf4j.isa.AluOp;
import bpf4j.isa.Width;
import bpf4j.verifier.domain.Scalar;
import bpf4j.verifier.report.Rule;
import bpf4j.verifier.report.Violation;
import bpf4j.verifier.state.Kind;
import bpf4j.verifier.state.Reg;

/// Arithmetic of pointers with numbers.
final class Pointers {
    private final Env env;
    private final Memory memory;
    private final Masking masking;

    Pointers(Env env, Memory memory, Masking masking) {
        this.env = env;
        this.memory = memory;
        this.masking = masking;
    }

    /// `dst = pointer op number`.
    ///
    /// @param numberIn the register that held the number, which may be `dst`, or -1 for an
    /// immediate
    /// @param pointerIn the register that held the pointer
    void adjust(
            Width width, AluOp op, int dst, Reg pointer, Reg added, int numberIn, int pointerIn) {
        Scalar number = added.var;
        if (width == Width.W32) {
            if (op == AluOp.SUB && env.allowPointerLeaks) {
                env.set(dst, Reg.UNKNOWN);
                return;
            }
            throw refuse(dst, " 32-bit pointer arithmetic prohibited");
        }
        if (pointer.isNullable()) {
            throw Violation.access(
                    Rule.NULL_DEREFERENCE,
                    dst,
                    "R"
                            + dst
                            + " pointer arithmetic on "
                            + pointer.typeName()
                            + " prohibited, null-check it first");
        }
        boolean known = number.isConst();
        checkKind(op, dst, pointer, number, known);
        checkSane(dst, number, added.off, pointer);
        checkSane(dst, pointer.var, pointer.off, pointer);
        Masking.Move move = masking.before(op, dst, pointer, number, numberIn, pointerIn);
        Reg result;
        switch (op) {
            case ADD -> result = add(pointer, number, known);
            case SUB -> {
                if (numberIn == dst) {
                    throw refuse(dst, " tried to subtract pointer from scalar");
                }
                if (pointer.kind == Kind.STACK) {
                    throw refuse(dst, " subtraction from stack pointer prohibited");
                }
                result = subtract(pointer, number, known);
            }
            case AND, OR, XOR ->
                    throw refuse(dst, " bitwise operator " + symbol(op) + " on pointer prohibited");
            default ->
                    throw refuse(
                            dst, " pointer arithmetic with " + symbol(op) + " operator prohibited");
        }
        checkSane(dst, result.var, result.off, pointer);
        if (numberIn == dst && result.ref != 0) {
            result = result.withFlags(result.flags | Reg.ADDED_TO_NUMBER);
        }
        env.set(dst, result);
        checkResult(dst, result);
        if (move != null) {
            masking.after(move, result);
        }
    }

    private static Violation refuse(int dst, String text) {
        return Violation.access(Rule.POINTER_ARITHMETIC, dst, "R" + dst + text);
    }

    private static void checkKind(AluOp op, int dst, Reg pointer, Scalar number, boolean known) {
        boolean permitted =
                switch (pointer.kind) {
                    case CTX,
                            MAP_VALUE,
                            MAP_KEY,
                            STACK,
                            PACKET,
                            PACKET_META,
                            TP_BUFFER,
                            KERNEL,
                            MEM,
                            BUF,
                            FUNC,
                            DYNPTR ->
                            true;
                    case FLOW_KEYS -> known;
                    case CONST_MAP -> known && number.isConst(0) && op == AluOp.ADD;
                    default -> false;
                };
        if (!permitted) {
            throw refuse(dst, " pointer arithmetic on " + pointer.typeName() + " prohibited");
        }
    }

    private static void checkSane(int dst, Scalar var, int off, Reg pointer) {
        String name = pointer.typeName();
        if (var.isConst() && (var.value() >= Env.MAX_VAR_OFF || var.value() <= -Env.MAX_VAR_OFF)) {
            throw insane(
                    dst,
                    "math between " + name + " pointer and " + var.value() + " is not allowed");
        }
        if (off >= Env.MAX_VAR_OFF || off <= -Env.MAX_VAR_OFF) {
            throw insane(dst, name + " pointer offset " + off + " is not allowed");
        }
        if (var.smin() == Long.MIN_VALUE) {
            throw insane(
                    dst,
                    "math between "
                            + name
                            + " pointer and register with unbounded min value is not allowed");
        }
        if (var.smin() >= Env.MAX_VAR_OFF || var.smin() <= -Env.MAX_VAR_OFF) {
            throw insane(
                    dst, "value " + var.smin() + " makes " + name + " pointer be out of bounds");
        }
    }

    private static Violation insane(int dst, String text) {
        return Violation.invalid(Rule.POINTER_ARITHMETIC, dst, text);
    }

    private Reg add(Reg pointer, Scalar number, boolean known) {
        if (known) {
            long off = pointer.off + number.value();
            if (off == (int) off) {
                return pointer.withOff((int) off);
            }
        }
        Reg moved = pointer.withVar(Scalar.alu64(AluOp.ADD, pointer.var, number));
        return pointer.kind.isPacket() ? moved.withId(env.newId()).withSize(0) : moved;
    }

    private Reg subtract(Reg pointer, Scalar number, boolean known) {
        if (known) {
            long off = pointer.off - number.value();
            if (off == (int) off) {
                return pointer.withOff((int) off);
            }
        }
        Reg moved = pointer.withVar(Scalar.alu64(AluOp.SUB, pointer.var, number));
        if (pointer.kind.isPacket()) {
            moved = moved.withId(env.newId());
            if (number.smin() < 0) {
                moved = moved.withSize(0);
            }
        }
        return moved;
    }

    private void checkResult(int dst, Reg result) {
        if (env.bypassSpectre) {
            return;
        }
        if (result.kind == Kind.STACK) {
            if (!result.var.isConst()) {
                throw Violation.access(
                        Rule.POINTER_ARITHMETIC,
                        dst,
                        "R"
                                + dst
                                + " variable stack access prohibited for !root, var_off="
                                + Bits.text(result.var.tnum())
                                + " off="
                                + result.off);
            }
            long off = result.off + result.var.value();
            if (off >= 0 || off < -StackMemory.MAX) {
                throw Violation.access(
                        Rule.POINTER_ARITHMETIC,
                        dst,
                        "R"
                                + dst
                                + " stack pointer arithmetic goes out of range, prohibited for"
                                + " !root; off="
                                + off);
            }
        } else if (result.kind == Kind.MAP_VALUE) {
            try {
                memory.checkMapAccess(dst, result.off, 1, false);
            } catch (Violation outside) {
                throw Violation.access(
                        Rule.POINTER_ARITHMETIC,
                        dst,
                        outside.kernelText()
                                + "\nR"
                                + dst
                                + " pointer arithmetic of map value goes out of range, prohibited"
                                + " for !root");
            }
        }
    }

    static String symbol(AluOp op) {
        return switch (op) {
            case ADD -> "+=";
            case SUB -> "-=";
            case MUL -> "*=";
            case DIV -> "/=";
            case SDIV -> "/=";
            case OR -> "|=";
            case AND -> "&=";
            case LSH -> "<<=";
            case RSH -> ">>=";
            case MOD -> "%=";
            case SMOD -> "%=";
            case XOR -> "^=";
            case MOV -> "=";
            case ARSH -> "s>>=";
        };
    }
}
