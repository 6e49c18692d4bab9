package bpf4j.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import bpf4j.spec.LoadException;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;

class ByteOrderTest {
    @Test
    void objectsForBigEndianMemoryAreNotRun() {
        Path object =
                Path.of(System.getProperty("bpf4j.root", ".."))
                        .resolve("loader/src/test/resources/objects/maps_be.bpf.o");
        LoadException refused = assertThrows(LoadException.class, () -> Bpf.create().load(object));
        assertEquals(
                "object 'maps_be' is compiled for big-endian memory; programs run in little-endian"
                        + " memory here: compile with -target bpfel",
                refused.getMessage());
    }
}
