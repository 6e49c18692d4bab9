package bpf4j.vm.capture;

/// Room for packets.
final class PacketBytes {
    private PacketBytes() {}

    /// `bytes`, or a larger array if it has no room for `length` bytes.
    static byte[] room(byte[] bytes, int length) {
        return bytes.length >= length ? bytes : new byte[Math.max(length, bytes.length * 2)];
    }
}
