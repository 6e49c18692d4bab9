package bpf4j.testkit.generate;

import bpf4j.isa.AluOp;
import bpf4j.isa.Code;
import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.isa.Operand.Imm;
import bpf4j.isa.Operand.Reg;
import bpf4j.isa.Size;
import bpf4j.isa.WideKind;
import bpf4j.isa.Width;
import bpf4j.spec.MapSpec;
import bpf4j.testkit.generate.Slots.Kind;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// A program being written: the instructions so far, and what is known where they end.
final class Scribe {
    final SplittableRandom random;
    final List<MapSpec> maps = new ArrayList<>();
    Slots slots = new Slots();
    List<Insn> out = new ArrayList<>();

    /// Whether what is being written is executed several times: then registers that hold pointers
    /// stay as they are.
    boolean inLoop;

    /// Whether pointers into the packet are in use, so that nothing may move it.
    boolean packetHeld;

    /// Whether the place for a spilled pointer is taken.
    boolean spilled;

    /// Numbers that the program compared with or masked by: values near these are worth trying.
    private final int[] seen = new int[8];

    private int seenCount;

    Scribe(SplittableRandom random) {
        this.random = random;
    }

    boolean chance(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }

    void emit(Insn insn) {
        out.add(insn);
    }

    void move(int dst, int src) {
        emit(new Insn.Alu(Width.W64, AluOp.MOV, dst, new Reg(src)));
    }

    void set(int dst, int value) {
        emit(new Insn.Alu(Width.W64, AluOp.MOV, dst, new Imm(value)));
    }

    void add(int dst, int value) {
        emit(new Insn.Alu(Width.W64, AluOp.ADD, dst, new Imm(value)));
    }

    void load(Size size, int dst, int src, int off) {
        emit(new Insn.Load(size, false, dst, src, (short) off));
    }

    void store(Size size, int dst, int off, Operand src) {
        emit(new Insn.Store(size, dst, (short) off, src));
    }

    /// A helper call: r1 to r5 are gone, r0 is a number.
    void call(int helper) {
        emit(new Insn.CallHelper(helper));
        slots.clobber();
        slots.set(0, Kind.SCALAR);
    }

    /// A handle of a map.
    void map(int dst, MapSpec map) {
        emit(new Insn.LoadImm64(dst, WideKind.MAP, index(map), 0));
    }

    /// The index of a map, which the program has from now on.
    int index(MapSpec map) {
        int known = maps.indexOf(map);
        if (known >= 0) {
            return known;
        }
        maps.add(map);
        return maps.size() - 1;
    }

    /// `dst = r10 + off`.
    void frameAddress(int dst, int off) {
        move(dst, 10);
        add(dst, off);
    }

    /// Notes that bytes of the stack were written.
    void written(int off, int bytes) {
        for (int i = 0; i < bytes; i++) {
            slots.written[Slots.STACK + off + i] = true;
        }
    }

    /// Writes `bytes` (a multiple of 8) of the stack from `off` on.
    void writeStack(int off, int bytes) {
        for (int i = 0; i < bytes; i += 8) {
            store(Size.DW, 10, off + i, stored());
        }
        written(off, bytes);
    }

    static int slotsOf(List<Insn> insns) {
        int count = 0;
        for (Insn insn : insns) {
            count += Code.slotsOf(insn);
        }
        return count;
    }

    /// What `body` writes, which is not in the program yet.
    List<Insn> nested(Runnable body) {
        List<Insn> outer = out;
        out = new ArrayList<>();
        body.run();
        List<Insn> inner = out;
        out = outer;
        return inner;
    }

    Width width() {
        return random.nextBoolean() ? Width.W64 : Width.W32;
    }

    Size size() {
        return Size.values()[random.nextInt(4)];
    }

    /// A register that may be written.
    int target() {
        while (true) {
            int r = random.nextInt(10);
            if (!slots.kept[r] && !(inLoop && slots.kinds[r] != Kind.SCALAR && r >= 6)) {
                return r;
            }
        }
    }

    /// A register that holds a number; makes one when there is none.
    int number() {
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
    int writableNumber() {
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

    void constant(int r) {
        emit(new Insn.Alu(width(), AluOp.MOV, r, new Imm(immediate())));
        slots.set(r, Kind.SCALAR);
    }

    /// Makes sure that r0 holds a number.
    void needResult() {
        if (slots.kinds[0] != Kind.SCALAR) {
            constant(0);
        }
    }

    Operand stored() {
        return chance(4) ? new Imm(immediate()) : new Reg(number());
    }

    /// An immediate near which mistakes happen: at a type's limits, or near one that the program
    /// used before.
    int immediate() {
        if (seenCount > 0 && chance(4)) {
            return seen[random.nextInt(Math.min(seenCount, seen.length))] + random.nextInt(3) - 1;
        }
        return Values.immediate(random);
    }

    /// Remembers a number that decides something.
    int noted(int value) {
        seen[seenCount++ % seen.length] = value;
        return value;
    }
}
