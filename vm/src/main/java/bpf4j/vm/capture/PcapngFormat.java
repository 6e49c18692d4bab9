package bpf4j.vm.capture;

import static bpf4j.vm.capture.CaptureReader.Input.int16;
import static bpf4j.vm.capture.CaptureReader.Input.int32;

import bpf4j.spec.LoadException;
import bpf4j.vm.capture.CaptureReader.Input;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// The pcapng format (draft-ietf-opsawg-pcapng): sections of blocks; packets are in enhanced,
/// simple
/// and (obsolete) packet blocks; every other block is passed over.
final class PcapngFormat implements CaptureReader.Format {
    /// The type of a section header block; reads the same in both byte orders.
    static final int SECTION = 0x0A0D_0D0A;

    private static final int INTERFACE = 1;
    private static final int OBSOLETE_PACKET = 2;
    private static final int SIMPLE_PACKET = 3;
    private static final int ENHANCED_PACKET = 6;
    private static final int OPTION_TIME_RESOLUTION = 9;
    private static final int OPTION_TIME_OFFSET = 14;
    private static final int MAX_INTERFACES = 1 << 16;

    private ByteOrder order = ByteOrder.LITTLE_ENDIAN;
    private final List<Interface> interfaces = new ArrayList<>();
    private final byte[] word = new byte[8];

    /// An interface: how its packets begin and what its clock counts.
    private record Interface(int linkType, int snapLength, int resolution, long offsetSeconds) {
        long nanos(long ticks) {
            int exponent = resolution & 0x7F;
            long nanos;
            if ((resolution & 0x80) != 0) {
                long perSecond = 1L << Math.min(exponent, 62);
                long seconds = Long.divideUnsigned(ticks, perSecond);
                long rest = Long.remainderUnsigned(ticks, perSecond);
                nanos = seconds * 1_000_000_000 + (long) ((double) rest / perSecond * 1e9);
            } else if (exponent <= 9) {
                nanos = ticks * power10(9 - exponent);
            } else {
                nanos = exponent > 27 ? 0 : Long.divideUnsigned(ticks, power10(exponent - 9));
            }
            return nanos + offsetSeconds * 1_000_000_000;
        }

        private static long power10(int exponent) {
            long power = 1;
            for (int i = 0; i < exponent; i++) {
                power *= 10;
            }
            return power;
        }
    }

    private PcapngFormat() {}

    static PcapngFormat open(Input in) throws IOException, LoadException {
        PcapngFormat format = new PcapngFormat();
        in.fill(format.word, 0, 4, "the section header");
        format.section(in);
        return format;
    }

    /// Reads the rest of a section header block; its length field is in [#word].
    private void section(Input in) throws IOException, LoadException {
        byte[] magic = new byte[4];
        in.fill(magic, 0, 4, "the section header");
        order =
                switch (int32(magic, 0, ByteOrder.BIG_ENDIAN)) {
                    case 0x1A2B3C4D -> ByteOrder.BIG_ENDIAN;
                    case 0x4D3C2B1A -> ByteOrder.LITTLE_ENDIAN;
                    default -> throw in.bad("the section header has no byte order mark");
                };
        int length = length(in, int32(word, 0, order), 28);
        in.skip(length - 12, "the section header");
        interfaces.clear();
    }

    private static int length(Input in, int length, int least) throws LoadException {
        if (length < least || (length & 3) != 0 || length > CaptureReader.MAX_PACKET + (1 << 16)) {
            throw in.bad(
                    "a block of %d bytes cannot be: the capture is damaged here"
                            .formatted(Integer.toUnsignedLong(length)));
        }
        return length;
    }

    @Override
    public boolean read(Input in, Packet packet) throws IOException, LoadException {
        while (in.fillOrEnd(word, 4, "a block header")) {
            int type = int32(word, 0, order);
            in.fill(word, 0, 4, "a block header");
            if (type == SECTION) {
                section(in);
                continue;
            }
            int body = length(in, int32(word, 0, order), 12) - 12;
            switch (type) {
                case INTERFACE -> describe(in, body);
                case ENHANCED_PACKET, OBSOLETE_PACKET -> {
                    timedPacket(in, body, type == OBSOLETE_PACKET, packet);
                    return true;
                }
                case SIMPLE_PACKET -> {
                    simplePacket(in, body, packet);
                    return true;
                }
                default -> in.skip(body + 4L, "a block");
            }
        }
        return false;
    }

    private void describe(Input in, int body) throws IOException, LoadException {
        if (body < 8 || interfaces.size() >= MAX_INTERFACES) {
            throw in.bad("the interface description is damaged");
        }
        byte[] block = new byte[body + 4];
        in.fill(block, 0, body + 4, "an interface description");
        int resolution = 6;
        long offset = 0;
        for (int at = 8; at + 4 <= body; ) {
            int code = int16(block, at, order);
            int length = int16(block, at + 2, order);
            if (code == 0 || at + 4 + length > body) {
                break;
            }
            if (code == OPTION_TIME_RESOLUTION && length == 1) {
                resolution = block[at + 4] & 0xFF;
            } else if (code == OPTION_TIME_OFFSET && length == 8) {
                offset = int64(block, at + 4);
            }
            at += 4 + (length + 3 & ~3);
        }
        interfaces.add(
                new Interface(int16(block, 0, order), int32(block, 4, order), resolution, offset));
    }

    private long int64(byte[] block, int at) {
        long first = int32(block, at, order) & 0xFFFF_FFFFL;
        long second = int32(block, at + 4, order) & 0xFFFF_FFFFL;
        return order == ByteOrder.BIG_ENDIAN ? first << 32 | second : second << 32 | first;
    }

    private void timedPacket(Input in, int body, boolean obsolete, Packet packet)
            throws IOException, LoadException {
        if (body < 20) {
            throw in.bad("the packet block is too short");
        }
        byte[] head = new byte[20];
        in.fill(head, 0, 20, "a packet block");
        int id = obsolete ? int16(head, 0, order) : int32(head, 0, order);
        Interface from = interfaceOf(in, id);
        long ticks =
                (int32(head, 4, order) & 0xFFFF_FFFFL) << 32
                        | (int32(head, 8, order) & 0xFFFF_FFFFL);
        int captured = int32(head, 12, order);
        if (captured < 0 || captured > body - 20) {
            throw in.bad("the packet is longer than its block");
        }
        bytes(in, packet, captured, body - 20 - captured);
        packet.originalLength = Math.max(captured, int32(head, 16, order));
        packet.nanos = from.nanos(ticks);
        packet.linkType = from.linkType;
    }

    private void simplePacket(Input in, int body, Packet packet) throws IOException, LoadException {
        if (body < 4) {
            throw in.bad("the packet block is too short");
        }
        in.fill(word, 0, 4, "a packet block");
        Interface from = interfaceOf(in, 0);
        int original = int32(word, 0, order);
        int captured = original < 0 || original > body - 4 ? body - 4 : original;
        if (from.snapLength > 0 && captured > from.snapLength) {
            captured = from.snapLength;
        }
        bytes(in, packet, captured, body - 4 - captured);
        packet.originalLength = Math.max(captured, original);
        packet.nanos = 0;
        packet.linkType = from.linkType;
    }

    private static void bytes(Input in, Packet packet, int captured, int rest)
            throws IOException, LoadException {
        packet.bytes = PacketBytes.room(packet.bytes, captured);
        in.fill(packet.bytes, 0, captured, "a packet");
        packet.length = captured;
        in.skip(rest + 4L, "a packet block");
    }

    private Interface interfaceOf(Input in, int id) throws LoadException {
        if (id < 0 || id >= interfaces.size()) {
            throw in.bad("a packet of interface " + id + ", which the capture does not describe");
        }
        return interfaces.get(id);
    }

    @Override
    public int linkType() {
        return interfaces.isEmpty() ? -1 : interfaces.getFirst().linkType;
    }

    @Override
    public boolean nanoseconds() {
        return true;
    }
}
