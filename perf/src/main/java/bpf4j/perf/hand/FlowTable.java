package bpf4j.perf.hand;

import static bpf4j.perf.hand.Fields.be16;
import static bpf4j.perf.hand.Fields.le32;

import bpf4j.perf.compare.Workload;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/// Keeps the backend of every connection in a map that threads share, as in C.
final class FlowTable implements HandProgram {
    private static final int BACKENDS = 64;

    private record Flow(int source, int destination, int ports, int protocol) {}

    private record State(AtomicLong packets, int backend) {}

    private final ConcurrentHashMap<Flow, State> flows = new ConcurrentHashMap<>();
    private final AtomicLongArray counters = new AtomicLongArray(BACKENDS);

    @Override
    public int run(byte[] p, int start, int length) {
        if (length < 38 || be16(p, start + 12) != 0x0800 || p[start + 14] != 0x45) {
            return 0;
        }
        Flow flow =
                new Flow(
                        le32(p, start + 26),
                        le32(p, start + 30),
                        le32(p, start + 34),
                        p[start + 23] & 0xFF);
        State state = flows.get(flow);
        if (state == null) {
            int backend = (flow.source ^ flow.ports) & BACKENDS - 1;
            State fresh = new State(new AtomicLong(), backend);
            State raced = flows.putIfAbsent(flow, fresh);
            state = raced == null ? fresh : raced;
        }
        state.packets.getAndIncrement();
        counters.getAndIncrement(state.backend);
        return state.backend + 1;
    }

    @Override
    public List<byte[]> watch(Workload workload) {
        return workload.watches().stream()
                .map(watch -> counters.get(watch.key()[0]))
                .map(
                        count ->
                                ByteBuffer.allocate(8)
                                        .order(ByteOrder.LITTLE_ENDIAN)
                                        .putLong(count)
                                        .array())
                .toList();
    }
}
