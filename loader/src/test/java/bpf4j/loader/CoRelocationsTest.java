package bpf4j.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bpf4j.btf.Btf;
import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.spec.LoadException;
import bpf4j.spec.ProgramSpec;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// One program with every kind of CO-RE relocation, against its own layout and three others. The
/// offsets are those that a C compiler gives for the same structs; [LibbpfAgreementTest] compares
/// with libbpf's relocations to the same layouts.
final class CoRelocationsTest {
    private static final long POISONED = Long.MIN_VALUE;

    /// The constants that `read` stores one after the other.
    private static List<Long> answers(String object, String target) throws LoadException {
        ObjectSpec spec = TestObjects.load(object);
        if (!target.isEmpty()) {
            Btf types = Objects.requireNonNull(TestObjects.load(target).btf());
            spec = spec.withTarget(types);
        }
        ProgramSpec read = spec.link("read");
        List<Long> answers = new ArrayList<>();
        long[] registers = new long[11];
        for (int pc = 0; pc < read.code().size(); pc = read.code().next(pc)) {
            switch (read.code().at(pc)) {
                case Insn.Alu alu when alu.src() instanceof Operand.Imm imm ->
                        registers[alu.dst()] = imm.value();
                case Insn.LoadImm64 load when load.kind() == bpf4j.isa.WideKind.CONST ->
                        registers[load.dst()] = load.value();
                case Insn.CallHelper call when call.id() == CoRelocations.POISON ->
                        java.util.Arrays.fill(registers, POISONED);
                case Insn.Store store when store.src() instanceof Operand.Reg source ->
                        answers.add(registers[source.number()]);
                case Insn.Store store when store.src() instanceof Operand.Imm imm ->
                        answers.add((long) imm.value());
                default -> {}
            }
        }
        return answers;
    }

    private static String named(List<Long> answers) {
        String[] names = {
            "pid",
            "where.y",
            "inside",
            "scores[2]",
            "name size",
            "counter size",
            "optional exists",
            "old_pid exists",
            "pid signed",
            "flags signed",
            "low offset",
            "low lshift",
            "low rshift",
            "signed_bits signed",
            "wide size",
            "point exists",
            "missing exists",
            "task size",
            "point matches",
            "GONE exists",
            "BUSY",
            "HUGE exists",
            "point id",
            "missing id",
            "number exists"
        };
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < answers.size(); i++) {
            if (i == 22) {
                continue;
            }
            text.append(names[i]).append('=');
            text.append(answers.get(i) == POISONED ? "none" : answers.get(i)).append(' ');
        }
        return text.toString().strip();
    }

    @Test
    void theOwnLayoutAnswersWithoutATarget() throws LoadException {
        assertEquals(
                "pid=0 where.y=12 inside=20 scores[2]=32 name size=16 counter size=4 optional"
                        + " exists=1 old_pid exists=0 pid signed=1 flags signed=0 low offset=40 low"
                        + " lshift=60 low rshift=60 signed_bits signed=1 wide size=8 point exists=1"
                        + " missing exists=1 task size=88 point matches=1 GONE exists=1 BUSY=2 HUGE"
                        + " exists=1 missing id=MISSING number exists=1",
                named(answers("core_reader", ""))
                        .replaceAll("missing id=\\d+", "missing id=MISSING"));
    }

    @Test
    void movedFieldsAreFound() throws LoadException {
        assertEquals(
                "pid=152 where.y=104 inside=80 scores[2]=56 name size=32 counter size=8 optional"
                        + " exists=1 old_pid exists=0 pid signed=1 flags signed=0 low offset=136"
                        + " low lshift=38 low rshift=58 signed_bits signed=1 wide size=8 point"
                        + " exists=1 missing exists=0 task size=160 point matches=1 GONE exists=1"
                        + " BUSY=20 HUGE exists=1 missing id=0 number exists=1",
                named(answers("core_reader", "core_layout_moved")));
    }

    @Test
    void removedFieldsAndRenamedFlavoursAreFoundOut() throws LoadException {
        assertEquals(
                "pid=0 where.y=12 inside=20 scores[2]=32 name size=8 counter size=2 optional"
                        + " exists=0 old_pid exists=0 pid signed=1 flags signed=0 low offset=40 low"
                        + " lshift=60 low rshift=60 signed_bits signed=1 wide size=8 point exists=1"
                        + " missing exists=0 task size=64 point matches=1 GONE exists=0 BUSY=4 HUGE"
                        + " exists=0 missing id=0 number exists=0",
                named(answers("core_reader", "core_layout_removed")));
    }

    @Test
    void fieldsInsideAnonymousStructsAndUnionsAreFound() throws LoadException {
        assertEquals(
                "pid=4 where.y=12 inside=20 scores[2]=48 name size=1 counter size=1 optional"
                        + " exists=1 old_pid exists=0 pid signed=0 flags signed=0 low offset=56 low"
                        + " lshift=63 low rshift=63 signed_bits signed=0 wide size=8 point exists=1"
                        + " missing exists=0 task size=80 point matches=1 GONE exists=1 BUSY=-2 HUGE"
                        + " exists=0 missing id=0 number exists=0",
                named(answers("core_reader", "core_layout_nested")));
    }

    @Test
    void whatDoesNotExistIsPoisonedAndOnlyThat() throws LoadException {
        Btf removed = Objects.requireNonNull(TestObjects.load("core_layout_removed").btf());
        ProgramSpec values = TestObjects.load("core_reader").withTarget(removed).link("values");
        List<Insn> poisoned = new ArrayList<>();
        for (int pc = 0; pc < values.code().size(); pc = values.code().next(pc)) {
            if (values.code().at(pc) instanceof Insn.CallHelper call) {
                poisoned.add(call);
            }
        }
        assertEquals(List.of(new Insn.CallHelper(195896080)), poisoned);
    }

    @Test
    void bigEndianObjectsShiftFromTheOtherEnd() throws LoadException {
        String little = named(answers("core_reader", ""));
        String big = named(answers("core_reader_be", ""));
        assertTrue(little.contains("low lshift=60"), little);
        assertTrue(big.contains("low lshift=32"), big);
    }
}
