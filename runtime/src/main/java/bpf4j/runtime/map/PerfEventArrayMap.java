package bpf4j.runtime.map;

import bpf4j.runtime.Errno;
import bpf4j.spec.MapSpec;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.atomic.AtomicReferenceArray;

/// An array of consumers of samples, one for each CPU (`perf_event_array`).
public final class PerfEventArrayMap extends HandleMap {
    private final AtomicReferenceArray<@Nullable Consumer> consumers;

    PerfEventArrayMap(MapSpec spec, int id) {
        super(spec, id);
        consumers = new AtomicReferenceArray<>(spec.maxEntries());
    }

    /// Takes the samples of one CPU, on the thread of the program that gives them.
    @FunctionalInterface
    public interface Consumer {
        void accept(int cpu, byte[] sample);
    }

    /// Puts a consumer at the index of its CPU, or takes it away with null.
    ///
    /// @return 0 or a negative errno: -E2BIG beyond the end, -ENOENT when there was none to remove
    public int open(int index, @Nullable Consumer consumer) {
        if (index < 0 || index >= consumers.length()) {
            return -Errno.E2BIG;
        }
        Consumer old = consumers.getAndSet(index, consumer);
        return consumer == null && old == null ? -Errno.ENOENT : 0;
    }

    /// Puts one consumer at every index.
    public void openAll(Consumer consumer) {
        for (int i = 0; i < consumers.length(); i++) {
            consumers.set(i, consumer);
        }
    }

    /// `bpf_perf_event_output`: hands a sample to the consumer at an index.
    ///
    /// @return 0, -E2BIG beyond the end, -ENOENT without consumer
    public int output(int index, int cpu, byte[] sample) {
        if (Integer.compareUnsigned(index, consumers.length()) >= 0) {
            return -Errno.E2BIG;
        }
        Consumer consumer = consumers.get(index);
        if (consumer == null) {
            return -Errno.ENOENT;
        }
        // Linux: an event counts on one CPU only, here the one of its index.
        if (index != cpu) {
            return -Errno.EOPNOTSUPP;
        }
        consumer.accept(cpu, sample);
        return 0;
    }

    @Override
    boolean present(int index) {
        return consumers.get(index) != null;
    }

    @Override
    int remove(int index) {
        return open(index, null);
    }
}
