package bpf4j.testkit.fuzz;

import bpf4j.interpreter.StepObserver;
import bpf4j.isa.Code;
import bpf4j.isa.Codec;
import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.verifier.ExplorationObserver;
import bpf4j.verifier.domain.Scalar;
import bpf4j.verifier.facts.Access;
import bpf4j.verifier.facts.Facts;
import bpf4j.verifier.facts.Value;

import org.jspecify.annotations.Nullable;

import java.nio.ByteOrder;
import java.util.BitSet;

/// What programs have made the verifier, the engines and the compiler do so far, as a set of
/// features; each is an instruction together with
///
/// - what its operands hold while it is verified, and the rule by which it is refused;
/// - of what class its operands are when it is executed;
/// - what the facts say of its operands and its memory: by these the compiler chooses what to emit.
///
/// A feature is a hash of 22 bits, so that a few share one. One thread records at a time.
final class Coverage implements ExplorationObserver, StepObserver {
    private static final int BITS = 22;
    private static final int VERIFIED = 1;
    private static final int REFUSED = 2;
    private static final int EXECUTED = 3;
    private static final int COMPILED = 4;

    /// All threads' features.
    static final class Total {
        private final BitSet seen = new BitSet(1 << BITS);
        private int count;

        /// The number of features seen.
        synchronized int count() {
            return count;
        }

        /// Adds features; returns how many nobody had seen.
        private synchronized int add(int[] features, int length) {
            int before = count;
            for (int i = 0; i < length; i++) {
                if (!seen.get(features[i])) {
                    seen.set(features[i]);
                    count++;
                }
            }
            return count - before;
        }
    }

    private final Total total;

    /// What this thread has met: most features are seen again and again.
    private final BitSet met = new BitSet(1 << BITS);

    private int[] fresh = new int[64];
    private int freshCount;

    /// Of the current program, by slot: the instruction's form, its registers.
    private int[] forms = {};

    private int[] lefts = {};
    private int[] rights = {};
    private int last;

    Coverage(Total total) {
        this.total = total;
    }

    /// Begins a program.
    void begin(Code code) {
        int size = code.size();
        forms = new int[size];
        lefts = new int[size];
        rights = new int[size];
        byte[] wire = Codec.encode(code, ByteOrder.LITTLE_ENDIAN);
        for (int pc = 0; pc < size; pc = code.next(pc)) {
            Insn insn = code.at(pc);
            int registers = wire[8 * pc + 1] & 0xFF;
            lefts[pc] = Math.min(registers & 15, 10);
            rights[pc] = Math.min(registers >> 4, 10);
            int form = wire[8 * pc] & 0xFF;
            boolean detailed =
                    insn instanceof Insn.Atomic
                            || insn instanceof Insn.CallHelper
                            || insn instanceof Insn.ByteSwap;
            form |= detailed ? (wire[8 * pc + 4] & 0xFF) << 8 : 0;
            form |= detailsOf(insn) << 16;
            forms[pc] = form;
        }
        last = 0;
    }

    private static int detailsOf(Insn insn) {
        return switch (insn) {
            case Insn.Alu(var _, var _, int _, Operand.Imm(int value)) -> classOf(value);
            case Insn.JumpIf jump when jump.src() instanceof Operand.Imm(int value) ->
                    classOf(value) | (jump.offset() < 0 ? 16 : 0);
            case Insn.MovSx move -> move.bits();
            default -> 0;
        };
    }

    /// The number of features of the program that nobody had seen.
    int end() {
        int news = total.add(fresh, freshCount);
        freshCount = 0;
        return news;
    }

    private void add(int kind, int form, int left, int right) {
        int hash = ((kind * 31 + form) * 0x9E3779B1 + left) * 0x85EBCA6B + right;
        hash *= 0xC2B2AE35;
        int feature = hash >>> 32 - BITS;
        if (!met.get(feature)) {
            met.set(feature);
            if (freshCount == fresh.length) {
                fresh = java.util.Arrays.copyOf(fresh, 2 * freshCount);
            }
            fresh[freshCount++] = feature;
        }
    }

    @Override
    public void step(int pc, Explored state) {
        last = combined(kind(state, lefts[pc]), kind(state, rights[pc]));
        add(VERIFIED, forms[pc], last, 0);
    }

    private static int combined(int left, int right) {
        return left * 0x01000193 ^ right;
    }

    private static int kind(Explored state, int register) {
        Scalar number = state.number(register);
        return number == null ? state.kind(register).hashCode() : classOf(number);
    }

    /// The program was refused at an instruction, or as a whole (-1).
    void refused(String rule, int pc) {
        int form = pc >= 0 && pc < forms.length ? forms[pc] : 0;
        add(REFUSED, form, rule.hashCode(), last);
    }

    @Override
    public void step(int pc, int frame, long[] registers) {
        int left = classOf(registers[lefts[pc]]);
        int right = classOf(registers[rights[pc]]);
        add(EXECUTED, forms[pc], left << 8 | right, Math.min(frame, 2));
    }

    /// What the compiler goes by.
    void compiled(Code code, Facts facts) {
        for (int pc = 0; pc < code.size(); pc = code.next(pc)) {
            if (facts.reachable(pc)) {
                int left = kind(facts.before(pc, lefts[pc]));
                int right = kind(facts.before(pc, rights[pc]));
                int more = facts.branch(pc).ordinal() * 31 + kind(facts.access(pc));
                add(COMPILED, forms[pc], combined(left, right), more);
            }
        }
    }

    private static int kind(Value value) {
        return switch (value) {
            case Value.Any any -> any.ordinal();
            case Value.Number(Scalar scalar) -> 16 + classOf(scalar);
            case Value.Pointer pointer ->
                    1024
                            + pointer.region().ordinal() * 4
                            + (pointer.nullable() ? 1 : 0)
                            + (pointer.offset().isConst() ? 2 : 0);
        };
    }

    private static int kind(@Nullable Access access) {
        if (access == null) {
            return 0;
        }
        int region = access.region() == null ? 0 : 1 + access.region().ordinal();
        return (region * 2 + (access.isFixed() ? 1 : 0)) * 16 + access.alignment();
    }

    /// What is known of a number: its value's class, or which bounds it keeps.
    private static int classOf(Scalar number) {
        if (number.isConst()) {
            return classOf(number.value());
        }
        int known = 32;
        known |= number.isU32() ? 1 : 0;
        known |= number.umax() >>> 31 == 0 ? 2 : 0;
        known |= number.smin() >= 0 ? 4 : 0;
        known |= number.contains(0) ? 8 : 0;
        known |= number.umax() < 256 && number.umax() >= 0 ? 16 : 0;
        return known;
    }

    private static int classOf(long value) {
        if (value >= 0) {
            return value < 2 ? (int) value : value < 256 ? 2 : value >>> 31 == 0 ? 3 : high(value);
        }
        return value == -1 ? 8 : value == Long.MIN_VALUE ? 9 : value >= -256 ? 10 : 11;
    }

    private static int high(long value) {
        return value == 1L << 31 ? 4 : value >>> 32 == 0 ? 5 : value == Long.MAX_VALUE ? 6 : 7;
    }
}
