package bpf4j.spec;

import org.jspecify.annotations.Nullable;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
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
/// @param helpers the helpers that may be called, by number; the prototypes of some depend on the
///     program type
/// @param returns the values that r0 may have at exit
/// @param packet what direct packet access is permitted
/// @param needs capabilities that a load policy must grant
/// @param traits more rules
public record ProgramType(
        String name,
        int number,
        int attachType,
        ContextLayout context,
        Map<Integer, HelperSpec> helpers,
        ReturnRange returns,
        PacketAccess packet,
        Set<Capability> needs,
        Set<Trait> traits) {

    public ProgramType {
        helpers = Map.copyOf(helpers);
        needs = Set.copyOf(needs);
        traits = Set.copyOf(traits);
    }

    /// The prototype of the helper with a number, or null where programs of this type cannot call
    /// it.
    public @Nullable HelperSpec helper(int id) {
        return helpers.get(id);
    }

    /// Whether the type has a trait.
    public boolean is(Trait trait) {
        return traits.contains(trait);
    }

    /// Starts a type of the user's own: without helpers, packet access or needs, any return value.
    public static Builder builder(String name, ContextLayout context) {
        return new Builder(name, context);
    }

    /// Starts a type that begins as a copy of this one, under another name and without a number of
    /// Linux.
    public Builder derive(String newName) {
        Builder builder = new Builder(newName, context);
        builder.helpers.putAll(helpers);
        builder.returns = returns;
        builder.packet = packet;
        builder.needs.addAll(needs);
        builder.traits.addAll(traits);
        return builder;
    }

    /// Collects the parts of a user's program type.
    public static final class Builder {
        private final String name;
        private ContextLayout context;
        private final Map<Integer, HelperSpec> helpers = new LinkedHashMap<>();
        private ReturnRange returns = ReturnRange.ANY;
        private PacketAccess packet = PacketAccess.NONE;
        private final Set<Capability> needs = EnumSet.noneOf(Capability.class);
        private final Set<Trait> traits = EnumSet.noneOf(Trait.class);

        private Builder(String name, ContextLayout context) {
            this.name = name;
            this.context = context;
        }

        /// Another context.
        public Builder context(ContextLayout layout) {
            context = layout;
            return this;
        }

        /// Permits a helper; one of the same number is replaced.
        public Builder helper(HelperSpec helper) {
            helpers.put(helper.id(), helper);
            return this;
        }

        /// Permits helpers.
        public Builder helpers(Iterable<HelperSpec> more) {
            more.forEach(this::helper);
            return this;
        }

        /// The signed bounds of r0 at exit, both inclusive.
        public Builder returns(long min, long max) {
            returns = new ReturnRange(min, max);
            return this;
        }

        /// Permits direct packet access.
        public Builder packet(PacketAccess access) {
            packet = access;
            return this;
        }

        /// A load policy must grant a capability.
        public Builder needs(Capability capability) {
            needs.add(capability);
            return this;
        }

        /// Adds a rule.
        public Builder trait(Trait trait) {
            traits.add(trait);
            return this;
        }

        /// The program type.
        public ProgramType build() {
            return new ProgramType(name, -1, 0, context, helpers, returns, packet, needs, traits);
        }
    }

    /// The values permitted in r0 at exit, as signed 64-bit bounds; [#ANY] permits every value.
    public record ReturnRange(long min, long max) {
        public ReturnRange {
            if (min > max) {
                throw new IllegalArgumentException("return range " + min + " to " + max);
            }
        }

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
        /// Must be loaded as sleepable.
        ONLY_SLEEPABLE,
        /// Every helper that takes memory may be passed the packet.
        PACKET_TO_ANY_HELPER,
        /// Its context is memory just as the program sees it, which global functions can take as
        /// memory.
        PLAIN_CONTEXT,
        /// Its context is a kernel object of BTF type: outside what a user-space runtime offers.
        KERNEL_TYPES
    }
}
