package bpf4j.verifier.cfg;

import bpf4j.btf.Btf;
import bpf4j.btf.BtfType;

import org.jspecify.annotations.Nullable;

/// A function of a program: the slots from `start` to before `end`.
public final class Subprogram {
    /// Its number: 0 is the entry, the others follow by place.
    public final int number;

    /// Its first slot.
    public final int start;

    /// The slot behind its last.
    public final int end;

    /// Its name, or empty.
    public final String name;

    /// The BTF id of its `Func`, or 0.
    public final int type;

    /// Whether it has a tail call.
    public boolean tailCalls;

    /// Whether it has a legacy packet load.
    public boolean legacyLoads;

    /// Whether it or what it calls may move the packet.
    public boolean changesPacket;

    /// Whether it or what it calls may sleep.
    public boolean mightSleep;

    /// Whether something passes it as a callback.
    public boolean isCallback;

    /// Whether it runs as a callback outside of the program's own run.
    public boolean isAsyncCallback;

    /// Whether a call of it was seen: a global function must then be verified by itself.
    public boolean called;

    /// Whether it has been verified by itself.
    public boolean verified;

    /// Bytes of stack used.
    public int stackDepth;

    Subprogram(int number, int start, int end, String name, int type) {
        this.number = number;
        this.start = start;
        this.end = end;
        this.name = name;
        this.type = type;
    }

    /// Whether BTF says that it is a global function, which is verified by itself.
    public boolean isGlobal(@Nullable Btf btf) {
        return btf != null
                && type != 0
                && btf.type(type) instanceof BtfType.Func func
                && func.linkage() == 1;
    }

    @Override
    public String toString() {
        return name.isEmpty() ? "func#" + number : name;
    }
}
