package bpf4j.perf.hand;

import static bpf4j.perf.hand.Fields.be16;
import static bpf4j.perf.hand.Fields.be32;
import static bpf4j.perf.hand.Fields.le32;

import bpf4j.perf.compare.Workload;

import java.util.Arrays;

/// A binary trie of prefixes in two arrays of ints.
final class Prefixes implements HandProgram {
    private int[] children = new int[1024];
    private int[] values = new int[512];
    private int nodes = 1;

    /// The prefixes that the workload begins with.
    Prefixes(Workload workload) {
        for (Workload.Fill fill : workload.fills()) {
            add(le32(fill.key(), 0), be32(fill.key(), 4), le32(fill.value(), 0));
        }
    }

    private void add(int length, int address, int value) {
        int node = 0;
        for (int depth = 0; depth < length; depth++) {
            int at = 2 * node + (address >>> 31 - depth & 1);
            if (children[at] == 0) {
                if (nodes == values.length) {
                    children = Arrays.copyOf(children, 4 * nodes);
                    values = Arrays.copyOf(values, 2 * nodes);
                }
                children[at] = nodes++;
            }
            node = children[at];
        }
        values[node] = value;
    }

    @Override
    public int run(byte[] p, int start, int length) {
        if (length < 34 || be16(p, start + 12) != 0x0800) {
            return 0;
        }
        int address = be32(p, start + 26);
        int found = values[0];
        int node = 0;
        for (int depth = 0; depth < 32; depth++) {
            node = children[2 * node + (address >>> 31 - depth & 1)];
            if (node == 0) {
                break;
            }
            found = values[node] == 0 ? found : values[node];
        }
        return found == 0 ? 1 : found;
    }
}
