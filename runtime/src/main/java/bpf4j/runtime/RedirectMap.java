package bpf4j.runtime;

/// A map of places that packets can be redirected to.
public interface RedirectMap {
    /// Whether there is a place for a key (an unsigned number).
    boolean hasTarget(int key);

    /// Whether a packet can be sent to all places at once.
    boolean broadcasts();
}
