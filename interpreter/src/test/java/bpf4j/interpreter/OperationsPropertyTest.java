package bpf4j.interpreter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import bpf4j.isa.AluOp;
import bpf4j.isa.AtomicOp;
import bpf4j.isa.Code;
import bpf4j.isa.Cond;
import bpf4j.isa.Insn;
import bpf4j.isa.Insn.ByteSwap.Kind;
import bpf4j.isa.Operand;
import bpf4j.isa.Semantics;
import bpf4j.isa.Size;
import bpf4j.isa.WideKind;
import bpf4j.isa.Width;
import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.Bindings;
import bpf4j.runtime.Execution;
import bpf4j.runtime.HelperTable;
import bpf4j.spec.ProgramSpec;
import bpf4j.spec.ProgramTypes;
import bpf4j.verifier.CheckedProgram;
import bpf4j.verifier.VerificationException;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The interpreter has its own code for the common operations: it computes what [Semantics] says.
class OperationsPropertyTest {
    private static final int LEFT = 3;
    private static final int RIGHT = 7;

    @Provide
    Arbitrary<Long> numbers() {
        return Arbitraries.oneOf(
                Arbitraries.longs(),
                Arbitraries.longs().between(-70, 70),
                Arbitraries.integers().map(i -> i & 0xFFFF_FFFFL),
                Arbitraries.of(Long.MIN_VALUE, Long.MAX_VALUE, 1L << 31, -1L << 31, 1L << 32));
    }

    private static Insn constant(int register, long value) {
        return new Insn.LoadImm64(register, WideKind.CONST, (int) value, (int) (value >>> 32));
    }

    /// What r3 holds after instructions that find two numbers in r3 and r7.
    private static long after(long left, long right, Insn... insns) throws VerificationException {
        List<Insn> all = new ArrayList<>(List.of(constant(LEFT, left), constant(RIGHT, right)));
        all.addAll(List.of(insns));
        all.add(new Insn.Alu(Width.W64, AluOp.MOV, 0, new Operand.Reg(LEFT)));
        all.add(new Insn.Exit());
        ProgramSpec spec =
                ProgramSpec.of("one", ProgramTypes.SOCKET_FILTER, Code.of(all), List.of());
        Bindings bindings = new Bindings(new AddressSpace(), List.of(), HelperTable.of(Map.of()));
        return Interpreter.load(CheckedProgram.of(spec), bindings)
                .run(new Execution(bindings.space()));
    }

    private static long expected(Width width, AluOp op, long left, long right) {
        return width == Width.W64
                ? Semantics.alu64(op, left, right)
                : Semantics.alu32(op, (int) left, (int) right) & 0xFFFF_FFFFL;
    }

    @Property(tries = 4000)
    void arithmeticOfRegisters(
            @ForAll AluOp op,
            @ForAll Width width,
            @ForAll("numbers") long left,
            @ForAll("numbers") long right)
            throws VerificationException {
        assertEquals(
                expected(width, op, left, right),
                after(left, right, new Insn.Alu(width, op, LEFT, new Operand.Reg(RIGHT))));
    }

    @Property(tries = 4000)
    void arithmeticOfImmediates(
            @ForAll AluOp op, @ForAll Width width, @ForAll("numbers") long left, @ForAll int right)
            throws VerificationException {
        assertEquals(
                expected(width, op, left, right),
                after(left, 0, new Insn.Alu(width, op, LEFT, new Operand.Imm(right))));
    }

    @Property(tries = 4000)
    void conditionalJumps(
            @ForAll Cond cond,
            @ForAll Width width,
            @ForAll("numbers") long left,
            @ForAll("numbers") long right,
            @ForAll boolean immediate)
            throws VerificationException {
        Operand source = immediate ? new Operand.Imm((int) right) : new Operand.Reg(RIGHT);
        long other = immediate ? (int) right : right;
        boolean taken =
                width == Width.W64
                        ? Semantics.test64(cond, left, other)
                        : Semantics.test32(cond, (int) left, (int) other);
        long result =
                after(
                        left,
                        right,
                        new Insn.JumpIf(width, cond, LEFT, source, (short) 2),
                        new Insn.Alu(Width.W64, AluOp.MOV, LEFT, new Operand.Imm(0)),
                        new Insn.Jump(false, 1),
                        new Insn.Alu(Width.W64, AluOp.MOV, LEFT, new Operand.Imm(1)));
        assertEquals(taken ? 1 : 0, result);
    }

    @Property
    void signExtensionsAndSwaps(
            @ForAll("numbers") long number, @ForAll Kind kind, @ForAll Width width)
            throws VerificationException {
        for (int bits : new int[] {16, 32, 64}) {
            assertEquals(
                    Semantics.byteSwap(kind, bits, number),
                    after(number, 0, new Insn.ByteSwap(kind, bits, LEFT)));
        }
        for (int bits : width == Width.W64 ? new int[] {8, 16, 32} : new int[] {8, 16}) {
            long extended =
                    width == Width.W64
                            ? Semantics.movsx64(bits, number)
                            : Semantics.movsx32(bits, (int) number) & 0xFFFF_FFFFL;
            assertEquals(extended, after(0, number, new Insn.MovSx(width, bits, LEFT, RIGHT)));
        }
        long negated =
                width == Width.W64
                        ? Semantics.neg64(number)
                        : Semantics.neg32((int) number) & 0xFFFF_FFFFL;
        assertEquals(negated, after(number, 0, new Insn.Neg(width, LEFT)));
    }

    @Property
    void loadsGiveWhatStoresKeep(
            @ForAll Size size, @ForAll boolean signed, @ForAll("numbers") long number)
            throws VerificationException {
        boolean extends64 = signed && size != Size.DW;
        long loaded =
                after(
                        number,
                        0,
                        new Insn.Store(size, 10, (short) -8, new Operand.Reg(LEFT)),
                        new Insn.Load(size, extends64, LEFT, 10, (short) -8));
        assertEquals(
                extends64 ? Semantics.signExtend(size, number) : Semantics.zeroExtend(size, number),
                loaded);
    }

    @Property
    void atomicOperations(
            @ForAll AtomicOp op,
            @ForAll boolean wide,
            @ForAll("numbers") long old,
            @ForAll("numbers") long source,
            @ForAll boolean expected)
            throws VerificationException {
        long r0 = expected ? old : ~old;
        long stored =
                after(
                        old,
                        source,
                        new Insn.Store(Size.DW, 10, (short) -8, new Operand.Reg(LEFT)),
                        constant(0, r0),
                        new Insn.Atomic(wide ? Size.DW : Size.W, op, true, 10, (short) -8, RIGHT),
                        new Insn.Load(Size.DW, false, LEFT, 10, (short) -8));
        assertEquals(
                wide
                        ? Semantics.atomic64(op, old, source, r0)
                        : (old & ~0xFFFF_FFFFL)
                                | (Semantics.atomic32(op, (int) old, (int) source, (int) r0)
                                        & 0xFFFF_FFFFL),
                stored);
    }
}
