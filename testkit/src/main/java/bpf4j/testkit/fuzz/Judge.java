package bpf4j.testkit.fuzz;

import bpf4j.isa.AluOp;
import bpf4j.isa.Code;
import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.kernel.KernelException;
import bpf4j.kernel.KernelProgram;
import bpf4j.runtime.Errno;
import bpf4j.spec.LoadPolicy;
import bpf4j.spec.ProgramType.Capability;
import bpf4j.testkit.fuzz.Finding.Check;
import bpf4j.testkit.fuzz.Judgement.Problem;
import bpf4j.testkit.fuzz.Outcome.Difference;
import bpf4j.verifier.Options;
import bpf4j.verifier.VerificationException;
import bpf4j.verifier.VerifiedProgram;
import bpf4j.verifier.Verifier;
import bpf4j.verifier.facts.Access;
import bpf4j.verifier.facts.Facts;
import bpf4j.verifier.facts.Region;
import bpf4j.verifier.facts.Value;

import org.jspecify.annotations.Nullable;

import java.util.Set;

/// Applies every check to a trial: verdicts, results, facts.
final class Judge implements TrialJudge {

    private static final LoadPolicy WITHOUT_PERFMON =
            new LoadPolicy(Set.of(Capability.BPF, Capability.NET_ADMIN));

    private static final String OUT_OF_FUEL = "the program used up its fuel";
    private static final int LOOP = 181;

    private final Set<FuzzEngine> engines;
    private final LinuxSide linux = new LinuxSide();
    private final Coverage coverage;
    private final int deep;
    private int news;

    /// @param coverage to which what programs do is added
    /// @param deep every how many programs get the costly checks too; 0 for none
    Judge(Set<FuzzEngine> engines, Coverage.Total coverage, int deep) {
        this.engines = engines;
        this.coverage = new Coverage(coverage);
        this.deep = deep;
    }

    @Override
    public int news() {
        return news;
    }

    @Override
    public Judgement judge(Trial trial) {
        coverage.begin(trial.code());
        Judgement judgement = check(trial);
        news = coverage.end();
        return judgement;
    }

    /// The same program gets the costly checks again while it is made smaller.
    private boolean isDeep(Trial trial) {
        return deep > 0 && Math.floorMod(trial.name().hashCode(), deep) == 0;
    }

    private Judgement check(Trial trial) {
        VerifiedProgram verified = null;
        Problem broken = null;
        String refusal = "";
        String ourText = "";
        try {
            verified = Verifier.verify(trial.spec(), LoadPolicy.TRUSTED, Options.DEFAULT, coverage);
            coverage.compiled(trial.code(), verified.facts());
            if (isDeep(trial)) {
                broken = DeepChecks.accepted(trial, verified);
            }
        } catch (VerificationException e) {
            refusal = e.rejection().rule();
            ourText = e.rejection().kernelText();
            coverage.refused(refusal, e.rejection().pc());
            if (isDeep(trial)) {
                broken = DeepChecks.refused(trial, e);
            }
        } catch (RuntimeException | AssertionError | StackOverflowError e) {
            return crash("the verifier", e);
        }
        if (broken != null) {
            return new Judgement(verified != null, null, refusal, broken);
        }
        if (!engines.contains(FuzzEngine.KERNEL)) {
            return new Judgement(
                    verified != null,
                    null,
                    refusal,
                    verified == null ? null : compare(trial, verified, null));
        }
        try {
            KernelProgram.Verdict verdict = load(trial, 0);
            try (KernelProgram program = verdict.program()) {
                boolean accepted = verified != null;
                if (verdict.errno() == Errno.EFAULT) {
                    // Linux's way to say that it found a mistake in its own verifier.
                    return new Judgement(accepted, null, refusal, null);
                }
                if (verified == null) {
                    String cause = refusal + ": " + ourText.replaceAll("\\d+", "N");
                    return new Judgement(accepted, program != null, cause, null);
                }
                if (program == null && mistakesFrames(trial, verified.facts())) {
                    return new Judgement(accepted, null, refusal, null);
                }
                Problem problem =
                        program == null
                                ? unsound(trial, verdict)
                                : compare(trial, verified, program);
                return new Judgement(accepted, program != null, refusal, problem);
            }
        } catch (KernelException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Linux gives up with EAGAIN when a signal arrives while it verifies.
    private KernelProgram.Verdict load(Trial trial, int logLevel) throws KernelException {
        KernelProgram.Verdict verdict = linux.load(trial, logLevel);
        for (int tries = 0; verdict.errno() == Errno.EAGAIN && tries < 10; tries++) {
            verdict = linux.load(trial, logLevel);
        }
        return verdict;
    }

    private Problem unsound(Trial trial, KernelProgram.Verdict verdict) throws KernelException {
        KernelProgram.Verdict again = load(trial, 1);
        if (again.program() != null) {
            again.program().close();
        }
        String[] lines = again.log().strip().split("\n");
        String message = lines.length >= 2 ? lines[lines.length - 2] : again.log();
        return new Problem(
                Check.UNSOUND_ACCEPT,
                "our verifier accepts, Linux refuses with %s: %s"
                        .formatted(Errno.name(verdict.errno()), message),
                -1);
    }

    private @Nullable Problem compare(
            Trial trial, VerifiedProgram verified, @Nullable KernelProgram program) {
        if (!Repeatable.isRunnable(trial)) {
            return null;
        }
        Outcome reference;
        try {
            reference = OurEngines.watched(trial, verified, coverage);
        } catch (AssertionError e) {
            return new Problem(Check.FACTS, String.valueOf(e.getMessage()), -1);
        } catch (RuntimeException | StackOverflowError e) {
            return problem("the interpreter", e);
        }
        for (int i = 0; i < reference.runs().size(); i++) {
            String fault = reference.runs().get(i).fault();
            if (fault.endsWith(OUT_OF_FUEL) && mayRunLong(trial.code())) {
                return null;
            }
            if (!fault.isEmpty() && !Outcome.isRefusal(fault)) {
                return new Problem(Check.FAULT, "a verified program faults: " + fault, i);
            }
        }
        try {
            if (engines.contains(FuzzEngine.JIT)) {
                Problem found = differs(reference, OurEngines.jit(trial, verified), "the JIT");
                if (found != null) {
                    return readsStaleStack(trial, verified, reference) ? null : found;
                }
            }
            if (engines.contains(FuzzEngine.JIT_NOFACTS)) {
                Problem found =
                        differs(
                                reference,
                                OurEngines.jitWithoutFacts(trial),
                                "the JIT without facts");
                if (found != null) {
                    return readsStaleStack(trial, verified, reference) ? null : found;
                }
            }
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
            return problem("the JIT", e);
        }
        if (program == null || !Repeatable.isSameOnLinux(trial)) {
            return null;
        }
        Problem found = differs(reference, linux.run(trial, program), "Linux");
        return found == null || leaksPointers(trial) || readsStaleStack(trial, verified, reference)
                ? null
                : found;
    }

    /// Whether results depend on bytes of the stack that the program never wrote, as they may under
    /// the trusted policy: engines need not agree on those.
    private static boolean readsStaleStack(
            Trial trial, VerifiedProgram verified, Outcome reference) {
        return reference.difference(OurEngines.inFreshFrames(trial, verified, 0xA5), "", "") != null
                || reference.difference(OurEngines.inFreshFrames(trial, verified, 0), "", "")
                        != null;
    }

    /// Whether Linux 6.18 may take a branch that it should not: it does not follow a number that
    /// matters back through an atomic operation that fetches it from the stack, and skips a path on
    /// which it differs.
    private static boolean forgetsPrecision(Trial trial, Facts facts) {
        Code code = trial.code();
        for (int pc = 0; pc < code.size(); pc = code.next(pc)) {
            Access access = facts.access(pc);
            if (code.at(pc) instanceof Insn.Atomic atomic && atomic.fetch() && access != null) {
                Region region = access.region();
                if (region == null || region == Region.STACK || region == Region.CALLER_STACK) {
                    return true;
                }
            }
        }
        return false;
    }

    /// Whether a subprogram adds the address of its frame to a number: Linux 6.18 takes the sum for
    /// an address in the frame of the entry.
    private static boolean mistakesFrames(Trial trial, Facts facts) {
        Code code = trial.code();
        for (int pc = 0; pc < code.size(); pc = code.next(pc)) {
            if (code.at(pc) instanceof Insn.Alu(var _, AluOp op, int dst, Operand.Reg(int src))
                    && op == AluOp.ADD
                    && facts.routine(pc).start() != 0
                    && !(facts.before(pc, dst) instanceof Value.Pointer)
                    && facts.before(pc, src) instanceof Value.Pointer pointer
                    && (pointer.region() == Region.STACK
                            || pointer.region() == Region.CALLER_STACK)) {
                return true;
            }
        }
        return false;
    }

    /// Whether only the run decides how often something is repeated: `may_goto` and `bpf_loop` go
    /// on
    /// for millions of turns.
    private static boolean mayRunLong(Code code) {
        for (int pc = 0; pc < code.size(); pc = code.next(pc)) {
            if (code.at(pc) instanceof Insn.MayGoto
                    || (code.at(pc) instanceof Insn.CallHelper(int id) && id == LOOP)) {
                return true;
            }
        }
        return false;
    }

    /// Whether the bits of an address can get into a result: Linux's addresses are others than
    /// ours.
    private static boolean leaksPointers(Trial trial) {
        try {
            Verifier.verify(trial.spec(), WITHOUT_PERFMON, Options.DEFAULT);
            return false;
        } catch (VerificationException e) {
            return true;
        }
    }

    private static @Nullable Problem differs(Outcome reference, Outcome other, String name) {
        Difference difference = reference.difference(other, "the interpreter", name);
        return difference == null
                ? null
                : new Problem(Check.DIFFERENCE, difference.text(), difference.packet());
    }

    private static Judgement crash(String where, Throwable e) {
        return new Judgement(false, null, "", problem(where, e));
    }

    private static Problem problem(String where, Throwable e) {
        StackTraceElement[] trace = e.getStackTrace();
        return new Problem(
                Check.CRASH,
                "%s throws %s%s".formatted(where, e, trace.length > 0 ? " at " + trace[0] : ""),
                -1);
    }

    @Override
    public void close() {
        linux.close();
    }
}
