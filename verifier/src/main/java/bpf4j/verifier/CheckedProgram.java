package bpf4j.verifier;

import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.cfg.Form;
import bpf4j.verifier.report.Violation;

import java.util.List;

/// A program of which only the form is known to be right: every jump and call lands on an
/// instruction of the program. Nothing is known of its memory accesses, its values or its end, so
/// an engine checks everything while it runs.
public final class CheckedProgram implements Executable {
    private final ProgramSpec spec;

    private CheckedProgram(ProgramSpec spec) {
        this.spec = spec;
    }

    /// Checks the form of a program.
    public static CheckedProgram of(ProgramSpec spec) throws VerificationException {
        try {
            Form.check(spec.code());
        } catch (Violation violation) {
            throw VerificationException.of(
                    Explanation.of(spec, violation, null), Statistics.NONE, List.of());
        }
        return new CheckedProgram(spec);
    }

    @Override
    public ProgramSpec spec() {
        return spec;
    }
}
