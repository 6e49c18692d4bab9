package bpf4j.verifier;

import static org.junit.jupiter.api.Assertions.assertEquals;

import bpf4j.spec.LoadPolicy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;

/// The written cases get the verdicts that Linux gave them.
class VerdictsTest {
    static List<WrittenCase> cases() {
        return WrittenCase.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theVerdictIsAsWritten(WrittenCase written) throws Exception {
        assertEquals(written.trusted(), WrittenCase.verdict(written.spec(), LoadPolicy.TRUSTED));
        if (!written.unprivileged().isEmpty()) {
            assertEquals(
                    written.unprivileged(),
                    WrittenCase.verdict(written.spec(), LoadPolicy.UNPRIVILEGED));
        }
    }
}
