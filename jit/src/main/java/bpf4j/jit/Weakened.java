package bpf4j.jit;

import bpf4j.isa.Insn;
import bpf4j.jit.ir.Branch;
import bpf4j.jit.ir.Knowledge;
import bpf4j.jit.ir.Lookups.Lookup;
import bpf4j.jit.ir.Region;
import bpf4j.jit.ir.Rep;

import org.jspecify.annotations.Nullable;

import java.util.Set;

/// Knowledge without what some passes use.
record Weakened(Knowledge all, Set<Pass> without) implements Knowledge {
    @Override
    public Branch branch(int pc) {
        return all.branch(pc);
    }

    @Override
    public Rep before(int pc, int reg) {
        return without.contains(Pass.NARROW_VALUES) ? Rep.Plain.LONG : all.before(pc, reg);
    }

    @Override
    public Rep after(int pc, Insn insn) {
        return without.contains(Pass.NARROW_VALUES) ? Rep.Plain.LONG : all.after(pc, insn);
    }

    @Override
    public boolean positive(int pc, int reg) {
        return !without.contains(Pass.SIGNED_COMPARISONS) && all.positive(pc, reg);
    }

    @Override
    public boolean atMost(int pc, int reg, int limit) {
        return !without.contains(Pass.SIGNED_COMPARISONS) && all.atMost(pc, reg, limit);
    }

    @Override
    public boolean nonZero(int pc, int reg, boolean word) {
        return all.nonZero(pc, reg, word);
    }

    @Override
    public @Nullable Region region(int pc) {
        return all.region(pc);
    }

    @Override
    public int constantOffset(int pc) {
        return all.constantOffset(pc);
    }

    @Override
    public @Nullable Lookup lookup(int pc, Insn insn) {
        return without.contains(Pass.KEYS_BY_VALUE) ? null : all.lookup(pc, insn);
    }

    @Override
    public int callback(int pc) {
        return all.callback(pc);
    }

    @Override
    public boolean isTrusted() {
        return all.isTrusted();
    }
}
