package bpf4j.verifier.check;

import bpf4j.isa.AluOp;
import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.verifier.domain.Scalar;
import bpf4j.verifier.report.Rule;
import bpf4j.verifier.report.Violation;
import bpf4j.verifier.state.Reg;

/// Without privileges pointers must stay inside their object and be moved in one direction only:
/// Linux masks additions against speculation, which these rules make possible. There is one mask
/// for
/// an instruction, so that it must do the same on all paths. Nothing is masked here; the rules are
/// kept because programs are refused by them.
final class Masking {
    private static final String TAIL = ", pointer arithmetic with it prohibited for !root";
    private static final int NUMBER_IN_SOURCE = 1;
    private static final int NUMBER_IN_TARGET = 2;
    private static final int NEGATIVE = 4;
    private static final int NO_POINTER = 8;
    private static final int CONSTANT = 16;

    private final Env env;
    private final int[] kinds;
    private final int[] limits;

    Masking(Env env) {
        this.env = env;
        kinds = new int[env.cfg.insns.length];
        limits = new int[env.cfg.insns.length];
    }

    /// A pointer that is about to be moved.
    ///
    /// @param kind what the instruction does, as [#settle] compares it
    /// @param limit how far the pointer may move
    /// @param left whether it moves to lower addresses
    record Move(int dst, AluOp op, int kind, int limit, boolean left) {}

    /// Refuses an addition or subtraction of numbers by an instruction that moves a pointer on
    /// another path.
    void number(Insn.Alu insn) {
        if (isMasked(insn.op()) && insn.src() instanceof Operand.Reg) {
            settle(insn.dst(), insn.op(), NO_POINTER, 0);
        }
    }

    private boolean isMasked(AluOp op) {
        return (op == AluOp.ADD || op == AluOp.SUB) && !env.bypassSpectre;
    }

    /// The move of a pointer by the number in a register (-1 for an immediate); null where nothing
    /// is masked.
    @org.jspecify.annotations.Nullable
    Move before(AluOp op, int dst, Reg pointer, Scalar number, int numberIn, int pointerIn) {
        if (!isMasked(op) || numberIn < 0) {
            return null;
        }
        boolean negative = number.smin() < 0;
        if (!number.isConst() && negative != (number.smax() < 0)) {
            throw refuse(numberIn, " has unknown scalar with mixed signed bounds");
        }
        boolean left = negative == (op == AluOp.ADD);
        int limit = limit(dst, op, pointer, left, pointerIn);
        int kind =
                (negative ? NEGATIVE : 0)
                        | (number.isConst() ? CONSTANT : 0)
                        | (pointerIn == dst ? NUMBER_IN_SOURCE : NUMBER_IN_TARGET);
        env.exploreLimits |= !number.isConst();
        return new Move(dst, op, kind, limit, left);
    }

    /// Compares a move that was made with those of the instruction on other paths.
    void after(Move move, Reg result) {
        int limit = limit(move.dst, move.op, result, move.left, move.dst);
        settle(move.dst, move.op, move.kind, Math.abs(move.limit - limit));
    }

    private static int limit(int dst, AluOp op, Reg pointer, boolean left, int pointerIn) {
        long limit;
        long max;
        switch (pointer.kind) {
            case STACK -> {
                max = StackMemory.MAX + (left ? 1L : 0L);
                limit = -((long) pointer.off + (pointer.var.isConst() ? pointer.var.value() : 0));
            }
            case MAP_VALUE -> {
                max = pointer.theMap().valueSize();
                limit = (left ? pointer.var.smin() : pointer.var.umax()) + pointer.off;
            }
            default -> throw refuse(pointerIn, " has pointer with unsupported alu operation");
        }
        if (Long.compareUnsigned(limit & 0xffff_ffffL, max) >= 0) {
            throw refuse(dst, tried(op) + "beyond pointer bounds");
        }
        return (int) limit;
    }

    private void settle(int dst, AluOp op, int kind, int limit) {
        int pc = env.pc;
        if (kinds[pc] != 0 && (kinds[pc] != kind || limits[pc] != limit)) {
            throw refuse(dst, tried(op) + "from different maps, paths or scalars");
        }
        kinds[pc] = kind;
        limits[pc] = limit;
    }

    private static String tried(AluOp op) {
        return " tried to " + (op == AluOp.ADD ? "add " : "sub ");
    }

    private static Violation refuse(int register, String text) {
        return Violation.access(Rule.POINTER_ARITHMETIC, register, "R" + register + text + TAIL);
    }
}
