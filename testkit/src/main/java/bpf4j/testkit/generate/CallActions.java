package bpf4j.testkit.generate;

import bpf4j.isa.AluOp;
import bpf4j.isa.Insn;
import bpf4j.isa.Operand.Imm;
import bpf4j.isa.Operand.Reg;
import bpf4j.isa.Size;
import bpf4j.isa.WideKind;
import bpf4j.isa.Width;
import bpf4j.spec.MapSpec;
import bpf4j.testkit.generate.Slots.Kind;

/// Calls of subprograms and helpers that call back, and tail calls. A function is named by its
/// number until the program is linked.
record CallActions(Scribe scribe) {
    private static final int TAIL_CALL = 12;
    private static final int FOR_EACH = 164;
    private static final int LOOP = 181;

    /// Memory that is lent to functions.
    static final int LENT = -96;

    /// What a function takes and who calls it.
    enum Signature {
        /// Two numbers.
        NUMBERS(Pool.STATIC),
        /// The address of 16 bytes, which are its caller's or a map's, and a number.
        MEMORY(Pool.STATIC),
        GLOBAL(Pool.GLOBAL),
        GLOBAL_MEMORY(Pool.GLOBAL_MEMORY),
        /// `bpf_loop`'s: the turn, and memory.
        LOOP(Pool.STATIC),
        /// `bpf_for_each_map_elem`'s: map, key, value, and memory.
        ELEMENT(Pool.STATIC);

        final int type;

        Signature(int type) {
            this.type = type;
        }

        boolean isCallback() {
            return this == LOOP || this == ELEMENT;
        }

        /// Whether Linux must know the function's type.
        boolean needsTypes() {
            return this != NUMBERS && this != MEMORY;
        }
    }

    void call(int function, Signature signature) {
        switch (signature) {
            case NUMBERS, GLOBAL -> {
                numberTo(1);
                numberTo(2);
                local(function);
            }
            case MEMORY, GLOBAL_MEMORY -> {
                scribe.writeStack(LENT, Pool.MEMORY);
                numberTo(2);
                scribe.frameAddress(1, LENT);
                local(function);
            }
            case LOOP -> {
                scribe.writeStack(LENT, Pool.MEMORY);
                int rounds = scribe.number();
                scribe.emit(new Insn.Alu(Width.W64, AluOp.MOV, 1, new Reg(rounds)));
                scribe.slots.set(1, Kind.SCALAR);
                if (scribe.random.nextBoolean()) {
                    scribe.set(1, scribe.random.nextInt(5));
                } else {
                    scribe.emit(new Insn.Alu(Width.W64, AluOp.AND, 1, new Imm(7)));
                }
                callback(2, function);
                scribe.frameAddress(3, LENT);
                scribe.set(4, 0);
                scribe.call(LOOP);
            }
            case ELEMENT -> {
                MapSpec map = scribe.random.nextBoolean() ? Pool.ARRAY : Pool.PERCPU_ARRAY;
                scribe.writeStack(LENT, Pool.MEMORY);
                scribe.map(1, map);
                callback(2, function);
                scribe.frameAddress(3, LENT);
                scribe.set(4, 0);
                scribe.call(FOR_EACH);
            }
        }
        if (signature != Signature.NUMBERS && signature != Signature.GLOBAL) {
            int r = scribe.target();
            scribe.load(Size.DW, r, 10, LENT);
            scribe.slots.set(r, Kind.SCALAR);
        }
    }

    private void numberTo(int r) {
        int from = scribe.number();
        if (from != r) {
            scribe.move(r, from);
        }
        scribe.slots.set(r, Kind.SCALAR);
    }

    private void local(int function) {
        scribe.emit(new Insn.CallLocal(function));
        scribe.slots.clobber();
        scribe.slots.set(0, Kind.SCALAR);
    }

    private void callback(int r, int function) {
        scribe.emit(new Insn.LoadImm64(r, WideKind.FUNC, function, 0));
    }

    /// Jumps to the program itself, to nothing, or behind the end.
    void tail() {
        scribe.move(1, ProgramGenerator.CONTEXT);
        scribe.map(2, Pool.PROGRAMS);
        scribe.set(3, scribe.random.nextInt(3));
        scribe.call(TAIL_CALL);
        scribe.slots.set(0, Kind.NONE);
        scribe.constant(0);
    }
}
