package bpf4j.verifier;

import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.explore.Explorer;
import bpf4j.verifier.report.Violation;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Turns a broken rule into a rejection.
final class Explanation {
    private Explanation() {}

    static Rejection of(ProgramSpec spec, Violation violation, @Nullable Explorer explorer) {
        int pc = violation.pc();
        if (pc < 0 && explorer != null) {
            pc = explorer.pc();
        }
        return new Rejection(
                violation.rule().name(),
                violation.errno(),
                pc,
                violation.kernelText(),
                "",
                pc < 0 ? null : spec.lineAt(pc),
                List.of(),
                "",
                "");
    }
}
