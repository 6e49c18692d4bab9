package bpf4j.spec;

import java.util.Set;

/// A program type as data: what its programs receive, may call, may return and need. Linux's are in
/// `ProgramTypes`; users can make their own.
///
/// A type is resolved for one attach type where Linux's rules depend on it (for instance
/// `cgroup_sock_addr` by `BPF_CGROUP_INET4_CONNECT`).
///
/// @param name as bpftool prints it, such as `xdp`, `sched_cls`
/// @param number Linux's number, or -1 for a user's type
/// @param attachType Linux's `expected_attach_type`, 0 where it does not matter
/// @param helpers the numbers of the helpers that may be called
/// @param returns the values that r0 may have at exit
/// @param packet what direct packet access is permitted
/// @param needs capabilities that a load policy must grant
/// @param traits more rules
public record ProgramType(
        String name,
        int number,
        int attachType,
        ContextLayout context,
        Set<Integer> helpers,
        ReturnRange returns,
        PacketAccess packet,
        Set<Capability> needs,
        Set<Trait> traits) {

    public ProgramType {
        helpers = Set.copyOf(helpers);
        needs = Set.copyOf(needs);
        traits = Set.copyOf(traits);
    }

    /// The values permitted in r0 at exit, as signed 64-bit bounds; [#ANY] permits every value.
    public record ReturnRange(long min, long max) {
        /// Every scalar is permitted.
        public static final ReturnRange ANY = new ReturnRange(Long.MIN_VALUE, Long.MAX_VALUE);
    }

    /// Direct access to packet memory.
    public enum PacketAccess {
        NONE,
        READ,
        READ_WRITE
    }

    /// Linux's capabilities that matter to BPF.
    public enum Capability {
        BPF,
        NET_ADMIN,
        PERFMON
    }

    /// Rules that only some types have.
    public enum Trait {
        /// `LD_ABS` and `LD_IND` are permitted.
        LEGACY_PACKET_LOADS,
        /// May be loaded without any capability.
        UNPRIVILEGED,
        /// May be loaded as sleepable.
        SLEEPABLE,
        /// Its context is a kernel object of BTF type: outside what a user-space runtime offers.
        KERNEL_TYPES
    }
}
