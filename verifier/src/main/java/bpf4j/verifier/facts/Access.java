package bpf4j.verifier.facts;

import bpf4j.verifier.domain.Scalar;

import org.jspecify.annotations.Nullable;

/// Where a load, store or atomic operation accesses memory.
///
/// @param region the region, or null when it may be one of several
/// @param map for MAP_VALUE the index of the map, or -1 when it may be one of several or an inner
///     map
/// @param offset of the first byte accessed, signed, the instruction's offset included: in the
///     context, from r10 of the frame, in the map value; unknown for others
/// @param bytes 1, 2, 4 or 8
public record Access(@Nullable Region region, int map, Scalar offset, int bytes) {
    /// Whether the offset is always the same.
    public boolean isFixed() {
        return offset.isConst();
    }

    /// The power of two (at most 8) that divides every offset.
    public int alignment() {
        long open = offset.tnum().value() | offset.tnum().mask() | 8;
        return (int) Long.lowestOneBit(open);
    }
}
