package bpf4j.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/// `union bpf_attr` of Linux: one command's arguments at fixed byte offsets
/// (`include/uapi/linux/bpf.h`).
record Attributes(MemorySegment memory, Arena arena) {
    private static final int SIZE = 152;
    private static final int NAME_LENGTH = 16;

    static Attributes in(Arena arena) {
        return new Attributes(arena.allocate(SIZE, 8), arena);
    }

    Attributes u32(int at, int value) {
        memory.set(ValueLayout.JAVA_INT, at, value);
        return this;
    }

    Attributes u64(int at, long value) {
        memory.set(ValueLayout.JAVA_LONG, at, value);
        return this;
    }

    Attributes pointer(int at, MemorySegment to) {
        return u64(at, to.address());
    }

    /// A copy of `bytes`, and a pointer to it; no pointer when empty.
    Attributes bytes(int at, byte[] bytes) {
        if (bytes.length == 0) {
            return this;
        }
        return pointer(at, arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes));
    }

    /// A name as the kernel takes it: at most 15 of its characters.
    Attributes name(int at, String name) {
        byte[] bytes = name.replaceAll("[^A-Za-z0-9_.]", "_").getBytes(StandardCharsets.US_ASCII);
        int length = Math.min(bytes.length, NAME_LENGTH - 1);
        MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, at, length);
        return this;
    }

    int u32(int at) {
        return memory.get(ValueLayout.JAVA_INT, at);
    }

    long run(int command) {
        return BpfSyscall.get().bpf(command, memory);
    }
}
