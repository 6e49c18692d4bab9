package bpf4j.perf.hand;

import static bpf4j.perf.hand.Fields.be16;
import static bpf4j.perf.hand.Fields.le32;
import static bpf4j.perf.hand.Fields.le64;

/// Programs that look at headers.
final class Filters {
    private Filters() {}

    static int packetFilter(byte[] p, int start, int length) {
        if (length < 34
                || be16(p, start + 12) != 0x0800
                || p[start + 23] != 6
                || (be16(p, start + 20) & 0x1FFF) != 0) {
            return 0;
        }
        int tcp = 14 + (p[start + 14] & 15) * 4;
        if (tcp + 4 > length) {
            return 0;
        }
        int port = be16(p, start + tcp + 2);
        return port == 80 || port == 443 ? 1 : 0;
    }

    /// What the struct on the stack holds, in variables.
    private record Event(
            long time,
            int source,
            int destination,
            int ports,
            int rest,
            long word0,
            long word1,
            long word2,
            long word3,
            int id,
            int hash) {}

    static int event(byte[] p, int start, int length) {
        if (length < 54) {
            return 0;
        }
        int source = le32(p, start + 26);
        int destination = le32(p, start + 30);
        Event event =
                new Event(
                        le64(p, start),
                        source,
                        destination,
                        be16(p, start + 34) | be16(p, start + 36) << 16,
                        p[start + 23] & 0xFF
                                | (p[start + 47] & 0xFF) << 8
                                | be16(p, start + 16) << 16,
                        le64(p, start + 8),
                        le64(p, start + 16),
                        le64(p, start + 24),
                        le64(p, start + 32),
                        le32(p, start + 42),
                        source ^ destination);
        long sum = event.time;
        sum = sum * 31 + event.word0;
        sum = sum * 31 + event.word1;
        sum = sum * 31 + event.word2;
        sum = sum * 31 + event.word3;
        sum += Integer.toUnsignedLong(event.source) + Integer.toUnsignedLong(event.destination) * 3;
        sum += Integer.toUnsignedLong(event.ports);
        sum ^= Integer.toUnsignedLong(event.rest);
        sum += Integer.toUnsignedLong(event.id ^ event.hash);
        return (int) (sum ^ sum >>> 32);
    }
}
