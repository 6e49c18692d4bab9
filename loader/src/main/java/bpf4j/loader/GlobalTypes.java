package bpf4j.loader;

import bpf4j.btf.Btf;
import bpf4j.btf.BtfType;
import bpf4j.spec.LoadException;
import bpf4j.spec.MapSpec;

import java.util.List;
import java.util.Objects;

/// Decides whether two objects mean the same by a global name: its types must agree, exactly down
/// to
/// the first pointer, in shape behind it; maps must be defined alike.
final class GlobalTypes {
    private static final int MOST_DEPTH = 64;
    private static final int MOST_WORK = 100_000;

    private final Btf one;
    private final Btf two;
    private int work;

    private GlobalTypes(Btf one, Btf two) {
        this.one = one;
        this.two = two;
    }

    /// @param bothDefined whether neither is an extern
    static void check(String name, ObjectFile first, ObjectFile second, boolean bothDefined)
            throws LoadException {
        MapSpec oneMap = map(first, name);
        MapSpec twoMap = map(second, name);
        if (oneMap != null && twoMap != null) {
            if (bothDefined && !sameMap(oneMap, twoMap)) {
                throw new LoadException(
                        "map '"
                                + name
                                + "' is defined otherwise in '"
                                + second.name()
                                + "' than in '"
                                + first.name()
                                + "'");
            }
            return;
        }
        Btf one = first.btf();
        Btf two = second.btf();
        if (one == null || two == null) {
            throw new LoadException("'" + name + "' has no type in an object; compile with -g");
        }
        int a = find(one, name);
        int b = find(two, name);
        if (a < 0 || b < 0 || !new GlobalTypes(one, two).same(a, b, true, MOST_DEPTH)) {
            throw new LoadException(
                    "'"
                            + name
                            + "' has another type in '"
                            + second.name()
                            + "' than in '"
                            + first.name()
                            + "'");
        }
    }

    private static @org.jspecify.annotations.Nullable MapSpec map(ObjectFile file, String name) {
        for (ObjectMap map : file.maps()) {
            if (map.origin() == ObjectMap.Origin.BTF && map.spec().name().equals(name)) {
                return map.spec();
            }
        }
        return null;
    }

    private static boolean sameMap(MapSpec a, MapSpec b) {
        MapSpec innerA = a.inner();
        MapSpec innerB = b.inner();
        boolean inner =
                innerA == null || innerB == null ? innerA == innerB : sameMap(innerA, innerB);
        return inner
                && a.type() == b.type()
                && a.keySize() == b.keySize()
                && a.valueSize() == b.valueSize()
                && a.maxEntries() == b.maxEntries()
                && a.flags() == b.flags()
                && a.extra() == b.extra()
                && a.pinning() == b.pinning();
    }

    /// The variable or function of a name that is not static.
    private static int find(Btf btf, String name) {
        for (int id : btf.named(name)) {
            if ((btf.type(id) instanceof BtfType.Var variable && variable.linkage() != 0)
                    || btf.type(id) instanceof BtfType.Func) {
                return id;
            }
        }
        return -1;
    }

    private boolean same(int idOne, int idTwo, boolean exact, int depth) {
        if (depth == 0 || ++work > MOST_WORK) {
            return false;
        }
        BtfType a = one.type(one.resolve(idOne));
        BtfType b = two.type(two.resolve(idTwo));
        if (!exact && a instanceof BtfType.Fwd fwd && b instanceof BtfType.Struct struct) {
            return fwd.name().equals(struct.name()) && fwd.union() == struct.union();
        }
        if (!exact && b instanceof BtfType.Fwd fwd && a instanceof BtfType.Struct struct) {
            return fwd.name().equals(struct.name()) && fwd.union() == struct.union();
        }
        if (!a.kind().equals(b.kind())) {
            return false;
        }
        return switch (a) {
            case BtfType.Void _ -> true;
            case BtfType.Fwd _ -> a.label().equals(b.label());
            case BtfType.Int t -> t.size() == ((BtfType.Int) b).size();
            case BtfType.Float t -> t.size() == ((BtfType.Float) b).size();
            case BtfType.Enum t ->
                    a.label().equals(b.label()) && t.size() == ((BtfType.Enum) b).size();
            case BtfType.Ptr t -> same(t.type(), ((BtfType.Ptr) b).type(), false, depth - 1);
            case BtfType.Array t ->
                    same(t.element(), ((BtfType.Array) b).element(), exact, depth - 1);
            case BtfType.Func t ->
                    (t.linkage() == 0) == (((BtfType.Func) b).linkage() == 0)
                            && same(t.proto(), ((BtfType.Func) b).proto(), exact, depth - 1);
            case BtfType.Var t -> same(t.type(), ((BtfType.Var) b).type(), exact, depth - 1);
            case BtfType.FuncProto t -> sameProto(t, (BtfType.FuncProto) b, exact, depth);
            case BtfType.Struct t ->
                    t.name().equals(b.label())
                            && (!exact || sameMembers(t, (BtfType.Struct) b, depth));
            default -> false;
        };
    }

    private boolean sameProto(BtfType.FuncProto a, BtfType.FuncProto b, boolean exact, int depth) {
        if (a.params().size() != b.params().size()) {
            return false;
        }
        for (int i = 0; i < a.params().size(); i++) {
            if (!same(a.params().get(i).type(), b.params().get(i).type(), exact, depth - 1)) {
                return false;
            }
        }
        return same(a.returns(), b.returns(), exact, depth - 1);
    }

    private boolean sameMembers(BtfType.Struct a, BtfType.Struct b, int depth) {
        List<BtfType.Member> ours = a.members();
        List<BtfType.Member> theirs = b.members();
        if (ours.size() != theirs.size()) {
            return false;
        }
        for (int i = 0; i < ours.size(); i++) {
            BtfType.Member mine = ours.get(i);
            BtfType.Member yours = theirs.get(i);
            if (!Objects.equals(mine.name(), yours.name())
                    || mine.bitOffset() != yours.bitOffset()
                    || mine.bitWidth() != yours.bitWidth()
                    || !same(mine.type(), yours.type(), true, depth - 1)) {
                return false;
            }
        }
        return true;
    }
}
