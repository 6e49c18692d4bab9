package bpf4j.jit.ir;

import bpf4j.isa.AluOp;
import bpf4j.isa.AtomicOp;
import bpf4j.isa.Insn;
import bpf4j.isa.Operand;

/// Which variables an instruction reads and writes, as bit masks. Variables 0 to 9 are registers,
/// those from [#FIRST_SLOT] on stack slots; r10 is no variable, it never changes.
public final class Effects {
    /// The first variable that stands for a stack slot.
    public static final int FIRST_SLOT = 11;

    /// The number of variables at most.
    public static final int LIMIT = 64;

    private static final long R10 = 1L << 10;

    private final Slots slots;
    private final Calls calls;

    /// Effects under a choice of stack slots and of what calls read.
    public Effects(Slots slots, Calls calls) {
        this.slots = slots;
        this.calls = calls;
    }

    /// The choice of stack slots.
    public Slots slots() {
        return slots;
    }

    /// What calls read.
    public interface Calls {
        /// Every call may read all of r1 to r5.
        Calls ALL =
                new Calls() {
                    @Override
                    public long helper(int pc, int id) {
                        return 0b111110;
                    }

                    @Override
                    public long local(int target) {
                        return 0b111110;
                    }
                };

        /// The registers that the helper call at slot `pc` reads.
        long helper(int pc, int id);

        /// The registers that the subprogram at slot `target` reads.
        long local(int target);
    }

    /// The variables that the instruction at slot `pc` reads.
    public long uses(int pc, Insn insn) {
        return usesWithR10(pc, insn) & ~R10;
    }

    private long usesWithR10(int pc, Insn insn) {
        return switch (insn) {
            case Insn.Alu alu -> (alu.op() == AluOp.MOV ? 0 : bit(alu.dst())) | operand(alu.src());
            case Insn.Neg neg -> bit(neg.dst());
            case Insn.MovSx mov -> bit(mov.src());
            case Insn.ByteSwap swap -> bit(swap.dst());
            case Insn.AddrSpaceCast cast -> bit(cast.src());
            case Insn.LoadImm64 _ -> 0;
            case Insn.Load load -> slots.count(pc) > 0 ? slotMask(pc) : bit(load.src());
            case Insn.Store store ->
                    operand(store.src()) | (slots.count(pc) > 0 ? 0 : bit(store.dst()));
            case Insn.LoadAbs _ -> bit(6);
            case Insn.LoadInd load -> bit(6) | bit(load.src());
            case Insn.Atomic atomic ->
                    bit(atomic.dst())
                            | bit(atomic.src())
                            | (atomic.op() == AtomicOp.CMPXCHG ? 1 : 0);
            case Insn.LoadAcquire load -> bit(load.src());
            case Insn.StoreRelease store -> bit(store.dst()) | bit(store.src());
            case Insn.Jump _, Insn.MayGoto _ -> 0;
            case Insn.JumpIf jump -> bit(jump.dst()) | operand(jump.src());
            case Insn.CallHelper call -> calls.helper(pc, call.id()) | slotMask(pc);
            case Insn.CallLocal call -> calls.local(pc + 1 + call.offset());
            case Insn.CallKfunc _ -> 0b111110;
            case Insn.CallReg call -> 0b111110 | bit(call.reg());
            case Insn.Exit _ -> 1;
        };
    }

    /// The variables that the instruction at slot `pc` writes. Calls leave r1 to r5 as they are: no
    /// verified program reads them afterwards.
    public long defs(int pc, Insn insn) {
        return switch (insn) {
            case Insn.Alu alu -> bit(alu.dst());
            case Insn.Neg neg -> bit(neg.dst());
            case Insn.MovSx mov -> bit(mov.dst());
            case Insn.ByteSwap swap -> bit(swap.dst());
            case Insn.AddrSpaceCast cast -> bit(cast.dst());
            case Insn.LoadImm64 load -> bit(load.dst());
            case Insn.Load load -> bit(load.dst());
            case Insn.Store _ -> slotMask(pc);
            case Insn.LoadAbs _, Insn.LoadInd _ -> 1;
            case Insn.Atomic atomic ->
                    !atomic.fetch() ? 0 : atomic.op() == AtomicOp.CMPXCHG ? 1 : bit(atomic.src());
            case Insn.LoadAcquire load -> bit(load.dst());
            case Insn.StoreRelease _, Insn.Jump _, Insn.JumpIf _, Insn.MayGoto _, Insn.Exit _ -> 0;
            case Insn.CallHelper _, Insn.CallLocal _, Insn.CallKfunc _, Insn.CallReg _ -> 1;
        };
    }

    private long slotMask(int pc) {
        int count = slots.count(pc);
        return count == 0 ? 0 : ((1L << count) - 1) << slots.first(pc);
    }

    private static long operand(Operand operand) {
        return operand instanceof Operand.Reg(int number) ? bit(number) : 0;
    }

    private static long bit(int register) {
        return 1L << register;
    }
}
