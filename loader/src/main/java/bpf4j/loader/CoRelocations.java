package bpf4j.loader;

import bpf4j.btf.Btf;
import bpf4j.spec.LoadException;

import org.jspecify.annotations.Nullable;

/// Applies the CO-RE relocations of a function to its slots.
interface CoRelocations {
    /// @param slots holds the function's slots from `base` on
    void apply(FunctionSymbol function, long[] slots, int base) throws LoadException;

    static CoRelocations of(ObjectFile object, @Nullable Btf target) {
        return (_, _, _) -> {};
    }
}
