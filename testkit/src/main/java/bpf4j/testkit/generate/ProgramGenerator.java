package bpf4j.testkit.generate;

import bpf4j.isa.AluOp;
import bpf4j.isa.Code;
import bpf4j.isa.Cond;
import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.isa.Operand.Imm;
import bpf4j.isa.Operand.Reg;
import bpf4j.isa.Size;
import bpf4j.isa.WideKind;
import bpf4j.isa.Width;
import bpf4j.spec.ProgramSpec;
import bpf4j.testkit.generate.CallActions.Signature;
import bpf4j.testkit.generate.Slots.Kind;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/// Makes programs that are valid by construction: it follows the kind of every register along
/// structured control flow, and never lets a pointer become a number, so that every engine must
/// give the same results. The same seed gives the same program.
public final class ProgramGenerator {
    static final int CONTEXT = 6;

    /// Where a pointer is kept on the stack.
    static final int SPILL = -80;

    private static final int COUNTER = 9;

    private final SplittableRandom random;
    private final Shape shape;
    private final Flavour flavour;
    private final Scribe scribe;
    private final Numbers numbers;
    private final StackActions stack;
    private final PacketActions packets;
    private final MapActions maps;
    private final CallActions calls;
    private int budget;

    /// The bytes at r1, or 0 when r1 is the context.
    private int memory;

    private List<Signature> functions = List.of();
    private boolean[] called = new boolean[0];

    /// Whether calls of subprograms may be written here.
    private boolean mayCall;

    private ProgramGenerator(long seed, Shape shape, Flavour flavour) {
        this.random = new SplittableRandom(seed);
        this.shape = shape;
        this.flavour = flavour;
        scribe = new Scribe(random);
        numbers = new Numbers(scribe);
        stack = new StackActions(scribe);
        packets = new PacketActions(scribe, stack, flavour);
        maps = new MapActions(scribe, stack);
        calls = new CallActions(scribe);
    }

    /// The XDP program of a seed.
    public static Generated xdp(long seed, Shape shape) {
        return of(seed, shape, Flavour.XDP);
    }

    /// The program of a seed.
    public static Generated of(long seed, Shape shape, Flavour flavour) {
        return new Generated(seed, new ProgramGenerator(seed, shape, flavour).program());
    }

    /// The program of a seed that finds the address of `length` bytes in r1 and their number in r2,
    /// as programs of the conformance suite do. It has no maps and calls no helpers.
    public static Generated memory(long seed, Shape shape, int length) {
        ProgramGenerator generator = new ProgramGenerator(seed, shape, Flavour.XDP);
        generator.memory = length;
        return new Generated(seed, generator.program());
    }

    private ProgramSpec program() {
        functions = signatures();
        called = new boolean[functions.size()];
        mayCall = true;
        Slots slots = scribe.slots;
        slots.set(1, Kind.CONTEXT);
        scribe.move(CONTEXT, 1);
        slots.set(CONTEXT, Kind.CONTEXT);
        slots.kept[CONTEXT] = true;
        if (memory > 0) {
            slots.set(CONTEXT, Kind.PACKET);
            slots.room[CONTEXT] = memory;
            slots.set(1, Kind.NONE);
            slots.set(2, Kind.SCALAR);
        }
        scribe.constant(0);
        scribe.constant(7);
        scribe.constant(8);
        budget = shape.actions();
        block(shape.depth(), shape.actions());
        for (int f = 0; f < called.length; f++) {
            if (!called[f]) {
                call(f);
            }
        }
        finish(flavour.resultMask());
        List<Insn> all = new ArrayList<>(scribe.out);
        int[] starts = new int[functions.size()];
        for (int f = 0; f < starts.length; f++) {
            starts[f] = Scribe.slotsOf(all);
            all.addAll(function(functions.get(f)));
        }
        return spec(link(all, starts), starts);
    }

    private List<Signature> signatures() {
        List<Signature> chosen = new ArrayList<>();
        int count = shape.calls() ? random.nextInt(3) : 0;
        for (int i = 0; i < count; i++) {
            chosen.add(
                    memory > 0 || random.nextBoolean()
                            ? Signature.NUMBERS
                            : Signature.values()[random.nextInt(Signature.values().length)]);
        }
        return chosen;
    }

    private ProgramSpec spec(Code code, int[] starts) {
        boolean typed = functions.stream().anyMatch(Signature::needsTypes);
        List<ProgramSpec.Function> records = new ArrayList<>();
        if (typed) {
            records.add(new ProgramSpec.Function(0, "fuzz", Pool.MAIN));
            for (int f = 0; f < starts.length; f++) {
                int type = functions.get(f).type;
                String name = Pool.TYPES.name(type);
                records.add(new ProgramSpec.Function(starts[f], name, type));
            }
        }
        return new ProgramSpec(
                "fuzz",
                "",
                flavour.type(),
                "GPL",
                code,
                scribe.maps,
                List.of(),
                typed ? Pool.TYPES : null,
                records,
                List.of(),
                Set.of());
    }

    private List<Insn> function(Signature signature) {
        scribe.out = new ArrayList<>();
        scribe.inLoop = false;
        scribe.packetHeld = false;
        scribe.spilled = false;
        mayCall = false;
        Slots slots = new Slots();
        scribe.slots = slots;
        budget = shape.actions() / 2;
        slots.set(1, Kind.SCALAR);
        slots.set(2, Kind.SCALAR);
        switch (signature) {
            case NUMBERS, GLOBAL -> {}
            case MEMORY -> lent(1, Pool.MEMORY);
            case GLOBAL_MEMORY -> {
                // Whoever calls a global function may give null.
                scribe.emit(new Insn.JumpIf(Width.W64, Cond.JNE, 1, new Imm(0), (short) 2));
                scribe.set(0, random.nextInt(9));
                scribe.emit(new Insn.Exit());
                lent(1, Pool.MEMORY);
            }
            case LOOP -> lent(2, Pool.MEMORY);
            case ELEMENT -> {
                lent(3, Pool.VALUE_SIZE);
                if (random.nextBoolean()) {
                    scribe.load(Size.W, 7, 2, 0);
                    slots.set(7, Kind.SCALAR);
                }
                slots.set(1, Kind.NONE);
                slots.set(2, Kind.NONE);
            }
        }
        scribe.constant(0);
        block(1, 2 + random.nextInt(4));
        finish(signature.isCallback() ? 1 : -1);
        return scribe.out;
    }

    /// Keeps a pointer argument where the context is kept otherwise.
    private void lent(int argument, int room) {
        scribe.move(CONTEXT, argument);
        scribe.slots.set(argument, Kind.NONE);
        scribe.slots.set(CONTEXT, Kind.VALUE);
        scribe.slots.room[CONTEXT] = room;
        scribe.slots.aligned[CONTEXT] = true;
        scribe.slots.kept[CONTEXT] = true;
    }

    private static Code link(List<Insn> all, int[] starts) {
        List<Insn> linked = new ArrayList<>();
        int pc = 0;
        for (Insn insn : all) {
            linked.add(
                    switch (insn) {
                        case Insn.CallLocal(int function) ->
                                new Insn.CallLocal(starts[function] - pc - 1);
                        case Insn.LoadImm64(int dst, WideKind kind, int function, int _)
                                when kind == WideKind.FUNC ->
                                new Insn.LoadImm64(dst, kind, starts[function] - pc - 1, 0);
                        default -> insn;
                    });
            pc += Code.slotsOf(insn);
        }
        return Code.of(linked);
    }

    /// Mixes all numbers into r0 and ends.
    private void finish(int mask) {
        Slots slots = scribe.slots;
        scribe.needResult();
        for (int r = 1; r < 10; r++) {
            if (slots.kinds[r] == Kind.SCALAR) {
                AluOp op = random.nextBoolean() ? AluOp.XOR : AluOp.ADD;
                scribe.emit(new Insn.Alu(Width.W64, op, 0, new Reg(r)));
            }
        }
        if (slots.kinds[CONTEXT] == Kind.PACKET) {
            for (int i = random.nextInt(4); i > 0; i--) {
                scribe.load(Size.DW, 1, CONTEXT, random.nextInt(memory - 7));
                scribe.emit(new Insn.Alu(Width.W64, AluOp.XOR, 0, new Reg(1)));
            }
        }
        if (mask != -1) {
            scribe.emit(new Insn.Alu(Width.W64, AluOp.AND, 0, new Imm(mask)));
        }
        scribe.emit(new Insn.Exit());
    }

    private void block(int depth, int actions) {
        for (int i = 0; i < actions && budget > 0; i++) {
            budget--;
            action(depth);
        }
    }

    private void action(int depth) {
        switch (random.nextInt(20)) {
            case 0, 1, 2 -> numbers.arithmetic();
            case 3 -> numbers.unary();
            case 4 -> numbers.wideConstant();
            case 5 -> numbers.steer();
            case 6, 7 -> stack.stack();
            case 8 -> {
                // Without CAP_PERFMON no offset in the stack may vary.
                if (memory > 0) {
                    stack.stack();
                } else {
                    stack.variable();
                }
            }
            case 9 -> stack.atomicOnStack();
            case 10, 11 -> branch(depth);
            case 12 -> loop(depth);
            case 13, 14 -> packet(depth);
            case 15, 16, 17 -> map(depth);
            case 18 -> context();
            default -> {
                if (mayCall && called.length > 0) {
                    call(random.nextInt(called.length));
                }
            }
        }
    }

    private void call(int function) {
        called[function] = true;
        calls.call(function, functions.get(function));
    }

    private void packet(int depth) {
        if (isMemory()) {
            stack.access(CONTEXT);
        } else if (shape.packet() && depth > 0 && hasContext() && flavour.hasPacket()) {
            packets.bytes(() -> block(depth - 1, random.nextInt(2)));
        } else {
            context();
        }
    }

    /// Works with the context, or calls a helper that gets it.
    private void context() {
        if (isMemory()) {
            stack.access(CONTEXT);
        } else if (!shape.packet() || !hasContext() || memory > 0) {
            numbers.arithmetic();
        } else if (random.nextInt(8) == 0 && !scribe.packetHeld && !scribe.inLoop) {
            calls.tail();
        } else if (random.nextInt(3) == 0) {
            packets.helper();
        } else {
            packets.field();
        }
    }

    private boolean isMemory() {
        Kind kind = scribe.slots.kinds[CONTEXT];
        return kind == Kind.PACKET || kind == Kind.VALUE;
    }

    private boolean hasContext() {
        return scribe.slots.kinds[CONTEXT] == Kind.CONTEXT;
    }

    private void map(int depth) {
        if (!shape.maps() || depth == 0) {
            numbers.arithmetic();
        } else if (random.nextInt(6) == 0) {
            maps.indexed();
        } else {
            maps.any(() -> block(depth - 1, random.nextInt(2)));
        }
    }

    private void branch(int depth) {
        if (depth == 0) {
            numbers.arithmetic();
            return;
        }
        Cond cond = Cond.values()[random.nextInt(Cond.values().length)];
        Width width = scribe.width();
        int left = scribe.number();
        Operand right =
                random.nextInt(3) == 0
                        ? new Reg(scribe.number())
                        : new Imm(scribe.noted(scribe.immediate()));
        List<Insn> before = scribe.out;
        Slots atBranch = scribe.slots.copy();
        List<Insn> then = scribe.nested(() -> block(depth - 1, 1 + random.nextInt(4)));
        Slots afterThen = scribe.slots;
        if (random.nextBoolean()) {
            scribe.slots = atBranch.copy();
            List<Insn> otherwise = scribe.nested(() -> block(depth - 1, 1 + random.nextInt(3)));
            then.add(new Insn.Jump(false, Scribe.slotsOf(otherwise)));
            before.add(new Insn.JumpIf(width, cond, left, right, (short) Scribe.slotsOf(then)));
            before.addAll(then);
            before.addAll(otherwise);
            scribe.slots.meet(afterThen);
        } else {
            before.add(new Insn.JumpIf(width, cond, left, right, (short) Scribe.slotsOf(then)));
            before.addAll(then);
            scribe.slots.meet(atBranch);
        }
        scribe.out = before;
    }

    /// A loop of a few rounds over a counter that the body leaves alone; Linux may be asked to
    /// bound it too (`may_goto`).
    private void loop(int depth) {
        Slots slots = scribe.slots;
        if (!shape.loops() || depth == 0 || scribe.inLoop || slots.kept[COUNTER]) {
            numbers.arithmetic();
            return;
        }
        scribe.needResult();
        scribe.set(COUNTER, 0);
        slots.set(COUNTER, Kind.SCALAR);
        slots.kept[COUNTER] = true;
        slots.clobber();
        scribe.inLoop = true;
        boolean couldCall = mayCall;
        mayCall = false;
        Slots atStart = slots.copy();
        List<Insn> body =
                scribe.nested(
                        () -> {
                            block(1, 1 + random.nextInt(4));
                            scribe.needResult();
                            scribe.add(COUNTER, 1);
                        });
        scribe.inLoop = false;
        mayCall = couldCall;
        int size = Scribe.slotsOf(body);
        Imm rounds = new Imm(1 + random.nextInt(5));
        if (memory == 0 && random.nextInt(4) == 0) {
            scribe.emit(new Insn.MayGoto((short) (size + 1)));
            size++;
        }
        scribe.out.addAll(body);
        scribe.emit(new Insn.JumpIf(Width.W64, Cond.JLT, COUNTER, rounds, (short) (-size - 1)));
        scribe.slots.meet(atStart);
        scribe.slots.kept[COUNTER] = false;
    }
}
