package bpf4j.runtime;

import bpf4j.btf.Btf;
import bpf4j.btf.BtfType;
import bpf4j.spec.MapSpec;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The fields of a map's values that belong to the runtime rather than to whoever writes the value:
/// locks and timers, found by the names of their BTF types. Copies of values leave them out.
///
/// @param spinLock the offset of the `struct bpf_spin_lock`, or -1
/// @param timer the offset of the `struct bpf_timer`, or -1
/// @param spans all such fields in ascending order
record SpecialFields(int spinLock, int timer, List<Span> spans) {
    static final SpecialFields NONE = new SpecialFields(-1, -1, List.of());

    /// Bytes `offset` to `offset + size - 1` of a value.
    record Span(String struct, int offset, int size) {}

    SpecialFields {
        spans = List.copyOf(spans);
    }

    static SpecialFields of(MapSpec spec) {
        Btf btf = spec.btf();
        if (btf == null || spec.valueType() == 0) {
            return NONE;
        }
        List<Span> spans = new ArrayList<>();
        collect(btf, spec.valueType(), 0, spec.valueSize(), spans, 0);
        if (spans.isEmpty()) {
            return NONE;
        }
        spans.sort(Comparator.comparingInt(Span::offset));
        return new SpecialFields(offset(spans, "bpf_spin_lock"), offset(spans, "bpf_timer"), spans);
    }

    private static int offset(List<Span> spans, String struct) {
        for (Span span : spans) {
            if (span.struct.equals(struct)) {
                return span.offset;
            }
        }
        return -1;
    }

    private static void collect(
            Btf btf, int id, int offset, int size, List<Span> spans, int depth) {
        if (id <= 0 || id >= btf.size() || depth > 8) {
            return;
        }
        switch (btf.type(id)) {
            case BtfType.Struct struct -> {
                if (isSpecial(struct.name())) {
                    if (offset + struct.size() <= size) {
                        spans.add(new Span(struct.name(), offset, struct.size()));
                    }
                } else if (!struct.union()) {
                    for (BtfType.Member member : struct.members()) {
                        int at = offset + member.bitOffset() / 8;
                        collect(btf, member.type(), at, size, spans, depth + 1);
                    }
                }
            }
            case BtfType.Typedef typedef ->
                    collect(btf, typedef.type(), offset, size, spans, depth + 1);
            case BtfType.Const type -> collect(btf, type.type(), offset, size, spans, depth + 1);
            case BtfType.Volatile type -> collect(btf, type.type(), offset, size, spans, depth + 1);
            default -> {}
        }
    }

    private static boolean isSpecial(String name) {
        return switch (name) {
            case "bpf_spin_lock",
                    "bpf_res_spin_lock",
                    "bpf_timer",
                    "bpf_wq",
                    "bpf_list_head",
                    "bpf_list_node",
                    "bpf_rb_root",
                    "bpf_rb_node",
                    "bpf_refcount" ->
                    true;
            default -> false;
        };
    }
}
