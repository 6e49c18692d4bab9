package bpf4j.runtime;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.ThreadLocalRandom;

/// The world outside the programs, as far as helpers tell of it: time, randomness, the current
/// task. Replace it for runs that shall be reproducible.
public interface Host {
    /// Tells the truth of this process.
    Host SYSTEM = new Host() {};

    /// Nanoseconds since boot, without time asleep (`CLOCK_MONOTONIC`).
    default long monotonicNanos() {
        return System.nanoTime();
    }

    /// Nanoseconds since boot (`CLOCK_BOOTTIME`).
    default long bootNanos() {
        return monotonicNanos();
    }

    /// Nanoseconds since the epoch in international atomic time (`CLOCK_TAI`).
    default long taiNanos() {
        return System.currentTimeMillis() * 1_000_000L + 37_000_000_000L;
    }

    /// Ticks of 4 ms (`jiffies`, `CONFIG_HZ=250`).
    default long jiffies() {
        return monotonicNanos() / 4_000_000L;
    }

    /// 32 random bits.
    default int random() {
        return ThreadLocalRandom.current().nextInt();
    }

    /// The NUMA node of a CPU.
    default int numaNode(int cpu) {
        return 0;
    }

    /// Process id in the upper half, thread id in the lower.
    default long pidTgid() {
        long pid = ProcessHandle.current().pid();
        return pid << 32 | (Thread.currentThread().threadId() & 0xFFFF_FFFFL);
    }

    /// Group id in the upper half, user id in the lower.
    default long uidGid() {
        return 0;
    }

    /// The name of the current task, at most 15 characters.
    default String comm() {
        return "java";
    }

    /// The id of the current task's cgroup.
    default long cgroupId() {
        return 1;
    }

    /// Takes a line that a program printed with `bpf_trace_printk`.
    default void trace(String text) {
        System.getLogger("bpf4j.trace").log(System.Logger.Level.INFO, text.stripTrailing());
    }

    /// The largest packet (without link-layer header) that an interface sends, or -1 when there is
    /// no such interface.
    default int mtu(int ifindex) {
        return ifindex == 1 ? 65536 : -1;
    }

    /// Takes a copy of a packet that a program sends itself (`bpf_clone_redirect`).
    ///
    /// @return 0 or a negative errno
    default int transmit(byte[] packet, int ifindex, long flags) {
        return mtu(ifindex) < 0 ? -Errno.EINVAL : 0;
    }

    /// Looks up a route for `bpf_fib_lookup`.
    ///
    /// @param params the 64 bytes of `struct bpf_fib_lookup`, to fill in
    /// @return a `BPF_FIB_LKUP_RET_*` number or a negative errno; unless told otherwise 4, "not
    ///     forwarded"
    default int route(byte[] params, long flags) {
        return 4;
    }

    /// Looks up a socket for `bpf_sk_lookup_tcp` and its like.
    ///
    /// @param protocol 6 for TCP, 17 for UDP
    /// @param tuple addresses and ports as `struct bpf_sock_tuple` holds them: 12 bytes for IPv4,
    ///     36 for IPv6
    /// @return the bytes of a `struct bpf_sock`, or null
    default byte @Nullable [] socket(int protocol, byte[] tuple, long netns) {
        return null;
    }
}
