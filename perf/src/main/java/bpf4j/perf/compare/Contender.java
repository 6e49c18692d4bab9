package bpf4j.perf.compare;

import org.jspecify.annotations.Nullable;

/// Something that runs one program of the comparison.
public interface Contender extends AutoCloseable {
    /// Runs the program once on a copy of a packet.
    Outcome probe(byte[] packet);

    /// Runs the program `times` times over the ring of packets.
    ///
    /// @return the sum of what it returned, so that nothing can be left out
    long run(long times);

    /// What is measured in the same way and subtracted, because it is not the program's: the call
    /// of an empty program. Null where nothing is.
    default @Nullable Contender baseline() {
        return null;
    }

    /// How many times longer than others it must run in each round, because a call costs much that
    /// is not the program's, and differs from call to call.
    default int slices() {
        return 1;
    }

    @Override
    default void close() {}
}
