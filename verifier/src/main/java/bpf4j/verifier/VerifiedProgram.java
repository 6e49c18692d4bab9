package bpf4j.verifier;

import bpf4j.spec.LoadPolicy;
import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.cfg.Cfg;
import bpf4j.verifier.facts.Facts;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// A program that the verifier has accepted. Only the verifier makes these.
public final class VerifiedProgram implements Executable {
    private final ProgramSpec spec;
    private final LoadPolicy policy;
    private final Statistics statistics;
    private final List<String> log;
    private @Nullable Facts facts;

    /// Its control flow, until the facts are known.
    private @Nullable Cfg cfg;

    VerifiedProgram(
            ProgramSpec spec, LoadPolicy policy, Cfg cfg, Statistics statistics, List<String> log) {
        this.spec = spec;
        this.policy = policy;
        this.cfg = cfg;
        this.statistics = statistics;
        this.log = List.copyOf(log);
    }

    @Override
    public ProgramSpec spec() {
        return spec;
    }

    /// The policy under which it was accepted.
    public LoadPolicy policy() {
        return policy;
    }

    /// What holds on every run of it; computed at the first call.
    public synchronized Facts facts() {
        Facts known = facts;
        Cfg flow = cfg;
        if (known == null) {
            known = flow == null ? Facts.of(spec, policy) : Facts.of(spec, policy, flow);
            facts = known;
            cfg = null;
        }
        return known;
    }

    /// What it took to verify it.
    public Statistics statistics() {
        return statistics;
    }

    /// The log that [Options#logLevel] asked for.
    public List<String> log() {
        return log;
    }
}
