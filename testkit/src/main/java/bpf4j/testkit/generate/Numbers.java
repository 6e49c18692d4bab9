package bpf4j.testkit.generate;

import bpf4j.isa.AluOp;
import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.isa.Operand.Imm;
import bpf4j.isa.Operand.Reg;
import bpf4j.isa.WideKind;
import bpf4j.isa.Width;
import bpf4j.testkit.generate.Slots.Kind;

/// Arithmetic.
record Numbers(Scribe scribe) {

    void wideConstant() {
        int r = scribe.target();
        long value = Values.wide(scribe.random);
        scribe.emit(new Insn.LoadImm64(r, WideKind.CONST, (int) value, (int) (value >>> 32)));
        scribe.slots.set(r, Kind.SCALAR);
    }

    void arithmetic() {
        int r = scribe.writableNumber();
        AluOp op = AluOp.values()[scribe.random.nextInt(AluOp.values().length)];
        Width width = scribe.width();
        scribe.emit(new Insn.Alu(width, op, r, operand(op, width)));
    }

    private Operand operand(AluOp op, Width width) {
        if (scribe.chance(3)) {
            return new Reg(scribe.number());
        }
        int value = scribe.immediate();
        return switch (op) {
            case LSH, RSH, ARSH -> new Imm(scribe.random.nextInt(width.bits()));
            case DIV, SDIV, MOD, SMOD -> new Imm(value == 0 ? 1 : value);
            case AND -> new Imm(scribe.noted(value));
            case ADD, SUB, MUL, OR, XOR, MOV -> new Imm(value);
        };
    }

    void unary() {
        int r = scribe.writableNumber();
        switch (scribe.random.nextInt(3)) {
            case 0 -> scribe.emit(new Insn.Neg(scribe.width(), r));
            case 1 -> {
                Width width = scribe.width();
                int bits = 8 << scribe.random.nextInt(width == Width.W64 ? 3 : 2);
                scribe.emit(new Insn.MovSx(width, bits, r, scribe.number()));
            }
            default -> {
                Insn.ByteSwap.Kind kind = Insn.ByteSwap.Kind.values()[scribe.random.nextInt(3)];
                scribe.emit(new Insn.ByteSwap(kind, 16 << scribe.random.nextInt(3), r));
            }
        }
    }

    /// Leads a number to the bounds of a range: a mask or a remainder, then a step to the other
    /// side
    /// of a limit. Copies of it are linked to it.
    void steer() {
        int r = scribe.writableNumber();
        Width width = scribe.width();
        int bound = scribe.noted(1 << scribe.random.nextInt(31));
        if (scribe.random.nextBoolean()) {
            scribe.emit(new Insn.Alu(width, AluOp.AND, r, new Imm(bound - 1)));
        } else {
            scribe.emit(new Insn.Alu(width, AluOp.MOD, r, new Imm(bound)));
        }
        if (scribe.random.nextBoolean()) {
            int copy = scribe.target();
            if (copy != r) {
                scribe.emit(new Insn.Alu(scribe.width(), AluOp.MOV, copy, new Reg(r)));
                scribe.slots.set(copy, Kind.SCALAR);
            }
        }
        AluOp op = scribe.random.nextBoolean() ? AluOp.ADD : AluOp.SUB;
        scribe.emit(new Insn.Alu(width, op, r, new Imm(scribe.noted(scribe.immediate()))));
    }
}
