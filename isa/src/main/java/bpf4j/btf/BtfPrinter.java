package bpf4j.btf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Writes types as C declarations that a compiler takes back: same sizes, same places of members.
/// Types that share a name get a number (`name___2`).
public final class BtfPrinter {
    /// Bound on the text of one definition: types can be made whose text is far larger than they.
    private static final int MOST_CHARS = 1 << 22;

    /// Bound on types within types, pointers included, which lead to any depth.
    private static final int MOST_DEPTH = 200;

    private final Btf btf;
    private final Map<Integer, String> renamed = new HashMap<>();
    private final IdentityHashMap<BtfType.Value, String> enumerators = new IdentityHashMap<>();
    private final Set<Integer> defined = new HashSet<>();
    private final Set<Integer> declared = new HashSet<>();
    private final Set<Integer> pointers = new HashSet<>();
    private final StringBuilder out = new StringBuilder();
    private int spent;
    private int depth;

    private BtfPrinter(Btf btf) {
        this.btf = btf;
        nameApart();
    }

    /// All named types of a set, each after those it holds by value.
    public static String all(Btf btf) {
        BtfPrinter printer = new BtfPrinter(btf);
        for (int id = 1; id < btf.size(); id++) {
            printer.spent = 0;
            printer.define(id);
        }
        return printer.out.toString();
    }

    /// One type as a declaration of `name`, such as `struct point (*corners)[4]`; an empty name
    /// gives
    /// the type alone.
    public static String declare(Btf btf, int id, String name) {
        return new BtfPrinter(btf).declaration(id, name, 0);
    }

    /// The definition of one type, such as `struct point { ... };`.
    public static String define(Btf btf, int id) {
        BtfPrinter printer = new BtfPrinter(btf);
        return switch (btf.type(id)) {
            case BtfType.Struct struct -> printer.struct(struct, id, 0) + ";";
            case BtfType.Enum values -> printer.enumeration(values, id, 0) + ";";
            case BtfType.Typedef typedef ->
                    "typedef " + printer.declaration(typedef.type(), typedef.name(), 0) + ";";
            case BtfType.Func func -> printer.declaration(func.proto(), func.name(), 0) + ";";
            case BtfType.Var variable ->
                    printer.declaration(variable.type(), variable.name(), 0) + ";";
            default -> printer.declaration(id, "", 0) + ";";
        };
    }

    /// C has one name space for structs, unions and enumerations and one for typedefs and
    /// enumerators; types may share names across kinds and between each other.
    private void nameApart() {
        Map<String, Integer> tags = new HashMap<>();
        Map<String, Integer> ordinary = new HashMap<>();
        for (int id = 1; id < btf.size(); id++) {
            String name = btf.name(id);
            Map<String, Integer> space =
                    switch (btf.type(id)) {
                        case BtfType.Struct _, BtfType.Enum _ -> tags;
                        case BtfType.Typedef _ -> ordinary;
                        default -> null;
                    };
            if (space != null && !name.isEmpty()) {
                int times = space.merge(name, 1, Integer::sum);
                if (times > 1) {
                    renamed.put(id, name + "___" + times);
                }
            }
            if (btf.type(id) instanceof BtfType.Enum values) {
                for (BtfType.Value value : values.values()) {
                    int times = ordinary.merge(value.name(), 1, Integer::sum);
                    if (times > 1) {
                        enumerators.put(value, value.name() + "___" + times);
                    }
                }
            }
        }
    }

    private String name(int id) {
        return renamed.getOrDefault(id, btf.name(id));
    }

    /// Writes a definition and, before it, what it needs.
    private void define(int id) {
        BtfType type = btf.type(id);
        if (type.label().isEmpty() || !defined.add(id)) {
            return;
        }
        switch (type) {
            case BtfType.Struct struct -> {
                needs(struct);
                out.append(struct(struct, id, 0)).append(";\n\n");
            }
            case BtfType.Enum values -> out.append(enumeration(values, id, 0)).append(";\n\n");
            case BtfType.Typedef typedef -> {
                need(typedef.type(), false);
                out.append("typedef ")
                        .append(declaration(typedef.type(), name(id), 0))
                        .append(";\n\n");
            }
            default -> {}
        }
    }

    private void needs(BtfType.Struct struct) {
        for (BtfType.Member member : struct.members()) {
            need(member.type(), true);
        }
    }

    /// Defines a type before it is used by value, or declares it before it is pointed to.
    private void need(int id, boolean whole) {
        if (++spent > MOST_CHARS || depth > MOST_DEPTH) {
            return;
        }
        depth++;
        needed(id, whole);
        depth--;
    }

    private void needed(int id, boolean whole) {
        switch (btf.type(id)) {
            case BtfType.Struct struct when struct.name().isEmpty() -> needs(struct);
            case BtfType.Struct struct -> {
                if (whole) {
                    define(id);
                } else {
                    forward(id, struct.union());
                }
            }
            case BtfType.Enum _ -> define(id);
            case BtfType.Typedef typedef -> {
                define(id);
                if (whole) {
                    need(typedef.type(), true);
                }
            }
            case BtfType.Array array -> need(array.element(), true);
            case BtfType.Const t -> need(t.type(), whole);
            case BtfType.Volatile t -> need(t.type(), whole);
            case BtfType.Restrict t -> need(t.type(), whole);
            case BtfType.TypeTag t -> need(t.type(), whole);
            case BtfType.Ptr ptr -> pointed(ptr);
            case BtfType.FuncProto proto -> {
                need(proto.returns(), false);
                proto.params().forEach(param -> need(param.type(), false));
            }
            default -> {}
        }
    }

    private void pointed(BtfType.Ptr ptr) {
        if (pointers.add(ptr.type())) {
            need(ptr.type(), false);
        }
    }

    private void forward(int id, boolean union) {
        if (!defined.contains(id) && declared.add(id)) {
            out.append(union ? "union " : "struct ").append(name(id)).append(";\n\n");
        }
    }

    private String declaration(int id, String inner, int indent) {
        spent += inner.length();
        if (spent > MOST_CHARS || depth > MOST_DEPTH) {
            return "...";
        }
        depth++;
        String text = declared(id, inner, indent);
        depth--;
        return text;
    }

    private String declared(int id, String inner, int indent) {
        return switch (btf.type(id)) {
            case BtfType.Void _ -> join("void", inner);
            case BtfType.Int integer -> join(intName(integer), inner);
            case BtfType.Float real -> join(real.name(), inner);
            case BtfType.Struct struct ->
                    join(
                            struct.name().isEmpty()
                                    ? struct(struct, id, indent)
                                    : (struct.union() ? "union " : "struct ") + name(id),
                            inner);
            case BtfType.Enum values ->
                    join(
                            values.name().isEmpty()
                                    ? enumeration(values, id, indent)
                                    : "enum " + name(id),
                            inner);
            case BtfType.Fwd fwd -> join((fwd.union() ? "union " : "struct ") + fwd.name(), inner);
            case BtfType.Typedef _ -> join(name(id), inner);
            case BtfType.Ptr ptr -> {
                BtfType to = btf.type(btf.strip(ptr.type()));
                boolean brackets = to instanceof BtfType.Array || to instanceof BtfType.FuncProto;
                yield declaration(ptr.type(), brackets ? "(*" + inner + ")" : "*" + inner, indent);
            }
            case BtfType.Array array ->
                    declaration(
                            array.element(),
                            inner + "[" + Integer.toUnsignedString(array.length()) + "]",
                            indent);
            case BtfType.FuncProto proto ->
                    declaration(proto.returns(), inner + "(" + params(proto, indent) + ")", indent);
            case BtfType.Const t -> qualified("const", t.type(), inner, indent);
            case BtfType.Volatile t -> qualified("volatile", t.type(), inner, indent);
            case BtfType.Restrict t -> qualified("restrict", t.type(), inner, indent);
            case BtfType.TypeTag t -> declaration(t.type(), inner, indent);
            case BtfType.DeclTag t -> declaration(t.type(), inner, indent);
            case BtfType.Var t -> declaration(t.type(), join(t.name(), inner), indent);
            case BtfType.Func t -> declaration(t.proto(), join(t.name(), inner), indent);
            case BtfType.DataSec section -> join("/* section " + section.name() + " */", inner);
        };
    }

    private String qualified(String word, int type, String inner, int indent) {
        return btf.type(btf.strip(type)) instanceof BtfType.Ptr
                ? declaration(type, inner.isEmpty() ? word : word + " " + inner, indent)
                : word + " " + declaration(type, inner, indent);
    }

    private static String join(String base, String inner) {
        return inner.isEmpty() ? base : base + " " + inner;
    }

    private static String intName(BtfType.Int integer) {
        return integer.name().isEmpty() ? "int" : integer.name();
    }

    private String params(BtfType.FuncProto proto, int indent) {
        if (proto.params().isEmpty()) {
            return "void";
        }
        List<String> params = new ArrayList<>();
        for (BtfType.Param param : proto.params()) {
            params.add(
                    param.type() == 0 && param.name().isEmpty()
                            ? "..."
                            : declaration(param.type(), param.name(), indent));
        }
        return String.join(", ", params);
    }

    private String enumeration(BtfType.Enum values, int id, int indent) {
        StringBuilder text = new StringBuilder("enum ");
        if (!values.name().isEmpty()) {
            text.append(name(id)).append(' ');
        }
        text.append("{\n");
        for (BtfType.Value value : values.values()) {
            String unique = enumerators.getOrDefault(value, value.name());
            tabs(text, indent + 1).append(unique).append(" = ");
            if (values.signed()) {
                text.append(value.value());
            } else {
                text.append(Long.toUnsignedString(value.value()));
            }
            text.append(values.wide() ? (values.signed() ? "LL,\n" : "ULL,\n") : ",\n");
        }
        tabs(text, indent).append('}');
        spent += text.length();
        if (values.size() < 4) {
            text.append(" __attribute__((mode(");
            text.append(values.size() == 1 ? "byte" : "HI").append(")))");
        }
        return text.toString();
    }

    private String struct(BtfType.Struct struct, int id, int indent) {
        StringBuilder text = new StringBuilder(struct.union() ? "union " : "struct ");
        if (!struct.name().isEmpty()) {
            text.append(name(id)).append(' ');
        }
        boolean packed = isPacked(struct);
        text.append("{\n");
        long at = 0;
        for (BtfType.Member member : struct.members()) {
            if (spent > MOST_CHARS) {
                tabs(text, indent + 1).append("...\n");
                break;
            }
            long offset = Integer.toUnsignedLong(member.bitOffset());
            if (!struct.union()) {
                pad(text, indent + 1, member, at, offset, packed);
            }
            tabs(text, indent + 1).append(declaration(member.type(), member.name(), indent + 1));
            if (member.bitWidth() != 0) {
                text.append(member.name().isEmpty() ? " : " : ": ").append(member.bitWidth());
                at = offset + member.bitWidth();
            } else {
                at = offset + 8 * Math.max(0, btf.sizeOf(member.type()));
            }
            text.append(";\n");
        }
        long size = 8 * Integer.toUnsignedLong(struct.size());
        if (!struct.union() && spent <= MOST_CHARS) {
            tail(text, indent + 1, at, size, packed ? 1 : alignment(struct));
        }
        tabs(text, indent).append('}');
        if (packed) {
            text.append(" __attribute__((packed))");
        }
        spent += text.length();
        return text.toString();
    }

    /// Fills the gap before a member where its alignment alone does not.
    private void pad(
            StringBuilder text,
            int indent,
            BtfType.Member member,
            long at,
            long offset,
            boolean packed) {
        long natural;
        if (member.bitWidth() != 0) {
            long unit = 8 * Math.max(1, btf.sizeOf(member.type()));
            boolean fits = packed || at / unit == (at + member.bitWidth() - 1) / unit;
            natural = fits ? at : (at + unit - 1) / unit * unit;
        } else {
            long alignment = packed ? 8 : 8L * btf.alignOf(member.type());
            natural = (at + alignment - 1) / alignment * alignment;
        }
        if (natural >= offset) {
            return;
        }
        long from = at;
        if (from % 8 != 0) {
            long bits = Math.min(8 - from % 8, offset - from);
            tabs(text, indent).append("unsigned char : ").append(bits).append(";\n");
            from += bits;
        }
        if (offset - from >= 8) {
            tabs(text, indent)
                    .append("unsigned char __pad_")
                    .append(from / 8)
                    .append('[')
                    .append((offset - from) / 8)
                    .append("];\n");
            from += (offset - from) / 8 * 8;
        }
        if (offset > from) {
            tabs(text, indent).append("unsigned char : ").append(offset - from).append(";\n");
        }
    }

    private static void tail(StringBuilder text, int indent, long at, long size, int alignment) {
        long unit = 8L * alignment;
        long natural = (at + unit - 1) / unit * unit;
        long from = (at + 7) / 8 * 8;
        if (natural < size) {
            tabs(text, indent)
                    .append("unsigned char __pad_")
                    .append(from / 8)
                    .append('[')
                    .append((size - from) / 8)
                    .append("];\n");
        }
    }

    private int alignment(BtfType.Struct struct) {
        int most = 1;
        for (BtfType.Member member : struct.members()) {
            most = Math.max(most, btf.alignOf(member.type()));
        }
        return most;
    }

    private boolean isPacked(BtfType.Struct struct) {
        long size = Integer.toUnsignedLong(struct.size());
        int most = 1;
        for (BtfType.Member member : struct.members()) {
            int alignment = btf.alignOf(member.type());
            long offset = Integer.toUnsignedLong(member.bitOffset());
            if (member.bitWidth() == 0) {
                if (offset % (8L * alignment) != 0) {
                    return true;
                }
                most = Math.max(most, alignment);
            } else {
                long unit = 8 * Math.max(1, btf.sizeOf(member.type()));
                if (offset / unit != (offset + member.bitWidth() - 1) / unit) {
                    return true;
                }
            }
        }
        return size % most != 0;
    }

    private static StringBuilder tabs(StringBuilder text, int count) {
        return text.repeat("    ", count);
    }
}
