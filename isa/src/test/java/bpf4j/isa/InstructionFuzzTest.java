package bpf4j.isa;

import org.junit.jupiter.api.Test;

final class InstructionFuzzTest {
    /// The number of inputs is the system property `bpf4j.fuzz`.
    @Test
    void hostileBytesAndTextsGiveNothingButErrors() {
        InstructionFuzz.run(Integer.getInteger("bpf4j.fuzz", 20_000));
    }
}
