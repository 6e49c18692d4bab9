package bpf4j.runtime;

import bpf4j.spec.ContextLayout;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// What one run of a program works on: context, packet and stack. One thread uses it at a time and
/// can use it again for the next run; a host prepares it before each run, see
/// [Packets] and the methods here.
///
/// A packet lies in a heap array or in native memory; `packetBase + o` is the index in it of the
/// byte with offset `o` in region [Address#PACKET]. `dataMeta <= data <= dataEnd` are offsets in
/// that region. Fields are open to the engines: generated code reads them.
public final class Execution {
    private static final byte[] NONE = new byte[0];
    private static final MemorySegment EMPTY = MemorySegment.ofArray(NONE);
    private static final long ENTRY = Address.of(Address.CONTEXT, 0);

    public final AddressSpace space;

    /// The stack of all frames, region [Address#STACK].
    public final byte[] stack = new byte[Address.STACK_TOP];

    /// [#stack] as a segment.
    public final MemorySegment stackSegment = MemorySegment.ofArray(stack);

    /// What an engine saves at calls between functions of a program; see [#SAVED].
    public final long[] saved = new long[Address.STACK_FRAMES * SAVED];

    /// The longest packet, in bytes; programs can make it longer by less than a mebibyte.
    public static final int MAX_PACKET = Address.PACKET_LIMIT - (1 << 20);

    /// Words of [#saved] that belong to each frame.
    public static final int SAVED = 8;

    /// The context struct, region [Address#CONTEXT]: scalars as the program reads them. Pointer
    /// fields (see [ContextLayout]) are computed from the fields below.
    public byte[] context = NONE;

    /// The array that holds the packet; of length 0 when the packet is native.
    public byte[] packet = NONE;

    /// The native segment that holds the packet, or null when it is in [#packet].
    public @Nullable MemorySegment nativePacket;

    public int packetBase;
    public int dataMeta;
    public int data;
    public int dataEnd;

    /// The greatest `dataEnd` that a program can ask for, and the least `dataMeta`.
    public int packetLimit;

    public int packetFloor;

    /// What the packet's context tells beyond its struct: header places, VLAN tag, type.
    public final PacketState packetState = new PacketState();

    /// r1 and r2 on entry.
    public long entry1 = ENTRY;

    public long entry2;

    /// What context fields of the pointer kinds give; see [ContextLayout.Kind].
    public long socket;

    public long flowKeys;
    public long buffer;

    /// What `bpf_get_attach_cookie` gives.
    public long cookie;

    /// What a cgroup program's hook returns in its place (`bpf_get_retval`, `bpf_set_retval`).
    public int returnValue;

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

    /// The stack offset of r10 in the frame that calls a helper: a callback gets the frame below,
    /// a program that is tail-called the same.
    public int frame = Address.STACK_TOP;

    /// Instructions that a checked program may still execute: engines count at jumps back and at
    /// calls, or each instruction. Verified programs may ignore it.
    public long fuel = Long.MAX_VALUE;

    /// Time, randomness and everything else from outside.
    public Host host = Host.SYSTEM;

    private MemorySegment[] objects = new MemorySegment[0];
    private int objectCount;
    private MemorySegment contextSegment = EMPTY;
    private MemorySegment packetSegment = EMPTY;

    /// An execution that reaches the maps of `space`.
    public Execution(AddressSpace space) {
        this.space = space;
    }

    /// Makes ready for the next run: forgets packet, objects, tail calls and frames. Fuel, CPU and
    /// host stay.
    public void reset() {
        begin(PacketState.Kind.NONE, 0, 0);
        setPacket(NONE, 0, 0);
        packetBase = 0;
        dataMeta = 0;
        data = 0;
        dataEnd = 0;
        packetLimit = 0;
        packetFloor = 0;
    }

    /// Forgets what the last run left but its packet. Most runs leave little, and a look costs less
    /// than a write of each field.
    void begin(PacketState.Kind kind, int macHeader, int networkHeader) {
        if ((entry2 | socket | flowKeys | buffer | entry1 ^ ENTRY | tailCalls | returnValue) != 0) {
            entry1 = ENTRY;
            entry2 = 0;
            socket = 0;
            flowKeys = 0;
            buffer = 0;
            tailCalls = 0;
            returnValue = 0;
        }
        frame = Address.STACK_TOP;
        if (next != null) {
            next = null;
        }
        if (objectCount > 0) {
            Arrays.fill(objects, 0, objectCount, EMPTY);
            objectCount = 0;
        }
        packetState.reset(kind, macHeader, networkHeader);
    }

    /// Makes ready for a run on a context without packet, as tracing programs get: the bytes are
    /// the context itself, and changes of the program are in them afterwards.
    public void prepareRaw(byte[] bytes) {
        reset();
        context = bytes;
    }

    /// Makes ready for an unverified run on memory: r1 is the address of its first byte, r2 its
    /// length. The memory is the packet's.
    public void prepareMemory(byte[] memory) {
        reset();
        context = NONE;
        setPacket(memory, 0, memory.length);
        entry1 = Address.of(Address.PACKET, data);
        entry2 = memory.length;
    }

    /// Puts `length` bytes of an array from `index` on in the place of the packet, where they stay:
    /// the program's changes are in them afterwards.
    public void setPacket(byte[] bytes, int index, int length) {
        if (packet != bytes) {
            packet = bytes;
        }
        if (nativePacket != null) {
            nativePacket = null;
        }
        place(index, length);
    }

    /// Puts a native segment in the place of the packet.
    public void setPacket(MemorySegment bytes) {
        if (packet != NONE) {
            packet = NONE;
        }
        nativePacket = bytes;
        place(0, Math.toIntExact(bytes.byteSize()));
    }

    private void place(int index, int length) {
        if (length > MAX_PACKET) {
            throw new ProgramFault(
                    "a packet of %d bytes is too long: %d at most".formatted(length, MAX_PACKET));
        }
        packetBase = index - Address.HEADROOM;
        data = Address.HEADROOM;
        dataMeta = data;
        dataEnd = data + length;
        packetFloor = data;
        packetLimit = dataEnd;
    }

    /// Makes all offsets of the packet larger.
    void renumber(int by) {
        packetBase -= by;
        dataMeta += by;
        data += by;
        dataEnd += by;
        packetState.macHeader += by;
        packetState.networkHeader += by;
    }

    /// Continues with the packet in other memory of the same kind, at the same offsets.
    void movePacket(MemorySegment memory, int base) {
        if (nativePacket != null) {
            nativePacket = memory;
        } else {
            packet = (byte[]) memory.heapBase().orElseThrow();
        }
        packetBase = base;
    }

    /// The packet with its metadata as one segment; byte `i` has offset `i - packetBase`.
    public MemorySegment packetSegment() {
        MemorySegment direct = nativePacket;
        if (direct != null) {
            return direct;
        }
        if (packetSegment.heapBase().orElse(NONE) != packet) {
            packetSegment = MemorySegment.ofArray(packet);
        }
        return packetSegment;
    }

    /// A copy of the packet from `data` to `dataEnd`.
    public byte[] packetBytes() {
        byte[] copy = new byte[dataEnd - data];
        MemorySegment.copy(
                packetSegment(),
                (long) packetBase + data,
                MemorySegment.ofArray(copy),
                0,
                copy.length);
        return copy;
    }

    /// [#context] as a segment.
    public MemorySegment contextSegment() {
        if (contextSegment.heapBase().orElse(NONE) != context) {
            contextSegment = MemorySegment.ofArray(context);
        }
        return contextSegment;
    }

    /// Makes memory reachable for this run and returns its address.
    public long addObject(MemorySegment memory) {
        if (Address.FIRST_OBJECT + objectCount >= Address.VALUES) {
            throw new ProgramFault("too many objects in one run");
        }
        if (objectCount == objects.length) {
            objects = Arrays.copyOf(objects, Math.max(4, objectCount * 2));
        }
        objects[objectCount] = memory;
        return Address.of(Address.FIRST_OBJECT + objectCount++, 0);
    }

    /// Takes an object away that is not needed any longer. Its address is given to another one only
    /// when all that came later are gone too.
    public void removeObject(long address) {
        int index = Address.region(address) - Address.FIRST_OBJECT;
        if (index < 0 || index >= objectCount) {
            return;
        }
        objects[index] = EMPTY;
        while (objectCount > 0 && objects[objectCount - 1].equals(EMPTY)) {
            objectCount--;
        }
    }

    /// The object with this region, or null.
    @Nullable MemorySegment object(int region) {
        int index = region - Address.FIRST_OBJECT;
        return index >= 0 && index < objectCount ? objects[index] : null;
    }

    /// What a load of a context field of a pointer kind gives.
    public long contextPointer(ContextLayout.Kind kind) {
        return switch (kind) {
            case SCALAR -> throw new AssertionError(kind);
            case PACKET -> Address.of(Address.PACKET, data);
            case PACKET_META -> Address.of(Address.PACKET, dataMeta);
            case PACKET_END -> Address.of(Address.PACKET, dataEnd);
            case SOCKET, SOCK_COMMON_OR_NULL, SOCKET_OR_NULL -> socket;
            case FLOW_KEYS -> flowKeys;
            case TP_BUFFER -> buffer;
        };
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
