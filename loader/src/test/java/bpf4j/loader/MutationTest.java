package bpf4j.loader;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import bpf4j.btf.Btf;
import bpf4j.btf.BtfPrinter;
import bpf4j.btf.BtfRenderer;
import bpf4j.spec.LoadException;
import bpf4j.spec.MapSpec;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/// Damaged objects are loaded or refused with a [LoadException], never anything else, each in less
/// than a second. `-Dbpf4j.mutations=2000000` tries that many, `-Dbpf4j.mutations.seed=N` begins
/// elsewhere; a failure names the seed of the mutant.
final class MutationTest {
    private static final int[] INTERESTING = {
        0,
        1,
        -1,
        2,
        3,
        4,
        7,
        8,
        16,
        24,
        64,
        0x7FFF,
        0xFFFF,
        0x10000,
        0x7FFFFFFF,
        0x80000000,
        0x7FFFFFF8,
        0x0F000000,
        0x04000000,
        0x85,
        0x18
    };

    @Test
    void damagedObjectsAreLoadedOrRefused() throws Exception {
        List<byte[]> originals = originals();
        long mutations = Long.getLong("bpf4j.mutations", 4000);
        long first = Long.getLong("bpf4j.mutations.seed", 1);
        long refused = 0;
        long slowest = 0;
        for (long seed = first; seed < first + mutations; seed++) {
            Random random = new Random(seed);
            byte[] original = originals.get(random.nextInt(originals.size()));
            byte[] mutant = mutate(original, random);
            long start = System.nanoTime();
            try {
                use(mutant);
            } catch (LoadException e) {
                refused++;
                if (e.getMessage() == null || e.getMessage().lines().count() != 1) {
                    fail("seed " + seed + ": message of several lines", e);
                }
            } catch (RuntimeException | Error e) {
                fail("seed " + seed + ": " + e, e);
            }
            long took = System.nanoTime() - start;
            slowest = Math.max(slowest, took);
            // The first ones run before anything is compiled.
            if (took > 1_000_000_000L && seed > first + 100) {
                fail("seed " + seed + " took " + took / 1_000_000 + " ms");
            }
        }
        System.out.println(
                mutations
                        + " mutants: "
                        + refused
                        + " refused, slowest "
                        + slowest / 1_000_000
                        + " ms");
        assertTrue(refused > mutations / 100);
    }

    private static List<byte[]> originals() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/test/resources/objects"))) {
            List<byte[]> all = new ArrayList<>();
            for (Path file : files.sorted().toList()) {
                all.add(Files.readAllBytes(file));
            }
            return all;
        }
    }

    /// Everything that a user of the loader can do with an object.
    private static void use(byte[] mutant) throws LoadException {
        ObjectSpec spec = ObjectSpec.parse(mutant, "mutant.o");
        spec.variables();
        spec.unsupported();
        LoadException last = null;
        for (Program program : spec.declared()) {
            try {
                if (program.unsupported() == null) {
                    spec.link(program.name());
                }
            } catch (LoadException e) {
                last = e;
            }
        }
        Btf btf = spec.btf();
        if (btf != null) {
            BtfPrinter.all(btf);
            BtfRenderer renderer = new BtfRenderer(btf, spec.order());
            for (MapSpec map : spec.maps()) {
                for (MapSpec.Entry entry : map.initial()) {
                    if (entry.content() instanceof MapSpec.Content.Bytes bytes) {
                        renderer.text(map.valueType(), bytes.value());
                    }
                }
            }
        }
        for (Variable variable : spec.variables()) {
            try {
                spec.withVariable(variable.name(), "1");
            } catch (LoadException e) {
                last = e;
            }
        }
        if (last != null) {
            throw last;
        }
    }

    private static byte[] mutate(byte[] original, Random random) {
        byte[] mutant = original.clone();
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            int[] range = range(mutant, random);
            int at = range[0] + random.nextInt(Math.max(1, range[1]));
            if (at >= mutant.length) {
                continue;
            }
            switch (random.nextInt(8)) {
                case 0 -> mutant[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> mutant[at] = (byte) random.nextInt();
                case 2, 3 -> word(mutant, at & ~3, INTERESTING[random.nextInt(INTERESTING.length)]);
                case 4 -> word(mutant, at & ~3, random.nextInt());
                case 5 -> {
                    int word = at & ~3;
                    if (word + 4 <= mutant.length) {
                        ByteBuffer bytes = ByteBuffer.wrap(mutant).order(ByteOrder.LITTLE_ENDIAN);
                        bytes.putInt(word, bytes.getInt(word) + random.nextInt(17) - 8);
                    }
                }
                case 6 -> {
                    int from = random.nextInt(mutant.length);
                    int length = Math.min(random.nextInt(64), mutant.length - Math.max(at, from));
                    System.arraycopy(original, from, mutant, at, Math.max(0, length));
                }
                default -> {
                    if (random.nextInt(8) == 0) {
                        mutant = java.util.Arrays.copyOf(mutant, Math.max(64, at));
                    } else {
                        word(mutant, at & ~7, 0);
                    }
                }
            }
        }
        return mutant;
    }

    private static void word(byte[] mutant, int at, int value) {
        if (at + 4 <= mutant.length) {
            ByteBuffer.wrap(mutant).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
        }
    }

    /// The header, the section table, or one of the sections: each as likely, however large.
    private static int[] range(byte[] object, Random random) {
        ByteBuffer in = ByteBuffer.wrap(object);
        in.order(object[5] == 2 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        long table = in.getLong(40);
        int count = in.getShort(60) & 0xFFFF;
        if (table < 64 || table + count * 64L > object.length) {
            return new int[] {0, object.length};
        }
        int choice = random.nextInt(count + 2);
        if (choice == 0) {
            return new int[] {0, 64};
        }
        if (choice == 1) {
            return new int[] {(int) table, count * 64};
        }
        int header = (int) table + (choice - 2) * 64;
        long start = in.getLong(header + 24);
        long size = in.getLong(header + 32);
        if (start < 0 || size <= 0 || start > object.length || size > object.length - start) {
            return new int[] {0, object.length};
        }
        return new int[] {(int) start, (int) size};
    }
}
