package bpf4j.verifier.check;

import bpf4j.spec.HelperSpec;
import bpf4j.spec.MapSpec;
import bpf4j.verifier.state.Reg;

import org.jspecify.annotations.Nullable;

/// What the arguments of one call say about it.
final class CallMeta {
    final @Nullable HelperSpec helper;
    @Nullable MapSpec map;
    int mapId;

    /// The argument being checked may be unwritten memory.
    boolean raw;

    int rawRegister;
    int rawBytes;
    int releaseRegister;
    int ref;
    int dynptrId;
    int dynptrType;

    /// What is stored of the dynptr that was passed.
    @Nullable Reg clone;

    int subprogram = -1;
    long memSize;
    long constantKey = -1;

    /// The greatest value of the last size argument.
    long sizeMax;

    int iteratorFrame;
    int iteratorSlot;

    CallMeta(@Nullable HelperSpec helper) {
        this.helper = helper;
    }

    MapSpec theMap() {
        if (map == null) {
            throw new AssertionError("a helper takes a key or value before its map");
        }
        return map;
    }
}
