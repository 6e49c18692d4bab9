package bpf4j.verifier;

import bpf4j.spec.LoadPolicy;
import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.cfg.Cfg;
import bpf4j.verifier.check.MapRules;
import bpf4j.verifier.check.Requirements;
import bpf4j.verifier.explore.Explorer;
import bpf4j.verifier.report.Violation;

import org.jspecify.annotations.Nullable;

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
        return verify(spec, policy, options, null);
    }

    /// The same, watched.
    public static VerifiedProgram verify(
            ProgramSpec spec,
            LoadPolicy policy,
            Options options,
            @Nullable ExplorationObserver observer)
            throws VerificationException {
        Explorer explorer = null;
        try {
            Requirements.check(spec, policy);
            Cfg cfg = Cfg.of(spec, policy);
            MapRules.check(spec);
            cfg.analyse(policy);
            Requirements.checkSleepable(spec);
            explorer = new Explorer(spec, policy, options, cfg, observer);
            explorer.run();
            return new VerifiedProgram(spec, policy, cfg, explorer.statistics(), explorer.log());
        } catch (Violation violation) {
            Statistics statistics = explorer == null ? Statistics.NONE : explorer.statistics();
            throw VerificationException.of(
                    Explanation.of(spec, violation, explorer),
                    statistics,
                    explorer == null ? List.of() : explorer.log());
        }
    }
}
