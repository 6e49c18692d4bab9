package bpf4j.verifier.facts;

/// The memory that a pointer points into, as far as engines tell it apart.
public enum Region {
    /// The context.
    CTX,
    /// The packet: made from `data`, `data_meta` or `data_end`.
    PACKET,
    /// The stack frame of the subprogram that holds the pointer; offsets count from its r10.
    STACK,
    /// The stack frame of a caller.
    CALLER_STACK,
    /// The values of a map; offsets count from the beginning of a value.
    MAP_VALUE,
    /// A map itself, not memory.
    MAP_HANDLE,
    /// A subprogram, not memory.
    FUNCTION,
    /// Memory that a helper gave, in no stack frame: ring buffer records, values of maps that are
    /// not known.
    MEM,
    /// Objects of the host, such as sockets: neither stack, packet, context nor map values.
    OTHER
}
