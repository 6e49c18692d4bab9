package bpf4j.cli;

import java.util.Locale;

/// Sums over the results of a run.
final class SelftestTotals {
    private int all;
    private int outside;
    private int agreeing;
    private int wronglyAccepted;
    private int wronglyRefused;
    private int errors;
    private int refusalMessages;
    private int agreeingRefusalMessages;
    private int logMessages;
    private int agreeingLogMessages;
    private int runs;
    private int agreeingRuns;

    void add(SelftestResult result) {
        all++;
        if (!result.inScope()) {
            outside++;
            return;
        }
        boolean refused = result.verdict().equals(SelftestResult.REJECT);
        if (result.agrees()) {
            agreeing++;
        } else if (result.verdict().equals(SelftestResult.ACCEPT)) {
            wronglyAccepted++;
        } else if (refused) {
            wronglyRefused++;
        } else {
            errors++;
        }
        Boolean message = result.messageAgrees();
        if (message != null && refused && result.agrees()) {
            refusalMessages++;
            agreeingRefusalMessages += message ? 1 : 0;
        } else if (message != null && result.agrees()) {
            logMessages++;
            agreeingLogMessages += message ? 1 : 0;
        }
        Boolean retval = result.retvalAgrees();
        if (retval != null) {
            runs++;
            agreeingRuns += retval ? 1 : 0;
        }
    }

    /// Whether everything in scope came out as expected, texts of logs aside.
    boolean allAgree() {
        return agreeing == all - outside && agreeingRuns == runs;
    }

    String text() {
        int inScope = all - outside;
        return """
        %d tests, %d out of scope, %d in scope
        verdicts: %s as expected; %d accepted and %d refused against expectation, %d errors
        messages: %s of refusals as expected, %s of logs
        return values: %s as expected
        """
                .formatted(
                        all,
                        outside,
                        inScope,
                        share(agreeing, inScope),
                        wronglyAccepted,
                        wronglyRefused,
                        errors,
                        share(agreeingRefusalMessages, refusalMessages),
                        share(agreeingLogMessages, logMessages),
                        share(agreeingRuns, runs));
    }

    private static String share(int part, int whole) {
        return whole == 0
                ? "0 of 0"
                : String.format(
                        Locale.ROOT, "%d of %d (%.1f%%)", part, whole, 100.0 * part / whole);
    }
}
