package bpf4j.verifier.explore;

import bpf4j.verifier.state.Reg;

/// Relates the ids of an old state to those of a new one, one to one.
final class Ids {
    private int[] old = new int[64];
    private int[] current = new int[64];
    private int count;
    private int unused;

    /// Forgets all relations.
    ///
    /// @param lastId the last id given out: ids beyond it are free for numbers without one
    void reset(int lastId) {
        count = 0;
        unused = lastId;
    }

    /// Both are 0, or they are related.
    boolean same(int before, int now) {
        if ((before == 0) != (now == 0)) {
            return false;
        }
        if (before == 0) {
            return true;
        }
        for (int i = 0; i < count; i++) {
            if (old[i] == before) {
                return current[i] == now;
            }
            if (current[i] == now) {
                return false;
            }
        }
        if (count == old.length) {
            old = java.util.Arrays.copyOf(old, 2 * count);
            current = java.util.Arrays.copyOf(current, 2 * count);
        }
        old[count] = before;
        current[count] = now;
        count++;
        return true;
    }

    /// Links between numbers of the old state exist in the new one.
    boolean sameLinks(int before, int now) {
        if (before == 0) {
            return true;
        }
        int other = now == 0 ? ++unused : now;
        if (!same(before, other)) {
            return false;
        }
        int marks = Reg.ADDED | Reg.ADDED_LOW;
        return (before & Reg.ADDED) == 0 || same(before & ~marks, other & ~marks);
    }
}
