package bpf4j.verifier.state;

import org.jspecify.annotations.Nullable;

/// A note on the path since the last checkpoint, for walking it backwards: an instruction that was
/// not reached from the one before it, or one that used a stack slot, or one that changed several
/// linked registers.
public final class Step {
    /// The instruction.
    public final int pc;

    /// The one executed before it.
    public final int previous;

    /// The note before this one, or null.
    public final @Nullable Step before;

    /// The number of notes up to this one.
    public final int count;

    /// What stack access it made, see [#STACK_ACCESS].
    public int flags;

    /// Registers that were changed together, each as [#linked].
    public int @Nullable [] linked;

    /// The frame is in the low 3 bits, the slot in the 6 bits above.
    public static final int STACK_ACCESS = 1 << 9;

    public static final int DST_IS_STACK = 1 << 10;
    public static final int SRC_IS_STACK = 1 << 11;

    public Step(int pc, int previous, @Nullable Step before) {
        this.pc = pc;
        this.previous = previous;
        this.before = before;
        this.count = before == null ? 1 : before.count + 1;
    }

    public static int access(int frame, int slot) {
        return STACK_ACCESS | frame | slot << 3;
    }

    public int frame() {
        return flags & 7;
    }

    public int slot() {
        return flags >> 3 & 63;
    }

    /// A register or slot of a frame as a number.
    public static int linked(int frame, int index, boolean register) {
        return frame | index << 3 | (register ? 1 << 9 : 0);
    }
}
