package bpf4j.verifier.explore;

import bpf4j.isa.AluOp;
import bpf4j.isa.AtomicOp;
import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.verifier.cfg.Callbacks;
import bpf4j.verifier.cfg.Cfg;
import bpf4j.verifier.cfg.Subprogram;
import bpf4j.verifier.check.Env;
import bpf4j.verifier.state.Frame;
import bpf4j.verifier.state.State;
import bpf4j.verifier.state.Step;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// Finds which earlier numbers a number was made from, and marks them as mattering in the
/// checkpoints on the path. Numbers that never mattered need not be alike when states are compared.
final class Precision implements Env.Precise {
    private static final int ARGS = 0x3e;
    private static final int TAIL_CALL = 12;

    private final Env env;
    private final int[] regs = new int[State.MAX_FRAMES];
    private final long[] slots = new long[State.MAX_FRAMES];
    private int frame;

    Precision(Env env) {
        this.env = env;
    }

    @Override
    public void register(int register) {
        if (!env.bpf || !env.reg(register).isScalar()) {
            return;
        }
        start(env.state);
        regs[frame] = 1 << register;
        walk(env.state, env.pc);
    }

    @Override
    public void slot(int number, int slot) {
        if (!env.bpf) {
            return;
        }
        start(env.state);
        slots[number] = 1L << slot;
        walk(env.state, env.pc);
    }

    private void start(State state) {
        Arrays.fill(regs, 0);
        Arrays.fill(slots, 0);
        frame = state.current;
    }

    /// What matters in the old state matters in the current one, which it covers. Returns whether
    /// that was new anywhere.
    boolean propagate(State old, State now, int pc) {
        if (!env.bpf) {
            return false;
        }
        start(now);
        for (int f = 0; f <= old.current; f++) {
            Frame before = old.frame(f);
            int mask = old.preciseRegs[f];
            for (int i = 0; i < 10; i++) {
                if ((mask >> i & 1) != 0 && before.regs[i].isScalar()) {
                    regs[f] |= 1 << i;
                }
            }
            slots[f] = old.preciseSlots[f];
        }
        return walk(now, pc);
    }

    private boolean isEmpty() {
        for (int f = 0; f <= frame; f++) {
            if (regs[f] != 0 || slots[f] != 0) {
                return false;
            }
        }
        return true;
    }

    /// Walks back from before the instruction at `pc`, where the state is.
    private boolean walk(State state, int pc) {
        if (isEmpty()) {
            return false;
        }
        boolean changed = false;
        State at = state;
        int last = pc;
        int later = -1;
        boolean first = true;
        while (true) {
            if (last < 0) {
                // The beginning of a function verified by itself: its arguments are unknown.
                return changed;
            }
            Step step = at.steps;
            int i = last;
            while (true) {
                if (first) {
                    first = false;
                } else if (env.cfg.insns[i] != null
                        && !back(i, later, step != null && step.pc == i ? step : null)) {
                    return markAll(state) || changed;
                }
                if (isEmpty()) {
                    return changed;
                }
                later = i;
                if (i == at.firstPc && (step == null || (step.count == 1 && step.pc == i))) {
                    break;
                }
                if (step != null && step.pc == i) {
                    i = step.previous;
                    step = step.before;
                } else {
                    i--;
                }
                if (i < 0) {
                    return markAll(state) || changed;
                }
            }
            later = at.firstPc;
            State parent = at.parent;
            if (parent == null) {
                return markAll(state) || changed;
            }
            at = parent;
            changed |= mark(at);
            if (isEmpty()) {
                return changed;
            }
            last = at.lastPc;
        }
    }

    /// Marks what is wanted in a checkpoint; what was marked already is wanted no more.
    private boolean mark(State at) {
        boolean changed = false;
        for (int f = Math.min(frame, at.current); f >= 0; f--) {
            Frame here = at.frame(f);
            for (int i = 0; i < 10; i++) {
                int bit = 1 << i;
                if ((regs[f] & bit) == 0) {
                    continue;
                }
                if (!here.regs[i].isScalar() || (at.preciseRegs[f] & bit) != 0) {
                    regs[f] &= ~bit;
                } else {
                    at.preciseRegs[f] |= bit;
                    changed = true;
                }
            }
            for (long rest = slots[f]; rest != 0; rest &= rest - 1) {
                long bit = Long.lowestOneBit(rest);
                int i = Long.numberOfTrailingZeros(rest);
                if (!here.slot(i).isSpilledScalar() || (at.preciseSlots[f] & bit) != 0) {
                    slots[f] &= ~bit;
                } else {
                    at.preciseSlots[f] |= bit;
                    changed = true;
                }
            }
        }
        return changed;
    }

    /// Gives up: every number on the path matters.
    boolean markAll(State state) {
        boolean changed = false;
        for (State at = state.parent; at != null; at = at.parent) {
            for (int f = 0; f <= at.current; f++) {
                Frame here = at.frame(f);
                int all = 0;
                for (int i = 0; i < 10; i++) {
                    if (here.regs[i].isScalar()) {
                        all |= 1 << i;
                    }
                }
                long allSlots = 0;
                for (int i = 0; i < here.slots(); i++) {
                    if (here.slot(i).isSpilledScalar()) {
                        allSlots |= 1L << i;
                    }
                }
                changed |= (at.preciseRegs[f] & all) != all;
                changed |= (at.preciseSlots[f] & allSlots) != allSlots;
                at.preciseRegs[f] |= all;
                at.preciseSlots[f] |= allSlots;
            }
        }
        return changed;
    }

    private boolean wants(int register) {
        return (regs[frame] >> register & 1) != 0;
    }

    private void want(int register) {
        if (register != 10) {
            regs[frame] |= 1 << register;
        }
    }

    private void drop(int register) {
        regs[frame] &= ~(1 << register);
    }

    private void linked(@Nullable Step step) {
        int[] entries = step == null ? null : step.linked;
        if (entries == null) {
            return;
        }
        boolean any = false;
        for (int entry : entries) {
            int f = entry & 7;
            int index = entry >> 3 & 63;
            any |=
                    (entry >> 9 & 1) != 0
                            ? (regs[f] >> index & 1) != 0
                            : (slots[f] >> index & 1) != 0;
        }
        if (!any) {
            return;
        }
        for (int entry : entries) {
            int f = entry & 7;
            int index = entry >> 3 & 63;
            if ((entry >> 9 & 1) != 0) {
                regs[f] |= 1 << index;
            } else {
                slots[f] |= 1L << index;
            }
        }
    }

    /// Undoes one instruction. Returns false when that is not possible.
    ///
    /// @param later the instruction executed after it
    private boolean back(int pc, int later, @Nullable Step step) {
        linked(step);
        boolean done = undo(env.cfg.at(pc), pc, later, step);
        linked(step);
        return done;
    }

    private boolean undo(Insn insn, int pc, int later, @Nullable Step step) {
        switch (insn) {
            case Insn.Alu alu -> {
                if (wants(alu.dst())) {
                    if (alu.op() == AluOp.MOV) {
                        drop(alu.dst());
                    }
                    if (alu.src() instanceof Operand.Reg reg) {
                        want(reg.number());
                    }
                }
            }
            case Insn.MovSx mov -> {
                if (wants(mov.dst())) {
                    drop(mov.dst());
                    want(mov.src());
                }
            }
            case Insn.AddrSpaceCast cast -> {
                if (wants(cast.dst())) {
                    drop(cast.dst());
                    want(cast.src());
                }
            }
            case Insn.Neg ignored -> {}
            case Insn.ByteSwap ignored -> {}
            case Insn.LoadImm64 load -> drop(load.dst());
            case Insn.Load load -> loaded(load.dst(), step);
            case Insn.LoadAcquire load -> loaded(load.dst(), step);
            case Insn.Atomic atomic -> {
                if (atomic.fetch()) {
                    loaded(atomic.op() == AtomicOp.CMPXCHG ? 0 : atomic.src(), step);
                }
            }
            case Insn.Store store -> {
                return stored(
                        store.dst(),
                        store.src() instanceof Operand.Reg reg ? reg.number() : -1,
                        step);
            }
            case Insn.StoreRelease store -> {
                return stored(store.dst(), store.src(), step);
            }
            case Insn.LoadAbs ignored -> {
                return legacy(pc, later);
            }
            case Insn.LoadInd ignored -> {
                return legacy(pc, later);
            }
            case Insn.Jump ignored -> {}
            case Insn.MayGoto ignored -> {}
            case Insn.JumpIf jump -> {
                if (jump.src() instanceof Operand.Reg reg
                        && (wants(jump.dst()) || wants(reg.number()))) {
                    int flags = step == null ? 0 : step.flags;
                    if ((flags & Step.SRC_IS_STACK) == 0) {
                        want(reg.number());
                    }
                    if ((flags & Step.DST_IS_STACK) == 0) {
                        want(jump.dst());
                    }
                }
            }
            case Insn.CallLocal call -> {
                return called(call, pc);
            }
            case Insn.CallHelper call -> {
                return helper(call, pc, later);
            }
            case Insn.CallKfunc ignored -> {
                drop(0);
                return (regs[frame] & ARGS) == 0;
            }
            case Insn.CallReg ignored -> {
                return false;
            }
            case Insn.Exit ignored -> {
                return entered(later);
            }
        }
        return true;
    }

    private void loaded(int register, @Nullable Step step) {
        if (wants(register)) {
            drop(register);
            if (step != null && (step.flags & Step.STACK_ACCESS) != 0) {
                slots[step.frame()] |= 1L << step.slot();
            }
        }
    }

    private boolean stored(int pointer, int source, @Nullable Step step) {
        if (wants(pointer)) {
            return false;
        }
        if (step == null || (step.flags & Step.STACK_ACCESS) == 0) {
            return true;
        }
        long bit = 1L << step.slot();
        if ((slots[step.frame()] & bit) != 0) {
            slots[step.frame()] &= ~bit;
            if (source >= 0) {
                want(source);
            }
        }
        return true;
    }

    private boolean legacy(int pc, int later) {
        if (later == pc + 1) {
            drop(0);
            return true;
        }
        drop(0);
        return enter();
    }

    private boolean enter() {
        if (frame + 1 >= State.MAX_FRAMES) {
            return false;
        }
        frame++;
        regs[frame] = 0;
        slots[frame] = 0;
        return true;
    }

    private boolean leave() {
        if (frame == 0) {
            return false;
        }
        regs[frame] = 0;
        slots[frame] = 0;
        frame--;
        return true;
    }

    private boolean called(Insn.CallLocal call, int pc) {
        Subprogram callee = env.cfg.startingAt(Cfg.target(call, pc));
        if (callee != null && callee.isGlobal(env.spec.btf())) {
            drop(0);
            return (regs[frame] & ARGS) == 0;
        }
        if ((regs[frame] & ~ARGS) != 0 || slots[frame] != 0 || frame == 0) {
            return false;
        }
        regs[frame - 1] |= regs[frame] & ARGS;
        return leave();
    }

    private boolean helper(Insn.CallHelper call, int pc, int later) {
        if (Callbacks.isSync(call.id()) && later != pc + 1) {
            if ((regs[frame] & ~ARGS) != 0 || slots[frame] != 0) {
                return false;
            }
            return leave();
        }
        drop(0);
        if ((regs[frame] & ARGS) != 0) {
            return false;
        }
        if (call.id() == TAIL_CALL && later != pc + 1) {
            return enter();
        }
        return true;
    }

    /// An `exit`, walked backwards: into the function that was left.
    private boolean entered(int later) {
        boolean call = later > 0 && env.cfg.insns[later - 1] instanceof Insn.CallLocal;
        boolean result = call && wants(0);
        if (call && (regs[frame] & ARGS) != 0) {
            return false;
        }
        drop(0);
        if (!enter()) {
            return false;
        }
        if (result) {
            want(0);
        }
        return true;
    }
}
