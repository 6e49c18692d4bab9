package bpf4j.jit.ir;

/// Memory that a pointer is known to point into, so that its offset alone says where.
public sealed interface Region {
    /// Regions of which a program has one.
    enum Single implements Region {
        CONTEXT,
        PACKET,
        STACK
    }

    /// The values of a map.
    ///
    /// @param map index into [bpf4j.runtime.Bindings#maps]
    record Values(int map) implements Region {}
}
