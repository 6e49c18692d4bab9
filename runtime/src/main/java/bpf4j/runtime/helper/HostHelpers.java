package bpf4j.runtime.helper;

import bpf4j.runtime.Errno;
import bpf4j.runtime.Execution;
import bpf4j.runtime.Memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/// Helpers that ask the [bpf4j.runtime.Host]: time, randomness, CPU, the current task.
final class HostHelpers {
    private HostHelpers() {}

    static void register(Registry registry) {
        registry.add(5, (x, r1, r2, r3, r4, r5) -> x.host.monotonicNanos());
        registry.add(125, (x, r1, r2, r3, r4, r5) -> x.host.bootNanos());
        // The coarse clock ticks every 4 ms (CONFIG_HZ=250).
        registry.add(
                160,
                (x, r1, r2, r3, r4, r5) -> {
                    long nanos = x.host.monotonicNanos();
                    return nanos - Math.floorMod(nanos, 4_000_000L);
                });
        registry.add(208, (x, r1, r2, r3, r4, r5) -> x.host.taiNanos());
        registry.add(118, (x, r1, r2, r3, r4, r5) -> x.host.jiffies());
        registry.add(7, (x, r1, r2, r3, r4, r5) -> x.host.random() & 0xFFFF_FFFFL);
        registry.add(8, (x, r1, r2, r3, r4, r5) -> x.cpu);
        registry.add(42, (x, r1, r2, r3, r4, r5) -> x.host.numaNode(x.cpu));
        registry.add(14, (x, r1, r2, r3, r4, r5) -> x.host.pidTgid());
        registry.add(15, (x, r1, r2, r3, r4, r5) -> x.host.uidGid());
        registry.add(16, HostHelpers::comm);
        registry.add(80, (x, r1, r2, r3, r4, r5) -> x.host.cgroupId());
    }

    /// Fills the whole buffer: the name, cut to fit with its zero, and zeros.
    private static long comm(Execution x, long to, long size, long r3, long r4, long r5) {
        int length = (int) size;
        MemorySegment memory = Memory.segment(x, to, length, true);
        long index = Memory.index(x, to);
        if (length <= 0) {
            return -Errno.EINVAL;
        }
        byte[] name = x.host.comm().getBytes(StandardCharsets.UTF_8);
        int kept = Math.min(name.length, Math.min(length, 16) - 1);
        memory.asSlice(index, length).fill((byte) 0);
        MemorySegment.copy(name, 0, memory, ValueLayout.JAVA_BYTE, index, kept);
        return 0;
    }
}
