package bpf4j.cli;

import bpf4j.spec.LoadException;
import bpf4j.vm.capture.CaptureReader;
import bpf4j.vm.capture.Packet;

import java.util.Arrays;

/// Some packets of a capture in memory, one behind the other, so that running a program over them
/// is
/// not mixed with reading them.
final class PacketChunk {
    private static final int PACKETS = 4096;

    private byte[] bytes = new byte[1 << 20];
    private int[] starts = new int[PACKETS + 1];
    private Packet.Header[] headers = new Packet.Header[PACKETS];
    private int count;
    private final long mostBytes;

    /// A chunk that takes packets until it holds `mostBytes`.
    PacketChunk(long mostBytes) {
        this.mostBytes = Math.min(mostBytes, Integer.MAX_VALUE - 64);
    }

    /// Replaces its packets by the next ones of a capture; false when there are none left.
    boolean fill(CaptureReader reader) throws LoadException {
        count = 0;
        while (starts[count] < mostBytes) {
            Packet packet = reader.next();
            if (packet == null) {
                break;
            }
            add(packet);
        }
        return count > 0;
    }

    private void add(Packet packet) {
        int start = starts[count];
        int end = start + packet.length();
        if (end > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 64, 2L * end));
        }
        System.arraycopy(packet.bytes(), 0, bytes, start, packet.length());
        if (count + 1 == starts.length) {
            starts = Arrays.copyOf(starts, starts.length * 2);
            headers = Arrays.copyOf(headers, starts.length);
        }
        headers[count++] = packet.header();
        starts[count] = end;
    }

    /// The number of packets.
    int count() {
        return count;
    }

    /// The number of bytes of all packets.
    int size() {
        return starts[count];
    }

    /// The array that holds all packets.
    byte[] bytes() {
        return bytes;
    }

    /// Where packet `i` begins in [#bytes].
    int start(int i) {
        return starts[i];
    }

    /// The length of packet `i`.
    int length(int i) {
        return starts[i + 1] - starts[i];
    }

    /// What the capture says of packet `i`.
    Packet.Header header(int i) {
        return headers[i];
    }
}
