package bpf4j.perf.hand;

import static bpf4j.perf.hand.Fields.le32;
import static bpf4j.perf.hand.Fields.putLe32;

/// Steps in an array that may change, each of which says which one comes next.
final class Chain implements HandProgram {
    private static final int END = -1;

    /// One step.
    private interface Step {
        /// @return the index of the next step, or END
        int run(byte[] packet, int start);
    }

    private final Step[] steps = {
        (p, start) -> change(p, start, 1),
        (p, start) -> change(p, start, 2),
        (p, start) -> change(p, start, 3),
        (p, start) -> change(p, start, 4),
        (p, start) -> change(p, start, 5),
        (p, start) -> change(p, start, 6),
        (p, start) -> {
            change(p, start, 7);
            return END;
        },
    };

    @Override
    public int run(byte[] packet, int start, int length) {
        if (length < 20) {
            return 0;
        }
        putLe32(packet, start + 16, packet[start + 15] & 0xFF);
        int next = 0;
        while (next != END) {
            next = steps[next].run(packet, start);
        }
        return le32(packet, start + 16);
    }

    private static int change(byte[] p, int start, int number) {
        int word = le32(p, start + 16) * 3 + number;
        putLe32(p, start + 16, word);
        return word == 0 ? END : number;
    }
}
