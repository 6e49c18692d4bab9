package bpf4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import bpf4j.isa.AluOp;
import bpf4j.isa.Code;
import bpf4j.isa.Cond;
import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.isa.Size;
import bpf4j.isa.WideKind;
import bpf4j.isa.Width;
import bpf4j.kernel.KernelException;
import bpf4j.kernel.KernelMap;
import bpf4j.kernel.KernelProgram;
import bpf4j.kernel.LoadRequest;
import bpf4j.spec.HelperSpec;
import bpf4j.spec.LoadPolicy;
import bpf4j.spec.MapHelpers;
import bpf4j.spec.MapSpec;
import bpf4j.spec.MapType;
import bpf4j.spec.ProgramSpec;
import bpf4j.spec.ProgramType;
import bpf4j.spec.ProgramTypes;
import bpf4j.verifier.VerificationException;
import bpf4j.verifier.Verifier;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Every helper whose arguments take an instruction each is called with something of every kind in
/// the place of each argument; the verdicts
/// and the first lines of the refusals are the kernel's.
final class HelperArgumentsAgainstLinuxTest {
    /// What is passed in the place of an argument.
    private enum Passed {
        ZERO,
        EIGHT,
        LARGE,
        NEGATIVE,
        UNKNOWN,
        BELOW_8,
        CONTEXT,
        MOVED_CONTEXT,
        STACK,
        NEAR_END_OF_STACK,
        END_OF_STACK,
        UNWRITTEN_STACK,
        MAP,
        VALUE,
        NEAR_END_OF_VALUE,
        VALUE_OR_NULL,
        READ_ONLY_VALUE,
        PACKET,
        PACKET_PAST_CHECK,
        PACKET_END,
        SOCKET_OR_NULL
    }

    private static final int DATA = 76;
    private static final int DATA_END = 80;
    private static final int SK = 168;
    private static final int CHECKED = 64;

    /// The map that programs look up before the call.
    private static final int HASH = 0;

    private static final List<MapSpec> SPECS =
            List.of(
                    MapSpec.of("hash", MapType.HASH, 8, 64, 4),
                    MapSpec.of("ro", MapType.ARRAY, 4, 64, 1).withFlags(1 << 7),
                    MapSpec.of("array", MapType.ARRAY, 4, 64, 4),
                    MapSpec.of("percpu", MapType.PERCPU_ARRAY, 4, 64, 4),
                    MapSpec.of("programs", MapType.PROG_ARRAY, 4, 4, 4),
                    MapSpec.of("events", MapType.PERF_EVENT_ARRAY, 4, 4, 4),
                    MapSpec.of("ringbuf", MapType.RINGBUF, 0, 0, 4096),
                    MapSpec.of("stacks", MapType.STACK_TRACE, 4, 64, 4),
                    MapSpec.of("cgroups", MapType.CGROUP_ARRAY, 4, 4, 4),
                    MapSpec.of("queue", MapType.QUEUE, 0, 8, 4));
    private static final int READ_ONLY = 1;

    private static final List<KernelMap> MAPS = new ArrayList<>();

    @BeforeAll
    static void needsTheKernelOfTheTables() throws IOException, KernelException {
        String reason = KernelProgram.unavailable();
        assumeTrue(reason == null, reason);
        String release = Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip();
        assumeTrue(release.startsWith("6.18."), "the rules are Linux 6.18's, this is " + release);
        for (MapSpec spec : SPECS) {
            MAPS.add(KernelMap.create(spec, null, null));
        }
    }

    @AfterAll
    static void close() {
        MAPS.forEach(KernelMap::close);
    }

    @Test
    void argumentsAreJudgedAsLinuxJudgesThem() {
        List<String> differences = new ArrayList<>();
        ProgramType type = ProgramTypes.SCHED_CLS;
        for (HelperSpec helper : type.helpers().values()) {
            if (!isBuildable(helper)) {
                continue;
            }
            int map = mapFor(helper, type);
            compare(program(type, helper, map, 0, Passed.ZERO), helper, 0, differences);
            for (int arg = 1; arg <= helper.args().size(); arg++) {
                for (Passed passed : Passed.values()) {
                    ProgramSpec program = program(type, helper, map, arg, passed);
                    compare(program, helper, arg, differences);
                }
            }
        }
        assertEquals(List.of(), differences);
    }

    private static boolean isBuildable(HelperSpec helper) {
        return helper.args().stream().allMatch(arg -> fitting(arg) != null);
    }

    private static int mapFor(HelperSpec helper, ProgramType type) {
        for (int map = 0; map < SPECS.size(); map++) {
            if (map != READ_ONLY && MapHelpers.compatible(SPECS.get(map).type(), helper, type)) {
                return map;
            }
        }
        return HASH;
    }

    /// Something that fits an argument, or null where it takes more than one instruction.
    private static @Nullable Passed fitting(HelperSpec.Arg arg) {
        return switch (arg.kind()) {
            case ANYTHING -> Passed.ZERO;
            case CTX -> Passed.CONTEXT;
            case CONST_MAP_PTR -> Passed.MAP;
            case MAP_KEY, MAP_VALUE, MEM, FIXED_MEM, STACK -> Passed.STACK;
            case CONST_SIZE, CONST_SIZE_OR_ZERO, CONST_ALLOC_SIZE_OR_ZERO -> Passed.EIGHT;
            default -> null;
        };
    }

    /// r6 is the context, r7 a map value, r8 another or null, r9 the packet, checked for 64 bytes.
    private static ProgramSpec program(
            ProgramType type, HelperSpec helper, int map, int changed, Passed passed) {
        List<Insn> insns = new ArrayList<>();
        insns.add(copy(6, 1));
        for (int offset = -128; offset < 0; offset += 8) {
            insns.add(new Insn.Store(Size.DW, 10, (short) offset, new Operand.Imm(0)));
        }
        lookUp(insns);
        insns.addAll(List.of(jump(Cond.JNE, 0, new Operand.Imm(0)), move(0, 0), new Insn.Exit()));
        insns.add(copy(7, 0));
        lookUp(insns);
        insns.add(copy(8, 0));
        insns.addAll(List.of(word(9, DATA), word(2, DATA_END), copy(3, 9), add(3, CHECKED)));
        insns.addAll(List.of(jump(Cond.JLE, 3, new Operand.Reg(2)), move(0, 0), new Insn.Exit()));
        for (int arg = 1; arg <= helper.args().size(); arg++) {
            Passed fitting = fitting(helper.args().get(arg - 1));
            pass(insns, arg, arg == changed || fitting == null ? passed : fitting, map);
        }
        insns.addAll(List.of(new Insn.CallHelper(helper.id()), move(0, 0), new Insn.Exit()));
        return ProgramSpec.of("probe", type, Code.of(insns), SPECS);
    }

    private static void lookUp(List<Insn> insns) {
        insns.addAll(List.of(map(1, HASH), copy(2, 10), add(2, -8), new Insn.CallHelper(1)));
    }

    private static void pass(List<Insn> insns, int to, Passed passed, int map) {
        switch (passed) {
            case ZERO -> insns.add(move(to, 0));
            case EIGHT -> insns.add(move(to, 8));
            case LARGE -> insns.add(move(to, 4096));
            case NEGATIVE -> insns.add(move(to, -1));
            case UNKNOWN -> insns.add(new Insn.Load(Size.DW, false, to, 7, (short) 8));
            case BELOW_8 -> {
                insns.add(new Insn.Load(Size.DW, false, to, 7, (short) 8));
                insns.add(new Insn.Alu(Width.W64, AluOp.AND, to, new Operand.Imm(7)));
            }
            case CONTEXT -> insns.add(copy(to, 6));
            case MOVED_CONTEXT -> insns.addAll(List.of(copy(to, 6), add(to, 8)));
            case STACK -> insns.addAll(List.of(copy(to, 10), add(to, -64)));
            case NEAR_END_OF_STACK -> insns.addAll(List.of(copy(to, 10), add(to, -4)));
            case END_OF_STACK -> insns.add(copy(to, 10));
            case UNWRITTEN_STACK -> insns.addAll(List.of(copy(to, 10), add(to, -256)));
            case MAP -> insns.add(map(to, map));
            case VALUE -> insns.add(copy(to, 7));
            case NEAR_END_OF_VALUE -> insns.addAll(List.of(copy(to, 7), add(to, 60)));
            case VALUE_OR_NULL -> insns.add(copy(to, 8));
            case READ_ONLY_VALUE ->
                    insns.add(new Insn.LoadImm64(to, WideKind.MAP_VALUE, READ_ONLY, 0));
            case PACKET -> insns.add(copy(to, 9));
            case PACKET_PAST_CHECK -> insns.addAll(List.of(copy(to, 9), add(to, CHECKED)));
            case PACKET_END -> insns.add(word(to, DATA_END));
            case SOCKET_OR_NULL -> insns.add(new Insn.Load(Size.DW, false, to, 6, (short) SK));
        }
    }

    private static Insn move(int register, int value) {
        return new Insn.Alu(Width.W64, AluOp.MOV, register, new Operand.Imm(value));
    }

    private static Insn copy(int dst, int src) {
        return new Insn.Alu(Width.W64, AluOp.MOV, dst, new Operand.Reg(src));
    }

    private static Insn add(int register, int value) {
        return new Insn.Alu(Width.W64, AluOp.ADD, register, new Operand.Imm(value));
    }

    private static Insn map(int register, int index) {
        return new Insn.LoadImm64(register, WideKind.MAP, index, 0);
    }

    private static Insn word(int register, int offset) {
        return new Insn.Load(Size.W, false, register, 6, (short) offset);
    }

    private static Insn jump(Cond cond, int register, Operand other) {
        return new Insn.JumpIf(Width.W64, cond, register, other, (short) 2);
    }

    private static void compare(
            ProgramSpec program, HelperSpec helper, int arg, List<String> differences) {
        String ours = "";
        try {
            Verifier.verify(program, LoadPolicy.TRUSTED);
        } catch (VerificationException e) {
            ours = e.rejection().kernelText().lines().findFirst().orElse("");
        }
        KernelProgram.Verdict verdict =
                KernelProgram.load(LoadRequest.of(program, MAPS, null), ours.isEmpty() ? 0 : 1);
        try (KernelProgram _ = verdict.program()) {
            if (verdict.accepted() != ours.isEmpty() || !verdict.log().contains(ours)) {
                differences.add(
                        helper.name()
                                + " with another r"
                                + arg
                                + ": Linux "
                                + (verdict.accepted() ? "accepts" : "refuses: " + verdict.log())
                                + ", we "
                                + (ours.isEmpty() ? "accept" : "say " + ours));
            }
        }
    }
}
