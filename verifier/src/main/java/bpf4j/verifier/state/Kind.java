package bpf4j.verifier.state;

/// What a register holds (Linux: the base of `enum bpf_reg_type`).
public enum Kind {
    NOT_INIT("?"),
    SCALAR("scalar"),
    CTX("ctx"),
    CONST_MAP("map_ptr"),
    MAP_VALUE("map_value"),
    MAP_KEY("map_key"),
    STACK("fp"),
    PACKET("pkt"),
    PACKET_META("pkt_meta"),
    PACKET_END("pkt_end"),
    FLOW_KEYS("flow_keys"),
    SOCKET("sock"),
    SOCK_COMMON("sock_common"),
    TCP_SOCK("tcp_sock"),
    XDP_SOCK("xdp_sock"),
    TP_BUFFER("tp_buffer"),
    MEM("mem"),
    BUF("buf"),
    FUNC("func"),
    /// A pointer to a dynptr that the program does not own; also what a slot of a dynptr holds.
    DYNPTR("dynptr_ptr"),
    /// What a slot of an iterator holds.
    ITERATOR("iter"),
    /// A pointer to a kernel object: opaque here.
    KERNEL("ptr_"),
    ARENA("arena");

    /// Linux's word for it.
    public final String label;

    Kind(String label) {
        this.label = label;
    }

    /// A pointer into a packet that may be dereferenced.
    public boolean isPacket() {
        return this == PACKET || this == PACKET_META;
    }

    /// A pointer into or behind a packet.
    public boolean isAnyPacket() {
        return isPacket() || this == PACKET_END;
    }

    /// A pointer to a socket.
    public boolean isSocket() {
        return this == SOCKET || this == SOCK_COMMON || this == TCP_SOCK || this == XDP_SOCK;
    }

    /// Whether the register as it is can be kept in a stack slot.
    public boolean isSpillablePointer() {
        return this != NOT_INIT && this != SCALAR && this != TP_BUFFER && this != DYNPTR;
    }
}
