package bpf4j.jit;

import bpf4j.isa.AluOp;
import bpf4j.isa.AtomicOp;
import bpf4j.isa.Code;
import bpf4j.isa.Cond;
import bpf4j.isa.Insn;
import bpf4j.isa.Operand;
import bpf4j.isa.Size;
import bpf4j.isa.Width;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Unverified programs: arithmetic, stack and packet accesses (some outside), jumps forward, loops
/// of few rounds. r0 at the end depends on all registers.
final class RandomPrograms {
    private static final int[] CONSTANTS = {
        0,
        1,
        -1,
        2,
        7,
        10,
        31,
        32,
        63,
        64,
        255,
        256,
        0x7FFF,
        0xFFFF,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        0x12345678
    };

    private final Random random;
    private final List<Insn> insns = new ArrayList<>();
    private boolean safe;

    private RandomPrograms(Random random) {
        this.random = random;
    }

    /// A program of about `length` instructions; r1 and r2 are as on entry with memory.
    static Code program(long seed, int length, boolean wild) {
        RandomPrograms program = new RandomPrograms(new Random(seed));
        return program.generate(length, wild);
    }

    /// A program of about `length` instructions that touches nothing but its stack and the fields
    /// `len`, `mark` and `hash` of a socket buffer's context: what the verifier calls safe.
    static Code safe(long seed, int length) {
        RandomPrograms program = new RandomPrograms(new Random(seed));
        program.safe = true;
        return program.generate(length, false);
    }

    private Code generate(int length, boolean wild) {
        insns.add(mov(9, new Operand.Reg(1)));
        for (int r = 0; r <= 8; r++) {
            insns.add(new Insn.LoadImm64(r, bpf4j.isa.WideKind.CONST, constant(), constant()));
        }
        if (safe) {
            unknowns();
        }
        for (int slot = 1; slot <= 8; slot++) {
            insns.add(new Insn.Store(Size.DW, 10, (short) (-8 * slot), register()));
        }
        while (insns.size() < length) {
            int kind = random.nextInt(100);
            if (kind < 60) {
                insns.add(arithmetic());
            } else if (kind < 72) {
                insns.add(memory(wild));
            } else if (kind < 90) {
                forward();
            } else {
                loop();
            }
        }
        for (int r = 1; r <= 8; r++) {
            insns.add(new Insn.Alu(Width.W64, AluOp.XOR, 0, new Operand.Reg(r)));
            insns.add(new Insn.Alu(Width.W64, AluOp.MUL, 0, new Operand.Imm(31)));
        }
        insns.add(new Insn.Exit());
        return Code.of(insns);
    }

    /// Puts values that cannot be foreseen into some registers: of 32 bits, of fewer, of 64.
    private void unknowns() {
        int[] fields = {0, 8, 68};
        for (int r = 0; r <= 5; r++) {
            short field = (short) fields[random.nextInt(3)];
            insns.add(new Insn.Load(Size.W, false, r, 9, field));
            if (random.nextInt(3) == 0) {
                insns.add(
                        new Insn.Alu(
                                Width.W64, AluOp.AND, r, new Operand.Imm(random.nextInt(5000))));
            } else if (random.nextInt(2) == 0) {
                insns.add(new Insn.Alu(Width.W64, AluOp.MUL, r, new Operand.Imm(0x7654_3211)));
            }
        }
    }

    private static Insn mov(int dst, Operand src) {
        return new Insn.Alu(Width.W64, AluOp.MOV, dst, src);
    }

    private int constant() {
        return random.nextBoolean()
                ? CONSTANTS[random.nextInt(CONSTANTS.length)]
                : random.nextInt();
    }

    private Operand.Reg register() {
        return new Operand.Reg(random.nextInt(8));
    }

    private Operand operand() {
        return random.nextBoolean() ? register() : new Operand.Imm(constant());
    }

    private Width width() {
        return random.nextBoolean() ? Width.W64 : Width.W32;
    }

    private <E extends Enum<E>> E any(Class<E> type) {
        E[] all = type.getEnumConstants();
        return all[random.nextInt(all.length)];
    }

    private Insn arithmetic() {
        int dst = random.nextInt(8);
        return switch (random.nextInt(10)) {
            case 0 -> new Insn.Neg(width(), dst);
            case 1 -> {
                Width width = width();
                int bits = 8 << random.nextInt(width == Width.W64 ? 3 : 2);
                yield new Insn.MovSx(width, bits, dst, random.nextInt(8));
            }
            case 2 ->
                    new Insn.ByteSwap(any(Insn.ByteSwap.Kind.class), 16 << random.nextInt(3), dst);
            default -> new Insn.Alu(width(), any(AluOp.class), dst, operand());
        };
    }

    private Insn memory(boolean wild) {
        boolean packet = !safe && random.nextInt(3) == 0;
        int base = packet ? 9 : 10;
        Size size = any(Size.class);
        int range = wild ? 80 : 64 - size.bytes();
        short off =
                (short)
                        (packet
                                ? random.nextInt(Math.max(1, range)) - (wild ? 4 : 0)
                                : -64 + random.nextInt(64 - size.bytes() + 1));
        return switch (random.nextInt(5)) {
            case 0, 1 ->
                    new Insn.Load(
                            size,
                            size != Size.DW && random.nextBoolean(),
                            random.nextInt(8),
                            base,
                            off);
            case 2 -> {
                AtomicOp op = any(AtomicOp.class);
                boolean fetch =
                        op == AtomicOp.XCHG || op == AtomicOp.CMPXCHG || random.nextBoolean();
                yield new Insn.Atomic(
                        random.nextBoolean() ? Size.W : Size.DW,
                        op,
                        fetch,
                        10,
                        (short) (-8 * (1 + random.nextInt(8))),
                        random.nextInt(8));
            }
            default -> new Insn.Store(size, base, off, operand());
        };
    }

    private void forward() {
        int skip = 1 + random.nextInt(5);
        insns.add(jump((short) skip));
        for (int i = 0; i < skip; i++) {
            insns.add(arithmetic());
        }
    }

    private Insn jump(short offset) {
        return new Insn.JumpIf(width(), any(Cond.class), random.nextInt(8), operand(), offset);
    }

    private void loop() {
        insns.add(mov(8, new Operand.Imm(random.nextInt(5))));
        int body = 1 + random.nextInt(6);
        for (int i = 0; i < body; i++) {
            insns.add(arithmetic());
        }
        insns.add(new Insn.Alu(Width.W64, AluOp.SUB, 8, new Operand.Imm(1)));
        insns.add(
                new Insn.JumpIf(Width.W64, Cond.JSGT, 8, new Operand.Imm(0), (short) -(body + 2)));
    }
}
