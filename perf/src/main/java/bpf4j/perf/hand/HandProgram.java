package bpf4j.perf.hand;

import bpf4j.perf.compare.Workload;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// A program of the comparison, in Java.
@FunctionalInterface
public interface HandProgram {
    /// Runs on the packet of `length` bytes at `start`.
    int run(byte[] packet, int start, int length);

    /// What the watched map values would be, or null where the program keeps its state otherwise.
    default @Nullable List<byte[]> watch(Workload workload) {
        return null;
    }
}
