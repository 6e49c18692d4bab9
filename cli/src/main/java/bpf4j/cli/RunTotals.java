package bpf4j.cli;

import bpf4j.vm.Verdicts;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/// What became of the packets: how many of each verdict, and how long the program took.
final class RunTotals {
    /// Packets and their bytes as captured.
    static final class Count {
        long packets;
        long bytes;
    }

    private final Verdicts verdicts;
    private final Map<Integer, Count> byValue = new TreeMap<>();
    private long nanos;

    RunTotals(Verdicts verdicts) {
        this.verdicts = verdicts;
    }

    void add(int value, int bytes) {
        Count count = byValue.computeIfAbsent(verdicts.category(value), v -> new Count());
        count.packets++;
        count.bytes += bytes;
    }

    void addTime(long more) {
        nanos += more;
    }

    /// The counts by the verdict's name, in the order of the verdicts' numbers.
    Map<String, Count> byName() {
        Map<String, Count> names = new LinkedHashMap<>();
        byValue.forEach((value, count) -> names.put(verdicts.name(value), count));
        return names;
    }

    long packets() {
        return byValue.values().stream().mapToLong(count -> count.packets).sum();
    }

    long bytes() {
        return byValue.values().stream().mapToLong(count -> count.bytes).sum();
    }

    /// The time spent in the program, without reading and writing captures.
    long nanos() {
        return nanos;
    }
}
