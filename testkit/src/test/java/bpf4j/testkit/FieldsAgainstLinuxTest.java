package bpf4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import bpf4j.isa.AluOp;
import bpf4j.isa.Code;
import bpf4j.isa.Cond;
import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.isa.Size;
import bpf4j.isa.Width;
import bpf4j.kernel.KernelProgram;
import bpf4j.kernel.LoadRequest;
import bpf4j.spec.HelperSpec;
import bpf4j.spec.Helpers;
import bpf4j.spec.LoadException;
import bpf4j.spec.LoadPolicy;
import bpf4j.spec.ProgramSpec;
import bpf4j.spec.ProgramType;
import bpf4j.spec.ProgramTypes;
import bpf4j.verifier.VerificationException;
import bpf4j.verifier.Verifier;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Loads and stores of every width at every offset of the structs that programs get pointers to are
/// judged as the kernel judges them.
final class FieldsAgainstLinuxTest {
    private static final int SK = 168;
    private static final int FLOW_KEYS = 144;
    private static final int LAST_OFFSET = 136;

    @BeforeAll
    static void needsTheKernelOfTheTables() throws IOException {
        String reason = KernelProgram.unavailable();
        assumeTrue(reason == null, reason);
        String release = Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip();
        assumeTrue(release.startsWith("6.18."), "the rules are Linux 6.18's, this is " + release);
    }

    private static Insn load(int dst, int src, int offset) {
        return new Insn.Load(Size.DW, false, dst, src, (short) offset);
    }

    private static Insn exitIfNull(int register) {
        return new Insn.JumpIf(Width.W64, Cond.JNE, register, new Operand.Imm(0), (short) 2);
    }

    private static Insn move(int register, int value) {
        return new Insn.Alu(Width.W64, AluOp.MOV, register, new Operand.Imm(value));
    }

    private static Insn copy(int dst, int src) {
        return new Insn.Alu(Width.W64, AluOp.MOV, dst, new Operand.Reg(src));
    }

    private static Insn call(String helper) {
        HelperSpec spec = Helpers.byName(helper);
        if (spec == null) {
            throw new AssertionError(helper);
        }
        return new Insn.CallHelper(spec.id());
    }

    private static void addSocket(List<Insn> insns) {
        insns.addAll(
                List.of(load(1, 1, SK), exitIfNull(1), move(0, 0), new Insn.Exit(), copy(6, 1)));
    }

    private static void addCast(List<Insn> insns, String helper) {
        insns.addAll(
                List.of(
                        copy(1, 6),
                        call(helper),
                        exitIfNull(0),
                        move(0, 0),
                        new Insn.Exit(),
                        copy(6, 0)));
    }

    @Test
    void commonSockets() throws LoadException {
        List<Insn> insns = new ArrayList<>();
        addSocket(insns);
        compare(ProgramTypes.SCHED_CLS, insns);
    }

    @Test
    void fullSockets() throws LoadException {
        List<Insn> insns = new ArrayList<>();
        addSocket(insns);
        addCast(insns, "sk_fullsock");
        compare(ProgramTypes.SCHED_CLS, insns);
    }

    @Test
    void tcpSockets() throws LoadException {
        List<Insn> insns = new ArrayList<>();
        addSocket(insns);
        addCast(insns, "tcp_sock");
        compare(ProgramTypes.SCHED_CLS, insns);
    }

    @Test
    void flowKeys() throws LoadException {
        compare(ProgramTypes.of(22, 0), List.of(load(6, 1, FLOW_KEYS)));
    }

    /// Compares accesses to where r6 points after `prefix`.
    private static void compare(ProgramType type, List<Insn> prefix) {
        List<String> differences = new ArrayList<>();
        for (int offset = -1; offset <= LAST_OFFSET; offset++) {
            for (Size size : Size.values()) {
                compare(
                        type,
                        prefix,
                        new Insn.Load(size, false, 0, 6, (short) offset),
                        differences);
                compare(
                        type,
                        prefix,
                        new Insn.Store(size, 6, (short) offset, new Operand.Reg(10)),
                        differences);
                compare(
                        type,
                        prefix,
                        new Insn.Store(size, 6, (short) offset, new Operand.Imm(0)),
                        differences);
            }
        }
        assertEquals(List.of(), differences);
    }

    private static void compare(
            ProgramType type, List<Insn> prefix, Insn access, List<String> differences) {
        List<Insn> insns = new ArrayList<>(prefix);
        insns.add(access);
        insns.add(move(0, 0));
        insns.add(new Insn.Exit());
        ProgramSpec spec = ProgramSpec.of("probe", type, Code.of(insns), List.of());
        String ours = "";
        try {
            Verifier.verify(spec, LoadPolicy.TRUSTED);
        } catch (VerificationException e) {
            ours = e.rejection().kernelText();
        }
        KernelProgram.Verdict verdict =
                KernelProgram.load(LoadRequest.of(spec, List.of(), null), 0);
        try (KernelProgram _ = verdict.program()) {
            if (verdict.accepted() != ours.isEmpty()) {
                differences.add(
                        access
                                + ": Linux "
                                + (verdict.accepted() ? "accepts" : "refuses")
                                + ", we "
                                + (ours.isEmpty() ? "accept" : "say " + ours));
            }
        }
    }
}
