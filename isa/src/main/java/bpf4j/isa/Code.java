package bpf4j.isa;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.function.IntFunction;

/// The instructions of a program, immutable, by slot. Like Linux, everything that names an
/// instruction (`pc`) counts 8-byte slots: a wide load takes two, and the second holds no
/// instruction.
public final class Code {
    private final @Nullable Insn[] slots;

    private Code(@Nullable Insn[] slots) {
        this.slots = slots;
    }

    /// A program from its instructions in order; wide loads take two slots.
    public static Code of(Iterable<Insn> insns) {
        int size = 0;
        for (Insn insn : insns) {
            size += slotsOf(insn);
        }
        @Nullable Insn[] slots = new Insn[size];
        int pc = 0;
        for (Insn insn : insns) {
            slots[pc] = insn;
            pc += slotsOf(insn);
        }
        return new Code(slots);
    }

    /// A program from its slots: null at the second of a wide load. Keeps the array.
    static Code ofSlots(@Nullable Insn[] slots) {
        return new Code(slots);
    }

    /// A program from its instructions in order.
    public static Code of(Insn... insns) {
        return of(Arrays.asList(insns));
    }

    /// The number of slots that an instruction takes: 2 for a wide load, else 1.
    public static int slotsOf(Insn insn) {
        return insn instanceof Insn.LoadImm64 ? 2 : 1;
    }

    /// The number of slots.
    public int size() {
        return slots.length;
    }

    /// Whether `pc` is the second slot of a wide load.
    public boolean isSecondSlot(int pc) {
        return slots[pc] == null;
    }

    /// The instruction that begins at slot `pc`.
    public Insn at(int pc) {
        Insn insn = slots[pc];
        if (insn == null) {
            throw new IllegalArgumentException("slot " + pc + " is the second of a wide load");
        }
        return insn;
    }

    /// The slot after the instruction that begins at `pc`.
    public int next(int pc) {
        return pc + slotsOf(at(pc));
    }

    /// The same program with each instruction replaced by what `change` gives for its slot; a
    /// replacement must take as many slots.
    public Code map(IntFunction<Insn> change) {
        @Nullable Insn[] changed = slots.clone();
        for (int pc = 0; pc < slots.length; pc = next(pc)) {
            Insn insn = change.apply(pc);
            if (slotsOf(insn) != slotsOf(at(pc))) {
                throw new IllegalArgumentException(
                        "replacement at slot " + pc + " differs in slots");
            }
            changed[pc] = insn;
        }
        return new Code(changed);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Code code && Arrays.equals(slots, code.slots);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(slots);
    }
}
