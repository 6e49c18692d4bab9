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

    /// Whether the program may only read the packet.
    public boolean readOnly;

    private boolean changed;
    private int redirectInterface;
    private @Nullable BpfMap redirectMap;
    private long redirectKey;
    private long redirectFlags;
    private boolean encapsulated;

    PacketState() {}

    /// Notes the interface that `bpf_redirect` names.
    public void redirect(int ifindex, long flags) {
        changed = true;
        redirectInterface = ifindex;
        redirectMap = null;
        redirectFlags = flags;
    }

    /// Notes the entry of a map that `bpf_redirect_map` names.
    public void redirect(BpfMap map, long key, long flags) {
        changed = true;
        redirectInterface = 0;
        redirectMap = map;
        redirectKey = key;
        redirectFlags = flags;
    }

    /// Notes that the packet is inside another (`skb->encapsulation`).
    public void encapsulate() {
        changed = true;
        encapsulated = true;
    }

    /// The interface that `bpf_redirect` named last, or 0.
    public int redirectInterface() {
        return redirectInterface;
    }

    /// The map that `bpf_redirect_map` named last, or null.
    public @Nullable BpfMap redirectMap() {
        return redirectMap;
    }

    /// The key in [#redirectMap].
    public long redirectKey() {
        return redirectKey;
    }

    /// The flags of the last redirection.
    public long redirectFlags() {
        return redirectFlags;
    }

    /// Whether the packet is inside another.
    public boolean isEncapsulated() {
        return encapsulated;
    }

    /// Makes ready for the next packet. Writes little: it is a part of each run.
    void reset(Kind nextKind, int mac, int network) {
        if (kind != nextKind) {
            kind = nextKind;
        }
        macHeader = mac;
        networkHeader = network;
        readOnly = false;
        if (changed) {
            changed = false;
            encapsulated = false;
            redirectInterface = 0;
            redirectFlags = 0;
            redirectMap = null;
            redirectKey = 0;
        }
    }
}
