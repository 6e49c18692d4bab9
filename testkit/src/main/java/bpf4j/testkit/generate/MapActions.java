package bpf4j.testkit.generate;

import bpf4j.isa.AluOp;
import bpf4j.isa.Cond;
import bpf4j.isa.Insn;
import bpf4j.isa.Operand.Imm;
import bpf4j.isa.Operand.Reg;
import bpf4j.isa.Size;
import bpf4j.isa.Width;
import bpf4j.spec.MapSpec;
import bpf4j.spec.MapType;
import bpf4j.testkit.generate.Slots.Kind;

import java.util.List;

/// What a program does with maps.
record MapActions(Scribe scribe, StackActions stack) {
    private static final int LOOKUP = 1;
    private static final int UPDATE = 2;
    private static final int DELETE = 3;
    private static final int PUSH = 87;
    private static final int POP = 88;
    private static final int PEEK = 89;
    private static final int RINGBUF_OUTPUT = 130;
    private static final int RINGBUF_RESERVE = 131;
    private static final int RINGBUF_SUBMIT = 132;
    private static final int RINGBUF_DISCARD = 133;
    private static final int RINGBUF_QUERY = 134;

    /// Where a key and a value are put together.
    private static final int KEY = -72;

    private static final int VALUE = -192;

    /// Some operation on some map.
    void any(Runnable more) {
        switch (scribe.random.nextInt(10)) {
            case 0 -> queue();
            case 1 -> ring();
            case 2 -> inner(more);
            case 3, 4 -> change(some());
            default -> lookup(some(), more);
        }
    }

    private MapSpec some() {
        return scribe.random.nextBoolean()
                ? Pool.KEYED.get(scribe.random.nextInt(2))
                : Pool.KEYED.get(scribe.random.nextInt(Pool.KEYED.size()));
    }

    /// Writes a key and puts its address into r2.
    private void key(MapSpec map) {
        if (map.keySize() == 4) {
            scribe.store(Size.W, 10, KEY, new Imm(scribe.random.nextInt(6)));
            scribe.written(KEY, 4);
        } else if (map.type() == MapType.LPM_TRIE) {
            scribe.store(Size.W, 10, KEY, new Imm(8 * scribe.random.nextInt(5)));
            scribe.store(Size.W, 10, KEY + 4, new Imm(0x0101 * scribe.random.nextInt(3)));
            scribe.written(KEY, 8);
        } else {
            scribe.store(Size.DW, 10, KEY, new Imm(scribe.random.nextInt(6)));
            scribe.written(KEY, 8);
        }
        scribe.frameAddress(2, KEY);
    }

    private void lookup(MapSpec map, Runnable more) {
        key(map);
        scribe.map(1, map);
        scribe.call(LOOKUP);
        ifThere(() -> value(4, Pool.VALUE_SIZE, more));
    }

    /// What is in r0 is null, or memory that `body` works on.
    private void ifThere(Runnable body) {
        scribe.slots.set(0, Kind.NONE);
        Slots before = scribe.slots.copy();
        List<Insn> inside = scribe.nested(body);
        int size = Scribe.slotsOf(inside);
        scribe.emit(new Insn.JumpIf(Width.W64, Cond.JEQ, 0, new Imm(0), (short) size));
        scribe.out.addAll(inside);
        scribe.slots.meet(before);
        scribe.constant(0);
    }

    /// Works on memory whose address is in r0, through register `r`.
    private void value(int r, int room, Runnable more) {
        scribe.move(r, 0);
        memory(r, room);
        scribe.constant(0);
        accesses(r);
        if (scribe.chance(4) && !scribe.spilled && scribe.slots.kinds[r] == Kind.VALUE) {
            scribe.store(Size.DW, 10, ProgramGenerator.SPILL, new Reg(r));
            scribe.slots.set(r, Kind.NONE);
            scribe.spilled = true;
            more.run();
            scribe.spilled = false;
            scribe.load(Size.DW, r, 10, ProgramGenerator.SPILL);
            memory(r, room);
            accesses(r);
        }
        scribe.slots.set(r, Kind.NONE);
        more.run();
    }

    private void memory(int r, int room) {
        scribe.slots.set(r, Kind.VALUE);
        scribe.slots.room[r] = room;
        scribe.slots.aligned[r] = true;
    }

    private void accesses(int r) {
        int count = 1 + scribe.random.nextInt(3);
        for (int i = 0; i < count && scribe.slots.kinds[r] == Kind.VALUE; i++) {
            stack.access(r);
        }
    }

    private void change(MapSpec map) {
        boolean array = map.type() == MapType.ARRAY || map.type() == MapType.PERCPU_ARRAY;
        if (!array && scribe.chance(3)) {
            key(map);
            scribe.map(1, map);
            scribe.call(DELETE);
            return;
        }
        scribe.writeStack(VALUE, Pool.VALUE_SIZE);
        key(map);
        scribe.map(1, map);
        scribe.frameAddress(3, VALUE);
        scribe.set(4, scribe.random.nextInt(3));
        scribe.call(UPDATE);
    }

    private void queue() {
        MapSpec map = scribe.random.nextBoolean() ? Pool.QUEUE : Pool.STACK;
        scribe.writeStack(KEY, 8);
        scribe.frameAddress(2, KEY);
        scribe.map(1, map);
        switch (scribe.random.nextInt(4)) {
            case 0 -> scribe.call(POP);
            case 1 -> scribe.call(PEEK);
            default -> {
                scribe.set(3, scribe.chance(4) ? 2 : 0);
                scribe.call(PUSH);
            }
        }
        int r = scribe.target();
        scribe.load(Size.DW, r, 10, KEY);
        scribe.slots.set(r, Kind.SCALAR);
    }

    private void ring() {
        switch (scribe.random.nextInt(4)) {
            case 0 -> {
                scribe.writeStack(VALUE, 32);
                scribe.frameAddress(2, VALUE);
                scribe.map(1, Pool.RINGBUF);
                scribe.set(3, 1 + scribe.random.nextInt(32));
                // Nobody waits for it: BPF_RB_NO_WAKEUP.
                scribe.set(4, 1);
                scribe.call(RINGBUF_OUTPUT);
            }
            case 1 -> {
                scribe.map(1, Pool.RINGBUF);
                scribe.set(2, scribe.random.nextInt(4));
                scribe.call(RINGBUF_QUERY);
            }
            default -> record();
        }
    }

    /// A record that is filled and given back.
    private void record() {
        if (scribe.inLoop || scribe.slots.kept[8]) {
            return;
        }
        int room = 8 * (1 + scribe.random.nextInt(8));
        scribe.map(1, Pool.RINGBUF);
        scribe.set(2, room);
        scribe.set(3, 0);
        scribe.call(RINGBUF_RESERVE);
        ifThere(
                () -> {
                    scribe.move(8, 0);
                    scribe.slots.set(8, Kind.NONE);
                    scribe.constant(0);
                    for (int i = 0; i < room; i += 8) {
                        scribe.store(Size.DW, 8, i, scribe.stored());
                    }
                    boolean kept = scribe.slots.kept[8];
                    memory(8, room);
                    scribe.slots.kept[8] = true;
                    accesses(8);
                    scribe.slots.kept[8] = kept;
                    scribe.move(1, 8);
                    scribe.set(2, 1);
                    scribe.call(scribe.chance(3) ? RINGBUF_DISCARD : RINGBUF_SUBMIT);
                    scribe.slots.set(0, Kind.NONE);
                    scribe.slots.set(8, Kind.NONE);
                });
        scribe.constant(8);
    }

    /// Looks a map up in a map, and a value in that.
    private void inner(Runnable more) {
        scribe.index(Pool.ARRAY);
        key(Pool.OUTER);
        scribe.map(1, Pool.OUTER);
        scribe.call(LOOKUP);
        ifThere(
                () -> {
                    key(Pool.ARRAY);
                    scribe.move(1, 0);
                    scribe.call(LOOKUP);
                    ifThere(() -> value(4, Pool.VALUE_SIZE, more));
                });
    }

    /// Adds a number to a value of an array at an index that the run decides.
    void indexed() {
        int index = scribe.number();
        scribe.emit(new Insn.Store(Size.W, 10, (short) KEY, new Reg(index)));
        scribe.written(KEY, 4);
        scribe.load(Size.W, 1, 10, KEY);
        scribe.emit(new Insn.Alu(Width.W64, AluOp.AND, 1, new Imm(3)));
        scribe.store(Size.W, 10, KEY, new Reg(1));
        scribe.slots.set(1, Kind.NONE);
        scribe.frameAddress(2, KEY);
        scribe.map(1, Pool.ARRAY);
        scribe.call(LOOKUP);
        ifThere(() -> value(4, Pool.VALUE_SIZE, () -> {}));
    }
}
