package bpf4j.btf;

import bpf4j.spec.LoadException;

import java.util.List;
import java.util.function.IntUnaryOperator;

/// Decides whether types are sound: ids exist, nothing contains itself by value, nesting is
/// bounded.
/// Everything that walks types relies on it.
final class BtfCheck {
    private static final byte NEW = 0;
    private static final byte OPEN = 1;
    private static final byte DONE = 2;

    private final List<BtfType> types;
    private final byte[] state;
    private final byte[] depth;
    private final int[] path = new int[BtfReader.MAX_DEPTH + 1];
    private final int[] next = new int[BtfReader.MAX_DEPTH + 1];

    private BtfCheck(List<BtfType> types) {
        this.types = types;
        this.state = new byte[types.size()];
        this.depth = new byte[types.size()];
    }

    static void check(List<BtfType> types) throws LoadException {
        BtfCheck check = new BtfCheck(types);
        for (int id = 1; id < types.size(); id++) {
            check.ids(id);
        }
        for (int id = 1; id < types.size(); id++) {
            check.nesting(id);
        }
    }

    private void ids(int id) throws LoadException {
        BtfType type = types.get(id);
        if (type instanceof BtfType.Ptr ptr) {
            exists(id, ptr.type());
            return;
        }
        int count = parts(type);
        IntUnaryOperator part = part(type);
        for (int i = 0; i < count; i++) {
            exists(id, part.applyAsInt(i));
        }
        if (type instanceof BtfType.Array array) {
            exists(id, array.index());
        }
        if (type instanceof BtfType.Func func
                && !(types.get(func.proto()) instanceof BtfType.FuncProto)) {
            throw fail(id, "is a function whose type " + func.proto() + " is none");
        }
        if (type instanceof BtfType.DataSec section) {
            for (BtfType.Entry entry : section.entries()) {
                BtfType held = types.get(entry.var());
                if (!(held instanceof BtfType.Var) && !(held instanceof BtfType.Func)) {
                    throw fail(id, "holds type " + entry.var() + ", which is no variable");
                }
            }
        }
    }

    private void exists(int id, int named) throws LoadException {
        if (named < 0 || named >= types.size()) {
            throw fail(
                    id,
                    "names type " + Integer.toUnsignedString(named) + " of " + (types.size() - 1));
        }
    }

    /// Walks what `root` holds by value, depth first, with a stack of bounded height.
    private void nesting(int root) throws LoadException {
        if (state[root] != NEW) {
            return;
        }
        int height = 0;
        path[0] = root;
        next[0] = 0;
        state[root] = OPEN;
        while (height >= 0) {
            int id = path[height];
            BtfType type = types.get(id);
            if (next[height] == parts(type)) {
                state[id] = DONE;
                height--;
                if (height >= 0) {
                    int above = path[height];
                    depth[above] = (byte) Math.max(depth[above], depth[id] + 1);
                }
                continue;
            }
            int held = part(type).applyAsInt(next[height]++);
            if (state[held] == OPEN) {
                throw fail(id, "contains itself by way of type " + held);
            }
            int below = state[held] == DONE ? depth[held] + 1 : 1;
            if (height + below > BtfReader.MAX_DEPTH
                    || Math.max(depth[id], below) > BtfReader.MAX_DEPTH) {
                throw fail(id, "is nested more than " + BtfReader.MAX_DEPTH + " deep");
            }
            if (state[held] == DONE) {
                depth[id] = (byte) Math.max(depth[id], below);
            } else {
                height++;
                path[height] = held;
                next[height] = 0;
                state[held] = OPEN;
            }
        }
    }

    /// The number of types that a type holds by value or stands for.
    private static int parts(BtfType type) {
        return switch (type) {
            case BtfType.Void _, BtfType.Int _, BtfType.Ptr _, BtfType.Enum _ -> 0;
            case BtfType.Fwd _, BtfType.Float _ -> 0;
            case BtfType.Array _, BtfType.Typedef _, BtfType.Volatile _, BtfType.Const _ -> 1;
            case BtfType.Restrict _, BtfType.Func _, BtfType.Var _ -> 1;
            case BtfType.DeclTag _, BtfType.TypeTag _ -> 1;
            case BtfType.Struct t -> t.members().size();
            case BtfType.FuncProto t -> t.params().size() + 1;
            case BtfType.DataSec t -> t.entries().size();
        };
    }

    private static IntUnaryOperator part(BtfType type) {
        return switch (type) {
            case BtfType.Array t -> _ -> t.element();
            case BtfType.Typedef t -> _ -> t.type();
            case BtfType.Volatile t -> _ -> t.type();
            case BtfType.Const t -> _ -> t.type();
            case BtfType.Restrict t -> _ -> t.type();
            case BtfType.Func t -> _ -> t.proto();
            case BtfType.Var t -> _ -> t.type();
            case BtfType.DeclTag t -> _ -> t.type();
            case BtfType.TypeTag t -> _ -> t.type();
            case BtfType.Struct t -> i -> t.members().get(i).type();
            case BtfType.FuncProto t -> i -> i == 0 ? t.returns() : t.params().get(i - 1).type();
            case BtfType.DataSec t -> i -> t.entries().get(i).var();
            case BtfType.Void _,
                    BtfType.Int _,
                    BtfType.Ptr _,
                    BtfType.Enum _,
                    BtfType.Fwd _,
                    BtfType.Float _ ->
                    _ -> 0;
        };
    }

    private static LoadException fail(int id, String what) {
        return new LoadException("BTF type " + id + " " + what);
    }
}
