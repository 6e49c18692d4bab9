package bpf4j.runtime;

import org.jspecify.annotations.Nullable;

/// What belongs to a packet beside its bytes and its context struct. Offsets are in region
/// [Address#PACKET].
public final class PacketState {
    /// What kind of packet a program works on; helpers differ by it.
    public enum Kind {
        /// No packet, or memory that is not one.
        NONE,
        /// A frame in a driver's buffer (`struct xdp_md`).
        XDP,
        /// A socket buffer (`struct __sk_buff`).
        SKB
    }

    public Kind kind = Kind.NONE;

    /// Where the link-layer header begins.
    public int macHeader;

    /// Where the network-layer header begins.
    public int networkHeader;

    /// The interface that `bpf_redirect` named last, or 0; with its flags.
    public int redirectInterface;

    public long redirectFlags;

    /// The map that `bpf_redirect_map` named last, or null; with the key.
    public @Nullable BpfMap redirectMap;

    public long redirectKey;

    /// Whether the packet is inside another (`skb->encapsulation`).
    public boolean encapsulated;

    /// Whether the program may only read the packet.
    public boolean readOnly;

    PacketState() {}

    void reset() {
        kind = Kind.NONE;
        readOnly = false;
        encapsulated = false;
        macHeader = 0;
        networkHeader = 0;
        redirectInterface = 0;
        redirectFlags = 0;
        redirectMap = null;
        redirectKey = 0;
    }
}
