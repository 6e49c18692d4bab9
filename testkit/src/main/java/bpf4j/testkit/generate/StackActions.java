package bpf4j.testkit.generate;

import bpf4j.isa.AluOp;
import bpf4j.isa.AtomicOp;
import bpf4j.isa.Insn;
import bpf4j.isa.Operand.Imm;
import bpf4j.isa.Operand.Reg;
import bpf4j.isa.Size;
import bpf4j.isa.Width;
import bpf4j.testkit.generate.Slots.Kind;

/// Loads, stores and atomic operations: on the frame, and through pointers whose room is known.
record StackActions(Scribe scribe) {

    /// Stores to the stack, or loads what was stored.
    void stack() {
        Size size = scribe.size();
        int bytes = size.bytes();
        int at = Slots.STACK - bytes * (1 + scribe.random.nextInt(64 / bytes));
        int off = at - Slots.STACK;
        boolean readable = true;
        for (int i = at; i < at + bytes; i++) {
            readable &= scribe.slots.written[i];
        }
        if (readable && scribe.random.nextBoolean()) {
            int r = scribe.target();
            boolean signed = bytes < 8 && scribe.chance(3);
            scribe.emit(new Insn.Load(size, signed, r, 10, (short) off));
            scribe.slots.set(r, Kind.SCALAR);
            return;
        }
        scribe.store(size, 10, off, scribe.stored());
        scribe.written(off, bytes);
    }

    /// An access of the stack at a place that only the run knows.
    void variable() {
        scribe.writeStack(-64, 16);
        int index = scribe.number();
        if (index == 5) {
            return;
        }
        Size size = scribe.size();
        scribe.move(5, index);
        scribe.emit(new Insn.Alu(Width.W64, AluOp.AND, 5, new Imm(8 & -size.bytes())));
        scribe.emit(new Insn.Alu(Width.W64, AluOp.ADD, 5, new Reg(10)));
        scribe.slots.set(5, Kind.NONE);
        touch(size, 5, -64, true);
    }

    void atomicOnStack() {
        Size size = scribe.random.nextBoolean() ? Size.DW : Size.W;
        int off = -8 * (1 + scribe.random.nextInt(8));
        scribe.store(Size.DW, 10, off, scribe.stored());
        scribe.written(off, 8);
        atomic(size, 10, off);
    }

    void atomic(Size size, int base, int off) {
        AtomicOp op = AtomicOp.values()[scribe.random.nextInt(AtomicOp.values().length)];
        boolean fetch =
                op == AtomicOp.XCHG || op == AtomicOp.CMPXCHG || scribe.random.nextBoolean();
        if (op == AtomicOp.CMPXCHG && (scribe.slots.kinds[0] != Kind.SCALAR || base == 0)) {
            op = AtomicOp.XCHG;
        }
        int src = fetch ? scribe.writableNumber() : scribe.number();
        if (src != base) {
            scribe.emit(new Insn.Atomic(size, op, fetch, base, (short) off, src));
        }
    }

    /// Loads from or stores to memory whose room is known, at a constant or a masked offset.
    void access(int base) {
        access(base, true);
    }

    /// The same; only loads unless `writable`.
    void access(int base, boolean writable) {
        Slots slots = scribe.slots;
        Size size = scribe.size();
        int room = slots.room[base];
        if (room < size.bytes()) {
            size = Size.B;
        }
        int bytes = size.bytes();
        int last = room - bytes;
        boolean aligned = slots.aligned[base];
        if (slots.kinds[base] == Kind.VALUE && scribe.chance(4) && last > 0) {
            int mask = Integer.highestOneBit(last + 1) - 1;
            if (aligned) {
                mask &= -bytes;
            }
            int index = scribe.number();
            if (index != 5 && index != base && base != 5 && !slots.kept[5]) {
                scribe.move(5, index);
                scribe.emit(new Insn.Alu(Width.W64, AluOp.AND, 5, new Imm(mask)));
                scribe.emit(new Insn.Alu(Width.W64, AluOp.ADD, 5, new Reg(base)));
                slots.set(5, Kind.NONE);
                touch(size, 5, 0, writable);
                return;
            }
        }
        if (slots.kinds[base] == Kind.VALUE && aligned && room >= 8 && scribe.chance(5)) {
            atomic(
                    scribe.random.nextBoolean() ? Size.DW : Size.W,
                    base,
                    8 * scribe.random.nextInt(room / 8));
            return;
        }
        int off = scribe.random.nextInt(last + 1);
        if (aligned) {
            off &= -bytes;
        }
        touch(size, base, off, writable);
    }

    private void touch(Size size, int base, int off, boolean writable) {
        if (!writable || scribe.random.nextBoolean()) {
            int r = scribe.target();
            if (r == base) {
                return;
            }
            boolean signed = size != Size.DW && scribe.chance(4);
            scribe.emit(new Insn.Load(size, signed, r, base, (short) off));
            scribe.slots.set(r, Kind.SCALAR);
        } else {
            scribe.store(size, base, off, scribe.stored());
        }
    }
}
