package bpf4j.verifier.facts;

import bpf4j.isa.AluOp;
import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.verifier.cfg.Cfg;

import java.util.List;
import java.util.TreeSet;

/// Bounds where the counters of a program's loops are likely to stop: the constants that it
/// compares
/// with, and what is next to them.
final class Thresholds {
    private static final int MAX_THRESHOLDS = 96;
    private static final int MAX_STEPS = 4;

    private Thresholds() {}

    static long[] of(Cfg cfg) {
        TreeSet<Long> found = new TreeSet<>();
        List<Integer> steps = steps(cfg);
        for (int pc = 0; pc < cfg.insns.length; pc = cfg.next(pc)) {
            Operand operand =
                    switch (cfg.at(pc)) {
                        case Insn.JumpIf jump -> jump.src();
                        case Insn.Alu alu when alu.op() == AluOp.MOV -> alu.src();
                        default -> null;
                    };
            if (operand instanceof Operand.Imm(int value) && found.size() < MAX_THRESHOLDS) {
                found.add(value - 1L);
                found.add((long) value);
                found.add(value + 1L);
                // A counter that ends at a value is at most one step below it before.
                for (int step : steps) {
                    found.add((long) value - step);
                }
            }
        }
        return found.stream().mapToLong(Long::longValue).toArray();
    }

    /// What counters of loops are increased by, beside 1: few constants, those of additions.
    private static List<Integer> steps(Cfg cfg) {
        TreeSet<Integer> found = new TreeSet<>();
        for (int pc = 0; pc < cfg.insns.length && found.size() < MAX_STEPS; pc = cfg.next(pc)) {
            if (cfg.at(pc) instanceof Insn.Alu alu
                    && alu.op() == AluOp.ADD
                    && alu.src() instanceof Operand.Imm(int value)
                    && value > 1
                    && value <= 64) {
                found.add(value);
            }
        }
        return List.copyOf(found);
    }
}
