package bpf4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import bpf4j.isa.Code;
import bpf4j.isa.Codec;
import bpf4j.isa.DecodeException;
import bpf4j.kernel.KernelProgram;
import bpf4j.kernel.LoadRequest;
import bpf4j.spec.LoadPolicy;
import bpf4j.spec.ProgramSpec;
import bpf4j.spec.ProgramTypes;
import bpf4j.verifier.VerificationException;
import bpf4j.verifier.Verifier;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Every opcode, with its fields at their bounds and registers of every plain kind, is judged as
/// Linux judges it, with the same words.
final class OpcodesAgainstLinuxTest {
    private static final int[] DESTINATIONS = {0, 1, 2, 3, 9, 10, 11};
    private static final int[] SOURCES = {0, 1, 2, 3, 9, 10, 12};
    private static final int[] OFFSETS = {0, 1, 2, 8, 16, 32, -1, -8};
    private static final int[] IMMEDIATES = {0, 1, 8, 16, 64, 0x41, 0x51, 0xe1, 0xf1, 0x100, -1};

    /// Every how many-th combination is tried, a prime: all take minutes.
    private static final int STRIDE = 499;

    private static final int WIDE_LOAD = 0x18;
    private static final int CALL = 0x85;
    private static final int LOAD_ACQUIRE = 0x100;

    /// r0 is 0, r1 the context, r2 the address of 8 bytes of the stack, r3 any number, r9 not set.
    private static final long[] BEFORE = {
        slot(0xbf, 6, 1, 0, 0),
        slot(0x85, 0, 0, 0, 7),
        slot(0xbf, 3, 0, 0, 0),
        slot(0x7a, 10, 0, -8, 0),
        slot(0xbf, 2, 10, 0, 0),
        slot(0x07, 2, 0, 0, -8),
        slot(0xbf, 1, 6, 0, 0),
        slot(0xb7, 0, 0, 0, 0),
    };
    private static final long[] AFTER = {slot(0xb7, 0, 0, 0, 0), slot(0x95, 0, 0, 0, 0)};

    @BeforeAll
    static void needsTheKernelOfTheTables() throws IOException {
        String reason = KernelProgram.unavailable();
        assumeTrue(reason == null, reason);
        String release = Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip();
        assumeTrue(release.startsWith("6.18."), "the rules are Linux 6.18's, this is " + release);
    }

    private static long slot(int opcode, int dst, int src, int off, int imm) {
        return opcode
                | (long) dst << 8
                | (long) src << 12
                | (off & 0xffffL) << 16
                | (long) imm << 32;
    }

    @Test
    void everyOpcode() {
        List<String> differences = new ArrayList<>();
        int programs = 0;
        int combination = 0;
        for (int opcode = 0; opcode < 256; opcode++) {
            for (int dst : DESTINATIONS) {
                for (int src : SOURCES) {
                    for (int off : OFFSETS) {
                        for (int imm : IMMEDIATES) {
                            if (combination++ % STRIDE == 0
                                    && isComparable(opcode, dst, src, imm)) {
                                compare(slot(opcode, dst, src, off, imm), differences);
                                programs++;
                            }
                        }
                    }
                }
            }
        }
        assertEquals(List.of(), differences);
        assertTrue(programs > 1_500, programs + " programs");
        System.out.println(programs + " opcodes with fields: verdicts and words as Linux's");
    }

    /// Objects of the kernel have no types here, and Linux lets a load-acquire read the context
    /// unconverted when it overwrites the context's register.
    private static boolean isComparable(int opcode, int dst, int src, int imm) {
        return (opcode != WIDE_LOAD || src != 3)
                && (opcode != CALL || src != 2)
                && (imm != LOAD_ACQUIRE || dst != src);
    }

    private static void compare(long insn, List<String> differences) {
        boolean wide = (insn & 0xff) == WIDE_LOAD;
        ByteBuffer bytes = ByteBuffer.allocate(128).order(ByteOrder.LITTLE_ENDIAN);
        for (long before : BEFORE) {
            bytes.putLong(before);
        }
        bytes.putLong(insn);
        if (wide) {
            bytes.putLong(0);
        }
        for (long after : AFTER) {
            bytes.putLong(after);
        }
        byte[] insns = new byte[bytes.position()];
        bytes.flip().get(insns);
        LoadRequest request = new LoadRequest("probe", 1, 0, 0, "GPL", insns, null, new byte[0]);
        KernelProgram.Verdict linux = KernelProgram.load(request, 1);
        try (KernelProgram _ = linux.program()) {
            String difference = difference(insns, linux);
            if (difference != null) {
                differences.add("%016x: %s".formatted(insn, difference));
            }
        }
    }

    private static @Nullable String difference(byte[] insns, KernelProgram.Verdict linux) {
        Code code;
        try {
            code = Codec.decodeProgram(insns, ByteOrder.LITTLE_ENDIAN);
        } catch (DecodeException e) {
            // Linux looks at fields when it gets there, so that something else may come first.
            return linux.accepted() ? "Linux accepts, ours: " + e.kernelText() : null;
        }
        try {
            Verifier.verify(
                    ProgramSpec.of("probe", ProgramTypes.SOCKET_FILTER, code, List.of()),
                    LoadPolicy.TRUSTED);
            return linux.accepted() ? null : "we accept, Linux: " + linux.log();
        } catch (VerificationException e) {
            String words = e.rejection().kernelText();
            if (linux.accepted()) {
                return "Linux accepts, ours: " + words;
            }
            String first = words.lines().findFirst().orElse("");
            return linux.log().contains(first)
                    ? null
                    : "ours: " + words + ", Linux: " + linux.log();
        }
    }
}
