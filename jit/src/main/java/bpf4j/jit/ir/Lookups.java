package bpf4j.jit.ir;

import bpf4j.isa.Insn;
import bpf4j.runtime.BpfMap;
import bpf4j.runtime.map.ArrayMap;
import bpf4j.runtime.map.HashedMap;
import bpf4j.runtime.map.LpmTrie;
import bpf4j.verifier.facts.Facts;
import bpf4j.verifier.facts.Region;
import bpf4j.verifier.facts.Value;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Map lookups whose key is passed by value: the map is known, its key is small and lies on the
/// stack. Such a key needs no memory.
public final class Lookups {
    private static final int LOOKUP = 1;

    private final Facts facts;
    private final List<BpfMap> maps;

    /// Lookups of a program that runs with these maps.
    public Lookups(Facts facts, List<BpfMap> maps) {
        this.facts = facts;
        this.maps = maps;
    }

    /// A lookup by value.
    ///
    /// @param key where the key begins, from r10
    public record Lookup(BpfMap map, int key) {
        /// The number of bytes of the key.
        public int keySize() {
            return map.spec().keySize();
        }
    }

    /// The lookup that the instruction at slot `pc` is, or null.
    public @Nullable Lookup at(int pc, Insn insn) {
        if (!(insn instanceof Insn.CallHelper call) || call.id() != LOOKUP) {
            return null;
        }
        int index = facts.map(pc, 1);
        if (index < 0
                || index >= maps.size()
                || !(facts.before(pc, 2) instanceof Value.Pointer key)
                || key.region() != Region.STACK
                || key.nullable()
                || !key.offset().isConst()) {
            return null;
        }
        BpfMap map = maps.get(index);
        int size = map.spec().keySize();
        long offset = key.offset().value();
        return offset >= -512 && offset + size <= 0 && takesWords(map, size)
                ? new Lookup(map, (int) offset)
                : null;
    }

    private static boolean takesWords(BpfMap map, int keySize) {
        return switch (map) {
            case ArrayMap _ -> keySize == 4;
            case HashedMap _ -> keySize <= 16;
            case LpmTrie _ -> keySize == 8 || keySize == 20;
            default -> false;
        };
    }
}
