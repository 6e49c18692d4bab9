package bpf4j.verifier.report;

import bpf4j.spec.MapSpec;
import bpf4j.verifier.domain.Scalar;
import bpf4j.verifier.state.Frame;
import bpf4j.verifier.state.Kind;
import bpf4j.verifier.state.Reference;
import bpf4j.verifier.state.Reg;
import bpf4j.verifier.state.Slot;
import bpf4j.verifier.state.State;

/// States as Linux's verifier log writes them: `R1=ctx() R10=fp0 fp-8=mmmmmmmm`.
public final class StateText {
    private static final String BYTES = "?rm0di";
    private static final String[] DYNPTRS = {"<invalid>", "local", "ringbuf", "skb", "xdp"};

    private StateText() {}

    /// The innermost frame of a state, in full.
    public static String of(State state) {
        StringBuilder text = new StringBuilder();
        Frame frame = state.frame();
        prefix(text, frame);
        for (int i = 0; i <= 10; i++) {
            register(text, frame, i);
        }
        for (int i = 0; i < frame.slots(); i++) {
            slot(text, frame, i);
        }
        suffix(text, state);
        return text.toString();
    }

    /// What changed in the innermost frame since it was `before`.
    public static String changes(Frame before, State now) {
        StringBuilder text = new StringBuilder();
        Frame frame = now.frame();
        prefix(text, frame);
        int start = text.length();
        boolean same = before.number == frame.number;
        for (int i = 0; i <= 10; i++) {
            if (!same || before.regs[i] != frame.regs[i]) {
                register(text, frame, i);
            }
        }
        for (int i = 0; i < frame.slots(); i++) {
            if (!same || before.slot(i) != frame.slot(i)) {
                slot(text, frame, i);
            }
        }
        return text.length() == start ? "" : text.toString();
    }

    private static void prefix(StringBuilder text, Frame frame) {
        if (frame.number > 0) {
            text.append(" frame").append(frame.number).append(':');
        }
    }

    private static void suffix(StringBuilder text, State state) {
        Reference[] references = state.references();
        for (int i = 0; i < references.length; i++) {
            text.append(i == 0 ? " refs=" : ",").append(references[i].id());
        }
        if (state.frame().inCallback) {
            text.append(" cb");
        }
        if (state.frame().inAsyncCallback) {
            text.append(" async_cb");
        }
    }

    private static void register(StringBuilder text, Frame frame, int number) {
        Reg reg = frame.regs[number];
        if (reg.kind != Kind.NOT_INIT) {
            text.append(" R").append(number).append('=').append(of(reg, frame.number));
        }
    }

    private static void slot(StringBuilder text, Frame frame, int index) {
        Slot slot = frame.slot(index);
        if (slot.types() == 0) {
            return;
        }
        int off = -8 * (index + 1);
        Reg stored = slot.stored();
        switch (slot.type(7)) {
            case Slot.SPILL -> {
                text.append(" fp").append(off).append('=');
                for (int i = 0; i < 8 && slot.type(i) != Slot.SPILL; i++) {
                    text.append(BYTES.charAt(slot.type(i)));
                }
                text.append(of(stored, frame.number));
            }
            case Slot.DYNPTR -> {
                if (stored.extra == 1) {
                    text.append(" fp").append(off).append("=dynptr_").append(DYNPTRS[stored.size]);
                    text.append("(id=").append(stored.id);
                    if (stored.ref != 0) {
                        text.append(",ref_id=").append(stored.ref);
                    }
                    text.append(')');
                }
            }
            case Slot.ITERATOR -> {
                if (stored.ref != 0) {
                    text.append(" fp").append(off).append("=iter_");
                    text.append(stored.off == 1 ? "bits" : "num");
                    text.append("(ref_id=").append(stored.ref);
                    text.append(",state=").append(stored.size == 1 ? "active" : "drained");
                    text.append(",depth=").append(stored.extra).append(')');
                }
            }
            default -> {
                text.append(" fp").append(off).append('=');
                for (int i = 0; i < 8; i++) {
                    text.append(BYTES.charAt(slot.type(i)));
                }
            }
        }
    }

    /// A register, as seen from a frame.
    public static String of(Reg reg, int frame) {
        if (reg.kind == Kind.SCALAR && reg.var.isConst()) {
            return reg.var.toString();
        }
        StringBuilder text = new StringBuilder(reg.typeName());
        if (reg.kind == Kind.ARENA) {
            return text.toString();
        }
        if (reg.kind == Kind.STACK) {
            if (reg.size != frame) {
                text.append('[').append(reg.size).append(']');
            }
            if (reg.var.isConst()) {
                return text.append(reg.var.value() + reg.off).toString();
            }
        }
        Attributes attributes = new Attributes();
        identity(attributes, reg);
        MapSpec map = reg.map;
        if (map != null) {
            if (!map.name().isEmpty()) {
                attributes.add("map=" + map.name());
            }
            attributes.add("ks=" + map.keySize() + ",vs=" + map.valueSize());
        }
        if (reg.kind != Kind.SCALAR && reg.off != 0) {
            attributes.add("off=" + Scalar.constant(reg.off));
        }
        if (reg.kind.isPacket()) {
            attributes.add("r=" + (reg.size < 0 ? "0x" + Long.toHexString(reg.size) : reg.size));
        }
        if (reg.kind == Kind.MEM) {
            attributes.add("sz=" + reg.size);
        }
        if (reg.kind == Kind.DYNPTR) {
            attributes.add("type=" + DYNPTRS[reg.size]);
        }
        if (!reg.var.isConst()) {
            attributes.add(reg.var.toString());
        } else if (reg.var.value() != 0) {
            attributes.add("imm=" + reg.var);
        }
        return text.append('(').append(attributes.text).append(')').toString();
    }

    private static void identity(Attributes attributes, Reg reg) {
        if (reg.id != 0) {
            String added = (reg.id & Reg.ADDED) == 0 ? "" : (reg.off < 0 ? "" : "+") + reg.off;
            attributes.add("id=" + reg.baseId() + added);
        }
        if (reg.ref != 0) {
            attributes.add("ref_obj_id=" + reg.ref);
        }
    }

    /// Collects what stands between the parentheses.
    private static final class Attributes {
        final StringBuilder text = new StringBuilder();

        void add(String attribute) {
            if (!attribute.isEmpty()) {
                text.append(text.isEmpty() ? "" : ",").append(attribute);
            }
        }
    }
}
