package bpf4j.verifier.facts;

import java.util.BitSet;
import java.util.List;

/// A subprogram as engines see it.
///
/// @param start its first slot
/// @param end the slot behind its last
/// @param stackDepth the bytes below r10 that it accesses or passes on, at most 512
/// @param callees the first slots of the subprograms that it calls, callbacks included
/// @param isCallback whether a helper may call it
/// @param stackIsPrivate whether every access to its frame is one of its own with a fixed offset,
///     but for the bytes in `exposed`; when false, any byte may be accessed by anything
/// @param exposed bytes of its frame, by distance below r10 (bit d is the byte at r10 - d, d from
///     1), that helpers, callees or callbacks may access
public record Routine(
        int start,
        int end,
        int stackDepth,
        List<Integer> callees,
        boolean isCallback,
        boolean stackIsPrivate,
        BitSet exposed) {
    public Routine {
        callees = List.copyOf(callees);
        exposed = (BitSet) exposed.clone();
    }

    /// Whether the bytes from `offset` (negative, from r10) are accessed only by loads, stores and
    /// atomic operations of this subprogram with fixed offsets.
    public boolean isPrivate(int offset, int bytes) {
        int first = -offset - bytes + 1;
        if (!stackIsPrivate || first <= 0) {
            return false;
        }
        int next = exposed.nextSetBit(first);
        return next < 0 || next > -offset;
    }
}
