package bpf4j.btf;

import java.util.List;

/// One BTF type (Linux `Documentation/bpf/btf.rst`). Types name each other by id; id 0 is `void`.
/// Names are empty for anonymous types.
public sealed interface BtfType {
    /// `void`, id 0.
    record Void() implements BtfType {}

    /// An integer of `size` bytes holding `bits` bits at bit `offset`.
    record Int(
            String name,
            int size,
            int bits,
            int offset,
            boolean signed,
            boolean isChar,
            boolean isBool)
            implements BtfType {}

    record Ptr(int type) implements BtfType {}

    record Array(int element, int index, int length) implements BtfType {}

    /// A struct, or a union.
    record Struct(String name, boolean union, int size, List<Member> members) implements BtfType {}

    /// A member at `bitOffset` from the start of its struct; `bitWidth` is 0 unless it is a
    /// bitfield.
    record Member(String name, int type, int bitOffset, int bitWidth) {}

    /// An enumeration of up to 32 bits, or 64 (`BTF_KIND_ENUM64`) when `wide`.
    record Enum(String name, int size, boolean signed, boolean wide, List<Value> values)
            implements BtfType {}

    /// A name and value of an enumeration.
    record Value(String name, long value) {}

    record Fwd(String name, boolean union) implements BtfType {}

    record Typedef(String name, int type) implements BtfType {}

    record Volatile(int type) implements BtfType {}

    record Const(int type) implements BtfType {}

    record Restrict(int type) implements BtfType {}

    /// A function; linkage 0 static, 1 global, 2 extern.
    record Func(String name, int proto, int linkage) implements BtfType {}

    record FuncProto(int returns, List<Param> params) implements BtfType {}

    /// A parameter; an empty name and type 0 at the end stand for variable arguments.
    record Param(String name, int type) {}

    /// A global variable; linkage 0 static, 1 global, 2 extern.
    record Var(String name, int type, int linkage) implements BtfType {}

    record DataSec(String name, int size, List<Entry> entries) implements BtfType {}

    /// A variable inside a data section, in bytes.
    record Entry(int var, int offset, int size) {}

    record Float(String name, int size) implements BtfType {}

    /// A tag on a declaration; `component` is the member's or parameter's index, or -1 for the
    /// whole.
    record DeclTag(String tag, int type, int component) implements BtfType {}

    record TypeTag(String tag, int type) implements BtfType {}

    /// The name of the type, empty where it has none; for a tag its text.
    default String label() {
        return switch (this) {
            case Void _ -> "";
            case Int t -> t.name;
            case Ptr _ -> "";
            case Array _ -> "";
            case Struct t -> t.name;
            case Enum t -> t.name;
            case Fwd t -> t.name;
            case Typedef t -> t.name;
            case Volatile _ -> "";
            case Const _ -> "";
            case Restrict _ -> "";
            case Func t -> t.name;
            case FuncProto _ -> "";
            case Var t -> t.name;
            case DataSec t -> t.name;
            case Float t -> t.name;
            case DeclTag t -> t.tag;
            case TypeTag t -> t.tag;
        };
    }

    /// What the type is, as bpftool names its kind, such as `struct` or `func_proto`.
    default String kind() {
        return switch (this) {
            case Void _ -> "void";
            case Int _ -> "int";
            case Ptr _ -> "ptr";
            case Array _ -> "array";
            case Struct t -> t.union ? "union" : "struct";
            case Enum t -> t.wide ? "enum64" : "enum";
            case Fwd _ -> "fwd";
            case Typedef _ -> "typedef";
            case Volatile _ -> "volatile";
            case Const _ -> "const";
            case Restrict _ -> "restrict";
            case Func _ -> "func";
            case FuncProto _ -> "func_proto";
            case Var _ -> "var";
            case DataSec _ -> "datasec";
            case Float _ -> "float";
            case DeclTag _ -> "decl_tag";
            case TypeTag _ -> "type_tag";
        };
    }
}
