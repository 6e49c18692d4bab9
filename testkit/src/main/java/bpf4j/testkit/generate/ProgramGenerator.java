package bpf4j.testkit.generate;

import bpf4j.isa.AluOp;
import bpf4j.isa.AtomicOp;
import bpf4j.isa.Code;
import bpf4j.isa.Cond;
import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.isa.Operand.Imm;
import bpf4j.isa.Operand.Reg;
import bpf4j.isa.Size;
import bpf4j.isa.WideKind;
import bpf4j.isa.Width;
import bpf4j.spec.MapSpec;
import bpf4j.spec.MapType;
import bpf4j.testkit.generate.Slots.Kind;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Makes programs that are valid by construction: it follows the kind of every register along
/// structured control flow, and never lets a pointer become a number, so that every engine must
/// give
/// the same results. The same seed gives the same program.
///
/// The packet programs that it makes take `data` and `data_end` from the first two words of the
/// context, as XDP programs do.
public final class ProgramGenerator {
    private static final int LOOKUP = 1;
    private static final int UPDATE = 2;
    private static final int DELETE = 3;
    private static final int VALUE_SIZE = 64;
    private static final int CONTEXT = 6;

    private static final List<MapSpec> MAPS =
            List.of(
                    MapSpec.of("array", MapType.ARRAY, 4, VALUE_SIZE, 4),
                    MapSpec.of("hash", MapType.HASH, 8, VALUE_SIZE, 16));

    private final SplittableRandom random;
    private final Shape shape;
    private Slots slots = new Slots();
    private List<Insn> out = new ArrayList<>();
    private int budget;

    /// The bytes at r1, or 0 when r1 is the context.
    private int memory;

    private boolean inLoop;
    private boolean[] called = new boolean[0];

    private ProgramGenerator(long seed, Shape shape) {
        this.random = new SplittableRandom(seed);
        this.shape = shape;
    }

    /// The program of a seed.
    public static Generated xdp(long seed, Shape shape) {
        return new Generated(seed, new ProgramGenerator(seed, shape).program(), MAPS);
    }

    /// The program of a seed that finds the address of `length` bytes in r1 and their number in r2,
    /// as programs of the conformance suite do. It has no maps.
    public static Generated memory(long seed, Shape shape, int length) {
        ProgramGenerator generator = new ProgramGenerator(seed, shape);
        generator.memory = length;
        return new Generated(seed, generator.program(), List.of());
    }

    private Code program() {
        int functions = shape.calls() ? random.nextInt(3) : 0;
        called = new boolean[functions];
        slots.set(1, Kind.CONTEXT);
        emit(new Insn.Alu(Width.W64, AluOp.MOV, CONTEXT, new Reg(1)));
        slots.set(CONTEXT, Kind.CONTEXT);
        slots.kept[CONTEXT] = true;
        if (memory > 0) {
            slots.set(CONTEXT, Kind.PACKET);
            slots.room[CONTEXT] = memory;
            slots.set(1, Kind.NONE);
            slots.set(2, Kind.SCALAR);
        }
        constant(0);
        constant(7);
        constant(8);
        budget = shape.actions();
        block(shape.depth(), shape.actions(), functions);
        for (int f = 0; f < functions; f++) {
            if (!called[f]) {
                call(f);
            }
        }
        finish();
        List<Insn> all = new ArrayList<>(out);
        int[] starts = new int[functions];
        for (int f = 0; f < functions; f++) {
            starts[f] = slotsOf(all);
            all.addAll(function());
        }
        return link(all, starts);
    }

    /// A subprogram of two numbers.
    private List<Insn> function() {
        out = new ArrayList<>();
        slots = new Slots();
        slots.set(1, Kind.SCALAR);
        slots.set(2, Kind.SCALAR);
        constant(0);
        budget = shape.actions() / 2;
        inLoop = false;
        block(1, 2 + random.nextInt(4), 0);
        finish();
        return out;
    }

    private static Code link(List<Insn> all, int[] starts) {
        List<Insn> linked = new ArrayList<>();
        int pc = 0;
        for (Insn insn : all) {
            if (insn instanceof Insn.CallLocal(int function)) {
                linked.add(new Insn.CallLocal(starts[function] - pc - 1));
            } else {
                linked.add(insn);
            }
            pc += Code.slotsOf(insn);
        }
        return Code.of(linked);
    }

    private void emit(Insn insn) {
        out.add(insn);
    }

    private static int slotsOf(List<Insn> insns) {
        int count = 0;
        for (Insn insn : insns) {
            count += Code.slotsOf(insn);
        }
        return count;
    }

    /// Mixes all numbers into r0 and ends.
    private void finish() {
        if (slots.kinds[0] != Kind.SCALAR) {
            constant(0);
        }
        for (int r = 1; r < 10; r++) {
            if (slots.kinds[r] == Kind.SCALAR) {
                AluOp op = random.nextBoolean() ? AluOp.XOR : AluOp.ADD;
                emit(new Insn.Alu(Width.W64, op, 0, new Reg(r)));
            }
        }
        if (slots.kinds[CONTEXT] == Kind.PACKET) {
            for (int i = random.nextInt(4); i > 0; i--) {
                short off = (short) random.nextInt(memory - 7);
                emit(new Insn.Load(Size.DW, false, 1, CONTEXT, off));
                emit(new Insn.Alu(Width.W64, AluOp.XOR, 0, new Reg(1)));
            }
        }
        emit(new Insn.Exit());
    }

    private void block(int depth, int actions, int functions) {
        for (int i = 0; i < actions && budget > 0; i++) {
            budget--;
            action(depth, functions);
        }
    }

    private void action(int depth, int functions) {
        switch (random.nextInt(16)) {
            case 0, 1, 2, 3 -> arithmetic();
            case 4 -> unary();
            case 5 -> wideConstant();
            case 6, 7 -> stack();
            case 8 -> branch(depth, functions);
            case 9 -> loop(depth);
            case 10, 11 -> packet(depth, functions);
            case 12, 13 -> map(depth, functions);
            case 14 -> {
                if (functions > 0) {
                    call(random.nextInt(functions));
                }
            }
            default -> atomicOnStack();
        }
    }

    private Width width() {
        return random.nextBoolean() ? Width.W64 : Width.W32;
    }

    private Size size() {
        return Size.values()[random.nextInt(4)];
    }

    /// A register that may be written.
    private int target() {
        while (true) {
            int r = random.nextInt(10);
            if (!slots.kept[r] && !(inLoop && slots.kinds[r] != Kind.SCALAR && r >= 6)) {
                return r;
            }
        }
    }

    /// A register that holds a number; makes one when there is none.
    private int number() {
        int start = random.nextInt(10);
        for (int i = 0; i < 10; i++) {
            int r = (start + i) % 10;
            if (slots.kinds[r] == Kind.SCALAR) {
                return r;
            }
        }
        int r = target();
        constant(r);
        return r;
    }

    /// A register that holds a number and may be written.
    private int writableNumber() {
        for (int tries = 0; tries < 8; tries++) {
            int r = number();
            if (!slots.kept[r]) {
                return r;
            }
        }
        int r = target();
        constant(r);
        return r;
    }

    private void constant(int r) {
        emit(new Insn.Alu(width(), AluOp.MOV, r, new Imm(Values.immediate(random))));
        slots.set(r, Kind.SCALAR);
    }

    private void wideConstant() {
        int r = target();
        long value = Values.wide(random);
        emit(new Insn.LoadImm64(r, WideKind.CONST, (int) value, (int) (value >>> 32)));
        slots.set(r, Kind.SCALAR);
    }

    private void arithmetic() {
        int r = writableNumber();
        AluOp op = AluOp.values()[random.nextInt(AluOp.values().length)];
        Width width = width();
        emit(new Insn.Alu(width, op, r, operand(op, width)));
    }

    private Operand operand(AluOp op, Width width) {
        if (random.nextInt(3) == 0) {
            return new Reg(number());
        }
        int value = Values.immediate(random);
        return switch (op) {
            case LSH, RSH, ARSH -> new Imm(random.nextInt(width.bits()));
            case DIV, SDIV, MOD, SMOD -> new Imm(value == 0 ? 1 : value);
            case ADD, SUB, MUL, OR, AND, XOR, MOV -> new Imm(value);
        };
    }

    private void unary() {
        int r = writableNumber();
        switch (random.nextInt(3)) {
            case 0 -> emit(new Insn.Neg(width(), r));
            case 1 -> {
                Width width = width();
                int bits = 8 << random.nextInt(width == Width.W64 ? 3 : 2);
                emit(new Insn.MovSx(width, bits, r, number()));
            }
            default -> {
                Insn.ByteSwap.Kind kind = Insn.ByteSwap.Kind.values()[random.nextInt(3)];
                emit(new Insn.ByteSwap(kind, 16 << random.nextInt(3), r));
            }
        }
    }

    /// Stores to the stack, or loads what was stored.
    private void stack() {
        Size size = size();
        int bytes = size.bytes();
        int at = Slots.STACK - bytes * (1 + random.nextInt(64 / bytes));
        short off = (short) (at - Slots.STACK);
        boolean readable = true;
        for (int i = at; i < at + bytes; i++) {
            readable &= slots.written[i];
        }
        if (readable && random.nextBoolean()) {
            int r = target();
            boolean signed = bytes < 8 && random.nextInt(3) == 0;
            emit(new Insn.Load(size, signed, r, 10, off));
            slots.set(r, Kind.SCALAR);
            return;
        }
        emit(new Insn.Store(size, 10, off, stored()));
        for (int i = at; i < at + bytes; i++) {
            slots.written[i] = true;
        }
    }

    private Operand stored() {
        return random.nextInt(4) == 0 ? new Imm(Values.immediate(random)) : new Reg(number());
    }

    private void atomicOnStack() {
        Size size = random.nextBoolean() ? Size.DW : Size.W;
        int at = Slots.STACK - 8 * (1 + random.nextInt(8));
        short off = (short) (at - Slots.STACK);
        emit(new Insn.Store(Size.DW, 10, off, stored()));
        for (int i = at; i < at + 8; i++) {
            slots.written[i] = true;
        }
        atomic(size, 10, off);
    }

    private void atomic(Size size, int base, short off) {
        AtomicOp op = AtomicOp.values()[random.nextInt(AtomicOp.values().length)];
        boolean fetch = op == AtomicOp.XCHG || op == AtomicOp.CMPXCHG || random.nextBoolean();
        if (op == AtomicOp.CMPXCHG && (slots.kinds[0] != Kind.SCALAR || base == 0)) {
            op = AtomicOp.XCHG;
        }
        int src = fetch ? writableNumber() : number();
        if (src == base) {
            return;
        }
        emit(new Insn.Atomic(size, op, fetch, base, off, src));
    }

    private void branch(int depth, int functions) {
        if (depth == 0) {
            arithmetic();
            return;
        }
        Cond cond = Cond.values()[random.nextInt(Cond.values().length)];
        Width width = width();
        int left = number();
        Operand right =
                random.nextInt(3) == 0 ? new Reg(number()) : new Imm(Values.immediate(random));
        List<Insn> before = out;
        Slots atBranch = slots.copy();
        List<Insn> then = nested(() -> block(depth - 1, 1 + random.nextInt(4), functions));
        Slots afterThen = slots;
        if (random.nextBoolean()) {
            slots = atBranch.copy();
            List<Insn> otherwise = nested(() -> block(depth - 1, 1 + random.nextInt(3), functions));
            then.add(new Insn.Jump(false, slotsOf(otherwise)));
            before.add(new Insn.JumpIf(width, cond, left, right, (short) slotsOf(then)));
            before.addAll(then);
            before.addAll(otherwise);
            slots.meet(afterThen);
        } else {
            before.add(new Insn.JumpIf(width, cond, left, right, (short) slotsOf(then)));
            before.addAll(then);
            slots.meet(atBranch);
        }
        out = before;
    }

    private List<Insn> nested(Runnable body) {
        List<Insn> outer = out;
        out = new ArrayList<>();
        body.run();
        List<Insn> inner = out;
        out = outer;
        return inner;
    }

    /// A loop of a few rounds over a counter that the body leaves alone.
    private void loop(int depth) {
        if (!shape.loops() || depth == 0 || inLoop) {
            arithmetic();
            return;
        }
        int counter = 9;
        if (slots.kept[counter]) {
            return;
        }
        if (slots.kinds[0] != Kind.SCALAR) {
            constant(0);
        }
        emit(new Insn.Alu(Width.W64, AluOp.MOV, counter, new Imm(0)));
        slots.set(counter, Kind.SCALAR);
        slots.kept[counter] = true;
        slots.clobber();
        inLoop = true;
        Slots atStart = slots.copy();
        List<Insn> body =
                nested(
                        () -> {
                            block(1, 1 + random.nextInt(4), 0);
                            if (slots.kinds[0] != Kind.SCALAR) {
                                constant(0);
                            }
                            emit(new Insn.Alu(Width.W64, AluOp.ADD, counter, new Imm(1)));
                        });
        inLoop = false;
        out.addAll(body);
        int rounds = 1 + random.nextInt(5);
        emit(
                new Insn.JumpIf(
                        Width.W64,
                        Cond.JLT,
                        counter,
                        new Imm(rounds),
                        (short) (-slotsOf(body) - 1)));
        slots.meet(atStart);
        slots.kept[counter] = false;
    }

    /// Checks the packet's length and works on its bytes.
    private void packet(int depth, int functions) {
        if (slots.kinds[CONTEXT] == Kind.PACKET) {
            access(CONTEXT);
            return;
        }
        if (!shape.packet() || depth == 0 || slots.kinds[CONTEXT] != Kind.CONTEXT) {
            arithmetic();
            return;
        }
        int length = 1 + random.nextInt(64);
        slots.clobber();
        emit(new Insn.Load(Size.W, false, 2, CONTEXT, (short) 0));
        emit(new Insn.Load(Size.W, false, 3, CONTEXT, (short) 4));
        int index = 7 + random.nextInt(2);
        if (random.nextBoolean() && slots.kinds[index] == Kind.SCALAR) {
            emit(new Insn.Alu(Width.W64, AluOp.MOV, 5, new Reg(index)));
            emit(new Insn.Alu(Width.W64, AluOp.AND, 5, new Imm(random.nextInt(64))));
            emit(new Insn.Alu(Width.W64, AluOp.ADD, 2, new Reg(5)));
        }
        emit(new Insn.Alu(Width.W64, AluOp.MOV, 4, new Reg(2)));
        emit(new Insn.Alu(Width.W64, AluOp.ADD, 4, new Imm(length)));
        Slots before = slots.copy();
        List<Insn> body =
                nested(
                        () -> {
                            slots.set(2, Kind.PACKET);
                            slots.room[2] = length;
                            int accesses = 1 + random.nextInt(4);
                            for (int i = 0; i < accesses && slots.kinds[2] == Kind.PACKET; i++) {
                                access(2);
                            }
                            slots.set(2, Kind.NONE);
                            block(depth - 1, random.nextInt(2), functions);
                        });
        emit(new Insn.JumpIf(Width.W64, Cond.JGT, 4, new Reg(3), (short) slotsOf(body)));
        out.addAll(body);
        slots.meet(before);
    }

    /// Loads from or stores to memory whose room is known, at a constant or a masked offset.
    private void access(int base) {
        Size size = size();
        int room = slots.room[base];
        if (room < size.bytes()) {
            size = Size.B;
        }
        int bytes = size.bytes();
        int last = room - bytes;
        boolean aligned = slots.aligned[base];
        if (slots.kinds[base] == Kind.VALUE && random.nextInt(4) == 0 && last > 0) {
            int mask = Integer.highestOneBit(last + 1) - 1;
            if (aligned) {
                mask &= -bytes;
            }
            int index = number();
            if (index != 5 && index != base) {
                emit(new Insn.Alu(Width.W64, AluOp.MOV, 5, new Reg(index)));
                emit(new Insn.Alu(Width.W64, AluOp.AND, 5, new Imm(mask)));
                emit(new Insn.Alu(Width.W64, AluOp.ADD, 5, new Reg(base)));
                slots.set(5, Kind.NONE);
                touch(size, 5, (short) 0);
                return;
            }
        }
        int off = random.nextInt(last + 1);
        if (aligned) {
            off &= -bytes;
        }
        touch(size, base, (short) off);
    }

    private void touch(Size size, int base, short off) {
        if (random.nextBoolean()) {
            int r = target();
            if (r == base) {
                return;
            }
            boolean signed = size != Size.DW && random.nextInt(4) == 0;
            emit(new Insn.Load(size, signed, r, base, off));
            slots.set(r, Kind.SCALAR);
        } else {
            emit(new Insn.Store(size, base, off, stored()));
        }
    }

    /// Looks a key up, and works on the value where there is one; or stores or deletes a key.
    private void map(int depth, int functions) {
        if (!shape.maps() || depth == 0) {
            arithmetic();
            return;
        }
        int map = random.nextInt(MAPS.size());
        MapSpec spec = MAPS.get(map);
        int keyAt = Slots.STACK - 128;
        short keyOff = (short) -128;
        Size keySize = spec.keySize() == 4 ? Size.W : Size.DW;
        emit(new Insn.Store(keySize, 10, keyOff, new Imm(random.nextInt(6))));
        for (int i = keyAt; i < keyAt + spec.keySize(); i++) {
            slots.written[i] = true;
        }
        emit(new Insn.Alu(Width.W64, AluOp.MOV, 2, new Reg(10)));
        emit(new Insn.Alu(Width.W64, AluOp.ADD, 2, new Imm(keyOff)));
        emit(new Insn.LoadImm64(1, WideKind.MAP, map, 0));
        int what = random.nextInt(4);
        if (what == 0) {
            updateOrDelete(spec);
            return;
        }
        emit(new Insn.CallHelper(LOOKUP));
        slots.clobber();
        slots.set(0, Kind.NONE);
        Slots before = slots.copy();
        List<Insn> body =
                nested(
                        () -> {
                            emit(new Insn.Alu(Width.W64, AluOp.MOV, 4, new Reg(0)));
                            slots.set(4, Kind.VALUE);
                            slots.room[4] = VALUE_SIZE;
                            slots.aligned[4] = true;
                            constant(0);
                            int accesses = 1 + random.nextInt(3);
                            for (int i = 0; i < accesses && slots.kinds[4] == Kind.VALUE; i++) {
                                if (random.nextInt(3) == 0) {
                                    short off = (short) (8 * random.nextInt(8));
                                    atomic(random.nextBoolean() ? Size.DW : Size.W, 4, off);
                                } else {
                                    access(4);
                                }
                            }
                            slots.set(4, Kind.NONE);
                            block(depth - 1, random.nextInt(2), functions);
                        });
        emit(new Insn.JumpIf(Width.W64, Cond.JEQ, 0, new Imm(0), (short) slotsOf(body)));
        out.addAll(body);
        slots.meet(before);
        constant(0);
    }

    private void updateOrDelete(MapSpec spec) {
        if (spec.type() == MapType.HASH && random.nextInt(3) == 0) {
            emit(new Insn.CallHelper(DELETE));
        } else {
            for (int i = 0; i < VALUE_SIZE; i += 8) {
                emit(
                        new Insn.Store(
                                Size.DW,
                                10,
                                (short) (-256 + i),
                                new Imm(Values.immediate(random))));
                for (int b = 0; b < 8; b++) {
                    slots.written[Slots.STACK - 256 + i + b] = true;
                }
            }
            emit(new Insn.Alu(Width.W64, AluOp.MOV, 3, new Reg(10)));
            emit(new Insn.Alu(Width.W64, AluOp.ADD, 3, new Imm(-256)));
            emit(new Insn.Alu(Width.W64, AluOp.MOV, 4, new Imm(random.nextInt(3))));
            emit(new Insn.CallHelper(UPDATE));
        }
        slots.clobber();
        slots.set(0, Kind.SCALAR);
    }

    /// Calls a function with two numbers.
    private void call(int function) {
        for (int r = 1; r <= 2; r++) {
            int from = number();
            if (from != r) {
                emit(new Insn.Alu(Width.W64, AluOp.MOV, r, new Reg(from)));
            }
            slots.set(r, Kind.SCALAR);
        }
        emit(new Insn.CallLocal(function));
        called[function] = true;
        slots.clobber();
        slots.set(0, Kind.SCALAR);
    }
}
