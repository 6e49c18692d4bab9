package bpf4j.perf.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

import java.util.List;

class OutcomeTest {
    private static final Outcome EXPECTED =
            new Outcome(1, new byte[] {1, 2, 3}, List.of(new byte[] {7}));

    @Test
    void theSameOutcomeHasNoDifference() {
        assertNull(
                new Outcome(1, new byte[] {1, 2, 3}, List.of(new byte[] {7})).difference(EXPECTED));
    }

    @Test
    void anotherReturnValueIsADifference() {
        assertEquals("returns 2 instead of 1", new Outcome(2, null, null).difference(EXPECTED));
    }

    @Test
    void anotherPacketIsADifference() {
        assertEquals(
                "leaves another packet: byte 2 differs",
                new Outcome(1, new byte[] {1, 2, 4}, null).difference(EXPECTED));
    }

    @Test
    void anotherMapValueIsADifference() {
        assertEquals(
                "leaves 08 instead of 07 in watched value 0 of its maps",
                new Outcome(1, null, List.of(new byte[] {8})).difference(EXPECTED));
    }

    @Test
    void whatCannotBeSeenIsNotCompared() {
        assertNull(new Outcome(1, null, null).difference(EXPECTED));
    }
}
