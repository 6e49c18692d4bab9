package bpf4j.testkit.generate;

import static org.junit.jupiter.api.Assertions.fail;

import bpf4j.isa.Disassembler;
import bpf4j.spec.LoadPolicy;
import bpf4j.spec.ProgramSpec;
import bpf4j.spec.ProgramTypes;
import bpf4j.verifier.VerificationException;
import bpf4j.verifier.Verifier;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class SteeredProgramsTest {
    @Property(tries = 300)
    void programsAreValidAsMade(@ForAll long seed) {
        ProgramSpec spec =
                ProgramSpec.of(
                        "steered",
                        ProgramTypes.XDP,
                        SteeredPrograms.xdp(seed),
                        SteeredPrograms.MAPS);
        try {
            Verifier.verify(spec, LoadPolicy.TRUSTED);
        } catch (VerificationException e) {
            fail(Disassembler.source(spec), e);
        }
    }
}
