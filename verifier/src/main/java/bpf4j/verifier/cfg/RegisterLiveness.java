package bpf4j.verifier.cfg;

import bpf4j.isa.AluOp;
import bpf4j.isa.AtomicOp;
import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.spec.HelperSpec;
import bpf4j.spec.ProgramSpec;

/// Which registers are read before they are written, at each instruction: backward over each
/// subprogram until nothing changes, revisiting only what a change can reach.
final class RegisterLiveness {
    private static final int CALLER_SAVED = 0x3f;

    private RegisterLiveness() {}

    static void compute(Cfg cfg, ProgramSpec spec) {
        int size = cfg.insns.length;
        short[] uses = new short[size];
        short[] defines = new short[size];
        for (int pc = 0; pc < size; pc = cfg.next(pc)) {
            Insn insn = cfg.at(pc);
            uses[pc] = (short) uses(insn, spec);
            defines[pc] = (short) defines(insn);
        }
        int[][] before = predecessors(cfg);
        int[] work = new int[size];
        boolean[] waits = new boolean[size];
        int count = 0;
        for (int pc = 0; pc < size; pc++) {
            if (cfg.insns[pc] != null) {
                work[count++] = pc;
                waits[pc] = true;
            }
        }
        while (count > 0) {
            int pc = work[--count];
            waits[pc] = false;
            Insn insn = cfg.at(pc);
            int after = 0;
            if (!Cfg.ends(insn)) {
                after = cfg.liveBefore[cfg.next(pc)];
            }
            if (isJump(insn)) {
                after |= cfg.liveBefore[Cfg.target(insn, pc)];
            }
            short live = (short) ((after & ~defines[pc]) | uses[pc]);
            if (live == cfg.liveBefore[pc]) {
                continue;
            }
            cfg.liveBefore[pc] = live;
            for (int earlier : before[pc]) {
                if (!waits[earlier]) {
                    waits[earlier] = true;
                    work[count++] = earlier;
                }
            }
        }
    }

    private static boolean isJump(Insn insn) {
        return insn instanceof Insn.Jump
                || insn instanceof Insn.JumpIf
                || insn instanceof Insn.MayGoto;
    }

    /// For each instruction those that lead to it, calls aside.
    private static int[][] predecessors(Cfg cfg) {
        int size = cfg.insns.length;
        int[] counts = new int[size];
        int[][] before = new int[size][];
        for (int round = 0; round < 2; round++) {
            for (int pc = 0; pc < size; pc = cfg.next(pc)) {
                Insn insn = cfg.at(pc);
                if (!Cfg.ends(insn)) {
                    add(before, counts, round, cfg.next(pc), pc);
                }
                if (isJump(insn)) {
                    add(before, counts, round, Cfg.target(insn, pc), pc);
                }
            }
            for (int pc = 0; round == 0 && pc < size; pc++) {
                before[pc] = new int[counts[pc]];
                counts[pc] = 0;
            }
        }
        return before;
    }

    private static void add(int[][] before, int[] counts, int round, int to, int from) {
        if (round == 1) {
            before[to][counts[to]] = from;
        }
        counts[to]++;
    }

    private static int bit(int register) {
        return 1 << register;
    }

    private static int bit(Operand operand) {
        return operand instanceof Operand.Reg reg ? bit(reg.number()) : 0;
    }

    private static int uses(Insn insn, ProgramSpec spec) {
        return switch (insn) {
            case Insn.Alu alu -> bit(alu.src()) | (alu.op() == AluOp.MOV ? 0 : bit(alu.dst()));
            case Insn.Neg neg -> bit(neg.dst());
            case Insn.MovSx mov -> bit(mov.src());
            case Insn.ByteSwap swap -> bit(swap.dst());
            case Insn.AddrSpaceCast cast -> bit(cast.src());
            case Insn.LoadImm64 ignored -> 0;
            case Insn.Load load -> bit(load.src());
            case Insn.Store store -> bit(store.dst()) | bit(store.src());
            case Insn.LoadAbs ignored -> bit(6);
            case Insn.LoadInd load -> bit(6) | bit(load.src());
            case Insn.Atomic atomic ->
                    bit(atomic.dst())
                            | bit(atomic.src())
                            | (atomic.op() == AtomicOp.CMPXCHG ? bit(0) : 0);
            case Insn.LoadAcquire load -> bit(load.src());
            case Insn.StoreRelease store -> bit(store.dst()) | bit(store.src());
            case Insn.Jump ignored -> 0;
            case Insn.JumpIf jump -> bit(jump.dst()) | bit(jump.src());
            case Insn.MayGoto ignored -> 0;
            case Insn.CallHelper call -> {
                HelperSpec helper = spec.type().helper(call.id());
                yield helper == null ? 0x3e : ((1 << helper.args().size()) - 1) << 1;
            }
            case Insn.CallLocal ignored -> 0x3e;
            case Insn.CallKfunc ignored -> 0x3e;
            case Insn.CallReg call -> 0x3e | bit(call.reg());
            case Insn.Exit ignored -> bit(0);
        };
    }

    private static int defines(Insn insn) {
        return switch (insn) {
            case Insn.Alu alu -> alu.op() == AluOp.MOV ? bit(alu.dst()) : 0;
            case Insn.Neg ignored -> 0;
            case Insn.MovSx mov -> bit(mov.dst());
            case Insn.ByteSwap ignored -> 0;
            case Insn.AddrSpaceCast cast -> bit(cast.dst());
            case Insn.LoadImm64 load -> bit(load.dst());
            case Insn.Load load -> bit(load.dst());
            case Insn.Store ignored -> 0;
            case Insn.LoadAbs ignored -> CALLER_SAVED;
            case Insn.LoadInd ignored -> CALLER_SAVED;
            case Insn.Atomic atomic -> {
                if (!atomic.fetch()) {
                    yield 0;
                }
                yield atomic.op() == AtomicOp.CMPXCHG ? bit(0) : bit(atomic.src());
            }
            case Insn.LoadAcquire load -> bit(load.dst());
            case Insn.StoreRelease ignored -> 0;
            case Insn.Jump ignored -> 0;
            case Insn.JumpIf ignored -> 0;
            case Insn.MayGoto ignored -> 0;
            case Insn.CallHelper ignored -> CALLER_SAVED;
            case Insn.CallLocal ignored -> CALLER_SAVED;
            case Insn.CallKfunc ignored -> CALLER_SAVED;
            case Insn.CallReg ignored -> CALLER_SAVED;
            case Insn.Exit ignored -> 0;
        };
    }
}
