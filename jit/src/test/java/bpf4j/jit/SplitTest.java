package bpf4j.jit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.Random;

/// Programs that are too large for one method give the same as in the interpreter.
class SplitTest {
    /// Arithmetic on r6 to r9 without end.
    private static String filler(long seed, int length) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        String[] operators = {"+=", "-=", "^=", "*=", "|="};
        for (int i = 0; i < length; i++) {
            text.append('r').append(6 + random.nextInt(4));
            text.append(' ').append(operators[random.nextInt(operators.length)]);
            if (random.nextBoolean()) {
                text.append(" r").append(6 + random.nextInt(4));
            } else {
                text.append(' ').append(random.nextInt(1 << 20) | 1);
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static final String START =
            """
            r6 = *(u32 *)(r1 + 0)
            r7 = r6
            r7 *= 77
            r8 = r7
            r8 ^= r6
            r9 = 5
            """;

    private static final String END = "r0 = r6\nr0 ^= r7\nr0 ^= r8\nr0 ^= r9\nexit\n";

    @Test
    void aLoopRunsAcrossChunks() throws Exception {
        Contest contest =
                new Contest(
                        START
                                + "*(u64 *)(r10 - 8) = 0\nagain:\n"
                                + filler(1, 3000)
                                + """
                                r1 = *(u64 *)(r10 - 8)
                                r1 += 1
                                *(u64 *)(r10 - 8) = r1
                                if r1 < 20 goto again
                                """
                                + filler(2, 1000)
                                + END);
        contest.run();
        assertTrue(contest.classes() >= 2 * 3, contest.classes() + " classes of three programs");
    }

    @Test
    void jumpsGoFromChunkToChunk() throws Exception {
        StringBuilder text = new StringBuilder(START + "r0 = 0\n");
        for (int part = 0; part < 12; part++) {
            text.append("part").append(part).append(":\n").append(filler(part, 300));
            text.append("r1 = r6\nr1 &= 1\n");
            text.append("if r1 == 0 goto part").append(Math.min(12, part + 3)).append('\n');
        }
        new Contest(text + "part12:\n" + END).run();
    }

    @Test
    void chunksCallSubprogramsAndHelpersCallBack() throws Exception {
        new Contest(
                        START
                                + filler(3, 2000)
                                + """
                                r1 = r6
                                r2 = r7
                                call    small
                                r6 ^= r0
                                *(u64 *)(r10 - 16) = r6
                                r1 = 4
                                r2 = body ll
                                r3 = r10
                                r3 += -16
                                r4 = 0
                                call    bpf_loop
                                r6 = *(u64 *)(r10 - 16)
                                r1 = r6
                                call    large
                                r7 ^= r0
                                """
                                + filler(4, 1000)
                                + END
                                + """
                                small:
                                r0 = r1
                                r0 += r2
                                exit
                                body:
                                r3 = *(u64 *)(r2 + 0)
                                r3 *= 3
                                *(u64 *)(r2 + 0) = r3
                                r0 = 0
                                exit
                                large:
                                r6 = r1
                                r7 = 1
                                r8 = 2
                                r9 = 3
                                """
                                + filler(5, 2500)
                                + END)
                .run();
    }

    @Test
    void theBudgetOfMayGotoGoesFromChunkToChunk() throws Exception {
        new Contest(
                        START
                                + "r0 = 0\nagain: may_goto out\nr0 += 1\n"
                                + filler(6, 1800)
                                + "if r0 < 50 goto again\nout:\n"
                                + END)
                .run();
    }
}
