package bpf4j.verifier;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is learned of a number holds for those that differ from it by a constant.
class LinkedNumbersTest {
    private static String indexByR0(String compared) {
        return "call bpf_get_prandom_u32\nw0 = w0\n"
                + compared
                + """
                r1 = r10
                r1 += -16
                r1 += r0
                *(u8 *)(r1 + 0) = 1
                out: r0 = 0
                exit
                """;
    }

    @ParameterizedTest
    @ValueSource(strings = {"r6 += 1", "r6 += -1", "r6 -= 1", "r6 -= -1"})
    void aDifferenceIn64BitsKeepsNumbersLinked(String step) throws Exception {
        Programs.accept(
                indexByR0("r6 = r0\n" + step + "\nif r6 > 10 goto out\nif r6 < 4 goto out\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"w6 += 1", "w6 += -1", "w6 -= 1"})
    void aDifferenceIn32BitsKeepsNumbersLinked(String step) throws Exception {
        Programs.accept(
                indexByR0("w6 = w0\n" + step + "\nif w6 > 10 goto out\nif w6 < 4 goto out\n"));
    }

    @Test
    void theUpperHalfOfALinkedNumberIsNotLearned() throws Exception {
        // r0 has 64 unknown bits: the comparison of w6 says nothing of the upper half.
        Programs.refuse(
                """
                call bpf_ktime_get_ns
                r6 = r0
                w6 += 1
                if w6 > 10 goto out
                if w6 < 4 goto out
                r1 = r10
                r1 += -16
                r1 += r0
                *(u8 *)(r1 + 0) = 1
                out: r0 = 0
                exit
                """);
    }

    @Test
    void aDifferenceThatIsNotConstantUnlinks() throws Exception {
        Programs.refuse(indexByR0("r6 = r0\nr6 *= 2\nif r6 > 10 goto out\nif r6 < 4 goto out\n"));
    }
}
