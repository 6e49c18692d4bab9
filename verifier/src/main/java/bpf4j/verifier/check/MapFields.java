package bpf4j.verifier.check;

import bpf4j.btf.Btf;
import bpf4j.btf.BtfType;
import bpf4j.spec.MapSpec;
import bpf4j.verifier.state.Kind;
import bpf4j.verifier.state.Reg;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/// The fields of map values that only helpers may touch: locks, timers and others, found in the
/// value's BTF type.
final class MapFields {
    /// A field.
    ///
    /// @param type what Linux calls it, such as `bpf_spin_lock`
    record Field(String type, int offset, int size) {}

    private final IdentityHashMap<MapSpec, List<Field>> found = new IdentityHashMap<>();

    List<Field> of(MapSpec map) {
        return found.computeIfAbsent(map, MapFields::find);
    }

    @Nullable Field first(MapSpec map, String type) {
        for (Field field : of(map)) {
            if (field.type.equals(type)) {
                return field;
            }
        }
        return null;
    }

    boolean has(MapSpec map, String type) {
        return first(map, type) != null;
    }

    /// The pointer, known not to be null.
    Reg notNull(Reg reg, boolean forget) {
        Reg valid = reg.withFlags(reg.flags & ~Reg.OR_NULL);
        if (reg.kind == Kind.MAP_VALUE && reg.map != null) {
            switch (reg.map.type()) {
                case ARRAY_OF_MAPS, HASH_OF_MAPS -> {
                    if (reg.map.inner() != null) {
                        return innerMap(reg, reg.map.inner());
                    }
                }
                case XSKMAP -> valid = valid.withKind(Kind.XDP_SOCK);
                case SOCKMAP, SOCKHASH -> valid = valid.withKind(Kind.SOCKET);
                default -> {}
            }
        }
        return forget ? valid.withId(0) : valid;
    }

    private Reg innerMap(Reg reg, MapSpec inner) {
        boolean distinct = has(inner, "bpf_timer") || has(inner, "bpf_wq");
        return Reg.ofMap(Kind.CONST_MAP, inner, distinct ? reg.id : 0);
    }

    private static List<Field> find(MapSpec map) {
        List<Field> fields = new ArrayList<>();
        if (map.btf() != null && map.valueType() > 0 && map.valueType() < map.btf().size()) {
            collect(map.btf(), map.valueType(), 0, fields, 0);
        }
        return fields;
    }

    private static void collect(Btf btf, int id, int offset, List<Field> fields, int depth) {
        if (depth > 16 || fields.size() > 64) {
            return;
        }
        switch (btf.type(id)) {
            case BtfType.Struct struct -> {
                String special = special(struct.name());
                if (special != null) {
                    fields.add(new Field(special, offset, struct.size()));
                    return;
                }
                for (BtfType.Member member : struct.members()) {
                    int at = offset + member.bitOffset() / 8;
                    if (btf.type(member.type()) instanceof BtfType.Ptr pointer
                            && btf.type(pointer.type()) instanceof BtfType.TypeTag tag
                            && tag.tag().startsWith("kptr")) {
                        fields.add(new Field("kptr", at, 8));
                    } else {
                        collect(btf, member.type(), at, fields, depth + 1);
                    }
                }
            }
            case BtfType.DataSec section -> {
                for (BtfType.Entry entry : section.entries()) {
                    collect(btf, entry.var(), offset + entry.offset(), fields, depth + 1);
                }
            }
            case BtfType.Var variable -> collect(btf, variable.type(), offset, fields, depth + 1);
            case BtfType.Typedef type -> collect(btf, type.type(), offset, fields, depth + 1);
            case BtfType.Const type -> collect(btf, type.type(), offset, fields, depth + 1);
            case BtfType.Volatile type -> collect(btf, type.type(), offset, fields, depth + 1);
            case BtfType.Array array -> {
                int size = sizeOf(btf, array.element());
                for (int i = 0; i < Math.min(array.length(), 64); i++) {
                    int before = fields.size();
                    collect(btf, array.element(), offset + i * size, fields, depth + 1);
                    if (fields.size() == before) {
                        break;
                    }
                }
            }
            default -> {}
        }
    }

    private static @Nullable String special(String name) {
        return switch (name) {
            case "bpf_spin_lock",
                    "bpf_res_spin_lock",
                    "bpf_timer",
                    "bpf_wq",
                    "bpf_task_work",
                    "bpf_list_head",
                    "bpf_list_node",
                    "bpf_rb_root",
                    "bpf_rb_node",
                    "bpf_refcount" ->
                    name;
            default -> null;
        };
    }

    /// The size of a type in bytes, 0 where it has none.
    static int sizeOf(Btf btf, int id) {
        for (int depth = 0; depth < 32; depth++) {
            switch (btf.type(id)) {
                case BtfType.Int type -> {
                    return type.size();
                }
                case BtfType.Enum type -> {
                    return type.size();
                }
                case BtfType.Float type -> {
                    return type.size();
                }
                case BtfType.Struct type -> {
                    return type.size();
                }
                case BtfType.DataSec type -> {
                    return type.size();
                }
                case BtfType.Ptr ignored -> {
                    return 8;
                }
                case BtfType.Array array -> {
                    long size = (long) array.length() * sizeOf(btf, array.element());
                    return size > Integer.MAX_VALUE ? 0 : (int) size;
                }
                case BtfType.Typedef type -> id = type.type();
                case BtfType.Const type -> id = type.type();
                case BtfType.Volatile type -> id = type.type();
                case BtfType.Restrict type -> id = type.type();
                case BtfType.TypeTag type -> id = type.type();
                case BtfType.Var type -> id = type.type();
                default -> {
                    return 0;
                }
            }
        }
        return 0;
    }
}
