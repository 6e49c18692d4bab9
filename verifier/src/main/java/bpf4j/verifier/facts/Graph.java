package bpf4j.verifier.facts;

import java.util.Arrays;
import java.util.BitSet;

/// A directed graph under construction: edges are added node by node, then ordered.
final class Graph {
    private static final int DONE = Integer.MAX_VALUE;

    private final int nodes;
    private final int[] first;
    private final BitSet selfEdges = new BitSet();
    private int[] targets = new int[64];
    private int node = -1;
    private int count;

    Graph(int nodes) {
        this.nodes = nodes;
        first = new int[nodes + 1];
    }

    /// Edges from the next node follow.
    void nextNode() {
        first[++node] = count;
    }

    /// An edge from the node begun last.
    void edge(int to) {
        if (count == targets.length) {
            targets = Arrays.copyOf(targets, 2 * count);
        }
        targets[count++] = to;
        if (to == node) {
            selfEdges.set(node);
        }
    }

    /// The nodes in an order that follows the edges, but within loops: those lie together, in
    /// reverse postorder. Found with Tarjan's algorithm (1972), with a stack of its own.
    Order order() {
        first[nodes] = count;
        return new Search().run();
    }

    /// @param nodes the nodes in order
    /// @param groups for each node the number of its loop, or a number of its own; ascending with
    ///     the order
    /// @param selfEdges the nodes with an edge to themselves
    record Order(int[] nodes, int[] groups, BitSet selfEdges) {}

    private final class Search {
        private final int[] number = new int[nodes];
        private final int[] low = new int[nodes];
        private final int[] next = Arrays.copyOf(first, nodes);
        private final int[] open = new int[nodes];
        private final int[] path = new int[nodes];
        private final int[] finished = new int[nodes];
        private final int[] group = new int[nodes];
        private int openCount;
        private int pathCount;
        private int numberCount;
        private int finishedCount;
        private int groupCount;

        Order run() {
            for (int root = 0; root < nodes; root++) {
                if (number[root] == 0) {
                    visit(root);
                }
            }
            // Groups were completed from the last to the first.
            int[] places = new int[groupCount + 1];
            for (int i = 0; i < nodes; i++) {
                group[i] = groupCount - 1 - group[i];
                places[group[i] + 1]++;
            }
            for (int i = 0; i < groupCount; i++) {
                places[i + 1] += places[i];
            }
            int[] order = new int[nodes];
            for (int i = nodes - 1; i >= 0; i--) {
                order[places[group[finished[i]]]++] = finished[i];
            }
            return new Order(order, group, selfEdges);
        }

        private void enter(int at) {
            number[at] = ++numberCount;
            low[at] = numberCount;
            open[openCount++] = at;
            path[pathCount++] = at;
        }

        private void visit(int root) {
            enter(root);
            while (pathCount > 0) {
                int at = path[pathCount - 1];
                if (next[at] == first[at + 1]) {
                    leave(at);
                    continue;
                }
                int to = targets[next[at]++];
                if (number[to] == 0) {
                    enter(to);
                } else if (low[to] != DONE) {
                    low[at] = Math.min(low[at], low[to]);
                }
            }
        }

        private void leave(int at) {
            pathCount--;
            finished[finishedCount++] = at;
            if (pathCount > 0) {
                int before = path[pathCount - 1];
                low[before] = Math.min(low[before], low[at]);
            }
            if (low[at] != number[at]) {
                return;
            }
            int member;
            do {
                member = open[--openCount];
                low[member] = DONE;
                group[member] = groupCount;
            } while (member != at);
            groupCount++;
        }
    }
}
