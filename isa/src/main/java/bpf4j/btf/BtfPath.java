package bpf4j.btf;

import bpf4j.spec.LoadException;

/// A place inside a value of some type, found by a path such as `.config.ports[2]`.
///
/// @param type the id of the type of what is there
/// @param bitWidth the width of a bitfield, else 0
public record BtfPath(int type, int bitOffset, int bitWidth) {

    /// Follows a path from a type; an empty path leads to the whole value.
    ///
    /// @throws LoadException naming the part of the path that leads nowhere
    public static BtfPath resolve(Btf btf, int type, String path) throws LoadException {
        BtfPath at = new BtfPath(type, 0, 0);
        int from = 0;
        while (from < path.length()) {
            int to = from + 1;
            while (to < path.length() && path.charAt(to) != '.' && path.charAt(to) != '[') {
                to++;
            }
            String part = path.substring(from, to);
            at = part.startsWith("[") ? element(btf, at, part) : member(btf, at, part);
            from = to;
        }
        return at;
    }

    private static BtfPath member(Btf btf, BtfPath at, String part) throws LoadException {
        String name = part.startsWith(".") ? part.substring(1) : part;
        BtfPath found = find(btf, at, name, 0);
        if (found == null) {
            throw new LoadException(
                    btf.type(btf.resolve(at.type)).kind()
                            + " '"
                            + btf.name(btf.resolve(at.type))
                            + "' has no member '"
                            + name
                            + "'");
        }
        return found;
    }

    /// A member by name, also of the anonymous structs and unions inside.
    private static @org.jspecify.annotations.Nullable BtfPath find(
            Btf btf, BtfPath at, String name, int depth) {
        if (!(btf.type(btf.resolve(at.type)) instanceof BtfType.Struct struct)
                || depth > BtfReader.MAX_DEPTH) {
            return null;
        }
        for (BtfType.Member member : struct.members()) {
            BtfPath here =
                    new BtfPath(
                            member.type(), at.bitOffset + member.bitOffset(), member.bitWidth());
            if (member.name().equals(name)) {
                return here;
            }
            if (member.name().isEmpty() && depth < 8) {
                BtfPath inside = find(btf, here, name, depth + 1);
                if (inside != null) {
                    return inside;
                }
            }
        }
        return null;
    }

    private static BtfPath element(Btf btf, BtfPath at, String part) throws LoadException {
        if (!(btf.type(btf.resolve(at.type)) instanceof BtfType.Array array)
                || !part.endsWith("]")) {
            throw new LoadException("'" + part + "' is no element of an array");
        }
        int index;
        try {
            index = Integer.parseInt(part.substring(1, part.length() - 1));
        } catch (NumberFormatException e) {
            throw new LoadException("'" + part + "' is no element of an array", e);
        }
        if (index < 0 || index >= array.length()) {
            throw new LoadException(
                    "'" + part + "' lies outside an array of " + array.length() + " elements");
        }
        long offset = at.bitOffset + index * btf.sizeOf(array.element()) * 8;
        if (offset > Integer.MAX_VALUE) {
            throw new LoadException("'" + part + "' lies too far away");
        }
        return new BtfPath(array.element(), (int) offset, 0);
    }
}
