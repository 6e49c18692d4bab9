package bpf4j.testkit.generate;

import bpf4j.isa.AluOp;
import bpf4j.isa.Cond;
import bpf4j.isa.Insn;
import bpf4j.isa.Operand.Imm;
import bpf4j.isa.Operand.Reg;
import bpf4j.isa.Size;
import bpf4j.isa.Width;
import bpf4j.testkit.generate.Flavour.Ability;
import bpf4j.testkit.generate.Flavour.Field;
import bpf4j.testkit.generate.Slots.Kind;

import java.util.List;

/// What a program does with its context and its packet, through pointers and through helpers.
record PacketActions(Scribe scribe, StackActions stack, Flavour flavour) {
    private static final int CONTEXT = ProgramGenerator.CONTEXT;
    private static final int SKB_STORE_BYTES = 9;
    private static final int SKB_LOAD_BYTES = 26;
    private static final int CSUM_DIFF = 28;
    private static final int SKB_CHANGE_TAIL = 38;
    private static final int SKB_PULL_DATA = 39;
    private static final int XDP_ADJUST_HEAD = 44;
    private static final int XDP_ADJUST_META = 54;
    private static final int XDP_ADJUST_TAIL = 65;
    private static final int XDP_GET_BUFF_LEN = 188;
    private static final int XDP_LOAD_BYTES = 189;
    private static final int XDP_STORE_BYTES = 190;
    private static final int BUFFER = -128;

    /// Checks the packet's length and works on its bytes.
    void bytes(Runnable more) {
        int length = scribe.noted(1 + scribe.random.nextInt(64));
        scribe.slots.clobber();
        scribe.load(Size.W, 2, CONTEXT, flavour.data);
        scribe.load(Size.W, 3, CONTEXT, flavour.dataEnd);
        int index = 7 + scribe.random.nextInt(2);
        if (scribe.random.nextBoolean() && scribe.slots.kinds[index] == Kind.SCALAR) {
            scribe.move(5, index);
            int mask = scribe.random.nextInt(64);
            scribe.emit(new Insn.Alu(Width.W64, AluOp.AND, 5, new Imm(mask)));
            scribe.emit(new Insn.Alu(Width.W64, AluOp.ADD, 2, new Reg(5)));
        }
        scribe.move(4, 2);
        scribe.add(4, length);
        Slots before = scribe.slots.copy();
        List<Insn> body =
                scribe.nested(
                        () -> {
                            scribe.slots.set(2, Kind.PACKET);
                            scribe.slots.room[2] = length;
                            accesses(2);
                            if (scribe.chance(4)
                                    && !scribe.spilled
                                    && scribe.slots.kinds[2] == Kind.PACKET) {
                                spilled(more);
                            }
                            scribe.slots.set(2, Kind.NONE);
                            more.run();
                        });
        compare(body);
        scribe.out.addAll(body);
        scribe.slots.meet(before);
    }

    /// Skips `body` where r4 is behind the end, which is in r3, in one of several ways.
    private void compare(List<Insn> body) {
        int size = Scribe.slotsOf(body);
        switch (scribe.random.nextInt(4)) {
            case 0 ->
                    scribe.emit(new Insn.JumpIf(Width.W64, Cond.JLT, 3, new Reg(4), (short) size));
            case 1 -> {
                scribe.emit(new Insn.JumpIf(Width.W64, Cond.JLE, 4, new Reg(3), (short) 1));
                scribe.emit(new Insn.Jump(false, size));
            }
            default ->
                    scribe.emit(new Insn.JumpIf(Width.W64, Cond.JGT, 4, new Reg(3), (short) size));
        }
    }

    private void accesses(int base) {
        int count = 1 + scribe.random.nextInt(4);
        for (int i = 0; i < count && scribe.slots.kinds[base] == Kind.PACKET; i++) {
            stack.access(base, flavour.abilities.contains(Ability.WRITE_PACKET));
        }
    }

    /// Keeps the packet's pointer on the stack meanwhile.
    private void spilled(Runnable more) {
        int room = scribe.slots.room[2];
        boolean outer = scribe.packetHeld;
        scribe.store(Size.DW, 10, ProgramGenerator.SPILL, new Reg(2));
        scribe.slots.set(2, Kind.NONE);
        scribe.packetHeld = true;
        scribe.spilled = true;
        more.run();
        scribe.spilled = false;
        scribe.packetHeld = outer;
        scribe.load(Size.DW, 2, 10, ProgramGenerator.SPILL);
        scribe.slots.set(2, Kind.PACKET);
        scribe.slots.room[2] = room;
        accesses(2);
    }

    /// Loads a field of the context, or stores to one.
    void field() {
        Field field = flavour.fields.get(scribe.random.nextInt(flavour.fields.size()));
        Size size = field.bytes() == 8 ? Size.DW : Size.W;
        if (field.writable() && scribe.random.nextBoolean()) {
            scribe.emit(
                    new Insn.Store(size, CONTEXT, (short) field.off(), new Reg(scribe.number())));
            return;
        }
        int r = scribe.target();
        if (r != CONTEXT) {
            scribe.load(size, r, CONTEXT, field.off());
            scribe.slots.set(r, Kind.SCALAR);
        }
    }

    /// Calls a helper that reads, writes or moves the packet, or sums bytes up.
    void helper() {
        if (flavour.abilities.isEmpty()) {
            field();
        } else if (flavour.abilities.contains(Ability.LEGACY) && scribe.random.nextBoolean()) {
            legacy();
        } else if (flavour.abilities.contains(Ability.CHECKSUM) && scribe.chance(3)) {
            checksum();
        } else if (flavour.abilities.contains(Ability.XDP)) {
            xdp();
        } else {
            skb();
        }
    }

    private void legacy() {
        Size size = Size.values()[scribe.random.nextInt(3)];
        int from = scribe.number();
        if (scribe.random.nextBoolean()) {
            scribe.emit(new Insn.LoadAbs(size, scribe.random.nextInt(80)));
        } else {
            scribe.emit(new Insn.LoadInd(size, from, scribe.random.nextInt(32)));
        }
        scribe.slots.clobber();
        scribe.slots.set(0, Kind.SCALAR);
    }

    private void checksum() {
        int first = 4 * scribe.random.nextInt(5);
        int second = 4 * scribe.random.nextInt(5);
        scribe.writeStack(BUFFER, 32);
        scribe.slots.clobber();
        pointer(1, BUFFER, first);
        pointer(3, BUFFER + 16, second);
        int seed = scribe.number();
        scribe.emit(new Insn.Alu(Width.W32, AluOp.MOV, 5, new Reg(seed)));
        scribe.set(2, first);
        scribe.set(4, second);
        scribe.call(CSUM_DIFF);
    }

    private void pointer(int r, int off, int bytes) {
        if (bytes == 0) {
            scribe.set(r, 0);
        } else {
            scribe.frameAddress(r, off);
        }
    }

    private void buffer(int pointer, int size, int offset) {
        int bytes = 1 + scribe.random.nextInt(16);
        scribe.writeStack(BUFFER, 16);
        scribe.slots.clobber();
        scribe.frameAddress(pointer, BUFFER);
        scribe.set(size, bytes);
        scribe.set(offset, scribe.noted(scribe.random.nextInt(80)));
        scribe.move(1, CONTEXT);
    }

    private void skb() {
        boolean stores = flavour.abilities.contains(Ability.STORE_BYTES) && !scribe.packetHeld;
        switch (stores ? scribe.random.nextInt(5) : 0) {
            case 1 -> {
                buffer(3, 4, 2);
                scribe.set(5, 0);
                scribe.call(SKB_STORE_BYTES);
            }
            case 2 -> {
                scribe.move(1, CONTEXT);
                scribe.set(2, 14 + scribe.random.nextInt(200));
                scribe.set(3, 0);
                scribe.call(SKB_CHANGE_TAIL);
            }
            case 3 -> {
                scribe.move(1, CONTEXT);
                scribe.set(2, scribe.random.nextInt(64));
                scribe.call(SKB_PULL_DATA);
            }
            default -> {
                buffer(3, 4, 2);
                scribe.call(SKB_LOAD_BYTES);
            }
        }
    }

    private void xdp() {
        switch (scribe.random.nextInt(scribe.packetHeld ? 2 : 6)) {
            case 0 -> {
                scribe.move(1, CONTEXT);
                scribe.call(XDP_GET_BUFF_LEN);
            }
            case 1 -> {
                buffer(3, 4, 2);
                scribe.call(XDP_LOAD_BYTES);
            }
            case 2 -> {
                buffer(3, 4, 2);
                scribe.call(XDP_STORE_BYTES);
            }
            case 3 -> adjust(XDP_ADJUST_HEAD);
            case 4 -> adjust(XDP_ADJUST_TAIL);
            default -> adjust(XDP_ADJUST_META);
        }
    }

    private void adjust(int helper) {
        scribe.move(1, CONTEXT);
        scribe.set(2, 4 * (scribe.random.nextInt(17) - 8));
        scribe.call(helper);
    }
}
