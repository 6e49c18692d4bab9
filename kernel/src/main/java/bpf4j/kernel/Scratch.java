package bpf4j.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/// Native memory of one thread for the arguments of one system call. A fuzzer makes hundred
/// thousands of these a second: memory from a new arena for each took longer than the call.
final class Scratch implements SegmentAllocator {
    private static final int ROOM = 1 << 18;
    private static final ThreadLocal<Scratch> OWN = ThreadLocal.withInitial(Scratch::new);

    private final Arena arena = Arena.ofAuto();
    private final MemorySegment memory = arena.allocate(ROOM, 16);
    private long used;

    private Scratch() {}

    /// This thread's memory, all of it free again: what was taken before must not be needed any
    /// longer.
    static Scratch take() {
        Scratch own = OWN.get();
        own.used = 0;
        return own;
    }

    /// Memory that holds anything.
    @Override
    public MemorySegment allocate(long bytes, long alignment) {
        long at = used + alignment - 1 & -alignment;
        if (at + bytes > ROOM) {
            return Arena.ofAuto().allocate(bytes, alignment);
        }
        used = at + bytes;
        return memory.asSlice(at, bytes);
    }
}
