package bpf4j.spec;

import bpf4j.spec.ProgramType.Capability;

import java.util.Set;

/// What the loader of a program is trusted with: a set of capabilities, passed explicitly (like a
/// BPF
/// token), never taken from the process.
public record LoadPolicy(Set<Capability> capabilities) {
    /// Everything is permitted: the default, as for root in Linux.
    public static final LoadPolicy TRUSTED = new LoadPolicy(Set.of(Capability.values()));

    /// Nothing is permitted: `socket_filter` and `cgroup_skb` programs only, no pointer leaks, at
    /// most
    /// 4096 instructions, no loops.
    public static final LoadPolicy UNPRIVILEGED = new LoadPolicy(Set.of());

    public LoadPolicy {
        capabilities = Set.copyOf(capabilities);
    }

    /// Whether this policy grants a capability.
    public boolean grants(Capability capability) {
        return capabilities.contains(capability);
    }
}
