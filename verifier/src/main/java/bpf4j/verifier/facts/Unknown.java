package bpf4j.verifier.facts;

import bpf4j.isa.Code;
import bpf4j.isa.Insn;
import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.domain.Scalar;
import bpf4j.verifier.domain.Tri;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// The facts of a program of which nothing was computed.
final class Unknown {
    private Unknown() {}

    static Facts facts(ProgramSpec spec) {
        Code code = spec.code();
        int size = code.size();
        Value[] @Nullable [] before = new Value[size][];
        @Nullable Access[] accesses = new Access[size];
        Tri[] branches = new Tri[size];
        Arrays.fill(branches, Tri.MAYBE);
        Value[] mixed = new Value[11];
        Arrays.fill(mixed, Value.Any.MIXED);
        mixed[10] = Value.Pointer.to(Region.STACK, -1, 0);
        for (int pc = 0; pc < size; pc = code.next(pc)) {
            before[pc] = mixed;
            accesses[pc] = access(code.at(pc));
        }
        Routine all = new Routine(0, size, 512, List.of(), false, false, new BitSet());
        return new Facts(before, new Value[size], branches, accesses, List.of(all));
    }

    private static @Nullable Access access(Insn insn) {
        return switch (insn) {
            case Insn.Load load -> new Access(null, -1, Scalar.UNKNOWN, load.size().bytes());
            case Insn.Store store -> new Access(null, -1, Scalar.UNKNOWN, store.size().bytes());
            case Insn.Atomic atomic -> new Access(null, -1, Scalar.UNKNOWN, atomic.size().bytes());
            case Insn.LoadAcquire load -> new Access(null, -1, Scalar.UNKNOWN, load.size().bytes());
            case Insn.StoreRelease store ->
                    new Access(null, -1, Scalar.UNKNOWN, store.size().bytes());
            default -> null;
        };
    }
}
