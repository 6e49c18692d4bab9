package bpf4j.runtime;

/// What belongs to a packet beside its bytes and its context struct. Offsets are in region
/// [Address#PACKET].
public final class PacketState {
    /// Where the link-layer header begins.
    public int macHeader;

    /// Where the network-layer header begins.
    public int networkHeader;

    PacketState() {}
}
