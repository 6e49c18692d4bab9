package bpf4j.verifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bpf4j.spec.LoadPolicy;
import bpf4j.spec.ProgramSpec;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Short cuts must not change verdicts: the same programs are explored without them.
class PruningTest {
    private static final Options PLAIN = Options.DEFAULT;
    private static final Options NO_PRUNING = new Options(0, 1_000_000, 8192, false, false, false);
    private static final Options ALL_PRECISE = new Options(0, 1_000_000, 8192, true, true, false);
    private static final Options EVERYWHERE = new Options(0, 1_000_000, 8192, false, true, true);

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Two numbers meet; only one is small enough.
                """
                call bpf_get_prandom_u32
                r6 = 0
                if r0 == 0 goto a
                r6 = -520
                a: r7 = 0
                if r0 == 1 goto b
                r7 = 1
                b: r1 = r10
                r1 += -8
                r1 += r6
                *(u8 *)(r1 + 0) = 1
                r0 = 0
                exit
                """,
                // The number that matters goes through the stack.
                """
                call bpf_get_prandom_u32
                *(u64 *)(r10 - 8) = 0
                if r0 == 0 goto a
                *(u64 *)(r10 - 8) = -520
                a: r7 = 0
                if r0 == 1 goto b
                r7 = 1
                b: r6 = *(u64 *)(r10 - 8)
                r1 = r10
                r1 += -16
                r1 += r6
                *(u8 *)(r1 + 0) = 1
                r0 = 0
                exit
                """,
                // The number is made in a call.
                """
                call bpf_get_prandom_u32
                r1 = r0
                call f
                r6 = r0
                r1 = r10
                r1 += -8
                r1 += r6
                *(u8 *)(r1 + 0) = 1
                r0 = 0
                exit
                f: r0 = 0
                if r1 == 0 goto out
                r0 = -520
                out: exit
                """
            })
    void whatMattersIsNotPruned(String text) throws Exception {
        ProgramSpec spec = Programs.spec(text);
        for (Options options : new Options[] {PLAIN, NO_PRUNING, ALL_PRECISE, EVERYWHERE}) {
            assertThrows(
                    VerificationException.class,
                    () -> Verifier.verify(spec, LoadPolicy.TRUSTED, options),
                    options.toString());
        }
    }

    @Test
    void whatDoesNotMatterIsPruned() throws Exception {
        StringBuilder text = new StringBuilder("r6 = r1\nr7 = 0\n");
        for (int i = 0; i < 12; i++) {
            text.append("call bpf_get_prandom_u32\nif r0 == 0 goto l")
                    .append(i)
                    .append("\nr7 += 1\nr8 = 1\nl")
                    .append(i)
                    .append(": r8 = 2\n");
        }
        text.append("r0 = 0\nexit");
        ProgramSpec spec = Programs.spec(text.toString());
        int pruned = processed(spec, PLAIN);
        int unpruned = processed(spec, NO_PRUNING);
        assertTrue(pruned < 300, "pruned: " + pruned);
        assertTrue(unpruned > 10_000, "unpruned: " + unpruned);
    }

    private static int processed(ProgramSpec spec, Options options) throws Exception {
        return Verifier.verify(spec, LoadPolicy.TRUSTED, options).statistics().processed();
    }

    @Test
    void aCallbackIsFollowedUntilNothingIsNew() throws Exception {
        Programs.accept(
                """
                r1 = 1000000
                r2 = f ll
                r3 = 0
                r4 = 0
                call bpf_loop
                r0 = 0
                exit
                f: r0 = 0
                exit
                """);
    }

    @Test
    void mayGotoEndsLoopsWithoutACounter() throws Exception {
        VerifiedProgram program = Programs.accept("l: may_goto out\ngoto l\nout: r0 = 0\nexit");
        assertTrue(program.statistics().processed() < 20);
    }

    @Test
    void theLogShowsEveryInstructionAndItsChanges() throws Exception {
        VerifiedProgram program =
                Verifier.verify(
                        Programs.spec("r0 = 7\nexit"),
                        LoadPolicy.TRUSTED,
                        Options.DEFAULT.withLogLevel(2));
        assertEquals("0: R1=ctx() R10=fp0", program.log().get(0));
        assertTrue(
                program.log().stream().anyMatch(line -> line.endsWith("; R0=7")),
                program.log().toString());
    }
}
