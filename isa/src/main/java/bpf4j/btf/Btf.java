package bpf4j.btf;

import java.util.List;

/// A set of BTF types by id, immutable. Type 0 is `void`.
public final class Btf {
    private final List<BtfType> types;

    /// The given types; the first must be [BtfType.Void].
    public Btf(List<BtfType> types) {
        this.types = List.copyOf(types);
    }

    /// The number of types, `void` included: ids are 0 to size - 1.
    public int size() {
        return types.size();
    }

    /// The type with this id.
    public BtfType type(int id) {
        return types.get(id);
    }
}
