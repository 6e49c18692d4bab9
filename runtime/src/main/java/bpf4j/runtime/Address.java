package bpf4j.runtime;

/// Addresses as programs see them: synthetic, `region << 32 | offset`, the same in every engine, so
/// that results compare exactly and a leaked pointer reveals nothing of the process. Region 0 holds
/// nothing: its addresses are null or wild.
public final class Address {
    /// The context of the running program.
    public static final int CONTEXT = 1;

    /// The packet. Its first byte has offset [#HEADROOM] until a program moves it.
    public static final int PACKET = 2;

    /// The stack of all frames. r10 of frame k is [#STACK_TOP] - 512 k.
    public static final int STACK = 3;

    /// Memory that belongs to one execution: buffers of a host, allocated records.
    public static final int FIRST_OBJECT = 16;

    /// The values of the map with id m are region VALUES + m.
    public static final int VALUES = 0x1_0000;

    /// The map with id m itself is region MAPS + m.
    public static final int MAPS = 0x100_0000;

    /// Instructions: the offset of a function's address is its slot.
    public static final int CODE = 0x200_0000;

    /// Bytes before a packet's first byte that `bpf_xdp_adjust_head` can take
    /// (`XDP_PACKET_HEADROOM`).
    public static final int HEADROOM = 256;

    /// What all offsets in the packet's region are below.
    public static final int PACKET_LIMIT = 1 << 30;

    /// Bytes of one frame's stack (`MAX_BPF_STACK`).
    public static final int FRAME_SIZE = 512;

    /// Calls may nest this deep (`MAX_CALL_FRAMES`).
    public static final int MAX_FRAMES = 8;

    /// Frames that the stack has room for: a tail call from a subprogram keeps the frames of its
    /// callers, and there can be 33 tail calls.
    public static final int STACK_FRAMES = 64;

    /// The offset of r10 in the first frame.
    public static final int STACK_TOP = FRAME_SIZE * STACK_FRAMES;

    private Address() {}

    /// The address of a byte.
    public static long of(int region, int offset) {
        return (long) region << 32 | (offset & 0xFFFF_FFFFL);
    }

    /// The region of an address.
    public static int region(long address) {
        return (int) (address >>> 32);
    }

    /// The offset of an address inside its region.
    public static int offset(long address) {
        return (int) address;
    }

    /// An address in words, for messages.
    public static String describe(long address) {
        int region = region(address);
        String offset = Integer.toString(offset(address));
        if (region == 0) {
            return address == 0 ? "null" : "0x%x, which is no address".formatted(address);
        }
        String place =
                switch (region) {
                    case CONTEXT -> "context";
                    case PACKET -> "packet";
                    case STACK -> {
                        offset = Integer.toString(offset(address) - STACK_TOP);
                        yield "stack";
                    }
                    case CODE -> "code";
                    default ->
                            region >= MAPS && region < CODE
                                    ? "map " + (region - MAPS)
                                    : region >= VALUES && region < MAPS
                                            ? "values of map " + (region - VALUES)
                                            : region >= FIRST_OBJECT && region < VALUES
                                                    ? "object " + (region - FIRST_OBJECT)
                                                    : "region 0x%x".formatted(region);
                };
        return place + (offset.startsWith("-") ? "" : "+") + offset;
    }
}
