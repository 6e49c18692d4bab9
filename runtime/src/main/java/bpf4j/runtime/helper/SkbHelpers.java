package bpf4j.runtime.helper;

import bpf4j.runtime.Errno;
import bpf4j.runtime.Execution;
import bpf4j.runtime.Memory;
import bpf4j.runtime.Packets;

import java.lang.foreign.MemorySegment;

/// Helpers that read and write socket buffers and their fields.
final class SkbHelpers {
    private static final long RECOMPUTE_CSUM = 1;
    private static final long INVALIDATE_HASH = 2;
    private static final int MAX_PACKET_TYPE = 3;

    /// `ETH_P_IP` and `ETH_P_IPV6` as a program reads them from the context.
    static final int PROTOCOL_IPV4 = 0x0008;

    static final int PROTOCOL_IPV6 = 0xDD86;

    private SkbHelpers() {}

    static void register(Registry registry) {
        registry.add(26, (x, r1, r2, r3, r4, r5) -> load(x, x.data, r2, r3, r4));
        registry.add(68, SkbHelpers::loadRelative);
        registry.add(9, SkbHelpers::store);
        registry.add(39, SkbHelpers::pullData);
        registry.add(32, SkbHelpers::changeType);
        registry.add(34, SkbHelpers::hash);
        registry.add(41, (x, r1, r2, r3, r4, r5) -> setHash(x, 0));
        registry.add(48, (x, r1, r2, r3, r4, r5) -> setHash(x, (int) r2));
        registry.add(97, SkbHelpers::setCongestion);
        registry.add(163, SkbHelpers::checkMtu);
        registry.add(192, SkbHelpers::setTimestamp);
    }

    static int field(Execution x, int offset) {
        return (int) Memory.INTS.get(x.context, offset);
    }

    static void set(Execution x, int offset, int value) {
        Memory.INTS.set(x.context, offset, value);
    }

    static int length(Execution x) {
        return x.dataEnd - x.data;
    }

    /// Fills the memory with zeros when the bytes are not all there.
    private static long load(Execution x, int start, long offset, long address, long length) {
        long at = offset & 0xFFFF_FFFFL;
        long size = length & 0xFFFF_FFFFL;
        MemorySegment memory = Memory.segment(x, address, size, true);
        long index = Memory.index(x, address);
        if (at > Integer.MAX_VALUE || start + at + size > x.dataEnd) {
            memory.asSlice(index, size).fill((byte) 0);
            return -Errno.EFAULT;
        }
        MemorySegment.copy(x.packetSegment(), x.packetBase + start + at, memory, index, size);
        return 0;
    }

    private static long loadRelative(
            Execution x, long ctx, long offset, long address, long length, long header) {
        boolean known = (int) header == 0 || (int) header == 1;
        boolean near = (offset & 0xFFFF_FFFFL) <= 0xFFFF;
        int start = (int) header == 0 ? x.packetState.macHeader : x.packetState.networkHeader;
        return load(x, start, known && near ? offset : 0xFFFF_FFFFL, address, length);
    }

    private static long store(
            Execution x, long ctx, long offset, long address, long length, long flags) {
        if ((flags & ~(RECOMPUTE_CSUM | INVALIDATE_HASH)) != 0) {
            return -Errno.EINVAL;
        }
        long at = offset & 0xFFFF_FFFFL;
        long size = length & 0xFFFF_FFFFL;
        if (at > Integer.MAX_VALUE || at + size > length(x)) {
            return -Errno.EFAULT;
        }
        MemorySegment.copy(
                Memory.segment(x, address, size, false),
                Memory.index(x, address),
                x.packetSegment(),
                x.packetBase + x.data + at,
                size);
        if ((flags & INVALIDATE_HASH) != 0) {
            set(x, Packets.SKB_HASH, 0);
        }
        return 0;
    }

    /// Packets are always whole here.
    private static long pullData(Execution x, long ctx, long length, long r3, long r4, long r5) {
        return (length & 0xFFFF_FFFFL) > length(x) ? -Errno.ENOMEM : 0;
    }

    private static long changeType(Execution x, long ctx, long type, long r3, long r4, long r5) {
        if (Integer.compareUnsigned((int) type, MAX_PACKET_TYPE) > 0
                || Integer.compareUnsigned(field(x, Packets.SKB_PKT_TYPE), MAX_PACKET_TYPE) > 0) {
            return -Errno.EINVAL;
        }
        set(x, Packets.SKB_PKT_TYPE, (int) type);
        return 0;
    }

    /// The context's hash, or when it has none one over addresses and ports. Linux's is keyed at
    /// random; this one is the same in every run.
    private static long hash(Execution x, long ctx, long r2, long r3, long r4, long r5) {
        int hash = field(x, Packets.SKB_HASH);
        if (hash == 0) {
            int start = x.packetState.networkHeader;
            boolean v6 = (field(x, Packets.SKB_PROTOCOL) & 0xFFFF) == PROTOCOL_IPV6;
            int from = start + (v6 ? 8 : 12);
            int to = Math.min(start + (v6 ? 44 : 24), x.dataEnd);
            MemorySegment packet = x.packetSegment();
            long mixed = 0x9E37_79B9L;
            for (int at = from; at < to; at++) {
                byte value =
                        packet.get(
                                java.lang.foreign.ValueLayout.JAVA_BYTE, (long) x.packetBase + at);
                mixed = (mixed ^ (value & 0xFF)) * 0x0100_0000_01B3L;
            }
            hash = (int) (mixed ^ mixed >>> 32) | 1;
            set(x, Packets.SKB_HASH, hash);
        }
        return hash & 0xFFFF_FFFFL;
    }

    private static long setHash(Execution x, int hash) {
        set(x, Packets.SKB_HASH, hash);
        return 0;
    }

    /// Marks congestion in the IP header when sender and receiver know of it (RFC 3168): 1 when the
    /// mark is set afterwards.
    private static long setCongestion(Execution x, long ctx, long r2, long r3, long r4, long r5) {
        int protocol = field(x, Packets.SKB_PROTOCOL) & 0xFFFF;
        MemorySegment packet = x.packetSegment();
        long header = (long) x.packetBase + x.packetState.networkHeader;
        int room = x.dataEnd - x.packetState.networkHeader;
        if (protocol == PROTOCOL_IPV4 && room >= 20) {
            int tos = packet.get(java.lang.foreign.ValueLayout.JAVA_BYTE, header + 1) & 0xFF;
            if ((tos & 3) == 0) {
                return 0;
            }
            if ((tos & 3) != 3) {
                int old = packet.get(Memory.SHORT, header) & 0xFFFF;
                packet.set(java.lang.foreign.ValueLayout.JAVA_BYTE, header + 1, (byte) (tos | 3));
                int changed = packet.get(Memory.SHORT, header) & 0xFFFF;
                int check = packet.get(Memory.SHORT, header + 10) & 0xFFFF;
                packet.set(
                        Memory.SHORT, header + 10, (short) Checksum.replace2(check, old, changed));
            }
            return 1;
        }
        if (protocol == PROTOCOL_IPV6 && room >= 40) {
            // The two bits of the traffic class are bits 4 and 5 of the second byte.
            int second = packet.get(java.lang.foreign.ValueLayout.JAVA_BYTE, header + 1);
            if ((second & 0x30) == 0) {
                return 0;
            }
            packet.set(java.lang.foreign.ValueLayout.JAVA_BYTE, header + 1, (byte) (second | 0x30));
            return 1;
        }
        return 0;
    }

    /// `bpf_check_mtu` for socket buffers and frames: 0 when the packet fits, 1 when not.
    private static long checkMtu(
            Execution x, long ctx, long ifindex, long lengthAddress, long difference, long flags) {
        boolean skb = x.packetState.kind == bpf4j.runtime.PacketState.Kind.SKB;
        int given = (int) Memory.load(x, lengthAddress, 4);
        if ((flags & ~(skb ? 1L : 0)) != 0 || flags != 0 && ((int) difference != 0 || given != 0)) {
            return -Errno.EINVAL;
        }
        int index = (int) ifindex;
        if (index == 0) {
            index = skb ? field(x, Packets.SKB_IFINDEX) : field(x, Packets.XDP_INGRESS_IFINDEX);
        }
        int mtu = x.host.mtu(index);
        if (mtu < 0) {
            return -Errno.ENODEV;
        }
        long size = given != 0 ? (given & 0xFFFF_FFFFL) + Packets.ETH_HLEN : length(x);
        Memory.store(x, lengthAddress, 4, mtu);
        return size + (int) difference <= mtu + (long) Packets.ETH_HLEN ? 0 : 1;
    }

    private static long setTimestamp(
            Execution x, long ctx, long time, long type, long r4, long r5) {
        int protocol = field(x, Packets.SKB_PROTOCOL) & 0xFFFF;
        if (protocol != PROTOCOL_IPV4 && protocol != PROTOCOL_IPV6) {
            return -Errno.EOPNOTSUPP;
        }
        int kind = (int) type;
        // Clocks: 0 real time, 1 monotonic, 2 atomic time.
        if (kind < 0 || kind > 2 || kind != 0 && time == 0) {
            return -Errno.EINVAL;
        }
        Memory.LONGS.set(x.context, Packets.SKB_TSTAMP, time);
        x.context[Packets.SKB_TSTAMP_TYPE] = (byte) kind;
        return 0;
    }
}
