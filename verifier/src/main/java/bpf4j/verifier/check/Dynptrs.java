package bpf4j.verifier.check;

import bpf4j.spec.HelperSpec.ArgFlag;
import bpf4j.verifier.report.Rule;
import bpf4j.verifier.report.Violation;
import bpf4j.verifier.state.Frame;
import bpf4j.verifier.state.Kind;
import bpf4j.verifier.state.Reference;
import bpf4j.verifier.state.Reg;
import bpf4j.verifier.state.Slot;

import java.util.Set;

/// Dynptrs on the stack: two slots that only helpers may change. Slices of their memory die with
/// them.
final class Dynptrs {
    static final int LOCAL = 1;
    static final int RINGBUF = 2;
    static final int SKB = 3;
    static final int XDP = 4;

    /// The slot is outside of the known stack.
    static final int OUTSIDE = -2;

    /// The pointer cannot point to an object.
    static final int WRONG = -1;

    private final Env env;

    Dynptrs(Env env) {
        this.env = env;
    }

    static int typeOf(Set<ArgFlag> flags) {
        if (flags.contains(ArgFlag.DYNPTR_LOCAL)) {
            return LOCAL;
        }
        if (flags.contains(ArgFlag.DYNPTR_RINGBUF)) {
            return RINGBUF;
        }
        if (flags.contains(ArgFlag.DYNPTR_SKB)) {
            return SKB;
        }
        return flags.contains(ArgFlag.DYNPTR_XDP) ? XDP : 0;
    }

    static String name(int type) {
        return switch (type) {
            case LOCAL -> "local";
            case RINGBUF -> "ringbuf";
            case SKB -> "skb";
            case XDP -> "xdp";
            default -> "<invalid>";
        };
    }

    /// The slot that an object of some slots begins in (the highest number), [#OUTSIDE] or
    /// [#WRONG]; what Linux says about a wrong place is kept for the refusal that follows.
    int slotOf(Reg pointer, String object, int slots) {
        complaint = "";
        if (!pointer.var.isConst()) {
            complaint = object + " has to be at a constant offset\n";
            return WRONG;
        }
        int off = (int) (pointer.off + pointer.var.value());
        if (off % 8 != 0) {
            complaint = "cannot pass in " + object + " at an offset=" + off + "\n";
            return WRONG;
        }
        int slot = Frame.slotOf(off);
        if (slot + 1 < slots) {
            complaint = "cannot pass in " + object + " at an offset=" + off + "\n";
            return WRONG;
        }
        return slot < env.frameOf(pointer).slots() ? slot : OUTSIDE;
    }

    private String complaint = "";

    /// What Linux said about the last pointer that [#slotOf] found wrong.
    String complaint() {
        return complaint;
    }

    /// The first slot of the dynptr that a stack pointer points to.
    int slotOf(Reg pointer) {
        return slotOf(pointer, "dynptr", 2);
    }

    /// What is stored for the dynptr that an argument is.
    Reg stored(Reg pointer) {
        return pointer.kind == Kind.DYNPTR
                ? pointer
                : env.frameOf(pointer).slot(slotOf(pointer)).stored();
    }

    boolean isInitialised(Reg pointer) {
        if (pointer.kind == Kind.DYNPTR) {
            return true;
        }
        int slot = slotOf(pointer);
        if (slot < 0) {
            return false;
        }
        Frame frame = env.frameOf(pointer);
        return frame.slot(slot).isDynptr()
                && frame.slot(slot).stored().extra == 1
                && frame.slot(slot - 1).isDynptr();
    }

    /// Makes a dynptr of the memory that a register points to, which was checked to be writable.
    void create(Reg pointer, int type, int cloneOf) {
        Frame frame = env.frameOf(pointer);
        int slot = slotOf(pointer);
        if (slot < 0) {
            throw Violation.invalid(
                    Rule.DYNPTR, -1, complaint + "Dynptr has to be an uninitialized dynptr");
        }
        destroyAt(frame, slot);
        destroyAt(frame, slot - 1);
        int id = env.newId();
        int ref = 0;
        if (type == RINGBUF) {
            ref = cloneOf;
            if (ref == 0) {
                ref = env.newId();
                env.state.acquire(
                        new Reference(ref, env.pc, env.frame().inCallback ? env.state.current : 0));
            }
        }
        Reg reg = Reg.pointer(Kind.DYNPTR, type).withId(id).withRef(ref);
        frame.set(slot, Slot.of(Slot.DYNPTR, reg.withExtra(1)));
        frame.set(slot - 1, Slot.of(Slot.DYNPTR, reg));
        env.state.written[frame.number] |= 3L << (slot - 1);
    }

    void markRead(Reg pointer) {
        if (pointer.kind == Kind.STACK) {
            int slot = slotOf(pointer);
            int frame = pointer.size;
            env.state.markRead(frame, slot);
            env.state.markRead(frame, slot - 1);
        }
    }

    /// The dynptr that a register points to is released.
    void release(Reg pointer) {
        Frame frame = env.frameOf(pointer);
        int slot = slotOf(pointer);
        Reg stored = frame.slot(slot).stored();
        if (stored.size != RINGBUF) {
            forget(frame, slot);
            return;
        }
        int ref = stored.ref;
        env.state.release(ref);
        Env.replaceAll(env.state, reg -> reg.ref == ref ? env.invalidated() : reg);
        for (int f = 0; f <= env.state.current; f++) {
            Frame holder = env.state.frame(f);
            for (int i = 1; i < holder.slots(); i++) {
                Slot clone = holder.slot(i);
                if (clone.isDynptr() && clone.stored().ref == ref && clone.stored().extra == 1) {
                    forget(holder, i);
                }
            }
        }
    }

    private void forget(Frame frame, int slot) {
        frame.set(slot, Slot.EMPTY);
        frame.set(slot - 1, Slot.EMPTY);
        env.state.written[frame.number] |= 3L << (slot - 1);
    }

    /// A slot is written as plain data: a dynptr there is gone, with its slices.
    void destroyAt(Frame frame, int slot) {
        if (!frame.slot(slot).isDynptr()) {
            return;
        }
        Reg stored = frame.slot(slot).stored();
        int first = stored.extra == 1 ? slot : slot + 1;
        if (stored.size == RINGBUF) {
            int holders = 0;
            for (int f = 0; f <= env.state.current; f++) {
                Frame holder = env.state.frame(f);
                for (int i = 0; i < holder.slots(); i++) {
                    Slot other = holder.slot(i);
                    if (other.isDynptr()
                            && other.stored().ref == stored.ref
                            && other.stored().extra == 1) {
                        holders++;
                    }
                }
            }
            if (holders <= 1) {
                throw Violation.invalid(Rule.DYNPTR, -1, "cannot overwrite referenced dynptr");
            }
        }
        int id = stored.id;
        forget(frame, first);
        Env.replaceAll(
                env.state,
                reg -> reg.kind == Kind.MEM && reg.extra == id ? env.invalidated() : reg);
    }
}
