package bpf4j.btf;

import bpf4j.spec.LoadException;

import org.jspecify.annotations.Nullable;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A set of BTF types by id, immutable. Type 0 is `void`.
///
/// Types read by [#parse] are sound: every id refers to a type of the set, no type contains itself
/// by value, and types nest at most [BtfReader#MAX_DEPTH] deep between two pointers.
public final class Btf {
    /// The size of a pointer in bytes, on the wire and in every engine.
    public static final int POINTER_SIZE = 8;

    private final List<BtfType> types;
    private volatile @Nullable Map<String, List<Integer>> byName;
    private volatile byte @Nullable [] alignments;

    /// The given types; the first must be [BtfType.Void].
    public Btf(List<BtfType> types) {
        this.types = List.copyOf(types);
    }

    /// The types of a `.BTF` section or of `/sys/kernel/btf/vmlinux`, in either byte order.
    public static Btf parse(byte[] section) throws LoadException {
        return new BtfReader(section).read();
    }

    /// These types as a `.BTF` section.
    public byte[] encode(ByteOrder order) {
        return new BtfWriter(order).write(this);
    }

    /// The number of types, `void` included: ids are 0 to size - 1.
    public int size() {
        return types.size();
    }

    /// The type with this id.
    public BtfType type(int id) {
        return types.get(id);
    }

    /// All types in the order of their ids.
    public List<BtfType> types() {
        return types;
    }

    /// The name of a type, empty where it has none.
    public String name(int id) {
        return types.get(id).label();
    }

    /// The ids of the types with this name, ascending.
    public List<Integer> named(String name) {
        Map<String, List<Integer>> index = byName;
        if (index == null) {
            index = index();
            byName = index;
        }
        return Collections.unmodifiableList(index.getOrDefault(name, List.of()));
    }

    /// The id of the first type of a kind with this name, or -1.
    public int find(String name, Class<? extends BtfType> kind) {
        for (int id : named(name)) {
            if (kind.isInstance(types.get(id))) {
                return id;
            }
        }
        return -1;
    }

    /// The type behind `const`, `volatile`, `restrict` and type tags.
    public int strip(int id) {
        int at = id;
        for (int steps = 0; steps < types.size(); steps++) {
            switch (types.get(at)) {
                case BtfType.Const t -> at = t.type();
                case BtfType.Volatile t -> at = t.type();
                case BtfType.Restrict t -> at = t.type();
                case BtfType.TypeTag t -> at = t.type();
                default -> {
                    return at;
                }
            }
        }
        throw new IllegalArgumentException("type " + id + " is a loop of modifiers");
    }

    /// The type behind typedefs and everything that [#strip] takes away.
    public int resolve(int id) {
        int at = strip(id);
        for (int steps = 0; steps < types.size(); steps++) {
            if (types.get(at) instanceof BtfType.Typedef t) {
                at = strip(t.type());
            } else {
                return at;
            }
        }
        throw new IllegalArgumentException("type " + id + " is a loop of typedefs");
    }

    /// The number of bytes that a value of this type takes; -1 where it has none (`void`, forward
    /// declarations, functions) or where it does not fit into 63 bits.
    public long sizeOf(int id) {
        long count = 1;
        int at = resolve(id);
        while (types.get(at) instanceof BtfType.Array array) {
            long length = Integer.toUnsignedLong(array.length());
            if (length != 0 && count > Long.MAX_VALUE / length) {
                return -1;
            }
            count *= length;
            at = resolve(array.element());
        }
        long element =
                switch (types.get(at)) {
                    case BtfType.Int t -> t.size();
                    case BtfType.Ptr _ -> POINTER_SIZE;
                    case BtfType.Struct t -> Integer.toUnsignedLong(t.size());
                    case BtfType.Enum t -> t.size();
                    case BtfType.Float t -> Integer.toUnsignedLong(t.size());
                    case BtfType.Var t -> sizeOf(t.type());
                    case BtfType.DataSec t -> Integer.toUnsignedLong(t.size());
                    default -> -1;
                };
        if (element < 0 || (element != 0 && count > Long.MAX_VALUE / element)) {
            return -1;
        }
        return count * element;
    }

    /// The alignment of a type in bytes, 1 where it has none.
    public int alignOf(int id) {
        byte[] known = alignments;
        if (known == null) {
            known = new byte[types.size()];
            alignments = known;
        }
        return align(id, known);
    }

    private int align(int id, byte[] known) {
        if (known[id] != 0) {
            return known[id];
        }
        int found =
                switch (types.get(id)) {
                    case BtfType.Int t -> scalarAlignment(t.size());
                    case BtfType.Enum t -> scalarAlignment(t.size());
                    case BtfType.Float t -> scalarAlignment(t.size());
                    case BtfType.Ptr _ -> POINTER_SIZE;
                    case BtfType.Const t -> align(t.type(), known);
                    case BtfType.Volatile t -> align(t.type(), known);
                    case BtfType.Restrict t -> align(t.type(), known);
                    case BtfType.TypeTag t -> align(t.type(), known);
                    case BtfType.Typedef t -> align(t.type(), known);
                    case BtfType.Var t -> align(t.type(), known);
                    case BtfType.Array t -> align(t.element(), known);
                    case BtfType.Struct t -> structAlignment(t, known);
                    default -> 1;
                };
        known[id] = (byte) found;
        return found;
    }

    private int structAlignment(BtfType.Struct struct, byte[] known) {
        int most = 1;
        for (BtfType.Member member : struct.members()) {
            int alignment = align(member.type(), known);
            if (member.bitWidth() == 0 && member.bitOffset() % (8 * alignment) != 0) {
                return 1;
            }
            most = Math.max(most, alignment);
        }
        return struct.size() % most == 0 ? most : 1;
    }

    private static int scalarAlignment(int size) {
        return size <= 0 ? 1 : Math.min(POINTER_SIZE, Integer.highestOneBit(size));
    }

    private Map<String, List<Integer>> index() {
        Map<String, List<Integer>> index = new HashMap<>();
        for (int id = 1; id < types.size(); id++) {
            String name = types.get(id).label();
            if (!name.isEmpty()) {
                index.computeIfAbsent(name, _ -> new ArrayList<>(1)).add(id);
            }
        }
        return index;
    }

    @Override
    public String toString() {
        return "Btf[" + types.size() + " types]";
    }
}
