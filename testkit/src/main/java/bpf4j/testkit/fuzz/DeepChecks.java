package bpf4j.testkit.fuzz;

import bpf4j.spec.LoadPolicy;
import bpf4j.testkit.containment.StatesCheck;
import bpf4j.testkit.fuzz.Finding.Check;
import bpf4j.testkit.fuzz.Judgement.Problem;
import bpf4j.verifier.Options;
import bpf4j.verifier.VerificationException;
import bpf4j.verifier.VerifiedProgram;
import bpf4j.verifier.Verifier;
import bpf4j.verifier.facts.Facts;

import org.jspecify.annotations.Nullable;

/// Checks that cost as much as all others together: that verdicts do not depend on pruning, that
/// runs stay inside the explored states, and that the same gives the same twice.
final class DeepChecks {
    /// Instructions explored without pruning before the comparison is given up.
    private static final int LIMIT = 4_000;

    private static final Options UNPRUNED = new Options(0, LIMIT, 8192, false, false, false);

    private DeepChecks() {}

    /// What is wrong with a program that was accepted, or null.
    static @Nullable Problem accepted(Trial trial, VerifiedProgram verified) {
        VerifiedProgram again;
        try {
            again = Verifier.verify(trial.spec(), LoadPolicy.TRUSTED, Options.DEFAULT);
        } catch (VerificationException e) {
            return twice("accepts, then refuses: " + e.rejection().kernelText());
        }
        if (!again.statistics().equals(verified.statistics())) {
            return twice("explores differently: " + verified.statistics() + again.statistics());
        }
        Problem problem = sameFacts(trial, verified.facts(), again.facts());
        return problem != null ? problem : states(trial, verified);
    }

    private static Problem twice(String what) {
        return new Problem(Check.DETERMINISM, "the verifier at first " + what, -1);
    }

    private static @Nullable Problem sameFacts(Trial trial, Facts facts, Facts others) {
        for (int pc = 0; pc < trial.code().size(); pc = trial.code().next(pc)) {
            for (int reg = 0; reg < 11; reg++) {
                if (!facts.before(pc, reg).equals(others.before(pc, reg))) {
                    String values = facts.before(pc, reg) + ", then " + others.before(pc, reg);
                    return twice("says of r%d at slot %d: %s".formatted(reg, pc, values));
                }
            }
        }
        return null;
    }

    private static @Nullable Problem states(Trial trial, VerifiedProgram verified) {
        StatesCheck states = new StatesCheck(trial.code().size());
        try {
            Verifier.verify(trial.spec(), LoadPolicy.TRUSTED, UNPRUNED, states);
        } catch (VerificationException e) {
            return isLimit(e) || isOfArithmetic(e)
                    ? null
                    : new Problem(
                            Check.PRUNING,
                            "accepted with pruning, refused without: " + e.rejection().kernelText(),
                            -1);
        }
        try {
            OurEngines.observed(trial, verified, states);
            return null;
        } catch (AssertionError e) {
            return new Problem(Check.STATES, String.valueOf(e.getMessage()), -1);
        }
    }

    /// What is wrong with a program that was refused, or null.
    static @Nullable Problem refused(Trial trial, VerificationException refusal) {
        if (isLimit(refusal)) {
            return null;
        }
        try {
            Verifier.verify(trial.spec(), LoadPolicy.TRUSTED, Options.DEFAULT);
            return twice("refuses, then accepts: " + refusal.rejection().kernelText());
        } catch (VerificationException again) {
            if (!again.rejection().text().equals(refusal.rejection().text())) {
                return twice("says: " + refusal.rejection() + ", then: " + again.rejection());
            }
        }
        try {
            Verifier.verify(trial.spec(), LoadPolicy.TRUSTED, UNPRUNED);
        } catch (VerificationException e) {
            return null;
        }
        return new Problem(
                Check.PRUNING,
                "refused with pruning, accepted without: " + refusal.rejection().kernelText(),
                -1);
    }

    /// Whether arithmetic was refused that would be good on numbers. What is a pointer on one path
    /// may be a number on another that is explored in its place, as in Linux: read from the stack
    /// at
    /// an offset that varies. It makes no access bad.
    private static boolean isOfArithmetic(VerificationException refusal) {
        return switch (refusal.rejection().rule()) {
            case "POINTER_ARITHMETIC", "POINTER_COMPARISON" -> true;
            default -> false;
        };
    }

    private static boolean isLimit(VerificationException refusal) {
        String rule = refusal.rejection().rule();
        return rule.equals("TOO_COMPLEX") || rule.equals("TOO_MANY_BRANCHES");
    }
}
