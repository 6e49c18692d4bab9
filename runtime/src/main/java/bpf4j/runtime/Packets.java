package bpf4j.runtime;

import bpf4j.spec.ProgramType;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Puts packets into executions and keeps the context structs right when helpers change packets.
///
/// What a context tells beside the packet is what `BPF_PROG_TEST_RUN` gives on the loopback
/// interface; a host changes [Execution#context] after preparing to tell otherwise.
public final class Packets {
    /// `struct xdp_md`: bytes and fields.
    public static final int XDP_SIZE = 24;

    public static final int XDP_INGRESS_IFINDEX = 12;
    public static final int XDP_RX_QUEUE_INDEX = 16;

    private static final int ETH_P_802_3_MIN = 0x600;
    private static final int ETH_P_802_3 = 1;
    private static final int ETH_P_802_2 = 4;

    /// `struct __sk_buff`: bytes and fields.
    public static final int SKB_SIZE = 192;

    public static final int SKB_LEN = 0;
    public static final int SKB_PKT_TYPE = 4;
    public static final int SKB_MARK = 8;
    public static final int SKB_QUEUE_MAPPING = 12;
    public static final int SKB_PROTOCOL = 16;
    public static final int SKB_VLAN_PRESENT = 20;
    public static final int SKB_VLAN_TCI = 24;
    public static final int SKB_VLAN_PROTO = 28;
    public static final int SKB_PRIORITY = 32;
    public static final int SKB_INGRESS_IFINDEX = 36;
    public static final int SKB_IFINDEX = 40;
    public static final int SKB_CB = 48;
    public static final int SKB_HASH = 68;
    public static final int SKB_TC_CLASSID = 72;
    public static final int SKB_TSTAMP = 152;
    public static final int SKB_WIRE_LEN = 160;
    public static final int SKB_GSO_SEGS = 164;
    public static final int SKB_GSO_SIZE = 176;
    public static final int SKB_TSTAMP_TYPE = 180;

    /// The bytes of an Ethernet header.
    public static final int ETH_HLEN = 14;

    private static final int LOOPBACK = 1;

    /// Bytes before an XDP packet that the driver keeps for itself (`sizeof(struct xdp_frame)`).
    private static final int XDP_FLOOR = 40;

    /// Where a frame of one page ends, less the room for `struct skb_shared_info`.
    private static final int XDP_LIMIT = 4096 - 320;

    private static final int MULTICAST = 2;
    private static final int OTHERHOST = 3;

    private Packets() {}

    /// Makes an execution ready for a program of any type: a packet for those that work on frames
    /// or socket buffers, a raw context for others. The bytes are not copied.
    public static void prepare(Execution execution, ProgramType type, byte[] bytes) {
        prepare(execution, type, bytes, 0, bytes.length);
    }

    /// Makes an execution ready for a program of any type with a part of an array.
    public static void prepare(
            Execution execution, ProgramType type, byte[] bytes, int index, int length) {
        switch (type.context().struct()) {
            case "xdp_md" -> prepareXdp(execution, bytes, index, length);
            case "__sk_buff" -> prepareSkb(execution, bytes, index, length, startsAtNetwork(type));
            default -> {
                byte[] context = new byte[type.context().size()];
                System.arraycopy(bytes, index, context, 0, Math.min(length, context.length));
                execution.prepareRaw(context);
            }
        }
    }

    /// Makes an execution ready for a program of any type with a packet in native memory.
    public static void prepare(Execution execution, ProgramType type, MemorySegment bytes) {
        switch (type.context().struct()) {
            case "xdp_md" -> prepareXdp(execution, bytes);
            case "__sk_buff" -> {
                execution.setPacket(bytes);
                finishSkb(execution, startsAtNetwork(type));
                execution.packetState.readOnly = isReadOnly(type);
            }
            default -> prepare(execution, type, bytes.toArray(ValueLayout.JAVA_BYTE));
        }
    }

    /// Whether programs of a type see socket buffers without their link-layer header:
    /// `cgroup_skb` and the lightweight tunnels.
    private static boolean startsAtNetwork(ProgramType type) {
        return switch (type.number()) {
            case 8, 10, 11, 12, 19 -> true;
            default -> false;
        };
    }

    private static boolean isReadOnly(ProgramType type) {
        return type.packet() != ProgramType.PacketAccess.READ_WRITE;
    }

    /// Makes an execution ready for an XDP program.
    public static void prepareXdp(Execution execution, byte[] bytes, int index, int length) {
        execution.setPacket(bytes, index, length);
        finishXdp(execution);
    }

    /// Makes an execution ready for an XDP program with a packet in native memory.
    public static void prepareXdp(Execution execution, MemorySegment bytes) {
        execution.setPacket(bytes);
        finishXdp(execution);
    }

    private static void finishXdp(Execution execution) {
        execution.begin(PacketState.Kind.XDP, execution.data, 0);
        execution.packetFloor = XDP_FLOOR;
        execution.packetLimit = Math.max(XDP_LIMIT, execution.dataEnd);
        byte[] context = execution.context;
        if (context.length != XDP_SIZE) {
            context = new byte[XDP_SIZE];
            execution.context = context;
        }
        // The first 8 bytes are pointers, which no program reads from here.
        Memory.LONGS.set(context, XDP_INGRESS_IFINDEX - 4, (long) LOOPBACK << 32);
        Memory.LONGS.set(context, XDP_RX_QUEUE_INDEX, 0L);
    }

    /// Makes an execution ready for a program on a socket buffer of an Ethernet frame.
    ///
    /// @param network whether the program sees the packet from the network header on
    public static void prepareSkb(
            Execution execution, byte[] bytes, int index, int length, boolean network) {
        execution.setPacket(bytes, index, length);
        finishSkb(execution, network);
    }

    private static void finishSkb(Execution execution, boolean network) {
        byte[] context = context(execution, SKB_SIZE);
        int networkHeader = Math.min(execution.data + ETH_HLEN, execution.dataEnd);
        execution.begin(PacketState.Kind.SKB, execution.data, networkHeader);
        execution.packetFloor = 0;
        execution.packetLimit = Integer.MAX_VALUE;
        Memory.INTS.set(context, SKB_IFINDEX, LOOPBACK);
        if (execution.dataEnd - execution.data >= ETH_HLEN) {
            MemorySegment packet = execution.packetSegment();
            long start = (long) execution.packetBase + execution.data;
            Memory.INTS.set(context, SKB_PROTOCOL, protocol(packet, start, execution));
            Memory.INTS.set(context, SKB_PKT_TYPE, packetType(packet, start));
        }
        if (network) {
            execution.data = networkHeader;
            execution.dataMeta = execution.data;
        }
        changed(execution);
    }

    /// The zeroed context struct of an execution.
    private static byte[] context(Execution execution, int size) {
        byte[] context = execution.context;
        if (context.length == size) {
            java.util.Arrays.fill(context, (byte) 0);
            return context;
        }
        execution.context = new byte[size];
        return execution.context;
    }

    /// The protocol of a frame as `eth_type_trans` finds it, in network byte order: below 0x600 the
    /// field is a length, and what follows tells IPX from 802.2.
    private static int protocol(MemorySegment packet, long start, Execution execution) {
        short field = packet.get(Memory.SHORT, start + 12);
        if (Short.toUnsignedInt(Short.reverseBytes(field)) >= ETH_P_802_3_MIN) {
            return field & 0xFFFF;
        }
        boolean ipx =
                execution.dataEnd - execution.data >= ETH_HLEN + 2
                        && packet.get(Memory.SHORT, start + ETH_HLEN) == -1;
        return (ipx ? ETH_P_802_3 : ETH_P_802_2) << 8;
    }

    /// As the loopback interface sees it, whose own address and broadcast address are zero.
    private static int packetType(MemorySegment packet, long start) {
        long address = packet.get(Memory.LONG, start) & 0xFFFF_FFFF_FFFFL;
        return (address & 1) != 0 ? MULTICAST : address == 0 ? 0 : OTHERHOST;
    }

    /// Brings the context in line with `data` and `dataEnd`.
    public static void changed(Execution execution) {
        if (execution.packetState.kind == PacketState.Kind.SKB) {
            Memory.INTS.set(execution.context, SKB_LEN, execution.dataEnd - execution.data);
        }
    }

    /// Sees to it that the packet's memory has room for offsets from `low` to `high`, moving it to
    /// new memory when it must. When `low` is negative, all offsets of the packet become larger:
    /// what the caller has read of them is out of date.
    public static void reserve(Execution execution, int low, int high) {
        if (low < 0) {
            execution.renumber(-low);
            reserve(execution, 0, high - low);
            return;
        }
        long capacity = execution.packetSegment().byteSize();
        if (execution.packetBase + low >= 0 && execution.packetBase + (long) high <= capacity) {
            return;
        }
        int first = Math.min(execution.dataMeta, execution.data);
        if (execution.packetState.kind == PacketState.Kind.XDP) {
            // What was cut off in front can be had back: it begins where the packet began.
            first = Math.min(first, Math.max(Address.HEADROOM, -execution.packetBase));
        }
        int from = Math.min(low, first);
        int to = Math.max(high, execution.dataEnd);
        int slack = 256;
        MemorySegment old = execution.packetSegment();
        int size = to - from + 2 * slack;
        MemorySegment fresh =
                execution.nativePacket != null
                        ? java.lang.foreign.Arena.ofAuto().allocate(size, 8)
                        : MemorySegment.ofArray(new byte[size]);
        int base = slack - from;
        MemorySegment.copy(
                old,
                (long) execution.packetBase + first,
                fresh,
                (long) base + first,
                execution.dataEnd - first);
        execution.movePacket(fresh, base);
    }

    /// Moves `data` by `delta` bytes, with what lies before it.
    public static void moveStart(Execution execution, int delta) {
        execution.data += delta;
        execution.dataMeta = execution.data;
        changed(execution);
    }

    /// Copies bytes inside the packet, offsets in its region.
    public static void copyWithin(Execution execution, int from, int to, int length) {
        MemorySegment packet = execution.packetSegment();
        long base = execution.packetBase;
        MemorySegment.copy(packet, base + from, packet, base + to, length);
    }

    /// Fills bytes of the packet with zeros.
    public static void clear(Execution execution, int from, int length) {
        execution
                .packetSegment()
                .asSlice((long) execution.packetBase + from, length)
                .fill((byte) 0);
    }
}
