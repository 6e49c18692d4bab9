package bpf4j.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import bpf4j.isa.AluOp;
import bpf4j.isa.Code;
import bpf4j.isa.Codec;
import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.isa.Size;
import bpf4j.isa.Width;
import bpf4j.spec.Helpers;
import bpf4j.spec.LoadException;
import bpf4j.spec.LoadPolicy;
import bpf4j.spec.ProgramType;
import bpf4j.spec.ProgramType.Trait;
import bpf4j.spec.ProgramTypes;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The tables of program types, contexts and helpers say what the kernel itself says.
final class ProgramTypesAgainstLinuxTest {
    private static final int SLEEPABLE = 16;
    private static final int PAST_END = 16;

    /// Helpers that kernels have only with some configurations.
    private static final Set<String> CONFIGURED =
            Set.of("probe_write_user", "override_return", "rc_repeat", "rc_keydown");

    @BeforeAll
    static void needsTheKernelOfTheTables() throws IOException {
        String reason = KernelProgram.unavailable();
        assumeTrue(reason == null, reason);
        String release = Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip();
        assumeTrue(release.startsWith("6.18."), "the tables are Linux 6.18's, this is " + release);
    }

    /// Every type that can be loaded here without naming types of the kernel, for every attach type
    /// that matters.
    private static List<ProgramType> types() throws LoadException {
        List<ProgramType> types = new ArrayList<>();
        int[][] attachTypes = {
            {6, 33}, {8, 1}, {9, 12}, {9, 13}, {18, 8}, {18, 9}, {18, 10}, {18, 11}, {18, 14},
            {18, 15}, {18, 19}, {18, 20}, {18, 49}, {18, 51}, {25, 21}, {25, 22}, {30, 36}
        };
        for (int number : ProgramTypes.numbers()) {
            if (number != 18 && number != 25 && number != 30 && number != 32) {
                types.add(ProgramTypes.of(number, 0));
            }
        }
        for (int[] pair : attachTypes) {
            types.add(ProgramTypes.of(pair[0], pair[1]));
        }
        types.removeIf(type -> type.is(Trait.KERNEL_TYPES) || !accepts(type));
        return types;
    }

    private static boolean accepts(ProgramType type, Insn... insns) {
        return errno(type, 0, insns) == 0;
    }

    private static int errno(ProgramType type, int result, Insn... insns) {
        List<Insn> all = new ArrayList<>(List.of(insns));
        all.add(move(0, result != 0 ? result : (int) Math.max(type.returns().min(), 0)));
        all.add(new Insn.Exit());
        LoadRequest request =
                new LoadRequest(
                        "probe",
                        type.number(),
                        type.attachType(),
                        type.is(Trait.ONLY_SLEEPABLE) ? SLEEPABLE : 0,
                        "GPL",
                        Codec.encode(Code.of(all), ByteOrder.nativeOrder()),
                        null,
                        new byte[0]);
        KernelProgram.Verdict verdict = KernelProgram.load(request, 0);
        try (KernelProgram _ = verdict.program()) {
            return verdict.errno();
        }
    }

    private static Insn move(int register, int value) {
        return new Insn.Alu(Width.W64, AluOp.MOV, register, new Operand.Imm(value));
    }

    @Test
    void contextsPermitWhatLinuxPermits() throws LoadException {
        List<String> differences = new ArrayList<>();
        for (ProgramType type : types()) {
            int end = Math.min(type.context().size() + PAST_END, 512);
            for (int offset = 0; offset < end; offset++) {
                for (Size size : Size.values()) {
                    Insn load = new Insn.Load(size, false, 0, 1, (short) offset);
                    compare(type, offset, size, false, accepts(type, load), differences);
                    Insn store = new Insn.Store(size, 1, (short) offset, new Operand.Reg(2));
                    boolean stored = accepts(type, move(2, 0), store);
                    compare(type, offset, size, true, stored, differences);
                }
            }
        }
        assertEquals(List.of(), differences);
    }

    private static void compare(
            ProgramType type,
            int offset,
            Size size,
            boolean write,
            boolean linux,
            List<String> differences) {
        boolean ours = type.context().permits(offset, size.bytes(), write, LoadPolicy.TRUSTED);
        if (ours != linux) {
            differences.add(
                    "%s/%d: %s of %d bytes at %d: Linux %s, table %s"
                            .formatted(
                                    type.name(),
                                    type.attachType(),
                                    write ? "store" : "load",
                                    size.bytes(),
                                    offset,
                                    linux,
                                    ours));
        }
    }

    @Test
    void typesHaveTheHelpersThatTheyHaveInLinux() throws LoadException {
        List<String> differences = new ArrayList<>();
        for (ProgramType type : types()) {
            for (int number = 1; number <= Helpers.LAST; number++) {
                boolean linux = knows(type, number);
                boolean ours = type.helper(number) != null;
                String name = String.valueOf(Helpers.byNumber(number).name());
                if (linux != ours && !CONFIGURED.contains(name)) {
                    differences.add(
                            "%s/%d: %s: Linux %s, table %s"
                                    .formatted(type.name(), type.attachType(), name, linux, ours));
                }
            }
        }
        assertEquals(List.of(), differences);
    }

    private static boolean knows(ProgramType type, int helper) {
        LoadRequest request =
                new LoadRequest(
                        "probe",
                        type.number(),
                        type.attachType(),
                        type.is(Trait.ONLY_SLEEPABLE) ? SLEEPABLE : 0,
                        "GPL",
                        Codec.encode(
                                Code.of(new Insn.CallHelper(helper), new Insn.Exit()),
                                ByteOrder.nativeOrder()),
                        null,
                        new byte[0]);
        KernelProgram.Verdict verdict = KernelProgram.load(request, 1);
        try (KernelProgram _ = verdict.program()) {
            return !verdict.log().contains("cannot use helper")
                    && !verdict.log().contains("unknown func");
        }
    }

    @Test
    void typesReturnWhatTheyMayReturnInLinux() throws LoadException {
        List<String> differences = new ArrayList<>();
        for (ProgramType type : types()) {
            for (int value : new int[] {Integer.MIN_VALUE, -1, 1, 2, 3, 4, Integer.MAX_VALUE}) {
                boolean linux = errno(type, value) == 0;
                boolean ours = value >= type.returns().min() && value <= type.returns().max();
                if (linux != ours) {
                    differences.add(
                            "%s/%d returns %d: Linux %s, table %s"
                                    .formatted(type.name(), type.attachType(), value, linux, ours));
                }
            }
        }
        assertEquals(List.of(), differences);
    }
}
