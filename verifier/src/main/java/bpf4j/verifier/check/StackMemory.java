package bpf4j.verifier.check;

import bpf4j.spec.HelperSpec.ArgFlag;
import bpf4j.verifier.domain.Scalar;
import bpf4j.verifier.report.Rule;
import bpf4j.verifier.report.Violation;
import bpf4j.verifier.state.Frame;
import bpf4j.verifier.state.Kind;
import bpf4j.verifier.state.Reg;
import bpf4j.verifier.state.Slot;

import org.jspecify.annotations.Nullable;

/// Reads and writes of the stack: registers are stored and found again, bytes are known to be
/// written or not.
final class StackMemory {
    static final int MAX = 512;

    private final Env env;
    private final Dynptrs dynptrs;

    StackMemory(Env env, Dynptrs dynptrs) {
        this.env = env;
        this.dynptrs = dynptrs;
    }

    /// Checks that an access stays inside the stack, and makes room for it.
    void checkBounds(int regno, int off, int bytes, boolean write) {
        Reg reg = env.reg(regno);
        String what = write ? " write to" : " read from";
        long min;
        long max;
        if (reg.var.isConst()) {
            min = reg.var.value() + off;
            max = min + bytes;
        } else {
            if (reg.var.smax() >= Env.MAX_VAR_OFF || reg.var.smin() <= -Env.MAX_VAR_OFF) {
                throw Violation.access(
                        Rule.UNBOUNDED,
                        regno,
                        "invalid unbounded variable-offset" + what + " stack R" + regno);
            }
            min = reg.var.smin() + off;
            max = reg.var.smax() + off + bytes;
        }
        int lowest = write || env.allowUninitStack ? -MAX : -env.frameOf(reg).slots() * 8;
        boolean outside = min < lowest || min > -1;
        if (outside || max > 0 || bytes < 0) {
            String text =
                    reg.var.isConst()
                            ? "invalid" + what + " stack R" + regno + " off=" + min
                            : "invalid variable-offset"
                                    + what
                                    + " stack R"
                                    + regno
                                    + " var_off="
                                    + Bits.text(reg.var.tnum())
                                    + " off="
                                    + off;
            throw new Violation(
                    Rule.STACK_BOUNDS,
                    outside ? Violation.EACCES : Violation.EINVAL,
                    -1,
                    regno,
                    text + " size=" + bytes);
        }
        Frame frame = env.frameOf(reg);
        env.cfg.fastCalls.use(frame.subprogram, env.pc, min);
        grow(frame, (int) -min);
    }

    private void grow(Frame frame, int bytes) {
        frame.grow((bytes + 7) / 8);
        var subprogram = env.cfg.subprograms[frame.subprogram];
        subprogram.stackDepth = Math.max(subprogram.stackDepth, (bytes + 7) / 8 * 8);
    }

    /// Stores a register (`source`, a register number), or a number when `source` is negative and
    /// `immediate` not null, or something unknown.
    void write(int regno, int off, int bytes, int source, @Nullable Long immediate) {
        Reg pointer = env.reg(regno);
        Frame frame = env.frameOf(pointer);
        if (pointer.var.isConst()) {
            writeFixed(frame, (int) (pointer.var.value() + off), bytes, source, immediate);
        } else {
            writeVariable(frame, pointer, off, bytes, source, immediate);
        }
    }

    private void writeFixed(Frame frame, int off, int bytes, int source, @Nullable Long immediate) {
        int index = Frame.slotOf(off);
        Slot slot = frame.slot(index);
        if (!env.allowPointerLeaks && slot.isSpill() && !slot.isSpilledScalar() && bytes != 8) {
            throw Violation.access(
                    Rule.STACK_SPILL, -1, "attempt to corrupt spilled pointer on stack");
        }
        dynptrs.destroyAt(frame, index);
        slot = frame.slot(index);
        Reg reg = source >= 0 ? env.reg(source) : null;
        boolean aligned = off % 8 == 0;
        if (bytes == 8) {
            env.state.written[frame.number] |= 1L << index;
        }
        if (reg != null && aligned && reg.isScalar() && env.bpf) {
            boolean fits = reg.width() <= 8 * bytes;
            if (fits) {
                reg = env.linked(source);
            }
            Reg stored = fits ? reg : reg.withId(0);
            frame.set(index, Slot.spill(slot, stored, bytes));
            env.noteAccess(frame.number, index);
        } else if (reg == null && aligned && immediate != null && env.bpf) {
            frame.set(index, Slot.spill(slot, Reg.constant(immediate), bytes));
            env.noteAccess(frame.number, index);
        } else if (reg != null && reg.kind.isSpillablePointer()) {
            if (bytes != 8) {
                throw Violation.access(Rule.STACK_SPILL, source, "invalid size of register spill");
            }
            if (frame != env.frame() && reg.kind == Kind.STACK) {
                throw Violation.invalid(
                        Rule.STACK_SPILL,
                        source,
                        "cannot spill pointers to stack into stack frame of the caller");
            }
            frame.set(index, Slot.spill(slot, reg, bytes));
            env.noteAccess(frame.number, index);
        } else {
            int type = Slot.MISC;
            if (isZero(reg, immediate)) {
                if (source >= 0) {
                    env.precise.register(source);
                }
                type = Slot.ZERO;
            }
            slot = slot.scrubbed();
            for (int i = 0; i < bytes; i++) {
                slot = slot.withType(Frame.indexOf(off + i), type);
            }
            frame.set(index, slot);
        }
    }

    private static boolean isZero(@Nullable Reg reg, @Nullable Long immediate) {
        return reg != null ? reg.isNull() : immediate != null && immediate == 0;
    }

    private void writeVariable(
            Frame frame, Reg pointer, int off, int bytes, int source, @Nullable Long immediate) {
        int min = (int) (pointer.var.smin() + off);
        int max = (int) (pointer.var.smax() + off + bytes);
        boolean zero = isZero(source >= 0 ? env.reg(source) : null, immediate);
        boolean zeroUsed = false;
        for (int i = min; i < max; i++) {
            dynptrs.destroyAt(frame, Frame.slotOf(i));
        }
        for (int i = min; i < max; i++) {
            int index = Frame.slotOf(i);
            Slot slot = frame.slot(index);
            int type = slot.type(Frame.indexOf(i));
            if (!env.allowPointerLeaks && type != Slot.MISC && type != Slot.ZERO) {
                throw Violation.invalid(
                        Rule.STACK_SPILL,
                        -1,
                        "spilled ptr in range of var-offset stack write; insn "
                                + env.pc
                                + ", ptr off: "
                                + i);
            }
            if (zero
                    && type == Slot.SPILL
                    && slot.isSpilledScalar()
                    && slot.stored().var.isConst(0)) {
                zeroUsed = true;
                continue;
            }
            slot = slot.scrubbed();
            int changed = Slot.MISC;
            if (zero && type == Slot.ZERO) {
                changed = Slot.ZERO;
                zeroUsed = true;
            }
            if (type == Slot.INVALID && !env.allowUninitStack) {
                throw Violation.invalid(
                        Rule.UNINITIALISED_STACK,
                        -1,
                        "uninit stack in range of var-offset write prohibited for !root; insn "
                                + env.pc
                                + ", off: "
                                + i);
            }
            frame.set(index, slot.withType(Frame.indexOf(i), changed));
        }
        if (zeroUsed && source >= 0) {
            env.precise.register(source);
        }
    }

    /// Reads into a register, or nowhere when `target` is negative.
    void read(int regno, int off, int bytes, int target) {
        Reg pointer = env.reg(regno);
        Frame frame = env.frameOf(pointer);
        boolean fixed = pointer.var.isConst();
        if (target < 0 && !fixed) {
            throw Violation.access(
                    Rule.STACK_BOUNDS,
                    regno,
                    "variable offset stack pointer cannot be passed into helper function; var_off="
                            + Bits.text(pointer.var.tnum())
                            + " off="
                            + off
                            + " size="
                            + bytes);
        }
        if (fixed) {
            readFixed(frame, (int) (pointer.var.value() + off), bytes, target);
        } else {
            checkInitialised(regno, off, bytes, false, false, null);
            int min = (int) (pointer.var.smin() + off);
            int max = (int) (pointer.var.smax() + off + bytes);
            readBytes(frame, min, max, target);
        }
    }

    private void readBytes(Frame frame, int min, int max, int target) {
        boolean zeros = true;
        for (int i = min; i < max; i++) {
            zeros &= frame.byteAt(i) == Slot.ZERO;
        }
        env.set(target, zeros ? Reg.ZERO : Reg.UNKNOWN);
    }

    private void readFixed(Frame frame, int off, int bytes, int target) {
        int index = Frame.slotOf(off);
        Slot slot = frame.slot(index);
        Reg reg = slot.stored();
        if (!slot.isSpill()) {
            for (int i = 0; i < bytes; i++) {
                checkByte(slot, off, i, bytes);
            }
            env.state.markRead(frame.number, index);
            if (target >= 0) {
                readBytes(frame, off, off + bytes, target);
            }
            return;
        }
        int spilled = slot.spillBytes();
        if (bytes == 8 && spilled == 8) {
            if (target >= 0) {
                env.set(target, reg);
            } else if (env.isSecret(reg)) {
                throw Violation.access(
                        Rule.POINTER_LEAK, -1, "leaking pointer from stack off " + off);
            }
            env.state.markRead(frame.number, index);
            env.noteAccess(frame.number, index);
            return;
        }
        if (!reg.isScalar()) {
            throw Violation.access(Rule.STACK_SPILL, -1, "invalid size of register fill");
        }
        env.state.markRead(frame.number, index);
        if (target < 0) {
            return;
        }
        if (bytes <= spilled && off % 8 == 0) {
            env.set(target, reg.width() > 8 * bytes ? reg.unlinked() : reg);
            env.noteAccess(frame.number, index);
            return;
        }
        int spills = 0;
        int zeros = 0;
        for (int i = 0; i < bytes; i++) {
            int type = slot.type(Frame.indexOf(off + i));
            if (type == Slot.SPILL) {
                spills++;
            } else if (type == Slot.ZERO) {
                zeros++;
            } else {
                checkByte(slot, off, i, bytes);
            }
        }
        if (spills == bytes && reg.var.isConst(0)) {
            env.set(target, Reg.ZERO);
            env.noteAccess(frame.number, index);
        } else {
            env.set(target, zeros == bytes ? Reg.ZERO : Reg.UNKNOWN);
        }
    }

    private void checkByte(Slot slot, int off, int i, int bytes) {
        int type = slot.type(Frame.indexOf(off + i));
        if (type == Slot.MISC
                || type == Slot.ZERO
                || (type == Slot.INVALID && env.allowUninitStack)) {
            return;
        }
        throw Violation.access(
                Rule.UNINITIALISED_STACK,
                -1,
                "invalid read from stack off " + off + "+" + i + " size " + bytes);
    }

    /// Checks that bytes which a helper uses (or a load at a variable offset) are written. With
    /// `raw` not null, they need not be: the helper writes them, and `raw` learns which.
    void checkInitialised(
            int regno,
            int off,
            int bytes,
            boolean zeroAllowed,
            boolean write,
            @Nullable CallMeta raw) {
        Reg reg = env.reg(regno);
        Frame frame = env.frameOf(reg);
        if (bytes == 0 && !zeroAllowed) {
            throw Violation.access(Rule.HELPER_ARGUMENT, regno, "invalid zero-sized read");
        }
        checkBounds(regno, off, bytes, write);
        int min;
        int max;
        if (reg.var.isConst()) {
            min = (int) (reg.var.value() + off);
            max = min;
        } else {
            if (!env.bypassSpectre) {
                throw Violation.access(
                        Rule.STACK_BOUNDS,
                        regno,
                        "R"
                                + regno
                                + " variable offset stack access prohibited for !root, var_off="
                                + Bits.text(reg.var.tnum()));
            }
            raw = null;
            min = (int) (reg.var.smin() + off);
            max = (int) (reg.var.smax() + off);
        }
        if (raw != null && raw.raw) {
            for (int i = min; i < max + bytes; i++) {
                if (frame.byteAt(i) == Slot.DYNPTR) {
                    throw Violation.access(
                            Rule.DYNPTR,
                            regno,
                            "potential write to dynptr at off=" + i + " disallowed");
                }
            }
            raw.rawBytes = bytes;
            raw.rawRegister = regno;
            return;
        }
        for (int i = min; i < max + bytes; i++) {
            int index = Frame.slotOf(i);
            Slot slot = frame.slot(index);
            int type = slot.type(Frame.indexOf(i));
            if (type == Slot.ZERO || (type == Slot.INVALID && env.allowUninitStack)) {
                if (write) {
                    frame.set(index, slot.withType(Frame.indexOf(i), Slot.MISC));
                }
            } else if (type != Slot.MISC) {
                if (!slot.isSpill() || (!slot.stored().isScalar() && !env.allowPointerLeaks)) {
                    throw notRead(reg, regno, min, i, bytes);
                }
                if (write) {
                    frame.set(index, slot.scrubbed());
                }
            }
            env.state.markRead(frame.number, index);
        }
    }

    private static Violation notRead(Reg reg, int regno, int min, int i, int bytes) {
        String where =
                reg.var.isConst()
                        ? "invalid read from stack R" + regno + " off " + min
                        : "invalid read from stack R"
                                + regno
                                + " var_off "
                                + Bits.text(reg.var.tnum());
        return Violation.access(
                Rule.UNINITIALISED_STACK, regno, where + "+" + (i - min) + " size " + bytes);
    }

    /// The bytes that a helper is said to write become unknown data.
    void writeRaw(CallMeta meta) {
        for (int i = 0; i < meta.rawBytes; i++) {
            write(meta.rawRegister, env.reg(meta.rawRegister).off + i, 1, -1, null);
        }
    }

    /// The number in the bytes below a stack pointer when it is known, or -1.
    long constantKey(Reg key, int bytes) {
        if (!env.bpf || key.kind != Kind.STACK || !key.var.isConst()) {
            return -1;
        }
        int off = (int) (key.off + key.var.value());
        Frame frame = env.frameOf(key);
        int index = Frame.slotOf(off);
        int top = Frame.indexOf(off);
        Slot slot = frame.slot(index);
        if (count(slot, top, Slot.ZERO) >= bytes) {
            return 0;
        }
        if (!slot.isSpilledScalar() || count(slot, top, Slot.SPILL) != bytes) {
            return -1;
        }
        Scalar value = slot.stored().var;
        if (!value.isConst()) {
            return -1;
        }
        env.precise.slot(frame.number, index);
        return value.value() < 0 ? -1 : value.value();
    }

    private static int count(Slot slot, int from, int type) {
        int count = 0;
        while (from - count >= 0 && slot.type(from - count) == type) {
            count++;
        }
        return count;
    }

    static boolean writes(java.util.Set<ArgFlag> flags) {
        return flags.contains(ArgFlag.WRITE) || flags.contains(ArgFlag.UNINIT);
    }
}
