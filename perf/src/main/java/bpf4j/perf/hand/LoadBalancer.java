package bpf4j.perf.hand;

import static bpf4j.perf.hand.Fields.be16;
import static bpf4j.perf.hand.Fields.le32;

import bpf4j.perf.compare.Workload;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

/// Picks a backend by a hash of the 5-tuple; several threads may count at once, as in C.
final class LoadBalancer implements HandProgram {
    private static final int BACKENDS = 64;

    private final AtomicLongArray packets = new AtomicLongArray(BACKENDS);
    private final AtomicLongArray bytes = new AtomicLongArray(BACKENDS);

    @Override
    public int run(byte[] p, int start, int length) {
        if (length < 38 || be16(p, start + 12) != 0x0800 || p[start + 14] != 0x45) {
            return 0;
        }
        int protocol = p[start + 23];
        if (protocol != 6 && protocol != 17) {
            return 0;
        }
        int hash = mix(le32(p, start + 26), le32(p, start + 30), le32(p, start + 34) ^ protocol);
        int index = hash & BACKENDS - 1;
        packets.getAndIncrement(index);
        bytes.getAndAdd(index, length);
        return index + 1;
    }

    private static int mix(int first, int second, int third) {
        int a = first + 0xDEADBEEF;
        int b = second + 0xDEADBEEF;
        int c = third + 0xDEADBEEF;
        c = (c ^ b) - Integer.rotateLeft(b, 14);
        a = (a ^ c) - Integer.rotateLeft(c, 11);
        b = (b ^ a) - Integer.rotateLeft(a, 25);
        c = (c ^ b) - Integer.rotateLeft(b, 16);
        a = (a ^ c) - Integer.rotateLeft(c, 4);
        b = (b ^ a) - Integer.rotateLeft(a, 14);
        return (c ^ b) - Integer.rotateLeft(b, 24);
    }

    @Override
    public List<byte[]> watch(Workload workload) {
        return workload.watches().stream()
                .map(watch -> watch.key()[0])
                .map(
                        index ->
                                ByteBuffer.allocate(16)
                                        .order(ByteOrder.LITTLE_ENDIAN)
                                        .putLong(packets.get(index))
                                        .putLong(bytes.get(index))
                                        .array())
                .toList();
    }
}
