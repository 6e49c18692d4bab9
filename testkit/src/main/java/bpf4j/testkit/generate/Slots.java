package bpf4j.testkit.generate;

import java.util.Arrays;

/// What the generator knows at a point of the program: the kind of each register and which stack
/// bytes
/// are written. A register of kind NONE may hold anything and is not read.
final class Slots {
    /// What a register holds.
    enum Kind {
        NONE,
        SCALAR,
        CONTEXT,
        FRAME,
        PACKET,
        VALUE
    }

    static final int STACK = 512;

    final Kind[] kinds = new Kind[11];

    /// For PACKET and VALUE: the bytes from the register on that may be accessed.
    final int[] room = new int[11];

    /// For VALUE: whether the value is known to start 8-byte aligned here.
    final boolean[] aligned = new boolean[11];

    /// Registers that must not be written: loop counters, pointers that a loop needs.
    final boolean[] kept = new boolean[11];

    /// Written bytes; index 0 is the lowest, at r10 - 512.
    final boolean[] written = new boolean[STACK];

    Slots() {
        Arrays.fill(kinds, Kind.NONE);
        kinds[10] = Kind.FRAME;
        kept[10] = true;
    }

    Slots copy() {
        Slots copy = new Slots();
        System.arraycopy(kinds, 0, copy.kinds, 0, 11);
        System.arraycopy(room, 0, copy.room, 0, 11);
        System.arraycopy(aligned, 0, copy.aligned, 0, 11);
        System.arraycopy(kept, 0, copy.kept, 0, 11);
        System.arraycopy(written, 0, copy.written, 0, STACK);
        return copy;
    }

    void set(int register, Kind kind) {
        kinds[register] = kind;
        room[register] = 0;
        aligned[register] = false;
    }

    /// Keeps only what holds here and there.
    void meet(Slots other) {
        for (int r = 0; r < 11; r++) {
            if (kinds[r] != other.kinds[r]) {
                set(r, Kind.NONE);
            } else {
                room[r] = Math.min(room[r], other.room[r]);
                aligned[r] &= other.aligned[r];
            }
        }
        for (int i = 0; i < STACK; i++) {
            written[i] &= other.written[i];
        }
    }

    /// A call leaves r1 to r5 unreadable.
    void clobber() {
        for (int r = 1; r <= 5; r++) {
            set(r, Kind.NONE);
        }
    }
}
