package bpf4j.cli;

import bpf4j.isa.Code;
import bpf4j.isa.Codec;
import bpf4j.isa.DecodeException;
import bpf4j.spec.LoadPolicy;
import bpf4j.testkit.cases.Case;
import bpf4j.testkit.cases.CaseEngine;
import bpf4j.testkit.cases.CaseResult;
import bpf4j.testkit.cases.LocalEngine;
import bpf4j.testkit.external.External;
import bpf4j.vm.Engine;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Another implementation, for cases without maps; and what our interpreter makes of the same case.
final class ExternalEngine implements CaseEngine {
    private final External external;
    private final CaseEngine ours = new LocalEngine(Engine.INTERPRETER, LoadPolicy.TRUSTED, true);

    ExternalEngine(External external) {
        this.external = external;
    }

    @Override
    public String name() {
        return external.name();
    }

    @Override
    public CaseResult run(Case test, int logLevel) {
        if (!test.maps().isEmpty()) {
            return CaseResult.unusable(
                    test.name(),
                    "--external: the protocol carries no maps, and this case has some");
        }
        Code code;
        try {
            code = Codec.decodeUnverified(test.insns(), ByteOrder.LITTLE_ENDIAN);
        } catch (DecodeException e) {
            return CaseResult.unusable(test.name(), String.valueOf(e.getMessage()));
        }
        List<byte[]> memories = test.runs().stream().map(Case.Run::data).toList();
        List<CaseResult.RunResult> runs = new ArrayList<>();
        for (External.Answer answer : external.run(code, memories)) {
            byte[] memory = answer.memory();
            runs.add(
                    new CaseResult.RunResult(
                            0,
                            answer.trouble(),
                            (int) answer.r0(),
                            answer.r0(),
                            0,
                            memory == null ? new byte[0] : memory,
                            new byte[0]));
        }
        return new CaseResult(test.name(), CaseResult.Load.ACCEPT, 0, "", -1, "", runs, List.of());
    }

    /// How a result differs from what our interpreter gives, a line each.
    List<String> differences(Case test, CaseResult result) {
        List<String> differences = new ArrayList<>();
        CaseResult expected = ours.run(test, 0);
        if (expected.load() != CaseResult.Load.ACCEPT) {
            differences.add("the interpreter cannot run it: " + expected.error() + expected.log());
            return differences;
        }
        for (int i = 0; i < result.runs().size(); i++) {
            CaseResult.RunResult theirs = result.runs().get(i);
            CaseResult.RunResult mine = expected.runs().get(i);
            if (!theirs.fault().isEmpty() || !mine.fault().isEmpty()) {
                if (!mine.fault().isEmpty()) {
                    differences.add("run %d: the interpreter: %s".formatted(i, mine.fault()));
                }
            } else if (theirs.r0() != mine.r0()) {
                differences.add(
                        "run %d: r0 is 0x%016x in the interpreter, 0x%016x in %s"
                                .formatted(i, mine.r0(), theirs.r0(), name()));
            } else if (theirs.data().length > 0 && !Arrays.equals(theirs.data(), mine.data())) {
                differences.add(
                        "run %d: memory differs from byte %d on from the interpreter's"
                                .formatted(i, Arrays.mismatch(mine.data(), theirs.data())));
            }
        }
        return differences;
    }
}
