package bpf4j.runtime.map;

import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.BpfMap;
import bpf4j.runtime.MapException;
import bpf4j.spec.MapSpec;

/// Creates maps.
public final class Maps {
    private Maps() {}

    /// Creates an empty map in a space. Contents of [MapSpec#initial] are for the caller to store,
    /// who knows the other maps and programs that they name.
    ///
    /// @throws MapException with Linux's errno when the declaration is not valid or takes too much
    ///     memory
    public static BpfMap create(AddressSpace space, MapSpec spec) throws MapException {
        MapRules.check(spec);
        return switch (spec.type()) {
            case ARRAY, PERCPU_ARRAY -> ArrayMap.create(space, spec);
            case HASH, PERCPU_HASH, LRU_HASH, LRU_PERCPU_HASH -> HashedMap.create(space, spec);
            case LPM_TRIE -> LpmTrie.create(space, spec);
            case PROG_ARRAY -> space.create(id -> new ProgramArrayMap(spec, id));
            default -> throw new AssertionError(spec.type());
        };
    }
}
