package bpf4j.vm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;

class LayoutTest {
    record Inner(byte a, int b) {}

    record Outer(short x, Inner inner, @Bytes(3) byte[] mac, long total) {}

    @Test
    void recordsAreLaidOutAsCDoes() {
        Layout<Outer> layout = Layout.of(Outer.class, 24);
        byte[] memory = new byte[24];
        layout.write(
                MemorySegment.ofArray(memory),
                0,
                new Outer((short) 1, new Inner((byte) 2, 3), new byte[] {4, 5, 6}, 7));
        assertArrayEquals(
                new byte[] {1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 5, 6, 0, 7, 0, 0, 0, 0, 0, 0, 0},
                memory);
        Outer read = layout.read(MemorySegment.ofArray(memory), 0);
        assertEquals(new Inner((byte) 2, 3), read.inner());
        assertArrayEquals(new byte[] {4, 5, 6}, read.mac());
        assertEquals(7, read.total());
    }

    @Test
    void aTypeOfAnotherSizeIsRefused() {
        var e = assertThrows(IllegalArgumentException.class, () -> Layout.of(Long.class, 4));
        assertEquals("Long takes 8 bytes, the map has 4", e.getMessage());
    }

    @Test
    void aTypeWithoutALayoutIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> Layout.of(String.class, 4));
    }
}
