package bpf4j.verifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import bpf4j.isa.Assembler;
import bpf4j.isa.AssemblyException;
import bpf4j.spec.LoadPolicy;
import bpf4j.spec.ProgramSpec;

/// Verifies programs written as assembly text.
final class Programs {
    private Programs() {}

    static ProgramSpec spec(String text) throws AssemblyException {
        return Assembler.assemble(text, "test.s");
    }

    static VerifiedProgram accept(String text) throws Exception {
        return Verifier.verify(spec(text), LoadPolicy.TRUSTED);
    }

    static Rejection refuse(String text) throws Exception {
        return refuse(text, LoadPolicy.TRUSTED);
    }

    static Rejection refuse(String text, LoadPolicy policy) throws Exception {
        ProgramSpec spec = spec(text);
        return assertThrows(
                        VerificationException.class,
                        () -> Verifier.verify(spec, policy),
                        "must be refused")
                .rejection();
    }

    /// The program is refused, and Linux's text begins with `message`.
    static Rejection refuses(String message, String text) throws Exception {
        Rejection rejection = refuse(text);
        assertEquals(message, rejection.kernelText().lines().findFirst().orElse(""));
        return rejection;
    }
}
