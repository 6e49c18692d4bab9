package bpf4j.loader;

import bpf4j.spec.LoadException;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;

/// Says what a file is that is no BPF object.
final class ElfHeader {
    private static final int EM_BPF = 247;
    private static final int SIZE = 64;

    private static final Map<Integer, String> MACHINES =
            Map.ofEntries(
                    Map.entry(3, "x86"),
                    Map.entry(8, "MIPS"),
                    Map.entry(20, "PowerPC"),
                    Map.entry(21, "PowerPC64"),
                    Map.entry(22, "s390x"),
                    Map.entry(40, "ARM"),
                    Map.entry(43, "SPARC64"),
                    Map.entry(62, "x86-64"),
                    Map.entry(183, "aarch64"),
                    Map.entry(190, "CUDA"),
                    Map.entry(224, "AMD GPU"),
                    Map.entry(243, "RISC-V"),
                    Map.entry(258, "LoongArch"));

    private ElfHeader() {}

    static void check(byte[] file) throws LoadException {
        if (file.length == 0) {
            throw new LoadException("the file is empty");
        }
        if (file.length < 4
                || file[0] != 0x7F
                || file[1] != 'E'
                || file[2] != 'L'
                || file[3] != 'F') {
            throw new LoadException(
                    "not an ELF object but "
                            + describe(file)
                            + "; compile C with clang -target bpf -g -O2 -c");
        }
        if (file.length < SIZE) {
            throw new LoadException(
                    "the object is cut off: " + file.length + " bytes, the ELF header has 64");
        }
        if (file[5] != 1 && file[5] != 2) {
            throw new LoadException("ELF byte order " + file[5] + " is unknown");
        }
        ByteBuffer in =
                ByteBuffer.wrap(file)
                        .order(file[5] == 2 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        int machine = in.getShort(18) & 0xFFFF;
        // Compilers before LLVM 3.9 wrote BPF without a number of its own.
        if (machine != EM_BPF && machine != 0) {
            throw new LoadException(
                    "the object is for "
                            + MACHINES.getOrDefault(machine, "machine " + machine)
                            + ", not for BPF; compile with clang -target bpf");
        }
        if (file[4] != 2) {
            throw new LoadException("the object is 32-bit ELF; BPF objects are 64-bit");
        }
        int type = in.getShort(16) & 0xFFFF;
        if (type != 1) {
            throw new LoadException(
                    "the object is "
                            + switch (type) {
                                case 2 -> "an executable";
                                case 3 -> "a shared library";
                                case 4 -> "a core dump";
                                default -> "of ELF type " + type;
                            }
                            + ", not relocatable; compile with -c");
        }
    }

    private static String describe(byte[] file) {
        int shown = Math.min(file.length, 512);
        for (int i = 0; i < shown; i++) {
            int c = file[i] & 0xFF;
            if (c < 9 || (c > 13 && c < 32) || c == 127) {
                return "unknown data";
            }
        }
        return "text";
    }
}
