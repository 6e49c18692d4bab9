package bpf4j.isa;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bpf4j.spec.ProgramSpec;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/// Hostile input for the decoder and the assembler: nothing but their own exceptions, and whatever
/// they accept comes back the same. `main` runs ten million inputs of each, or as many
/// as its first argument says, from the seed that is its second.
final class InstructionFuzz {
    private static final String[] WORDS = {
        "r0",
        "r1",
        "r10",
        "r11",
        "w0",
        "w9",
        "exit",
        "goto",
        "gotol",
        "may_goto",
        "if",
        "call",
        "callx",
        "lock",
        "ld_pseudo",
        "store_release",
        "load_acquire",
        "ll",
        "skb",
        "u8",
        "u16",
        "u32",
        "u64",
        "s8",
        "s16",
        "s32",
        "le16",
        "be32",
        "bswap64",
        "addr_space_cast",
        "xchg_64",
        "xchg32_32",
        "cmpxchg_64",
        "cmpxchg32_32",
        "atomic_fetch_add",
        "pc",
        "out",
        "data",
        "flows",
        "bpf_map_lookup_elem",
        "0",
        "1",
        "-1",
        "0xffffffff",
        "0x100000000",
        "99999999999999999999",
        "0x",
        "1f",
        "(",
        ")",
        "[",
        "]",
        "*",
        "+",
        "-",
        "+=",
        "s>>=",
        "=",
        "==",
        "s>",
        "<",
        ">",
        ",",
        ":",
        ";",
        "#",
        "//",
        "/*",
        "*/",
        "\"",
        "\\",
        "\n",
        "\t",
        "~",
        "<<",
        "%",
        "&",
        ".data",
        ".text",
        ".byte",
        ".quad",
        ".zero",
        ".asciz",
        ".align",
        ".p2align",
        ".map",
        ".template",
        ".entry",
        ".extern",
        ".equ",
        ".program",
        ".flag",
        ".license",
        "hash",
        "xdp",
        "key=4",
        "inner=flows",
        "16777216",
        "\"00\"",
        "é",
        "\u0000",
        "kfunc",
        "local",
        "0:\t",
        "<main>:"
    };

    private final Random random;
    private final String[] corpus;
    private final List<byte[]> slots = new ArrayList<>();
    private int accepted;

    private InstructionFuzz(long seed) {
        random = new Random(seed);
        List<String> lines = new ArrayList<>();
        for (Insn insn : Samples.everyForm()) {
            lines.add(Disassembler.text(insn));
            slots.add(Codec.encode(Code.of(insn), ByteOrder.LITTLE_ENDIAN));
        }
        lines.add(".map flows, hash, key=4, value=8, entries=16, flags=1");
        lines.add(".template t, array, key=4, value=8, entries=1");
        lines.add(".map outer, array_of_maps, key=4, value=4, entries=2, inner=t");
        lines.add(".entry flows, \"01000000\", \"0200000000000000\"");
        lines.add(".data\nx: .long 1, 2, 3\ny: .asciz \"text\\n\"\n.align 8\n.text");
        lines.add("r1 = flows ll; r2 = flows[0] + 4 ll; r3 = x + 4 ll");
        lines.add(".program cgroup_sock_addr, 10\n.flag sleepable\n.extern bpf_k");
        lines.add("out: call bpf_k; call out; if r1 == 0 goto out");
        corpus = lines.toArray(String[]::new);
    }

    /// Runs both on this many random inputs each.
    static void run(int count) {
        InstructionFuzz fuzz = new InstructionFuzz(new Random().nextLong());
        fuzz.decoder(count);
        fuzz.assembler(count);
        assertTrue(fuzz.accepted > count / 100, fuzz.accepted + " accepted");
    }

    public static void main(String[] args) {
        int count = args.length > 0 ? Integer.parseInt(args[0]) : 10_000_000;
        long seed = args.length > 1 ? Long.parseLong(args[1]) : System.nanoTime();
        System.out.println("seed " + seed);
        InstructionFuzz fuzz = new InstructionFuzz(seed);
        long start = System.nanoTime();
        fuzz.decoder(count);
        report("decoder", count, fuzz.accepted, start);
        fuzz.accepted = 0;
        start = System.nanoTime();
        fuzz.assembler(count);
        report("assembler", count, fuzz.accepted, start);
    }

    private static void report(String what, int count, int accepted, long start) {
        System.out.printf(
                Locale.ROOT,
                "%s: %d inputs, %d accepted, %.0f s%n",
                what,
                count,
                accepted,
                (System.nanoTime() - start) / 1e9);
    }

    private void decoder(int count) {
        for (int i = 0; i < count; i++) {
            byte[] bytes = wire();
            ByteOrder order =
                    random.nextInt(8) > 0 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
            try {
                Code code = Codec.decode(bytes, order);
                accepted++;
                assertArrayEquals(bytes, Codec.encode(code, order));
                Codec.checkJumps(code);
            } catch (DecodeException e) {
                assertTrue(e.pc() >= 0 && e.pc() <= bytes.length / 8);
            } catch (RuntimeException e) {
                throw new AssertionError(Arrays.toString(bytes), e);
            }
        }
    }

    private byte[] wire() {
        if (random.nextInt(4) == 0) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            return bytes;
        }
        byte[] bytes = new byte[0];
        for (int n = random.nextInt(4); n >= 0; n--) {
            byte[] more =
                    random.nextInt(8) == 0
                            ? RandomWire.slots(random)
                            : slots.get(random.nextInt(slots.size()));
            bytes = Arrays.copyOf(bytes, bytes.length + more.length);
            System.arraycopy(more, 0, bytes, bytes.length - more.length, more.length);
        }
        if (random.nextInt(4) == 0) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return random.nextInt(16) == 0 ? Arrays.copyOf(bytes, bytes.length - 1) : bytes;
    }

    private void assembler(int count) {
        for (int i = 0; i < count; i++) {
            String text = text();
            try {
                ProgramSpec spec = Assembler.assemble(text, "fuzz");
                accepted++;
                if (i % 16 == 0) {
                    Code back = Assembler.code(Disassembler.source(spec));
                    assertEquals(spec.code(), back);
                }
            } catch (AssemblyException e) {
                assertTrue(e.line() > 0 && e.column() > 0 && !e.display().isEmpty());
            } catch (RuntimeException e) {
                throw new AssertionError(text, e);
            }
        }
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(3); n >= 0; n--) {
            text.append(corpus[random.nextInt(corpus.length)]).append('\n');
        }
        for (int n = random.nextInt(4); n > 0; n--) {
            int at = random.nextInt(text.length() + 1);
            switch (random.nextInt(4)) {
                case 0 -> text.insert(at, WORDS[random.nextInt(WORDS.length)]);
                case 1 -> text.insert(at, " " + WORDS[random.nextInt(WORDS.length)] + " ");
                case 2 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(6)));
                default -> text.insert(at, (char) random.nextInt(0x100));
            }
        }
        return text.toString();
    }
}
