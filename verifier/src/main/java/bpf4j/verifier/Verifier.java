package bpf4j.verifier;

import bpf4j.spec.LoadPolicy;
import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.cfg.Cfg;
import bpf4j.verifier.report.Violation;

import java.util.List;

/// Decides whether a program is safe, as Linux 6.18 decides it.
public final class Verifier {
    private Verifier() {}

    /// Verifies with Linux's limits and without a log.
    public static VerifiedProgram verify(ProgramSpec spec, LoadPolicy policy)
            throws VerificationException {
        return verify(spec, policy, Options.DEFAULT);
    }

    /// Verifies a program under a policy.
    ///
    /// @throws VerificationException when it is refused
    public static VerifiedProgram verify(ProgramSpec spec, LoadPolicy policy, Options options)
            throws VerificationException {
        try {
            Cfg cfg = Cfg.of(spec, policy);
            cfg.analyse(policy);
            return new VerifiedProgram(spec, policy, Statistics.NONE, List.of());
        } catch (Violation violation) {
            throw VerificationException.of(
                    Explanation.of(spec, violation, List.of()), Statistics.NONE, List.of());
        }
    }
}
