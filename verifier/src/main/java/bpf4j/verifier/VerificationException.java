package bpf4j.verifier;

import java.util.List;

/// A program was refused. The message is the [Rejection] as text.
public final class VerificationException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Rejection rejection;
    private final transient Statistics statistics;
    private final transient List<String> log;

    private VerificationException(Rejection rejection, Statistics statistics, List<String> log) {
        super(rejection.text());
        this.rejection = rejection;
        this.statistics = statistics;
        this.log = List.copyOf(log);
    }

    static VerificationException of(Rejection rejection, Statistics statistics, List<String> log) {
        return new VerificationException(rejection, statistics, log);
    }

    /// Why.
    public Rejection rejection() {
        return rejection;
    }

    /// What was done until then.
    public Statistics statistics() {
        return statistics;
    }

    /// The log that [Options#logLevel] asked for.
    public List<String> log() {
        return log;
    }
}
