package bpf4j.jit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Atomic operations on stack, packet and map values give the same as in the interpreter.
class AtomicsTest {
    private static final String[] OPERATIONS = {
        "lock *(u64 *)(r6 + 0) += r2",
        "lock *(u32 *)(r6 + 0) |= r2",
        "lock *(u64 *)(r6 + 8) &= r2",
        "lock *(u32 *)(r6 + 4) ^= r2",
        "r2 = atomic_fetch_add((u64 *)(r6 + 0), r2)",
        "w2 = atomic_fetch_or((u32 *)(r6 + 4), w2)",
        "r2 = atomic_fetch_and((u64 *)(r6 + 8), r2)",
        "w2 = atomic_fetch_xor((u32 *)(r6 + 12), w2)",
        "r2 = xchg_64(r6 + 0, r2)",
        "w2 = xchg32_32(r6 + 4, w2)",
        "r0 = *(u64 *)(r6 + 8)\nr0 = cmpxchg_64(r6 + 8, r0, r2)",
        "r0 = cmpxchg_64(r6 + 8, r0, r2)",
        "w0 = *(u32 *)(r6 + 4)\nw0 = cmpxchg32_32(r6 + 4, w0, w2)",
        "w2 = load_acquire((u16 *)(r6 + 2))",
        "store_release((u32 *)(r6 + 8), r2)",
    };

    private static final String STACK =
            "r6 = r10\nr6 += -16\nr1 = *(u32 *)(r1 + 0)\nif r1 == 7 goto out\n";

    private static final String MAP =
            """
            .map    m, array, key=4, value=16, entries=2
            *(u32 *)(r10 - 20) = 1
            r2 = r10
            r2 += -20
            r1 = m ll
            call    bpf_map_lookup_elem
            if r0 == 0 goto out
            r6 = r0
            """;

    @ParameterizedTest
    @ValueSource(strings = {STACK, MAP})
    void eachGivesTheSame(String start) throws Exception {
        for (String operation : OPERATIONS) {
            new Contest(
                            start
                                    + """
                                    r1 = 0x1122334455667788 ll
                                    *(u64 *)(r6 + 0) = r1
                                    r1 = 0x99aabbccddeeff00 ll
                                    *(u64 *)(r6 + 8) = r1
                                    r2 = 0x0f0f0f0ff0f0f0f0 ll
                                    r0 = 7
                                    """
                                    + operation
                                    + """

                                    r0 ^= r2
                                    r1 = *(u64 *)(r6 + 0)
                                    r0 *= 31
                                    r0 ^= r1
                                    r1 = *(u64 *)(r6 + 8)
                                    r0 *= 31
                                    r0 ^= r1
                                    exit
                                    out:
                                    r0 = 0
                                    exit
                                    """)
                    .run();
        }
    }

    @Test
    void countersInAMapAddUp() throws Exception {
        new Contest(MAP + "r1 = 3\nlock *(u64 *)(r6 + 8) += r1\nout: r0 = 1\nexit\n").run();
    }
}
