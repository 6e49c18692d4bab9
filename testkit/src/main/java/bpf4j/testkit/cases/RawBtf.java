package bpf4j.testkit.cases;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The binary form of BTF from its two sections (Linux `struct btf_header`).
final class RawBtf {
    private static final int HEADER = 24;

    private RawBtf() {}

    static byte[] of(byte[] types, byte[] strings) {
        ByteBuffer b =
                ByteBuffer.allocate(HEADER + types.length + strings.length)
                        .order(ByteOrder.LITTLE_ENDIAN);
        b.putShort((short) 0xEB9F).put((byte) 1).put((byte) 0).putInt(HEADER);
        b.putInt(0).putInt(types.length).putInt(types.length).putInt(strings.length);
        return b.put(types).put(strings).array();
    }
}
