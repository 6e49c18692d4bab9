package bpf4j.vm.capture;

import static bpf4j.vm.capture.CaptureReader.Input.int16;
import static bpf4j.vm.capture.CaptureReader.Input.int32;

import bpf4j.spec.LoadException;
import bpf4j.vm.capture.CaptureReader.Input;

import java.io.IOException;
import java.nio.ByteOrder;

/// The pcap format: a file header of 24 bytes, then each packet behind a header of 16 bytes
/// (draft-ietf-opsawg-pcap).
final class PcapFormat implements CaptureReader.Format {
    private final ByteOrder order;
    private final boolean nanoseconds;
    private final int linkType;
    private final byte[] header = new byte[16];

    private PcapFormat(ByteOrder order, boolean nanoseconds, int linkType) {
        this.order = order;
        this.nanoseconds = nanoseconds;
        this.linkType = linkType;
    }

    static PcapFormat open(Input in, ByteOrder order, boolean nanoseconds)
            throws IOException, LoadException {
        byte[] rest = new byte[20];
        in.fill(rest, 0, 20, "the pcap file header");
        int major = int16(rest, 0, order);
        if (major != 2) {
            throw in.bad("pcap version " + major + " is unknown; 2 is the only one in use");
        }
        // The upper bits of the link type field say how long the frame check sequence is.
        return new PcapFormat(order, nanoseconds, int32(rest, 16, order) & 0x0FFF_FFFF);
    }

    @Override
    public boolean read(Input in, Packet packet) throws IOException, LoadException {
        if (!in.fillOrEnd(header, 16, "a packet header")) {
            return false;
        }
        int captured = int32(header, 8, order);
        if (captured < 0 || captured > CaptureReader.MAX_PACKET) {
            throw in.bad(
                    "a packet of %d bytes cannot be: the capture is damaged here"
                            .formatted(Integer.toUnsignedLong(captured)));
        }
        packet.bytes = PacketBytes.room(packet.bytes, captured);
        in.fill(packet.bytes, 0, captured, "a packet");
        packet.length = captured;
        packet.originalLength = Math.max(captured, int32(header, 12, order));
        long seconds = Integer.toUnsignedLong(int32(header, 0, order));
        long fraction = Integer.toUnsignedLong(int32(header, 4, order));
        packet.nanos = seconds * 1_000_000_000 + (nanoseconds ? fraction : fraction * 1000);
        packet.linkType = linkType;
        return true;
    }

    @Override
    public int linkType() {
        return linkType;
    }

    @Override
    public boolean nanoseconds() {
        return nanoseconds;
    }
}
