package bpf4j.runtime.helper;

import bpf4j.runtime.Errno;
import bpf4j.runtime.Execution;
import bpf4j.runtime.Memory;
import bpf4j.runtime.PacketState;
import bpf4j.runtime.Packets;

import java.lang.foreign.MemorySegment;

/// Helpers that make room in socket buffers or take it away, and send them elsewhere.
final class SkbLayoutHelpers {
    /// Linux: SKB_MAX_ALLOC, four pages less the room for `struct skb_shared_info`.
    private static final int MAX_LENGTH = 4 * 4096 - 320;

    private static final int VLAN_HLEN = 4;
    private static final int ADDRESSES = 12;
    private static final int PROTOCOL_8021Q = 0x0081;
    private static final int PROTOCOL_8021AD = 0xA888;
    private static final int IPV6_LESS_IPV4 = 20;

    private static final int ROOM_NET = 0;
    private static final int ROOM_MAC = 1;
    private static final long FIXED_GSO = 1;
    private static final long ENCAP_IPV4 = 1 << 1;
    private static final long ENCAP_IPV6 = 1 << 2;
    private static final long ENCAP_GRE = 1 << 3;
    private static final long ENCAP_UDP = 1 << 4;
    private static final long NO_CSUM_RESET = 1 << 5;
    private static final long ENCAP_ETH = 1 << 6;
    private static final long DECAP_IPV4 = 1 << 7;
    private static final long DECAP_IPV6 = 1 << 8;
    private static final int L2_SHIFT = 56;

    private SkbLayoutHelpers() {}

    static void register(Registry registry) {
        registry.add(50, SkbLayoutHelpers::adjustRoom);
        registry.add(43, SkbLayoutHelpers::changeHead);
        registry.add(38, SkbLayoutHelpers::changeTail);
        registry.add(31, SkbLayoutHelpers::changeProtocol);
        registry.add(18, SkbLayoutHelpers::pushVlan);
        registry.add(19, SkbLayoutHelpers::popVlan);
        registry.add(13, SkbLayoutHelpers::cloneRedirect);
    }

    private static int protocol(Execution x) {
        return SkbHelpers.field(x, Packets.SKB_PROTOCOL) & 0xFFFF;
    }

    /// Opens `length` zero bytes behind the first `keep` bytes.
    private static void open(Execution x, int keep, int length) {
        Packets.reserve(x, x.data - length, x.dataEnd);
        Packets.copyWithin(x, x.data, x.data - length, keep);
        Packets.clear(x, x.data - length + keep, length);
        x.packetState.macHeader -= length;
        x.packetState.networkHeader -= length;
        Packets.moveStart(x, -length);
    }

    /// Takes `length` bytes away behind the first `keep` bytes.
    private static void close(Execution x, int keep, int length) {
        Packets.copyWithin(x, x.data, x.data + length, keep);
        x.packetState.macHeader += length;
        x.packetState.networkHeader += length;
        Packets.moveStart(x, length);
    }

    private static long adjustRoom(
            Execution x, long ctx, long difference, long mode, long flags, long r5) {
        long known =
                FIXED_GSO
                        | ENCAP_IPV4
                        | ENCAP_IPV6
                        | ENCAP_GRE
                        | ENCAP_UDP
                        | ENCAP_ETH
                        | DECAP_IPV4
                        | DECAP_IPV6
                        | NO_CSUM_RESET
                        | 0xFFL << L2_SHIFT;
        if ((flags & ~known) != 0) {
            return -Errno.EINVAL;
        }
        int delta = (int) difference;
        int length = Math.abs(delta);
        if (length > 0xFFF || length < 0) {
            return -Errno.EFAULT;
        }
        int protocol = protocol(x);
        if (protocol != SkbHelpers.PROTOCOL_IPV4 && protocol != SkbHelpers.PROTOCOL_IPV6) {
            return -Errno.ENOTSUPP;
        }
        int minimum = protocol == SkbHelpers.PROTOCOL_IPV4 ? 20 : 40;
        PacketState state = x.packetState;
        int keep = state.networkHeader - state.macHeader;
        switch ((int) mode) {
            case ROOM_NET -> keep += minimum;
            case ROOM_MAC -> {}
            default -> {
                return -Errno.ENOTSUPP;
            }
        }
        boolean shrink = delta < 0;
        if ((flags & (DECAP_IPV4 | DECAP_IPV6)) != 0) {
            boolean both = (flags & (DECAP_IPV4 | DECAP_IPV6)) == (DECAP_IPV4 | DECAP_IPV6);
            if (!shrink || both) {
                return -Errno.EINVAL;
            }
            minimum = (flags & DECAP_IPV4) != 0 ? 20 : 40;
        }
        int current = x.dataEnd - state.networkHeader;
        if (shrink
                ? length >= current || current - length < minimum
                : SkbHelpers.length(x) + length > MAX_LENGTH) {
            return -Errno.ENOTSUPP;
        }
        return shrink ? shrink(x, keep, length, flags) : grow(x, keep, length, flags);
    }

    private static long grow(Execution x, int keep, int length, long flags) {
        boolean encapsulates = (flags & (ENCAP_IPV4 | ENCAP_IPV6)) != 0;
        if (encapsulates) {
            int innerMac = (int) (flags >>> L2_SHIFT);
            if (both(flags, ENCAP_IPV4 | ENCAP_IPV6)
                    || both(flags, ENCAP_GRE | ENCAP_UDP)
                    || (flags & ENCAP_ETH) != 0 && innerMac < Packets.ETH_HLEN) {
                return -Errno.EINVAL;
            }
            if (x.packetState.isEncapsulated()) {
                return -Errno.EALREADY;
            }
            if (innerMac > length) {
                return -Errno.EINVAL;
            }
        }
        open(x, keep, length);
        if (encapsulates) {
            x.packetState.encapsulate();
            changeTo(x, (flags & ENCAP_IPV6) != 0);
        }
        return 0;
    }

    private static boolean both(long flags, long pair) {
        return (flags & pair) == pair;
    }

    private static void changeTo(Execution x, boolean ipv6) {
        SkbHelpers.set(
                x,
                Packets.SKB_PROTOCOL,
                ipv6 ? SkbHelpers.PROTOCOL_IPV6 : SkbHelpers.PROTOCOL_IPV4);
    }

    private static long shrink(Execution x, int keep, int length, long flags) {
        if ((flags & ~(FIXED_GSO | DECAP_IPV4 | DECAP_IPV6 | NO_CSUM_RESET)) != 0) {
            return -Errno.EINVAL;
        }
        if (keep + length > SkbHelpers.length(x)) {
            return -Errno.ENOMEM;
        }
        close(x, keep, length);
        if ((flags & (DECAP_IPV4 | DECAP_IPV6)) != 0) {
            changeTo(x, (flags & DECAP_IPV6) != 0);
        }
        return 0;
    }

    private static long changeHead(Execution x, long ctx, long room, long flags, long r4, long r5) {
        long length = room & 0xFFFF_FFFFL;
        if (flags != 0 || SkbHelpers.length(x) + length > MAX_LENGTH) {
            return -Errno.EINVAL;
        }
        Packets.reserve(x, x.data - (int) length, x.dataEnd);
        Packets.clear(x, x.data - (int) length, (int) length);
        Packets.moveStart(x, -(int) length);
        x.packetState.macHeader = x.data;
        return 0;
    }

    private static long changeTail(
            Execution x, long ctx, long newLength, long flags, long r4, long r5) {
        long length = newLength & 0xFFFF_FFFFL;
        int minimum = Math.max(0, x.packetState.networkHeader - x.data);
        if (flags != 0 || length > MAX_LENGTH || length < minimum) {
            return -Errno.EINVAL;
        }
        if (x.packetState.isEncapsulated()) {
            return -Errno.ENOTSUPP;
        }
        int end = x.data + (int) length;
        if (end > x.dataEnd) {
            Packets.reserve(x, x.dataMeta, end);
            Packets.clear(x, x.dataEnd, end - x.dataEnd);
        }
        x.dataEnd = end;
        Packets.changed(x);
        return 0;
    }

    private static long changeProtocol(
            Execution x, long ctx, long to, long flags, long r4, long r5) {
        if (flags != 0) {
            return -Errno.EINVAL;
        }
        int from = protocol(x);
        int wanted = (int) to & 0xFFFF;
        int keep = x.packetState.networkHeader - x.packetState.macHeader;
        if (from == SkbHelpers.PROTOCOL_IPV4 && wanted == SkbHelpers.PROTOCOL_IPV6) {
            open(x, keep, IPV6_LESS_IPV4);
        } else if (from == SkbHelpers.PROTOCOL_IPV6 && wanted == SkbHelpers.PROTOCOL_IPV4) {
            if (keep + IPV6_LESS_IPV4 > SkbHelpers.length(x)) {
                return -Errno.ENOMEM;
            }
            close(x, keep, IPV6_LESS_IPV4);
        } else {
            return -Errno.ENOTSUPP;
        }
        changeTo(x, wanted == SkbHelpers.PROTOCOL_IPV6);
        SkbHelpers.set(x, Packets.SKB_HASH, 0);
        return 0;
    }

    /// As in Linux the new tag is kept beside the packet (`vlan_tci` of the context); a tag that
    /// was there goes into the packet.
    private static long pushVlan(Execution x, long ctx, long protocol, long tci, long r4, long r5) {
        if (SkbHelpers.field(x, Packets.SKB_VLAN_PRESENT) != 0) {
            if (x.packetState.macHeader + ADDRESSES > x.dataEnd) {
                return -Errno.ENOMEM;
            }
            int tag = SkbHelpers.field(x, Packets.SKB_VLAN_TCI);
            int old = SkbHelpers.field(x, Packets.SKB_VLAN_PROTO) & 0xFFFF;
            open(x, ADDRESSES, VLAN_HLEN);
            MemorySegment packet = x.packetSegment();
            long at = (long) x.packetBase + x.data + ADDRESSES;
            packet.set(Memory.SHORT, at, (short) old);
            packet.set(Memory.SHORT, at + 2, Short.reverseBytes((short) tag));
            SkbHelpers.set(x, Packets.SKB_PROTOCOL, old);
        }
        int wanted = (int) protocol & 0xFFFF;
        boolean known = wanted == PROTOCOL_8021Q || wanted == PROTOCOL_8021AD;
        setTag(x, known ? wanted : PROTOCOL_8021Q, (int) tci & 0xFFFF);
        return 0;
    }

    private static void setTag(Execution x, int protocol, int tci) {
        SkbHelpers.set(x, Packets.SKB_VLAN_PRESENT, 1);
        SkbHelpers.set(x, Packets.SKB_VLAN_PROTO, protocol);
        SkbHelpers.set(x, Packets.SKB_VLAN_TCI, tci);
    }

    private static boolean isVlan(int protocol) {
        return protocol == PROTOCOL_8021Q || protocol == PROTOCOL_8021AD;
    }

    private static long popVlan(Execution x, long ctx, long r2, long r3, long r4, long r5) {
        if (SkbHelpers.field(x, Packets.SKB_VLAN_PRESENT) != 0) {
            SkbHelpers.set(x, Packets.SKB_VLAN_PRESENT, 0);
            SkbHelpers.set(x, Packets.SKB_VLAN_PROTO, 0);
            SkbHelpers.set(x, Packets.SKB_VLAN_TCI, 0);
        } else {
            if (!isVlan(protocol(x))) {
                return 0;
            }
            if (takeTag(x) < 0) {
                return -Errno.ENOMEM;
            }
        }
        int protocol = protocol(x);
        if (isVlan(protocol)) {
            int next = takeTag(x);
            if (next < 0) {
                return -Errno.ENOMEM;
            }
            setTag(x, protocol, next);
        }
        return 0;
    }

    /// Takes the tag out of the packet and returns it, or -1 when the packet is too short.
    private static int takeTag(Execution x) {
        if (x.packetState.macHeader + ADDRESSES + VLAN_HLEN + 2 > x.dataEnd) {
            return -1;
        }
        MemorySegment packet = x.packetSegment();
        long at = (long) x.packetBase + x.packetState.macHeader + ADDRESSES;
        int tci = Short.reverseBytes(packet.get(Memory.SHORT, at + 2)) & 0xFFFF;
        int inner = packet.get(Memory.SHORT, at + 4) & 0xFFFF;
        close(x, ADDRESSES, VLAN_HLEN);
        SkbHelpers.set(x, Packets.SKB_PROTOCOL, inner);
        return tci;
    }

    private static long cloneRedirect(
            Execution x, long ctx, long ifindex, long flags, long r4, long r5) {
        return (flags & ~1L) != 0
                ? -Errno.EINVAL
                : x.host.transmit(x.packetBytes(), (int) ifindex, flags);
    }
}
