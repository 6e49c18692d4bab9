package bpf4j.loader;

import bpf4j.btf.Btf;
import bpf4j.btf.BtfType;
import bpf4j.spec.LoadException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// A path into a type: what a CO-RE relocation speaks of, in the object's types or in the target's.
///
/// @param root the type where the path begins
/// @param steps the points with a meaning: an index, a named member, an enumerator; anonymous
///     structs and unions on the way are left out
/// @param bitOffset where the path ends
record CoreSpec(Btf btf, int root, List<Step> steps, long bitOffset) {
    /// Linux's bound on the length of a path.
    static final int MOST_STEPS = 64;

    /// @param type the struct or enumeration that `name` is a part of, or the type of the element
    record Step(int type, int index, @Nullable String name) {}

    /// Reads a path such as `0:1:2` through the object's own types.
    static CoreSpec parse(Btf btf, int root, String path, CoreKind kind) throws LoadException {
        if (kind.isType()) {
            if (!path.equals("0")) {
                throw new LoadException("asks for a type with the path '" + path + "'");
            }
            return new CoreSpec(btf, root, List.of(), 0);
        }
        List<Integer> indexes = indexes(path);
        int id = btf.resolve(root);
        int first = indexes.getFirst();
        if (kind.isEnumerator()) {
            if (!(btf.type(id) instanceof BtfType.Enum values)
                    || indexes.size() != 1
                    || first >= values.values().size()) {
                throw new LoadException("asks for enumerator '" + path + "' of type " + id);
            }
            return new CoreSpec(
                    btf, root, List.of(new Step(id, first, values.values().get(first).name())), 0);
        }
        List<Step> steps = new ArrayList<>();
        steps.add(new Step(id, first, null));
        long bits = first * bits(btf, id);
        for (int index : indexes.subList(1, indexes.size())) {
            switch (btf.type(id)) {
                case BtfType.Struct struct when index < struct.members().size() -> {
                    BtfType.Member member = struct.members().get(index);
                    bits += Integer.toUnsignedLong(member.bitOffset());
                    if (!member.name().isEmpty()) {
                        steps.add(new Step(id, index, member.name()));
                    }
                    id = btf.resolve(member.type());
                }
                case BtfType.Array array
                        when Integer.compareUnsigned(index, array.length()) < 0
                                || isFlexible(btf, steps.getLast(), array) -> {
                    id = btf.resolve(array.element());
                    steps.add(new Step(id, index, null));
                    bits += index * bits(btf, id);
                }
                default ->
                        throw new LoadException(
                                "has the path '" + path + "', which leads out of type " + id);
            }
        }
        return new CoreSpec(btf, root, List.copyOf(steps), bits);
    }

    /// Whether an array is the last member of a struct and open: its elements have no bound.
    static boolean isFlexible(Btf btf, Step holder, BtfType.Array array) {
        return holder.name != null
                && array.length() == 0
                && btf.type(holder.type) instanceof BtfType.Struct struct
                && holder.index == struct.members().size() - 1;
    }

    /// The size of a type in bits.
    static long bits(Btf btf, int id) throws LoadException {
        long size = btf.sizeOf(id);
        if (size < 0 || size > Integer.MAX_VALUE) {
            throw new LoadException("needs the size of type " + id + ", which has none");
        }
        return size * 8;
    }

    private static List<Integer> indexes(String path) throws LoadException {
        List<Integer> indexes = new ArrayList<>();
        for (String part : path.split(":", MOST_STEPS + 2)) {
            try {
                indexes.add(Integer.parseUnsignedInt(part));
            } catch (NumberFormatException e) {
                throw new LoadException("has the malformed path '" + path + "'", e);
            }
            if (indexes.getLast() < 0 || indexes.size() > MOST_STEPS) {
                throw new LoadException("has the malformed path '" + path + "'");
            }
        }
        return indexes;
    }
}
