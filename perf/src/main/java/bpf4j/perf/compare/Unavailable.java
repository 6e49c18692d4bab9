package bpf4j.perf.compare;

/// A contender cannot run here; the message says why in one line.
public final class Unavailable extends Exception {
    private static final long serialVersionUID = 1;

    /// Something that is missing.
    public Unavailable(String reason) {
        super(reason);
    }
}
