package bpf4j.jit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.Map;

/// Calls of every kind give the same as in the interpreter.
class CallsTest {
    private static long result(String text) throws Exception {
        return new Contest(text).run();
    }

    @Test
    void bpfLoopCallsBackUntilTheCallbackStopsIt() throws Exception {
        String text =
                """
                        *(u64 *)(r10 - 8) = 0
                        r1 = %d
                        r2 = body ll
                        r3 = r10
                        r3 += -8
                        r4 = 0
                        call    bpf_loop
                        r1 = *(u64 *)(r10 - 8)
                        r0 <<= 32
                        r0 |= r1
                        exit
                body:   r3 = *(u64 *)(r2 + 0)
                        r3 += r1
                        *(u64 *)(r2 + 0) = r3
                        r0 = 0
                        if r1 < 9 goto +1
                        r0 = 1
                        exit
                """;
        assertEquals(5L << 32 | 10, result(text.formatted(5)));
        assertEquals(10L << 32 | 45, result(text.formatted(1000)));
    }

    @Test
    void callbacksNest() throws Exception {
        assertEquals(
                3 * 4 * 100,
                result(
                        """
                                *(u64 *)(r10 - 8) = 0
                                r1 = 3
                                r2 = outer ll
                                r3 = r10
                                r3 += -8
                                r4 = 0
                                call    bpf_loop
                                r0 = *(u64 *)(r10 - 8)
                                exit
                        outer:  r3 = r2
                                r1 = 4
                                r2 = inner ll
                                r4 = 0
                                call    bpf_loop
                                r0 = 0
                                exit
                        inner:  r3 = *(u64 *)(r2 + 0)
                                r3 += 100
                                *(u64 *)(r2 + 0) = r3
                                r0 = 0
                                exit
                        """));
    }

    @Test
    void forEachVisitsKeysAndValues() throws Exception {
        assertEquals(
                4L << 32 | 1 + 2 + 3 + 4,
                result(
                        """
                                .map    m, array, key=4, value=8, entries=4
                                *(u64 *)(r10 - 24) = 0
                                r1 = m ll
                                r2 = body ll
                                r3 = r10
                                r3 += -24
                                r4 = 0
                                call    bpf_for_each_map_elem
                                r1 = *(u64 *)(r10 - 24)
                                r0 <<= 32
                                r0 |= r1
                                exit
                        body:   r5 = *(u64 *)(r4 + 0)
                                w1 = *(u32 *)(r2 + 0)
                                r1 += 1
                                r5 += r1
                                *(u64 *)(r4 + 0) = r5
                                *(u64 *)(r3 + 0) = r1
                                r0 = 0
                                exit
                        """));
    }

    @Test
    void subprogramsNestEightFramesDeep() throws Exception {
        StringBuilder text = new StringBuilder("r1 = 1\ncall f1\nexit\n");
        for (int i = 1; i <= 7; i++) {
            text.append("f%d: *(u64 *)(r10 - 8) = r1\n r6 = r1\n r1 *= 3\n".formatted(i));
            text.append(i < 7 ? "call f" + (i + 1) + "\n" : "r0 = r1\n");
            text.append("r2 = *(u64 *)(r10 - 8)\n r0 += r2\n r0 ^= r6\n exit\n");
        }
        result(text.toString());
    }

    @Test
    void aSubprogramChangesTheFrameOfItsCaller() throws Exception {
        assertEquals(
                40,
                result(
                        """
                                *(u64 *)(r10 - 8) = 5
                                r6 = 30
                                r1 = r10
                                r1 += -8
                                call    change
                                r0 = *(u64 *)(r10 - 8)
                                r0 += r6
                                exit
                        change: *(u64 *)(r1 + 0) = 10
                                r6 = 3
                                r0 = 0
                                exit
                        """));
    }

    private static final String CHAIN =
            """
                    .map    progs, prog_array, key=4, value=4, entries=4
                    .map    count, array, key=4, value=8, entries=1
                    r6 = r1
                    *(u32 *)(r10 - 4) = 0
                    r2 = r10
                    r2 += -4
                    r1 = count ll
                    call    bpf_map_lookup_elem
                    if r0 == 0 goto none
                    r1 = 1
                    lock *(u64 *)(r0 + 0) += r1
                    r7 = r0
                    r1 = r6
                    r2 = progs ll
                    r3 = %d
                    call    bpf_tail_call
                    r0 = *(u64 *)(r7 + 0)
                    exit
            none:   r0 = 0
                    exit
            """;

    @Test
    void tailCallsEndAfterThirtyThree() throws Exception {
        assertEquals(34, new Contest(CHAIN.formatted(0), Map.of(0, "")).run());
    }

    @Test
    void aTailCallWithoutTargetGoesOn() throws Exception {
        assertEquals(1, new Contest(CHAIN.formatted(3), Map.of(0, "")).run());
        assertEquals(1, new Contest(CHAIN.formatted(77), Map.of(0, "")).run());
    }

    @Test
    void aTailCallInASubprogramReplacesThatFrameOnly() throws Exception {
        String text =
                """
                        .map    progs, prog_array, key=4, value=4, entries=2
                        *(u64 *)(r10 - 8) = 5
                        r6 = 100
                        call    sub
                        r1 = *(u64 *)(r10 - 8)
                        r0 += r1
                        r0 += r6
                        exit
                sub:    r2 = progs ll
                        r3 = 1
                        call    bpf_tail_call
                        r0 = 1000
                        exit
                """;
        assertEquals(1105, new Contest(text).runUnverified());
        String target = "*(u64 *)(r10 - 8) = 77\n r6 = 3\n r0 = 2\n exit\n";
        assertEquals(107, new Contest(text, Map.of(1, target)).runUnverified());
    }

    @Test
    void numbersIterate() throws Exception {
        assertEquals(
                3 + 4 + 5,
                result(
                        """
                        .extern bpf_iter_num_new
                        .extern bpf_iter_num_next
                        .extern bpf_iter_num_destroy
                        r7 = 0
                        r6 = r10
                        r6 += -8
                        r1 = r6
                        r2 = 3
                        r3 = 6
                        call    bpf_iter_num_new
                more:   r1 = r6
                        call    bpf_iter_num_next
                        if r0 == 0 goto out
                        w0 = *(u32 *)(r0 + 0)
                        r7 += r0
                        goto    more
                out:    r1 = r6
                        call    bpf_iter_num_destroy
                        r0 = r7
                        exit
                """));
    }

    @Test
    void mayGotoJumpsWhenItsBudgetIsUsedUp() throws Exception {
        assertEquals(
                8 << 20,
                result(
                        """
                        r0 = 0
                again:  may_goto out
                        r0 += 1
                        goto    again
                out:    exit
                """));
    }
}
