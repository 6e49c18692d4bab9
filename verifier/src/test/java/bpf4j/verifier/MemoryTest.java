package bpf4j.verifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class MemoryTest {
    private static final String MAP = ".map m, hash, key=4, value=16, entries=8\n";
    private static final String LOOKUP =
            MAP
                    + """
                    *(u32 *)(r10 - 4) = 0
                    r2 = r10
                    r2 += -4
                    r1 = m ll
                    call bpf_map_lookup_elem
                    """;

    @Test
    void aLookupMustBeComparedWithNull() throws Exception {
        Rejection rejection =
                Programs.refuses(
                        "R0 invalid mem access 'map_value_or_null'",
                        LOOKUP + "r0 = *(u64 *)(r0 + 0)\nexit");
        assertEquals("NULL_DEREFERENCE", rejection.rule());
        assertEquals(13, rejection.errno());
        assertTrue(rejection.reason().contains("bpf_map_lookup_elem"), rejection.reason());
        assertTrue(rejection.missing().contains("R0 != NULL"), rejection.missing());
        assertEquals(1, rejection.path().size());
    }

    @Test
    void aValueIsAccessibleUpToItsSize() throws Exception {
        String checked = LOOKUP + "if r0 == 0 goto out\n";
        Programs.accept(checked + "r1 = *(u64 *)(r0 + 8)\nout: r0 = 0\nexit");
        Programs.refuses(
                "invalid access to map value, value_size=16 off=9 size=8",
                checked + "r1 = *(u64 *)(r0 + 9)\nout: r0 = 0\nexit");
    }

    @Test
    void anIndexMustBeBounded() throws Exception {
        String start = LOOKUP + "if r0 == 0 goto out\nr6 = r0\ncall bpf_get_prandom_u32\n";
        Programs.accept(start + "r0 &= 15\nr6 += r0\nr1 = *(u8 *)(r6 + 0)\nout: r0 = 0\nexit");
        Programs.refuses(
                "invalid access to map value, value_size=16 off=31 size=1",
                start + "r0 &= 31\nr6 += r0\nr1 = *(u8 *)(r6 + 0)\nout: r0 = 0\nexit");
        Programs.refuses(
                "R6 unbounded memory access, make sure to bounds check any such access",
                start
                        + "r1 = 1\nr1 <<= 40\nif r0 > r1 goto out\nr6 += r0\n"
                        + "r1 = *(u8 *)(r6 + 0)\nout: r0 = 0\nexit");
    }

    @Test
    void copiesOfALookupAreCheckedTogether() throws Exception {
        Programs.accept(
                LOOKUP + "r6 = r0\nif r0 == 0 goto out\nr1 = *(u64 *)(r6 + 0)\nout: r0 = 0\nexit");
    }

    @Test
    void anArrayElementWithAConstantIndexExists() throws Exception {
        String text =
                """
                .map a, array, key=4, value=8, entries=4
                *(u32 *)(r10 - 8) = %d
                r2 = r10
                r2 += -8
                r1 = a ll
                call bpf_map_lookup_elem
                r0 = *(u64 *)(r0 + 0)
                exit
                """;
        Programs.accept(text.formatted(3));
        Programs.refuses("R0 invalid mem access 'map_value_or_null'", text.formatted(4));
    }

    @Test
    void theStackHas512Bytes() throws Exception {
        Programs.accept("*(u64 *)(r10 - 512) = 0\nr0 = 0\nexit");
        Programs.refuses(
                "invalid write to stack R10 off=-520 size=8",
                "*(u64 *)(r10 - 520) = 0\nr0 = 0\nexit");
        Programs.refuses("invalid write to stack R10 off=0 size=8", "*(u64 *)(r10 + 0) = 0\nexit");
    }

    @Test
    void aSpilledPointerIsFoundAgain() throws Exception {
        Programs.accept(
                """
                .program xdp
                *(u64 *)(r10 - 8) = r1
                r2 = *(u64 *)(r10 - 8)
                r0 = *(u32 *)(r2 + 0)
                r0 = 0
                exit
                """);
    }

    @Test
    void anOverwrittenPointerIsLost() throws Exception {
        Programs.refuses(
                "R2 invalid mem access 'scalar'",
                """
                .program xdp
                *(u64 *)(r10 - 8) = r1
                *(u8 *)(r10 - 5) = 0
                r2 = *(u64 *)(r10 - 8)
                r0 = *(u32 *)(r2 + 0)
                exit
                """);
    }

    @Test
    void stackAccessMustBeAligned() throws Exception {
        Programs.refuses(
                "misaligned stack access off 0+0+-4 size 8", "*(u64 *)(r10 - 4) = 0\nr0 = 0\nexit");
    }

    @Test
    void unwrittenStackIsReadOnlyByTheTrusted() throws Exception {
        String text = "r0 = *(u64 *)(r10 - 8)\nexit";
        Programs.accept(text);
        assertEquals(
                "invalid read from stack R10 off=-8 size=8",
                Programs.refuse(text, bpf4j.spec.LoadPolicy.UNPRIVILEGED).kernelText());
    }

    private static final String PACKET =
            """
            .program xdp
            r2 = *(u32 *)(r1 + 0)
            r3 = *(u32 *)(r1 + 4)
            """;

    @Test
    void packetBytesMustBeShownToBeThere() throws Exception {
        Rejection rejection =
                Programs.refuses(
                        "invalid access to packet, off=0 size=1, R2(id=0,off=0,r=0)",
                        PACKET + "r0 = *(u8 *)(r2 + 0)\nexit");
        assertEquals("PACKET_BOUNDS", rejection.rule());
        String checked = PACKET + "r4 = r2\nr4 += 14\nif r4 > r3 goto out\n";
        Programs.accept(checked + "r0 = *(u16 *)(r2 + 12)\nout: r0 = 2\nexit");
        Programs.refuses(
                "invalid access to packet, off=13 size=2, R2(id=0,off=13,r=14)",
                checked + "r0 = *(u16 *)(r2 + 13)\nout: r0 = 2\nexit");
    }

    @Test
    void anOpenComparisonGivesOneByteMore() throws Exception {
        Programs.accept(
                PACKET
                        + "r4 = r2\nr4 += 14\nif r4 >= r3 goto out\n"
                        + "r0 = *(u8 *)(r2 + 14)\nout: r0 = 2\nexit");
    }

    @Test
    void helpersThatMoveThePacketEndItsPointers() throws Exception {
        Programs.refuses(
                "R7 invalid mem access 'scalar'",
                """
                .program xdp
                r6 = r1
                r7 = *(u32 *)(r1 + 0)
                r3 = *(u32 *)(r1 + 4)
                r4 = r7
                r4 += 14
                if r4 > r3 goto out
                r2 = 4
                call bpf_xdp_adjust_head
                r0 = *(u8 *)(r7 + 0)
                out: r0 = 2
                exit
                """);
    }

    @Test
    void pointersAreNotCombined() throws Exception {
        Programs.refuses("R1 pointer += pointer prohibited", "r1 += r10\nr0 = 0\nexit");
        Programs.refuses("R1 bitwise operator &= on pointer prohibited", "r1 &= 7\nr0 = 0\nexit");
    }

    @Test
    void contextFieldsHaveTheirSizes() throws Exception {
        Programs.refuses(
                "invalid bpf_context access off=4 size=8",
                ".program xdp\nr0 = *(u64 *)(r1 + 4)\nexit");
        Programs.refuses(
                "dereference of modified ctx ptr R1 off=4 disallowed",
                ".program xdp\nr1 += 4\nr0 = *(u32 *)(r1 + 0)\nexit");
    }

    @Test
    void ringBufferRecordsMustBeReleased() throws Exception {
        String reserve =
                """
                .map rb, ringbuf, entries=4096
                r1 = rb ll
                r2 = 8
                r3 = 0
                call bpf_ringbuf_reserve
                if r0 == 0 goto out
                """;
        Programs.accept(
                reserve
                        + """
                        *(u64 *)(r0 + 0) = 1
                        r1 = r0
                        r2 = 0
                        call bpf_ringbuf_submit
                        out: r0 = 0
                        exit
                        """);
        Rejection leak = Programs.refuse(reserve + "out: r0 = 0\nexit");
        assertEquals("REFERENCE_LEAK", leak.rule());
        assertTrue(leak.kernelText().contains("Unreleased reference"), leak.kernelText());
        Programs.refuses(
                "R6 invalid mem access 'scalar'",
                reserve
                        + """
                        r6 = r0
                        r1 = r0
                        r2 = 0
                        call bpf_ringbuf_submit
                        r0 = *(u64 *)(r6 + 0)
                        out: r0 = 0
                        exit
                        """);
    }
}
