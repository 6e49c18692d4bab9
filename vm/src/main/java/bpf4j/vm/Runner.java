package bpf4j.vm;

import bpf4j.runtime.Address;
import bpf4j.runtime.Execution;
import bpf4j.runtime.LoadedProgram;
import bpf4j.runtime.Packets;
import bpf4j.runtime.ProgramFault;
import bpf4j.spec.LoadException;
import bpf4j.spec.ProgramType;
import bpf4j.vm.capture.CaptureWriter;
import bpf4j.vm.capture.Packet;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;

/// Runs one program in one thread. After a run it shows the packet as the program left it: changed
/// in
/// place, or elsewhere when the program made it longer than its memory.
public final class Runner {
    private final LoadedProgram program;
    private final ProgramType type;
    private final boolean takesPackets;
    private final boolean xdp;
    private final boolean writes;
    private final Execution execution;
    private byte[] copy = new byte[4096];

    Runner(BpfProgram program, Execution execution) {
        this.program = program.loaded();
        this.type = program.spec().type();
        this.takesPackets = program.verdicts() != Verdicts.NUMBER;
        this.xdp = program.verdicts() == Verdicts.XDP;
        this.writes = program.writesPacket();
        this.execution = execution;
    }

    /// Runs the program on the packet of `length` bytes at `start`, which it may change in place.
    ///
    /// @return r0 at exit
    /// @throws ProgramFault when the verifier was wrong, or the program takes no packets
    public long run(byte[] bytes, int start, int length) {
        if (xdp) {
            Packets.prepareXdp(execution, bytes, start, length);
        } else {
            needPackets();
            Packets.prepare(execution, type, bytes, start, length);
        }
        return program.run(execution);
    }

    /// Runs the program on the packet between a buffer's position and limit, which stay.
    public long run(ByteBuffer packet) {
        if (packet.hasArray()) {
            return run(
                    packet.array(), packet.arrayOffset() + packet.position(), packet.remaining());
        }
        return run(MemorySegment.ofBuffer(packet));
    }

    /// Runs the program on a packet in heap or native memory.
    public long run(MemorySegment packet) {
        if (packet.isNative()) {
            if (xdp) {
                Packets.prepareXdp(execution, packet);
            } else {
                needPackets();
                Packets.prepare(execution, type, packet);
            }
            return program.run(execution);
        }
        if (packet.heapBase().orElse(null) instanceof byte[] array) {
            return run(array, (int) packet.address(), Math.toIntExact(packet.byteSize()));
        }
        byte[] bytes = packet.toArray(ValueLayout.JAVA_BYTE);
        long result = run(bytes, 0, bytes.length);
        if (writes && !packet.isReadOnly()) {
            MemorySegment.copy(bytes, 0, packet, ValueLayout.JAVA_BYTE, 0, bytes.length);
        }
        return result;
    }

    /// Runs the program on a copy of a packet, if it could change it, and else on the packet
    /// itself:
    /// the bytes given stay as they are.
    public long runOnCopy(byte[] bytes, int start, int length) {
        if (!writes) {
            return run(bytes, start, length);
        }
        if (copy.length < Address.HEADROOM + length) {
            copy = new byte[Address.HEADROOM + 2 * length];
        }
        System.arraycopy(bytes, start, copy, Address.HEADROOM, length);
        return run(copy, Address.HEADROOM, length);
    }

    /// Runs the program on a context struct without a packet, as tracing programs get; it may
    /// change
    /// the bytes in place.
    ///
    /// @param context as many bytes as the program type's context has
    public long runOnContext(byte[] context) {
        if (takesPackets) {
            throw new ProgramFault("programs of type %s take packets".formatted(type.name()));
        }
        if (context.length < type.context().size()) {
            throw new IllegalArgumentException(
                    "%s has %d bytes, %d given"
                            .formatted(
                                    type.context().struct(),
                                    type.context().size(),
                                    context.length));
        }
        execution.prepareRaw(context);
        return program.run(execution);
    }

    private void needPackets() {
        if (!takesPackets) {
            throw new ProgramFault(
                    "programs of type %s take no packets; use runOnContext".formatted(type.name()));
        }
    }

    /// The packet's length after the last run.
    public int length() {
        return execution.dataEnd - execution.data;
    }

    /// A copy of the packet after the last run.
    public byte[] packet() {
        return execution.packetBytes();
    }

    /// The execution, for hosts that set more than packets: the CPU, context fields, fuel.
    public Execution execution() {
        return execution;
    }

    /// Appends the packet after the last run to a capture; a socket filter's verdict cuts it.
    ///
    /// @param was the packet before the run
    /// @param verdict the program's return value
    public void write(CaptureWriter writer, Packet.Header was, int verdict) throws LoadException {
        int length = length();
        if (Verdicts.of(type) == Verdicts.BYTES) {
            length = (int) Math.min(length, Integer.toUnsignedLong(verdict));
        }
        if (execution.nativePacket != null) {
            writer.write(was, packet(), 0, length);
        } else {
            writer.write(was, execution.packet, execution.packetBase + execution.data, length);
        }
    }
}
