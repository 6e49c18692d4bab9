package bpf4j.testkit.fuzz;

import bpf4j.isa.AluOp;
import bpf4j.isa.AtomicOp;
import bpf4j.isa.Code;
import bpf4j.isa.Cond;
import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.isa.Operand.Imm;
import bpf4j.isa.Operand.Reg;
import bpf4j.isa.Size;
import bpf4j.isa.Width;
import bpf4j.spec.ProgramSpec;
import bpf4j.testkit.generate.ProgramGenerator;
import bpf4j.testkit.generate.Shape;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/// Generated programs that any implementation can run: r1 is the address of memory, r2 its length,
/// there are no maps and no helpers.
///
/// @param inputs memories for each program
/// @param without what the implementation does not know
record MemoryTrials(int inputs, Set<Feature> without) implements TrialSource {
    MemoryTrials {
        without = Set.copyOf(without);
    }

    @Override
    public Trial trial(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Shape base = random.nextInt(3) == 0 ? Shape.SMALL : Shape.FULL;
        boolean calls = base.calls() && !without.contains(Feature.CALLS);
        Shape shape = new Shape(base.actions(), base.depth(), base.loops(), true, false, calls);
        int length = 8 * (2 + random.nextInt(15));
        Code code = ProgramGenerator.memory(random.nextLong(), shape, length).code();
        List<byte[]> memories = new ArrayList<>();
        for (int i = 0; i < inputs; i++) {
            byte[] memory = new byte[length];
            GeneratedTrials.fill(memory, random);
            memories.add(memory);
        }
        return new Trial(
                "seed " + seed,
                GeneratedTrials.XDP,
                code.map(pc -> known(code.at(pc))),
                List.of(),
                memories);
    }

    /// An instruction that the implementation knows in the place of one that it does not.
    private Insn known(Insn insn) {
        if (without.contains(Feature.ATOMICS) && insn instanceof Insn.Atomic atomic) {
            return atomic.op() == AtomicOp.ADD && !atomic.fetch()
                    ? insn
                    : new Insn.Store(
                            atomic.size(), atomic.dst(), atomic.off(), new Reg(atomic.src()));
        }
        if (!without.contains(Feature.V4)) {
            return insn;
        }
        return switch (insn) {
            case Insn.Alu(Width width, AluOp op, int dst, Operand src) when op == AluOp.SDIV ->
                    new Insn.Alu(width, AluOp.DIV, dst, src);
            case Insn.Alu(Width width, AluOp op, int dst, Operand src) when op == AluOp.SMOD ->
                    new Insn.Alu(width, AluOp.MOD, dst, src);
            case Insn.MovSx move ->
                    new Insn.Alu(move.width(), AluOp.MOV, move.dst(), new Reg(move.src()));
            case Insn.Load(Size size, boolean signed, int dst, int src, short off) when signed ->
                    new Insn.Load(size, false, dst, src, off);
            case Insn.ByteSwap(var kind, int bits, int dst) when kind == Insn.ByteSwap.Kind.SWAP ->
                    new Insn.ByteSwap(Insn.ByteSwap.Kind.BE, bits, dst);
            default -> insn;
        };
    }

    /// The same program as Linux takes it: an XDP program that finds its memory in the packet, and
    /// gives 0 for packets that are too short.
    static Trial asXdp(Trial trial) {
        int length = trial.packets().getFirst().length;
        List<Insn> all =
                new ArrayList<>(
                        List.of(
                                new Insn.Load(Size.W, false, 2, 1, (short) 4),
                                new Insn.Load(Size.W, false, 1, 1, (short) 0),
                                new Insn.Alu(Width.W64, AluOp.ADD, 1, new Imm(length)),
                                new Insn.JumpIf(Width.W64, Cond.JLE, 1, new Reg(2), (short) 2),
                                new Insn.Alu(Width.W64, AluOp.MOV, 0, new Imm(0)),
                                new Insn.Exit(),
                                new Insn.Alu(Width.W64, AluOp.ADD, 1, new Imm(-length)),
                                new Insn.Alu(Width.W64, AluOp.MOV, 2, new Imm(length))));
        Code code = trial.code();
        for (int pc = 0; pc < code.size(); pc = code.next(pc)) {
            all.add(code.at(pc));
        }
        return trial.with(Code.of(all));
    }

    /// The program without a verdict: any engine that checks everything runs it.
    static ProgramSpec raw(Trial trial) {
        return ProgramSpec.of("memory", trial.type(), trial.code(), List.of());
    }
}
