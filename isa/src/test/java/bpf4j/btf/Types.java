package bpf4j.btf;

import java.util.ArrayList;
import java.util.List;

/// Builds sets of types for tests; every method gives the id of the type that it adds.
final class Types {
    private final List<BtfType> types = new ArrayList<>(List.of(new BtfType.Void()));

    int add(BtfType type) {
        types.add(type);
        return types.size() - 1;
    }

    int integer(String name, int size, boolean signed) {
        return add(new BtfType.Int(name, size, size * 8, 0, signed, false, false));
    }

    int typedef(String name, int type) {
        return add(new BtfType.Typedef(name, type));
    }

    int array(int element, int length) {
        return add(new BtfType.Array(element, element, length));
    }

    int struct(String name, int size, BtfType.Member... members) {
        return add(new BtfType.Struct(name, false, size, List.of(members)));
    }

    static BtfType.Member member(String name, int type, int byteOffset) {
        return new BtfType.Member(name, type, byteOffset * 8, 0);
    }

    static BtfType.Member bits(String name, int type, int bitOffset, int width) {
        return new BtfType.Member(name, type, bitOffset, width);
    }

    Btf build() {
        return new Btf(types);
    }
}
