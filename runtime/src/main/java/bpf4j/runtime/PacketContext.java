package bpf4j.runtime;

/// How the context struct of a packet program follows changes of the packet.
public interface PacketContext {
    /// A context that says nothing of the packet's length.
    PacketContext NONE = execution -> {};

    /// Called after a helper moved `data`, `dataEnd` or `dataMeta`.
    void packetChanged(Execution execution);
}
