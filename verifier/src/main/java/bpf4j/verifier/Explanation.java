package bpf4j.verifier;

import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.report.Violation;

import java.util.List;

/// Turns a broken rule into a rejection.
final class Explanation {
    private Explanation() {}

    static Rejection of(ProgramSpec spec, Violation violation, List<Rejection.Event> path) {
        int pc = violation.pc();
        return new Rejection(
                violation.rule().name(),
                violation.errno(),
                pc,
                violation.kernelText(),
                "",
                pc < 0 ? null : spec.lineAt(pc),
                path,
                "",
                "");
    }
}
