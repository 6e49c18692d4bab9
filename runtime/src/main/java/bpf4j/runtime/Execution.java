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

    /// The program that a tail call asked for, or null. The helper sets it; the engine that called
    /// the helper leaves its program (or subprogram) at once, and whoever entered it enters this
    /// one.
    public @Nullable LoadedProgram next;

    /// What runs subprograms for helpers that take a callback: the engine of the running program.
    public @Nullable Callbacks callbacks;

    /// The stack offset of r10 in the frame that calls a helper: a callback gets the frame below.
    public int frame = Address.STACK_TOP;

    /// Instructions that a checked program may still execute: engines count at jumps back and at
    /// calls, so the exact end differs by a few instructions. Verified programs ignore it.
    public long fuel = Long.MAX_VALUE;

    /// An execution that reaches the maps of `space`.
    public Execution(AddressSpace space) {
        this.space = space;
    }

    /// Enters the programs that tail calls asked for, one after the other, until one exits.
    ///
    /// @param r0 what the program left that made the first tail call
    /// @return r0 of the last program
    public long finish(long r0) {
        long result = r0;
        for (LoadedProgram program = next; program != null; program = next) {
            next = null;
            result = program.enter(this);
        }
        return result;
    }

    /// Runs subprograms for helpers.
    @FunctionalInterface
    public interface Callbacks {
        /// Runs the subprogram at slot `pc` in the frame below [Execution#frame].
        ///
        /// @return r0 at its exit
        long call(Execution execution, int pc, long r1, long r2, long r3, long r4, long r5);
    }
}
