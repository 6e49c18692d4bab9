package bpf4j.runtime;

/// Many packets, one after the other, and what becomes of them. An engine that runs a whole source
/// at once saves what entering a program costs for each packet.
public interface PacketSource {
    /// Prepares an execution for the next packet, see [Packets].
    ///
    /// @return false when there is none
    boolean next(Execution execution);

    /// Takes the result of the packet that was run last.
    void done(Execution execution, long r0);

    /// Whether the packets lie in native memory; else they lie in arrays.
    default boolean isNative() {
        return false;
    }
}
