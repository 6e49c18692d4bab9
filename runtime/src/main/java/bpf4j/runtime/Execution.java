package bpf4j.runtime;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// What one run of a program works on: context, packet and stack. One thread uses it at a time and
/// can use it again for the next run.
///
/// A packet lies in a heap array or in native memory; `packetBase + o` is the index in it of the
/// byte
/// with offset `o` in region [Address#PACKET]. `dataMeta <= data <= dataEnd` are offsets in that
/// region. Fields are open to the engines: generated code reads them.
public final class Execution {
    public final AddressSpace space;

    /// The stack of all frames, region [Address#STACK].
    public final byte[] stack = new byte[Address.STACK_TOP];

    /// The context struct, region [Address#CONTEXT]: scalars as the program reads them. Pointer
    /// fields
    /// (see [bpf4j.spec.ContextLayout]) are computed from the fields below.
    public byte[] context = new byte[0];

    /// The array that holds the packet; of length 0 when the packet is native.
    public byte[] packet = new byte[0];

    /// The native segment that holds the packet, or null when it is in [#packet].
    public @Nullable MemorySegment nativePacket;

    public int packetBase;
    public int dataMeta;
    public int data;
    public int dataEnd;

    /// Tail calls made so far in this run.
    public int tailCalls;

    /// The CPU that the program believes to run on; per-CPU maps keep a value for each.
    public int cpu;

    /// An execution that reaches the maps of `space`.
    public Execution(AddressSpace space) {
        this.space = space;
    }
}
