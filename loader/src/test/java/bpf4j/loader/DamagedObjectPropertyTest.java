package bpf4j.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;

import bpf4j.spec.LoadException;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// An object with a few bytes changed is loaded, the same each time, or refused with a
/// [LoadException]. Unlike [MutationTest], this finds the fewest changes that do harm.
class DamagedObjectPropertyTest {
    private static final byte[] OBJECT = object();

    private static byte[] object() {
        try {
            String root = System.getProperty("bpf4j.root", "..");
            return Files.readAllBytes(Path.of(root).resolve("examples/xdp_firewall.bpf.o"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A byte at a place.
    record Edit(int place, byte value) {}

    @Provide
    Arbitrary<Edit> edits() {
        Arbitrary<Integer> places =
                Arbitraries.oneOf(
                        Arbitraries.integers().between(0, OBJECT.length - 1),
                        Arbitraries.integers().between(0, 63),
                        Arbitraries.integers().between(OBJECT.length - 2048, OBJECT.length - 1));
        Arbitrary<Byte> values =
                Arbitraries.oneOf(
                        Arbitraries.bytes(), Arbitraries.of((byte) 0, (byte) 1, (byte) -1));
        return Combinators.combine(places, values).as(Edit::new);
    }

    @Property(tries = 600)
    void damagedObjectsAreLoadedOrRefused(
            @ForAll @Size(min = 1, max = 6) List<@From("edits") Edit> edits) {
        byte[] damaged = OBJECT.clone();
        for (Edit edit : edits) {
            damaged[edit.place] = edit.value;
        }
        assertEquals(outcome(damaged), outcome(damaged));
    }

    @Property(tries = 100)
    void objectsThatAreCutShortAreLoadedOrRefused(@ForAll @IntRange(max = 100_000) int length) {
        byte[] cut = Arrays.copyOf(OBJECT, Math.min(length, OBJECT.length));
        assertEquals(outcome(cut), outcome(cut));
    }

    private static String outcome(byte[] object) {
        try {
            ObjectSpec spec = ObjectSpec.parse(object, "damaged.o");
            return spec.programs().size() + " programs, " + spec.maps().size() + " maps";
        } catch (LoadException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
