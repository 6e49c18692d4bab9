package bpf4j.runtime.helper;

import bpf4j.runtime.HelperTable;

/// The helpers of Linux, as far as they exist outside of a kernel.
public final class LinuxHelpers {
    private static final HelperTable TABLE = build();

    private LinuxHelpers() {}

    /// All of them.
    public static HelperTable table() {
        return TABLE;
    }

    private static HelperTable build() {
        Registry registry = new Registry();
        MapHelpers.register(registry);
        HostHelpers.register(registry);
        ChecksumHelpers.register(registry);
        XdpHelpers.register(registry);
        SkbHelpers.register(registry);
        SkbLayoutHelpers.register(registry);
        SocketHelpers.register(registry);
        SynchronisationHelpers.register(registry);
        TracingHelpers.register(registry);
        ProbeHelpers.register(registry);
        TextHelpers.register(registry);
        EventHelpers.register(registry);
        Dynptr.register(registry);
        Iterators.register(registry);
        return HelperTable.of(registry.helpers, registry.kfuncs);
    }
}
