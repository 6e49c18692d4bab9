package bpf4j.jit.emit;

import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.isa.Size;
import bpf4j.jit.emit.Values.Form;
import bpf4j.jit.ir.Rep;
import bpf4j.jit.ir.Slots;

import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Opcodes;

import java.util.function.IntFunction;

/// Accesses to stack slots that are local variables. A wide access takes several pieces.
final class SlotEmitter {
    private final Writer writer;
    private final Values values;
    private final Slots slots;

    SlotEmitter(MethodContext context, Slots slots) {
        this.writer = context.writer();
        this.values = context.values();
        this.slots = slots;
    }

    /// `dst = *(size *)(r10 + off)`.
    void load(int pc, Insn.Load load, Rep rep) {
        int first = slots.first(pc);
        int count = slots.count(pc);
        if (rep instanceof Rep.Constant || rep instanceof Rep.InFrame) {
            values.set(load.dst(), rep);
        } else if (count == 1 && !load.signed()) {
            values.copy(first, load.dst(), rep);
        } else if (load.size() == Size.DW) {
            pushLong(first, count);
            values.pop(load.dst(), rep, Form.LONG);
        } else {
            pushInt(first, count);
            if (load.signed() && load.size() == Size.B) {
                writer.op(Opcodes.I2B);
            } else if (load.signed() && load.size() == Size.H) {
                writer.op(Opcodes.I2S);
            }
            values.pop(load.dst(), rep, load.signed() ? Form.SIGNED : Form.WORD);
        }
    }

    /// `*(size *)(r10 + off) = src`.
    ///
    /// @param reps the representation of each slot afterwards, or null when nothing reads it
    void store(int pc, Insn.Store store, IntFunction<@Nullable Rep> reps) {
        int below = 0;
        for (int i = 0; i < slots.count(pc); i++) {
            int slot = slots.first(pc) + i;
            Rep rep = reps.apply(slot);
            if (rep != null) {
                piece(store.src(), below, slot, rep);
            }
            below += slots.bytes(slot);
        }
    }

    private void piece(Operand source, int below, int slot, Rep rep) {
        int bytes = slots.bytes(slot);
        if (rep instanceof Rep.Constant || rep instanceof Rep.InFrame) {
            values.set(slot, rep);
        } else if (bytes == 8) {
            if (source instanceof Operand.Reg(int number)) {
                values.copy(number, slot, rep);
            } else {
                values.pushLong(source);
                values.pop(slot, rep, Form.LONG);
            }
        } else {
            if (below + bytes <= 4) {
                values.pushInt(source);
                shift(8 * below, Opcodes.IUSHR);
            } else {
                values.pushLong(source);
                shift(8 * below, Opcodes.LUSHR);
                writer.op(Opcodes.L2I);
            }
            if (bytes == 1) {
                writer.constant(0xFF);
                writer.op(Opcodes.IAND);
            } else if (bytes == 2) {
                writer.op(Opcodes.I2C);
            }
            values.pop(slot, rep, Form.WORD);
        }
    }

    private void shift(int count, int opcode) {
        if (count != 0) {
            writer.constant(count);
            writer.op(opcode);
        }
    }

    /// Pushes up to 4 bytes that lie in adjacent slots, zero-extended.
    private void pushInt(int first, int count) {
        int below = 0;
        for (int slot = first; slot < first + count; slot++) {
            values.pushInt(slot);
            shift(8 * below, Opcodes.ISHL);
            if (slot > first) {
                writer.op(Opcodes.IOR);
            }
            below += slots.bytes(slot);
        }
    }

    /// Pushes up to 8 bytes that lie in adjacent slots, zero-extended.
    void pushLong(int first, int count) {
        int below = 0;
        for (int slot = first; slot < first + count; slot++) {
            values.pushLong(slot);
            shift(8 * below, Opcodes.LSHL);
            if (slot > first) {
                writer.op(Opcodes.LOR);
            }
            below += slots.bytes(slot);
        }
    }

    /// The number of slots from `first` on, at most `count`, that hold the next 8 bytes.
    int word(int first, int count) {
        int bytes = 0;
        int slot = first;
        while (slot < first + count && bytes < 8) {
            bytes += slots.bytes(slot++);
        }
        return slot - first;
    }
}
