package bpf4j.interpreter;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import bpf4j.isa.AluOp;
import bpf4j.isa.AtomicOp;
import bpf4j.isa.Code;
import bpf4j.isa.Cond;
import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.isa.Size;
import bpf4j.isa.WideKind;
import bpf4j.isa.Width;
import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.Bindings;
import bpf4j.runtime.BpfMap;
import bpf4j.runtime.Execution;
import bpf4j.runtime.LoadedProgram;
import bpf4j.runtime.Packets;
import bpf4j.runtime.ProgramFault;
import bpf4j.runtime.helper.LinuxHelpers;
import bpf4j.runtime.map.Maps;
import bpf4j.runtime.map.ProgramArrayMap;
import bpf4j.spec.MapSpec;
import bpf4j.spec.MapType;
import bpf4j.spec.ProgramSpec;
import bpf4j.spec.ProgramType;
import bpf4j.spec.ProgramTypes;
import bpf4j.verifier.CheckedProgram;
import bpf4j.verifier.VerificationException;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/// Unverified programs of random instructions that call every helper with whatever is in the
/// registers: nothing but a [ProgramFault] may come of it, and every run must end.
class HostileProgramsTest {
    private static final long SEED = 20_261_122;
    private static final int PROGRAMS = 6_000;
    private static final int HELPERS = 212;

    private static final List<MapSpec> MAPS =
            List.of(
                    MapSpec.of("array", MapType.ARRAY, 4, 32, 4),
                    MapSpec.of("percpu", MapType.PERCPU_ARRAY, 4, 16, 4),
                    MapSpec.of("hash", MapType.HASH, 8, 16, 4),
                    MapSpec.of("lru", MapType.LRU_HASH, 4, 8, 4),
                    MapSpec.of("lpm", MapType.LPM_TRIE, 8, 8, 4).withFlags(BpfMap.NO_PREALLOC),
                    MapSpec.of("progs", MapType.PROG_ARRAY, 4, 4, 4),
                    MapSpec.of("ring", MapType.RINGBUF, 0, 0, 4096),
                    MapSpec.of("user", MapType.USER_RINGBUF, 0, 0, 4096),
                    MapSpec.of("events", MapType.PERF_EVENT_ARRAY, 4, 4, 4),
                    MapSpec.of("queue", MapType.QUEUE, 0, 8, 4),
                    MapSpec.of("bloom", MapType.BLOOM_FILTER, 0, 8, 4),
                    MapSpec.of("devs", MapType.DEVMAP, 4, 4, 4),
                    MapSpec.of("socks", MapType.SOCKHASH, 8, 4, 4),
                    MapSpec.of("stacks", MapType.STACK_TRACE, 4, 80, 4),
                    MapSpec.of("storage", MapType.CGROUP_STORAGE, 8, 8, 0),
                    MapSpec.of("outer", MapType.HASH_OF_MAPS, 4, 4, 4)
                            .withInner(MapSpec.of("inner", MapType.ARRAY, 4, 8, 1)));

    private static final List<String> KFUNCS =
            List.of(
                    "bpf_iter_num_new",
                    "bpf_iter_num_next",
                    "bpf_iter_bits_new",
                    "bpf_iter_bits_next",
                    "bpf_iter_bits_destroy",
                    "bpf_dynptr_slice",
                    "bpf_dynptr_adjust",
                    "bpf_dynptr_copy",
                    "bpf_dynptr_memset",
                    "bpf_dynptr_from_skb");

    @Test
    void onlyFaultsComeOfRandomPrograms() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        AddressSpace space = new AddressSpace(2, 1 << 24);
        List<BpfMap> maps = new ArrayList<>();
        for (MapSpec map : MAPS) {
            maps.add(Maps.create(space, map));
        }
        Bindings bindings = new Bindings(space, maps, LinuxHelpers.table());
        Execution execution = new Execution(space);
        int faults = 0;
        int exits = 0;
        for (int i = 0; i < PROGRAMS; i++) {
            ProgramType type = i % 2 == 0 ? ProgramTypes.XDP : ProgramTypes.SCHED_CLS;
            Code code = code(random);
            LoadedProgram program;
            try {
                program = Interpreter.load(CheckedProgram.of(spec(type, code)), bindings);
            } catch (VerificationException e) {
                continue;
            }
            ((ProgramArrayMap) maps.get(5)).set(random.nextInt(4), program);
            byte[] packet = new byte[random.nextInt(80)];
            random.nextBytes(packet);
            Packets.prepare(execution, type, packet);
            execution.fuel = 20_000;
            try {
                program.run(execution);
                exits++;
            } catch (ProgramFault fault) {
                faults++;
            } catch (RuntimeException | Error e) {
                e.printStackTrace();
                fail("seed " + SEED + ", program " + i + ": " + e + "\n" + text(code));
            }
        }
        assertTrue(faults > 500 && exits > 200, faults + " faults, " + exits + " exits");
    }

    private static ProgramSpec spec(ProgramType type, Code code) {
        return new ProgramSpec(
                "hostile", "", type, "GPL", code, MAPS, KFUNCS, null, List.of(), List.of(),
                Set.of());
    }

    private static String text(Code code) {
        StringBuilder text = new StringBuilder();
        for (int pc = 0; pc < code.size(); pc = code.next(pc)) {
            text.append(pc).append(": ").append(code.at(pc)).append('\n');
        }
        return text.toString();
    }

    private static Code code(SplittableRandom random) {
        List<Insn> insns = new ArrayList<>();
        insns.add(new Insn.Alu(Width.W64, AluOp.MOV, 6, new Operand.Reg(1)));
        for (int i = random.nextInt(4, 20); i > 0; i--) {
            if (random.nextInt(3) == 0) {
                call(insns, random);
            } else {
                insns.add(single(random));
            }
        }
        insns.add(new Insn.Alu(Width.W64, AluOp.MOV, 0, new Operand.Imm(0)));
        insns.add(new Insn.Exit());
        return Code.of(insns);
    }

    /// A helper or kernel function with arguments that are often of the right kind.
    private static void call(List<Insn> insns, SplittableRandom random) {
        for (int register = 1; register <= 5; register++) {
            argument(insns, register, random);
        }
        if (random.nextInt(5) == 0) {
            insns.add(new Insn.CallKfunc(random.nextInt(KFUNCS.size()), (short) 0));
        } else {
            insns.add(new Insn.CallHelper(random.nextInt(HELPERS)));
        }
        if (random.nextBoolean()) {
            insns.add(
                    new Insn.Alu(Width.W64, AluOp.MOV, 7 + random.nextInt(3), new Operand.Reg(0)));
        }
    }

    private static void argument(List<Insn> insns, int register, SplittableRandom random) {
        switch (random.nextInt(8)) {
            case 0, 1 -> {
                insns.add(new Insn.Alu(Width.W64, AluOp.MOV, register, new Operand.Reg(10)));
                insns.add(
                        new Insn.Alu(
                                Width.W64,
                                AluOp.ADD,
                                register,
                                new Operand.Imm(-8 * random.nextInt(1, 64))));
            }
            case 2, 3 ->
                    insns.add(
                            new Insn.LoadImm64(
                                    register, WideKind.MAP, random.nextInt(MAPS.size()), 0));
            case 4 ->
                    insns.add(
                            new Insn.LoadImm64(register, WideKind.MAP_VALUE, random.nextInt(5), 0));
            case 5 ->
                    insns.add(
                            new Insn.Alu(
                                    Width.W64,
                                    AluOp.MOV,
                                    register,
                                    new Operand.Imm(number(random))));
            case 6 ->
                    insns.add(
                            new Insn.Alu(
                                    Width.W64,
                                    AluOp.MOV,
                                    register,
                                    new Operand.Reg(6 + random.nextInt(4))));
            default ->
                    // The address of the program's own second instruction.
                    insns.add(new Insn.LoadImm64(register, WideKind.CONST, 1, 0x200_0000));
        }
    }

    private static int number(SplittableRandom random) {
        int[] numbers = {0, 1, 2, 4, 8, 16, 64, -1, -8, 4096, 1 << 20, Integer.MAX_VALUE};
        return numbers[random.nextInt(numbers.length)];
    }

    private static Insn single(SplittableRandom random) {
        int dst = random.nextInt(10);
        int src = random.nextInt(11);
        short off = (short) (random.nextInt(4) == 0 ? random.nextInt() : -8 * random.nextInt(64));
        Width width = Width.values()[random.nextInt(2)];
        Size size = Size.values()[random.nextInt(4)];
        Operand operand =
                random.nextBoolean() ? new Operand.Reg(src) : new Operand.Imm(number(random));
        return switch (random.nextInt(12)) {
            case 0, 1 -> {
                AluOp op = AluOp.values()[random.nextInt(AluOp.values().length)];
                boolean shift = op == AluOp.LSH || op == AluOp.RSH || op == AluOp.ARSH;
                yield new Insn.Alu(width, op, dst, shift ? new Operand.Imm(3) : operand);
            }
            case 2, 3 -> new Insn.Load(size, false, dst, 10, off);
            case 4 -> new Insn.Load(size, false, dst, src, (short) random.nextInt(16));
            case 5, 6 -> new Insn.Store(size, 10, off, operand);
            case 7 -> new Insn.Store(size, src, (short) random.nextInt(16), operand);
            case 8 ->
                    new Insn.Atomic(
                            random.nextBoolean() ? Size.W : Size.DW,
                            AtomicOp.ADD,
                            random.nextBoolean(),
                            random.nextBoolean() ? 10 : dst,
                            off,
                            dst);
            case 9 -> new Insn.LoadInd(Size.H, dst, number(random));
            case 10 ->
                    new Insn.JumpIf(
                            width,
                            Cond.values()[random.nextInt(Cond.values().length)],
                            dst,
                            operand,
                            (short) random.nextInt(-3, 3));
            default -> random.nextBoolean() ? new Insn.CallReg(dst) : new Insn.MayGoto((short) 1);
        };
    }
}
