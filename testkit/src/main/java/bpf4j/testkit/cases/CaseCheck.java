package bpf4j.testkit.cases;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Compares what an engine made of a case with what the case expects.
public final class CaseCheck {
    private CaseCheck() {}

    /// The differences, a line each; empty when everything is as expected.
    public static List<String> differences(Case test, CaseResult result, boolean unprivileged) {
        List<String> differences = new ArrayList<>();
        if (result.load() == CaseResult.Load.ERROR) {
            differences.add(result.error());
            return differences;
        }
        Case.Expect expect = test.expect();
        Boolean accepted =
                unprivileged && expect.acceptedUnprivileged() != null
                        ? expect.acceptedUnprivileged()
                        : expect.accepted();
        boolean was = result.load() == CaseResult.Load.ACCEPT;
        if (accepted != null && accepted != was) {
            differences.add(
                    "%s, expected to %s"
                            .formatted(
                                    result.load().name().toLowerCase(Locale.ROOT) + "ed",
                                    accepted ? "accept" : "reject"));
        }
        String message =
                unprivileged && expect.messageUnprivileged() != null
                        ? expect.messageUnprivileged()
                        : expect.message();
        if (!was && accepted != null && !accepted) {
            String absent = absent(message, result.log());
            if (absent != null) {
                differences.add("the log lacks \"" + absent + "\"");
            }
        }
        int runs = Math.min(test.runs().size(), result.runs().size());
        for (int i = 0; i < runs; i++) {
            CaseResult.RunResult run = result.runs().get(i);
            Integer retval = test.runs().get(i).retval();
            if (!run.fault().isEmpty()) {
                differences.add("run " + i + ": " + run.fault());
            } else if (retval != null && (run.errno() != 0 || run.retval() != retval)) {
                differences.add(
                        run.errno() != 0
                                ? "run %d: errno %d, expected %d".formatted(i, run.errno(), retval)
                                : "run %d: %d, expected %d".formatted(i, run.retval(), retval));
            }
        }
        return differences;
    }

    /// The first of the tab-separated substrings that does not follow the ones before it.
    private static @Nullable String absent(@Nullable String message, String log) {
        if (message == null) {
            return null;
        }
        int at = 0;
        for (String part : message.split("\t", -1)) {
            int found = log.indexOf(part, at);
            if (found < 0) {
                return part;
            }
            at = found + part.length();
        }
        return null;
    }
}
