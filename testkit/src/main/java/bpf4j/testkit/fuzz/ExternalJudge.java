package bpf4j.testkit.fuzz;

import bpf4j.interpreter.Interpreter;
import bpf4j.jit.Jit;
import bpf4j.kernel.KernelException;
import bpf4j.kernel.KernelProgram;
import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.Bindings;
import bpf4j.runtime.Execution;
import bpf4j.runtime.HelperTable;
import bpf4j.runtime.LoadedProgram;
import bpf4j.runtime.ProgramFault;
import bpf4j.spec.LoadPolicy;
import bpf4j.spec.ProgramType.Capability;
import bpf4j.testkit.external.External;
import bpf4j.testkit.external.External.Answer;
import bpf4j.testkit.fuzz.Finding.Check;
import bpf4j.testkit.fuzz.Judgement.Problem;
import bpf4j.verifier.CheckedProgram;
import bpf4j.verifier.Options;
import bpf4j.verifier.VerificationException;
import bpf4j.verifier.Verifier;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Compares another implementation with ours, and ours with Linux, over programs on plain memory.
///
/// Only programs that our verifier accepts without `CAP_PERFMON` are compared: those neither read
/// what they never wrote nor show addresses, so that there is just one right result.
final class ExternalJudge implements TrialJudge {
    private static final LoadPolicy STRICT =
            new LoadPolicy(Set.of(Capability.BPF, Capability.NET_ADMIN));
    private static final long FUEL = 20_000_000;

    private final Set<FuzzEngine> engines;
    private final External external;
    private final LinuxSide linux = new LinuxSide();

    ExternalJudge(Set<FuzzEngine> engines, External external) {
        this.engines = engines;
        this.external = external;
    }

    @Override
    public Judgement judge(Trial trial) {
        Trial verifiable = MemoryTrials.asXdp(trial);
        try {
            Verifier.verify(verifiable.spec(), STRICT, Options.DEFAULT);
        } catch (VerificationException e) {
            return new Judgement(false, null, e.rejection().rule(), null);
        }
        List<Answer> reference = ours(trial, false);
        for (int i = 0; i < reference.size(); i++) {
            if (!reference.get(i).trouble().isEmpty()) {
                String text = "a verified program faults: " + reference.get(i).trouble();
                return new Judgement(true, null, "", new Problem(Check.FAULT, text, i));
            }
        }
        String agreeing = "the interpreter";
        if (engines.contains(FuzzEngine.JIT)) {
            Problem problem =
                    compare(reference, ours(trial, true), agreeing, "the JIT", Check.DIFFERENCE);
            if (problem != null) {
                return new Judgement(true, null, "", problem);
            }
            agreeing += " and the JIT";
        }
        Boolean onLinux = null;
        if (engines.contains(FuzzEngine.KERNEL)) {
            try (KernelProgram program = linux.load(verifiable, 0).program()) {
                onLinux = program != null;
                if (program != null) {
                    Problem problem = compare(reference, linux.run(verifiable, program));
                    if (problem != null) {
                        return new Judgement(true, true, "", problem);
                    }
                    agreeing += ", Linux the same";
                }
            } catch (KernelException e) {
                throw new IllegalStateException(e);
            }
        }
        List<Answer> theirs = external.run(trial.code(), trial.packets());
        return new Judgement(
                true,
                onLinux,
                "",
                compare(reference, theirs, agreeing, external.name(), Check.EXTERNAL));
    }

    private static @Nullable Problem compare(
            List<Answer> reference, List<Answer> others, String mine, String other, Check check) {
        for (int i = 0; i < reference.size(); i++) {
            String difference = difference(reference.get(i), others.get(i), mine, other);
            if (difference != null) {
                return new Problem(check, difference, i);
            }
        }
        return null;
    }

    private static @Nullable String difference(Answer a, Answer b, String mine, String other) {
        if (!b.trouble().isEmpty()) {
            return "%s %s; r0 is 0x%x in %s".formatted(other, b.trouble(), a.r0(), mine);
        }
        if (a.r0() != b.r0()) {
            return "r0 is 0x%016x in %s, 0x%016x in %s".formatted(a.r0(), mine, b.r0(), other);
        }
        byte[] left = a.memory();
        byte[] right = b.memory();
        if (left == null || right == null || Arrays.equals(left, right)) {
            return null;
        }
        int at = Arrays.mismatch(left, right);
        return "memory differs from byte %d on: %s in %s, %s in %s"
                .formatted(at, tail(left, at), mine, tail(right, at), other);
    }

    private static String tail(byte[] memory, int at) {
        return at >= memory.length
                ? "nothing"
                : HexFormat.of().formatHex(memory, at, Math.min(memory.length, at + 8));
    }

    /// Linux shows the lower half of r0.
    private static @Nullable Problem compare(List<Answer> reference, Outcome linux) {
        for (int i = 0; i < reference.size(); i++) {
            Answer ours = reference.get(i);
            Outcome.Run theirs = linux.runs().get(i);
            Answer shown = new Answer((int) ours.r0(), ours.memory(), "");
            Answer answer = new Answer(theirs.retval(), theirs.data(), theirs.fault());
            String difference = difference(shown, answer, "the interpreter", "Linux");
            if (difference != null) {
                return new Problem(Check.DIFFERENCE, difference, i);
            }
        }
        return null;
    }

    /// What one of our engines gives, every access checked.
    private static List<Answer> ours(Trial trial, boolean compiled) {
        AddressSpace space = new AddressSpace();
        Bindings bindings = new Bindings(space, List.of(), HelperTable.of(Map.of()));
        LoadedProgram program;
        try {
            CheckedProgram checked = CheckedProgram.of(MemoryTrials.raw(trial));
            program = compiled ? Jit.load(checked, bindings) : Interpreter.load(checked, bindings);
        } catch (VerificationException e) {
            throw new IllegalArgumentException(e);
        }
        Execution execution = new Execution(space);
        List<Answer> answers = new ArrayList<>();
        for (byte[] packet : trial.packets()) {
            byte[] memory = packet.clone();
            execution.prepareMemory(memory);
            execution.fuel = FUEL;
            try {
                answers.add(new Answer(program.run(execution), memory, ""));
            } catch (ProgramFault e) {
                answers.add(Answer.trouble(String.valueOf(e.getMessage())));
            }
        }
        return answers;
    }

    @Override
    public void close() {
        linux.close();
        external.close();
    }
}
