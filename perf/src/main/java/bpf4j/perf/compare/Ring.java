package bpf4j.perf.compare;

/// Copies of one packet at different places, so that no compiler can take the work on it out of a
/// loop. All of them fit into the first-level cache.
///
/// @param bytes the copies, one each `stride` bytes from the beginning
/// @param count how many; a power of two
/// @param length the bytes of the packet
public record Ring(byte[] bytes, int count, int stride, int length) {
    private static final int ROOM = 16 << 10;
    private static final int LINE = 64;

    /// The ring of a packet.
    public static Ring of(byte[] packet) {
        int stride = (packet.length + 2 * LINE - 1) / LINE * LINE;
        int count = Math.clamp(Integer.highestOneBit(ROOM / stride), 2, 64);
        byte[] bytes = new byte[count * stride];
        for (int i = 0; i < count; i++) {
            System.arraycopy(packet, 0, bytes, i * stride, packet.length);
        }
        return new Ring(bytes, count, stride, packet.length);
    }

    /// Where the packet of the `i`th run begins.
    public int start(long i) {
        return ((int) i & count - 1) * stride;
    }
}
