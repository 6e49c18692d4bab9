package bpf4j.testkit.fuzz;

import bpf4j.isa.AluOp;
import bpf4j.isa.Code;
import bpf4j.isa.Cond;
import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.isa.Size;
import bpf4j.isa.Width;
import bpf4j.spec.ProgramSpec;

import org.jspecify.annotations.Nullable;

import java.util.SplittableRandom;

/// Breaks one thing in a valid program: an instruction left out, an offset, a size, a register, an
/// immediate, an operation, a width or a condition changed.
final class Mutator {
    private static final int TRIES = 20;

    private Mutator() {}

    static ProgramSpec mutate(ProgramSpec spec, SplittableRandom random) {
        Code code = spec.code();
        for (int i = 0; i < TRIES; i++) {
            int pc = random.nextInt(code.size());
            if (code.isSecondSlot(pc)) {
                continue;
            }
            if (random.nextInt(4) == 0) {
                int number = 0;
                for (int p = 0; p < pc; p = code.next(p)) {
                    number++;
                }
                ProgramSpec less = CodeCut.without(spec, number, number + 1);
                if (less != null) {
                    return less;
                }
                continue;
            }
            Insn changed = change(code.at(pc), random);
            if (changed != null && !changed.equals(code.at(pc))) {
                Code other = code.map(p -> p == pc ? changed : code.at(p));
                return CodeCut.withCode(spec, other, spec.functions());
            }
        }
        return spec;
    }

    private static @Nullable Insn change(Insn insn, SplittableRandom random) {
        return switch (insn) {
            case Insn.Alu alu ->
                    switch (random.nextInt(6)) {
                        case 0, 1 ->
                                new Insn.Alu(alu.width(), alu.op(), register(random), alu.src());
                        case 2 ->
                                new Insn.Alu(
                                        alu.width(),
                                        AluOp.values()[random.nextInt(AluOp.values().length)],
                                        alu.dst(),
                                        alu.src());
                        case 3 -> new Insn.Alu(other(alu.width()), alu.op(), alu.dst(), alu.src());
                        default ->
                                new Insn.Alu(
                                        alu.width(),
                                        alu.op(),
                                        alu.dst(),
                                        operand(alu.src(), random));
                    };
            case Insn.Load load ->
                    switch (random.nextInt(3)) {
                        case 0 -> {
                            Size size = size(random);
                            boolean signed = load.signed() && size != Size.DW;
                            yield new Insn.Load(size, signed, load.dst(), load.src(), load.off());
                        }
                        case 1 ->
                                new Insn.Load(
                                        load.size(),
                                        load.signed(),
                                        load.dst(),
                                        load.src(),
                                        offset(load.off(), random));
                        default ->
                                new Insn.Load(
                                        load.size(),
                                        load.signed(),
                                        load.dst(),
                                        register(random),
                                        load.off());
                    };
            case Insn.Store store ->
                    switch (random.nextInt(4)) {
                        case 0 ->
                                new Insn.Store(size(random), store.dst(), store.off(), store.src());
                        case 1 ->
                                new Insn.Store(
                                        store.size(),
                                        store.dst(),
                                        offset(store.off(), random),
                                        store.src());
                        case 2 ->
                                new Insn.Store(
                                        store.size(), register(random), store.off(), store.src());
                        default ->
                                new Insn.Store(
                                        store.size(),
                                        store.dst(),
                                        store.off(),
                                        operand(store.src(), random));
                    };
            case Insn.JumpIf jump ->
                    switch (random.nextInt(4)) {
                        case 0 ->
                                new Insn.JumpIf(
                                        jump.width(),
                                        Cond.values()[random.nextInt(Cond.values().length)],
                                        jump.dst(),
                                        jump.src(),
                                        jump.offset());
                        case 1 ->
                                new Insn.JumpIf(
                                        other(jump.width()),
                                        jump.cond(),
                                        jump.dst(),
                                        jump.src(),
                                        jump.offset());
                        case 2 ->
                                new Insn.JumpIf(
                                        jump.width(),
                                        jump.cond(),
                                        jump.dst(),
                                        operand(jump.src(), random),
                                        jump.offset());
                        default ->
                                new Insn.JumpIf(
                                        jump.width(),
                                        jump.cond(),
                                        register(random),
                                        jump.src(),
                                        jump.offset());
                    };
            case Insn.Atomic atomic ->
                    new Insn.Atomic(
                            atomic.size(),
                            atomic.op(),
                            atomic.fetch(),
                            atomic.dst(),
                            offset(atomic.off(), random),
                            atomic.src());
            case Insn.CallHelper _ -> new Insn.CallHelper(1 + random.nextInt(12));
            default -> null;
        };
    }

    private static Width other(Width width) {
        return width == Width.W64 ? Width.W32 : Width.W64;
    }

    private static int register(SplittableRandom random) {
        return random.nextInt(10);
    }

    private static Size size(SplittableRandom random) {
        return Size.values()[random.nextInt(4)];
    }

    private static short offset(short was, SplittableRandom random) {
        int[] steps = {-64, -8, -4, -1, 1, 2, 4, 8, 64};
        return (short) (was + steps[random.nextInt(steps.length)]);
    }

    private static Operand operand(Operand was, SplittableRandom random) {
        return switch (was) {
            case Operand.Reg _ -> new Operand.Reg(register(random));
            case Operand.Imm(int value) -> {
                int[] steps = {-1, 1, -8, 8, 0x100};
                yield new Operand.Imm(
                        random.nextInt(3) == 0
                                ? random.nextInt()
                                : value + steps[random.nextInt(steps.length)]);
            }
        };
    }
}
