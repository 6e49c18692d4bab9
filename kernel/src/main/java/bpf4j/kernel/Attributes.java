package bpf4j.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;

/// `union bpf_attr` of Linux: one command's arguments at fixed byte offsets
/// (`include/uapi/linux/bpf.h`).
record Attributes(MemorySegment memory, SegmentAllocator allocator) {
    private static final int SIZE = 152;
    private static final int NAME_LENGTH = 16;

    static Attributes in(SegmentAllocator allocator) {
        return new Attributes(allocator.allocate(SIZE, 8).fill((byte) 0), allocator);
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
        return pointer(at, allocator.allocateFrom(ValueLayout.JAVA_BYTE, bytes));
    }

    /// A name as the kernel takes it: at most 15 of its characters.
    Attributes name(int at, String name) {
        int length = Math.min(name.length(), NAME_LENGTH - 1);
        for (int i = 0; i < length; i++) {
            char c = name.charAt(i);
            boolean taken = c < 128 && (Character.isLetterOrDigit(c) || c == '_' || c == '.');
            memory.set(ValueLayout.JAVA_BYTE, at + i, (byte) (taken ? c : '_'));
        }
        return this;
    }

    int u32(int at) {
        return memory.get(ValueLayout.JAVA_INT, at);
    }

    long run(int command) {
        return BpfSyscall.get().bpf(command, memory);
    }
}
