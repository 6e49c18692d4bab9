package bpf4j.isa;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Texts against those of llvm-objdump-19, where it is installed: random instructions, the
/// conformance cases where they are on this machine, and the examples.
final class ObjdumpAgreementTest {
    private static final String OBJDUMP = "llvm-objdump-19";
    private static final Pattern LINE = Pattern.compile("\\s*(\\d+):\\t([0-9a-f ]+)\\t(.*)");
    private static final Pattern INSNS = Pattern.compile("\"insns\":\"([0-9a-f]*)\"");

    @TempDir private Path folder;

    @Test
    void randomInstructionsReadAlike() throws Exception {
        assumeObjdump();
        ByteArrayOutputStream code = new ByteArrayOutputStream();
        Random random = new Random();
        for (int i = 0; i < 20_000; i++) {
            byte[] slots = RandomWire.slots(random);
            try {
                Codec.decode(slots, ByteOrder.LITTLE_ENDIAN);
                code.write(slots);
            } catch (DecodeException e) {
                assertTrue(e.pc() == 0);
            }
        }
        assertTrue(compare(elf(code.toByteArray())) > 100);
    }

    @Test
    void conformanceCasesReadAlike() throws Exception {
        assumeObjdump();
        String root = System.getProperty("bpf4j.root", "..");
        String given = System.getProperty("bpf4j.conformance", root + "/../shared/conformance");
        Path cases = Path.of(given).resolve("cases.jsonl");
        boolean there = Files.exists(cases);
        if (!there) {
            System.out.println("objdump agreement: skipped for conformance, no " + cases);
        }
        assumeTrue(there);
        ByteArrayOutputStream code = new ByteArrayOutputStream();
        Matcher matcher = INSNS.matcher(Files.readString(cases));
        while (matcher.find()) {
            code.write(HexFormat.of().parseHex(matcher.group(1)));
        }
        assertTrue(compare(elf(code.toByteArray())) > 3000);
    }

    @Test
    void examplesReadAlike() throws Exception {
        assumeObjdump();
        Path examples = Path.of(System.getProperty("bpf4j.root", ".."), "examples");
        try (var files = Files.walk(examples)) {
            for (Path object : files.filter(f -> f.toString().endsWith(".o")).toList()) {
                assertTrue(compare(object) > 0, object.toString());
            }
        }
    }

    /// Compares every line of a listing; the number of lines.
    private int compare(Path object) throws Exception {
        int lines = 0;
        for (Syntax syntax : Syntax.values()) {
            List<String> command = new ArrayList<>(List.of(OBJDUMP, "-d", "-z"));
            if (syntax == Syntax.ALU32) {
                command.add("--mcpu=v4");
            }
            command.add(object.toString());
            Path output = folder.resolve("out.txt");
            Process process = new ProcessBuilder(command).redirectOutput(output.toFile()).start();
            assertEquals(0, process.waitFor());
            for (String line : Files.readString(output).split("\n", -1)) {
                Matcher matcher = LINE.matcher(line);
                if (matcher.matches()) {
                    byte[] bytes = HexFormat.of().parseHex(matcher.group(2).replace(" ", ""));
                    check(bytes, matcher.group(3), syntax);
                    lines++;
                }
            }
        }
        return lines;
    }

    private static void check(byte[] bytes, String theirs, Syntax syntax) throws Exception {
        Insn insn = Codec.decode(bytes, ByteOrder.LITTLE_ENDIAN).at(0);
        String ours = Disassembler.text(insn, syntax);
        assertEquals(Code.of(insn), Assembler.code(ours));
        if (!isBeyondLlvm(insn, syntax)) {
            assertEquals(
                    theirs.replaceAll(" <[^<>]*>$", ""),
                    ours.replaceAll(" <(local|kfunc.*)>$", ""),
                    HexFormat.of().formatHex(bytes));
        }
    }

    /// Whether LLVM 19 prints an instruction as unknown, or without a part of it.
    private static boolean isBeyondLlvm(Insn insn, Syntax syntax) {
        if (insn instanceof Insn.Atomic atomic) {
            boolean plainAdd = atomic.op() == AtomicOp.ADD && !atomic.fetch();
            return syntax == Syntax.GENERIC && atomic.size() == Size.W && !plainAdd;
        }
        return insn instanceof Insn.LoadAcquire
                || insn instanceof Insn.StoreRelease
                || insn instanceof Insn.LoadInd load && load.imm() != 0
                || insn instanceof Insn.LoadImm64 wide
                        && wide.kind() != WideKind.CONST
                        && wide.imm2() != 0;
    }

    private static void assumeObjdump() {
        boolean found = false;
        for (String path : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
            found |= Files.isExecutable(Path.of(path, OBJDUMP));
        }
        if (!found) {
            System.out.println("objdump agreement: skipped, no " + OBJDUMP + " in PATH");
        }
        assumeTrue(found);
    }

    /// An object of nothing but a section of code.
    private Path elf(byte[] code) throws Exception {
        byte[] names = "\0.text\0.shstrtab\0".getBytes(StandardCharsets.US_ASCII);
        int headers = 64 + code.length + (names.length + 7) / 8 * 8;
        ByteBuffer out = ByteBuffer.allocate(headers + 3 * 64).order(ByteOrder.LITTLE_ENDIAN);
        out.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}).position(16);
        out.putShort((short) 1).putShort((short) 247).putInt(1);
        out.putLong(0).putLong(0).putLong(headers).putInt(0);
        out.putShort((short) 64).putShort((short) 0).putShort((short) 0);
        out.putShort((short) 64).putShort((short) 3).putShort((short) 2);
        out.put(code).put(names);
        section(out.position(headers + 64), 1, 1, 6, 64, code.length);
        section(out, 7, 3, 0, 64 + code.length, names.length);
        return Files.write(folder.resolve("code.o"), out.array());
    }

    private static void section(
            ByteBuffer out, int name, int type, int flags, int start, int size) {
        out.putInt(name).putInt(type).putLong(flags).putLong(0).putLong(start).putLong(size);
        out.putInt(0).putInt(0).putLong(8).putLong(0);
    }
}
