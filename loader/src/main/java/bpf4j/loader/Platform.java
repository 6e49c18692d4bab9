package bpf4j.loader;

import java.util.Map;

/// What objects learn about the system they run on: configuration values that a Linux 6.18 with BPF
/// has, written as in its `.config`.
final class Platform {
    static final Map<String, String> CONFIG =
            Map.ofEntries(
                    Map.entry("LINUX_KERNEL_VERSION", Integer.toString(6 << 16 | 18 << 8)),
                    Map.entry("LINUX_HAS_BPF_COOKIE", "1"),
                    Map.entry("LINUX_HAS_SYSCALL_WRAPPER", "1"),
                    Map.entry("CONFIG_64BIT", "y"),
                    Map.entry("CONFIG_BPF", "y"),
                    Map.entry("CONFIG_BPF_JIT", "y"),
                    Map.entry("CONFIG_BPF_SYSCALL", "y"),
                    Map.entry("CONFIG_HZ", "250"),
                    Map.entry("CONFIG_INET", "y"),
                    Map.entry("CONFIG_IPV6", "y"),
                    Map.entry("CONFIG_NET", "y"),
                    Map.entry("CONFIG_SMP", "y"));

    private Platform() {}
}
