package bpf4j.testkit.fuzz;

import bpf4j.runtime.Host;

/// A world in which the same happens in every run: time and chance count up.
final class StillHost implements Host {
    private int calls;

    @Override
    public long monotonicNanos() {
        return 1_000_000_000L + 1000L * calls++;
    }

    @Override
    public long taiNanos() {
        return monotonicNanos();
    }

    @Override
    public int random() {
        return 0x9E37_79B9 * ++calls;
    }

    @Override
    public long pidTgid() {
        return 0x1_0000_0001L;
    }

    @Override
    public void trace(String text) {
        // Nobody reads it.
    }
}
