package bpf4j.testkit.metamorphic;

import bpf4j.isa.AluOp;
import bpf4j.isa.Code;
import bpf4j.isa.Cond;
import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.isa.Size;
import bpf4j.isa.WideKind;
import bpf4j.spec.ProgramSpec;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;

/// Ways to write a program differently that change neither what it does nor whether it is safe.
enum Rewrite {
    /// Jumps to the next instruction here and there.
    NOPS {
        @Override
        void put(Insn insn, int pc, Output out) {
            if (out.random.nextInt(4) == 0) {
                out.add(new Insn.Jump(false, 0));
            }
            out.add(insn, pc);
        }
    },

    /// `if a > b goto x` becomes `if a <= b goto next; goto x`.
    INVERTED_BRANCHES {
        @Override
        void put(Insn insn, int pc, Output out) {
            if (insn instanceof Insn.JumpIf jump
                    && inverse(jump.cond()) instanceof Cond inverse
                    && out.random.nextBoolean()) {
                out.add(new Insn.JumpIf(jump.width(), inverse, jump.dst(), jump.src(), (short) 1));
                out.jump(new Insn.Jump(false, 0), pc + 1 + jump.offset());
            } else {
                out.add(insn, pc);
            }
        }
    },

    /// Constants are added in two steps.
    SPLIT_CONSTANTS {
        @Override
        void put(Insn insn, int pc, Output out) {
            if (insn instanceof Insn.Alu alu
                    && alu.op() == AluOp.ADD
                    && alu.src() instanceof Operand.Imm(int value)
                    && Math.abs(value) > 1
                    && Math.abs(value) < 1 << 20) {
                int part = value / 2;
                out.add(new Insn.Alu(alu.width(), AluOp.ADD, alu.dst(), new Operand.Imm(part)));
                out.add(
                        new Insn.Alu(
                                alu.width(), AluOp.ADD, alu.dst(), new Operand.Imm(value - part)));
            } else {
                out.add(insn, pc);
            }
        }
    },

    /// Registers go over the stack before they are computed with; for programs of one function.
    SPILLS {
        @Override
        void put(Insn insn, int pc, Output out) {
            if (insn instanceof Insn.Alu alu
                    && alu.op() != AluOp.MOV
                    && out.functions == 1
                    && out.random.nextInt(3) == 0) {
                out.add(new Insn.Store(Size.DW, 10, (short) -512, new Operand.Reg(alu.dst())));
                out.add(new Insn.Load(Size.DW, false, alu.dst(), 10, (short) -512));
            }
            out.add(insn, pc);
        }
    },

    /// r7 and r8 change their names.
    RENAMED {
        @Override
        void put(Insn insn, int pc, Output out) {
            out.add(Renaming.of(insn), pc);
        }
    };

    abstract void put(Insn insn, int pc, Output out);

    static @Nullable Cond inverse(Cond cond) {
        return switch (cond) {
            case JEQ -> Cond.JNE;
            case JNE -> Cond.JEQ;
            case JGT -> Cond.JLE;
            case JLE -> Cond.JGT;
            case JGE -> Cond.JLT;
            case JLT -> Cond.JGE;
            case JSGT -> Cond.JSLE;
            case JSLE -> Cond.JSGT;
            case JSGE -> Cond.JSLT;
            case JSLT -> Cond.JSGE;
            case JSET -> null;
        };
    }

    /// Instructions under construction.
    static final class Output {
        final SplittableRandom random;
        final int functions;
        private final List<Insn> insns = new ArrayList<>();
        private final List<Integer> targets = new ArrayList<>();

        Output(SplittableRandom random, int functions) {
            this.random = random;
            this.functions = functions;
        }

        /// An instruction that stays what it is.
        void add(Insn insn) {
            insns.add(insn);
            targets.add(-1);
        }

        /// An instruction that was at a slot: what it leads to is found anew.
        void add(Insn insn, int pc) {
            jump(insn, target(insn, pc));
        }

        void jump(Insn insn, int target) {
            insns.add(insn);
            targets.add(target);
        }
    }

    static int target(Insn insn, int pc) {
        return switch (insn) {
            case Insn.Jump jump -> pc + 1 + jump.offset();
            case Insn.JumpIf jump -> pc + 1 + jump.offset();
            case Insn.MayGoto jump -> pc + 1 + jump.offset();
            case Insn.CallLocal call -> pc + 1 + call.offset();
            case Insn.LoadImm64 load when load.kind() == WideKind.FUNC -> pc + 1 + load.imm();
            default -> -1;
        };
    }

    private static Insn leading(Insn insn, int offset) {
        return switch (insn) {
            case Insn.Jump jump -> new Insn.Jump(jump.wide(), offset);
            case Insn.JumpIf jump ->
                    new Insn.JumpIf(
                            jump.width(), jump.cond(), jump.dst(), jump.src(), (short) offset);
            case Insn.MayGoto _ -> new Insn.MayGoto((short) offset);
            case Insn.CallLocal _ -> new Insn.CallLocal(offset);
            case Insn.LoadImm64 load ->
                    new Insn.LoadImm64(load.dst(), load.kind(), offset, load.imm2());
            default -> throw new AssertionError(insn);
        };
    }

    /// The program written differently.
    ProgramSpec of(ProgramSpec spec, long seed) {
        Code code = spec.code();
        BitSet functions = new BitSet();
        functions.set(0);
        for (int pc = 0; pc < code.size(); pc = code.next(pc)) {
            Insn insn = code.at(pc);
            if (insn instanceof Insn.CallLocal || insn instanceof Insn.LoadImm64) {
                functions.set(Math.max(0, target(insn, pc)));
            }
        }
        Output out = new Output(new SplittableRandom(seed), functions.cardinality());
        int[] starts = new int[code.size() + 1];
        List<Integer> places = new ArrayList<>();
        int slot = 0;
        for (int pc = 0; pc < code.size(); pc = code.next(pc)) {
            starts[pc] = slot;
            int before = out.insns.size();
            put(code.at(pc), pc, out);
            for (Insn insn : out.insns.subList(before, out.insns.size())) {
                places.add(slot);
                slot += Code.slotsOf(insn);
            }
        }
        List<Insn> insns = new ArrayList<>();
        for (int i = 0; i < out.insns.size(); i++) {
            int target = out.targets.get(i);
            Insn insn = out.insns.get(i);
            insns.add(target < 0 ? insn : leading(insn, starts[target] - places.get(i) - 1));
        }
        return new ProgramSpec(
                spec.name(),
                spec.section(),
                spec.type(),
                spec.license(),
                Code.of(insns),
                spec.maps(),
                spec.externs(),
                spec.btf(),
                spec.functions().stream()
                        .map(f -> new ProgramSpec.Function(starts[f.pc()], f.name(), f.type()))
                        .toList(),
                List.of(),
                spec.flags());
    }

    /// r7 for r8 and r8 for r7.
    private static final class Renaming {
        private Renaming() {}

        private static int of(int register) {
            return register == 7 ? 8 : register == 8 ? 7 : register;
        }

        private static Operand of(Operand operand) {
            return operand instanceof Operand.Reg(int number)
                    ? new Operand.Reg(of(number))
                    : operand;
        }

        static Insn of(Insn insn) {
            return switch (insn) {
                case Insn.Alu a -> new Insn.Alu(a.width(), a.op(), of(a.dst()), of(a.src()));
                case Insn.Neg n -> new Insn.Neg(n.width(), of(n.dst()));
                case Insn.MovSx m -> new Insn.MovSx(m.width(), m.bits(), of(m.dst()), of(m.src()));
                case Insn.ByteSwap s -> new Insn.ByteSwap(s.kind(), s.bits(), of(s.dst()));
                case Insn.AddrSpaceCast c -> c;
                case Insn.LoadImm64 l ->
                        new Insn.LoadImm64(of(l.dst()), l.kind(), l.imm(), l.imm2());
                case Insn.Load l ->
                        new Insn.Load(l.size(), l.signed(), of(l.dst()), of(l.src()), l.off());
                case Insn.LoadAcquire l ->
                        new Insn.LoadAcquire(l.size(), of(l.dst()), of(l.src()), l.off());
                case Insn.Store s -> new Insn.Store(s.size(), of(s.dst()), s.off(), of(s.src()));
                case Insn.StoreRelease s ->
                        new Insn.StoreRelease(s.size(), of(s.dst()), s.off(), of(s.src()));
                case Insn.Atomic a ->
                        new Insn.Atomic(
                                a.size(), a.op(), a.fetch(), of(a.dst()), a.off(), of(a.src()));
                case Insn.LoadAbs l -> l;
                case Insn.LoadInd l -> new Insn.LoadInd(l.size(), of(l.src()), l.imm());
                case Insn.JumpIf j ->
                        new Insn.JumpIf(j.width(), j.cond(), of(j.dst()), of(j.src()), j.offset());
                case Insn.CallReg c -> new Insn.CallReg(of(c.reg()));
                case Insn.Jump _,
                        Insn.MayGoto _,
                        Insn.CallHelper _,
                        Insn.CallLocal _,
                        Insn.CallKfunc _,
                        Insn.Exit _ ->
                        insn;
            };
        }
    }
}
