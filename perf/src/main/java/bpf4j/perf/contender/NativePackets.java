package bpf4j.perf.contender;

import bpf4j.perf.compare.Ring;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Packets in native memory.
final class NativePackets {
    private static final int LINE = 64;

    private NativePackets() {}

    /// The whole ring.
    static MemorySegment ring(Ring ring, Arena arena) {
        return copy(ring.bytes(), arena);
    }

    /// Each packet of the ring.
    static MemorySegment[] of(Ring ring, Arena arena) {
        MemorySegment all = ring(ring, arena);
        MemorySegment[] packets = new MemorySegment[ring.count()];
        for (int i = 0; i < packets.length; i++) {
            packets[i] = all.asSlice(ring.start(i), ring.length());
        }
        return packets;
    }

    /// A copy of a packet.
    static MemorySegment copy(byte[] packet, Arena arena) {
        return arena.allocate(packet.length, LINE).copyFrom(MemorySegment.ofArray(packet));
    }
}
