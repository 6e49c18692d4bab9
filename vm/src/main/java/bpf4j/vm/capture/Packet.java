package bpf4j.vm.capture;

/// A captured packet. The reader reuses it: its bytes are valid until the next packet is read.
public final class Packet {
    byte[] bytes = new byte[2048];
    int length;
    int originalLength;
    long nanos;
    int linkType;

    Packet() {}

    /// The array that holds the packet from index 0 on.
    public byte[] bytes() {
        return bytes;
    }

    /// The number of bytes captured.
    public int length() {
        return length;
    }

    /// The number of bytes that the packet had on the wire, at least [#length].
    public int originalLength() {
        return originalLength;
    }

    /// The time of capture in nanoseconds since 1970.
    public long nanos() {
        return nanos;
    }

    /// What the packet begins with (`LINKTYPE_*`); 1 is Ethernet.
    public int linkType() {
        return linkType;
    }

    /// What the capture says of a packet beside its bytes; stays valid.
    ///
    /// @param cut bytes of the packet that were not captured
    public record Header(int linkType, long nanos, int cut) {}

    /// What the capture says of this packet beside its bytes.
    public Header header() {
        return new Header(linkType, nanos, originalLength - length);
    }
}
