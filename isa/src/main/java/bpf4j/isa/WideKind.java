package bpf4j.isa;

/// What the 64-bit immediate of a wide load stands for: its source register field (RFC 9669 section
/// 5.4).
public enum WideKind {
    /// A plain 64-bit constant.
    CONST(0),
    /// A map; `imm` is a file descriptor on the wire, an index into [bpf4j.spec.ProgramSpec#maps]
    /// in a program specification.
    MAP(1),
    /// The address of a byte inside the (only) value of an array map; `imm` as for [#MAP], `imm2`
    /// the byte offset.
    MAP_VALUE(2),
    /// A kernel variable by BTF id (`BPF_PSEUDO_BTF_ID`); in a program specification `imm` is an
    /// index into [bpf4j.spec.ProgramSpec#externs].
    BTF_ID(3),
    /// The address of a subprogram; `imm` is its slot relative to the slot after the first of the
    /// load: the target is `pc + 1 + imm`, as for a local call.
    FUNC(4),
    /// A map by index into the file descriptor array.
    MAP_IDX(5),
    /// The address of a map value by index into the file descriptor array.
    MAP_IDX_VALUE(6);

    private final int source;

    WideKind(int source) {
        this.source = source;
    }

    /// The value of the source register field that selects this kind.
    public int source() {
        return source;
    }

    /// Whether the immediate of the second slot means something; it is 0 where it does not.
    public boolean hasSecondImmediate() {
        return this != MAP && this != MAP_IDX;
    }
}
