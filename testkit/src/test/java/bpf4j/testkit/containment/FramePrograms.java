package bpf4j.testkit.containment;

import java.util.SplittableRandom;

/// Makes programs, as text, that treat their stack frames roughly: addresses of slots spilled,
/// passed to subprograms and callbacks, chosen by branches and used behind later branches on the
/// same bit, offset by numbers, overwritten in part. Many are refused by the verifier; what it
/// accepts is hard to follow for an analysis that joins paths.
public final class FramePrograms {
    private static final int SLOTS = 8;

    private enum Kind {
        UNSET,
        NUMBER,
        STACK,
        VALUE,
        CONTEXT
    }

    private final SplittableRandom random;
    private final StringBuilder text = new StringBuilder();
    private Kind[] regs = new Kind[10];
    private Kind[] slots = new Kind[SLOTS + 1];
    private int labels;
    private int depth;

    private FramePrograms(long seed) {
        random = new SplittableRandom(seed);
    }

    /// The program of a seed.
    public static String of(long seed) {
        return new FramePrograms(seed).program();
    }

    private String program() {
        line(".program xdp");
        line(".map values, array, key=4, value=64, entries=4");
        java.util.Arrays.fill(regs, Kind.UNSET);
        java.util.Arrays.fill(slots, Kind.NUMBER);
        line("r6 = r1");
        regs[6] = Kind.CONTEXT;
        line("call bpf_get_prandom_u32");
        line("r7 = r0");
        regs[7] = Kind.NUMBER;
        for (int slot = 1; slot <= SLOTS; slot++) {
            line("*(u64 *)(r10 - " + 8 * slot + ") = " + random.nextInt(-2, 9));
        }
        for (int reg : new int[] {0, 8, 9}) {
            number(reg);
        }
        statements(8 + random.nextInt(14));
        line("r0 = 2");
        line("exit");
        if (text.indexOf("call change") >= 0) {
            line("change: r3 = *(u64 *)(r1 + 0)");
            line("*(u64 *)(r1 + 0) = r2");
            line("*(u64 *)(r10 - 8) = r1");
            line("r4 = *(u64 *)(r10 - 8)");
            line("*(u8 *)(r4 + 1) = r3");
            line("r0 = r3");
            line("exit");
        }
        if (text.indexOf("body ll") >= 0) {
            line("body: r3 = *(u64 *)(r2 + 0)");
            line("r3 += r1");
            line("*(u64 *)(r2 + 0) = r3");
            line("r0 = 0");
            line("exit");
        }
        return text.toString();
    }

    private void line(String line) {
        text.append(line).append('\n');
    }

    private String label() {
        return "L" + labels++;
    }

    private void statements(int count) {
        for (int i = 0; i < count; i++) {
            statement();
        }
    }

    private int any() {
        int reg = random.nextInt(9);
        return reg < 6 ? reg : reg == 6 ? 0 : reg + 1;
    }

    /// A register of a kind, or -1.
    private int find(Kind kind) {
        int start = random.nextInt(10);
        for (int i = 0; i < 10; i++) {
            int reg = (start + i) % 10;
            if (regs[reg] == kind) {
                return reg;
            }
        }
        return -1;
    }

    private void number(int reg) {
        line("r" + reg + " = " + random.nextInt(-3, 70));
        regs[reg] = Kind.NUMBER;
    }

    private int slot() {
        return 1 + random.nextInt(SLOTS);
    }

    private String at(int slot) {
        return "(r10 - " + 8 * slot + ")";
    }

    private void address(int reg) {
        line("r" + reg + " = r10");
        line("r" + reg + " += " + -8 * slot());
        regs[reg] = Kind.STACK;
    }

    private void forgetSlots() {
        java.util.Arrays.fill(slots, Kind.NUMBER);
    }

    private void statement() {
        int reg = any();
        switch (random.nextInt(16)) {
            case 0 -> number(reg);
            case 1, 2 -> address(reg);
            case 3 -> {
                int other = find(Kind.NUMBER);
                String[] ops = {"+=", "-=", "&=", "|=", "^=", ">>=", "<<=", "/=", "%="};
                String operand = other >= 0 && random.nextBoolean() ? "r" + other : "5";
                if (regs[reg] == Kind.NUMBER) {
                    String width = random.nextInt(3) == 0 ? "w" : "r";
                    operand = operand.replace("r", width);
                    line(width + reg + " " + ops[random.nextInt(ops.length)] + " " + operand);
                }
            }
            case 4, 5 -> {
                int slot = slot();
                if (regs[reg] != Kind.UNSET) {
                    line("*(u64 *)" + at(slot) + " = r" + reg);
                    slots[slot] = regs[reg];
                }
            }
            case 6, 7 -> {
                int slot = slot();
                line("r" + reg + " = *(u64 *)" + at(slot));
                regs[reg] = slots[slot];
            }
            case 8 -> throughPointer(reg);
            case 9 -> partial(reg);
            case 10 -> variable(reg);
            case 11 -> lookup();
            case 12 -> call();
            case 13, 14 -> branch();
            default -> loop();
        }
    }

    private void throughPointer(int reg) {
        int base = find(Kind.STACK);
        if (base < 0) {
            return;
        }
        if (random.nextBoolean()) {
            line("r" + reg + " = *(u64 *)(r" + base + " + 0)");
            regs[reg] = Kind.NUMBER;
        } else {
            int source = find(Kind.NUMBER);
            line("*(u64 *)(r" + base + " + 0) = " + (source < 0 ? "3" : "r" + source));
        }
    }

    private void partial(int reg) {
        int slot = slot();
        String[] sizes = {"u8", "u16", "u32"};
        int index = random.nextInt(3);
        int off = -8 * slot + (random.nextInt(8 >> index) << index);
        if (random.nextBoolean() && slots[slot] == Kind.NUMBER) {
            line("*(" + sizes[index] + " *)(r10 - " + -off + ") = " + random.nextInt(300));
        } else {
            line("r" + reg + " = *(" + sizes[index] + " *)(r10 - " + -off + ")");
            regs[reg] = Kind.NUMBER;
        }
    }

    private void variable(int reg) {
        int offset = find(Kind.NUMBER);
        if (offset < 0 || offset == reg) {
            return;
        }
        line("r" + offset + " &= " + (random.nextBoolean() ? 8 : 24));
        line("r" + reg + " = r10");
        line("r" + reg + " += -" + (32 + 8 * random.nextInt(4)));
        line("r" + reg + " += r" + offset);
        if (random.nextBoolean()) {
            line("*(u64 *)(r" + reg + " + 0) = " + random.nextInt(9));
        }
        regs[reg] = Kind.STACK;
    }

    private void afterCall() {
        for (int reg = 1; reg <= 5; reg++) {
            regs[reg] = Kind.UNSET;
        }
    }

    private void lookup() {
        int kept = 8 + random.nextInt(2);
        line("*(u32 *)(r10 - 72) = " + random.nextInt(5));
        line("r2 = r10");
        line("r2 += -72");
        line("r1 = values ll");
        line("call bpf_map_lookup_elem");
        afterCall();
        if (random.nextBoolean()) {
            line("*(u64 *)" + at(1) + " = r0");
        }
        line("r" + kept + " = r0");
        String skip = label();
        line("if r0 == 0 goto " + skip);
        line("*(u64 *)(r" + kept + " + 8) = 1");
        if (random.nextBoolean()) {
            statements(1 + random.nextInt(3));
        }
        line(skip + ":");
        regs[0] = Kind.UNSET;
        regs[kept] = Kind.UNSET;
        forgetSlots();
    }

    private void call() {
        int pointer = find(Kind.STACK);
        int value = find(Kind.NUMBER);
        if (random.nextBoolean()) {
            line(value < 0 ? "r2 = 1" : "r2 = r" + value);
            if (pointer < 0 || pointer == 2) {
                address(1);
            } else {
                line("r1 = r" + pointer);
            }
            line("call change");
        } else {
            if (pointer < 0) {
                address(3);
            } else {
                line("r3 = r" + pointer);
            }
            line("r1 = " + random.nextInt(4));
            line("r2 = body ll");
            line("r4 = 0");
            line("call bpf_loop");
        }
        afterCall();
        regs[0] = Kind.NUMBER;
        forgetSlots();
    }

    /// A choice by a bit of r7, and perhaps a use of what was chosen behind the same test.
    private void branch() {
        if (depth > 1) {
            return;
        }
        depth++;
        int bit = 1 << random.nextInt(4);
        String other = label();
        String join = label();
        int chosen = 8 + random.nextInt(2);
        line("if r7 & " + bit + " goto " + other);
        Kind[] saved = regs.clone();
        address(chosen);
        statements(random.nextInt(4));
        boolean stays = regs[chosen] == Kind.STACK;
        line("goto " + join);
        line(other + ":");
        regs = saved;
        if (random.nextInt(3) == 0) {
            line("r" + chosen + " = r6");
        } else {
            number(chosen);
        }
        statements(random.nextInt(3));
        line(join + ":");
        for (int reg = 0; reg < 10; reg++) {
            if (reg != 6 && reg != 7 && random.nextInt(3) == 0) {
                regs[reg] = Kind.UNSET;
            }
        }
        regs[chosen] = Kind.UNSET;
        if (random.nextBoolean()) {
            statements(random.nextInt(2));
        }
        if (stays) {
            String end = label();
            line("if r7 & " + bit + " goto " + end);
            if (random.nextBoolean()) {
                line("r" + chosen + " += " + (random.nextBoolean() ? 8 : -8));
            }
            line("*(u64 *)(r" + chosen + " + 0) = " + random.nextInt(20));
            line(end + ":");
        }
        depth--;
    }

    private void loop() {
        if (depth > 1) {
            return;
        }
        depth++;
        String head = label();
        line("*(u64 *)(r10 - 80) = 0");
        line(head + ":");
        statements(1 + random.nextInt(3));
        line("r1 = *(u64 *)(r10 - 80)");
        line("r1 += 1");
        line("*(u64 *)(r10 - 80) = r1");
        line("if r1 < " + (1 + random.nextInt(3)) + " goto " + head);
        regs[1] = Kind.NUMBER;
        depth--;
    }
}
