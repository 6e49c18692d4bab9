package bpf4j.testkit.fuzz;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/// What an engine made of a trial.
///
/// @param runs one for each packet
/// @param maps what each map holds afterwards: keys and values in hexadecimal
record Outcome(List<Run> runs, List<Map<String, String>> maps) {

    private static final String REFUSED = "errno ";

    /// A run.
    ///
    /// @param fault empty unless the program faulted
    /// @param data the packet afterwards
    record Run(int retval, String fault, byte[] data) {}

    /// The fault of a run that was not begun, because the packet or context was not taken.
    static String refusal(int errno) {
        return errno == 0 ? "" : REFUSED + errno;
    }

    /// Whether a fault is that.
    static boolean isRefusal(String fault) {
        return fault.startsWith(REFUSED);
    }

    /// The first difference to another outcome, or null; `other` is its name in the text.
    @Nullable Difference difference(Outcome others, String mine, String other) {
        for (int i = 0; i < runs.size(); i++) {
            Run a = runs.get(i);
            Run b = others.runs.get(i);
            if (!a.fault.isEmpty() || !b.fault.isEmpty()) {
                if (a.fault.isEmpty() != b.fault.isEmpty()) {
                    return new Difference(
                            i, "%s: %s; %s: %s".formatted(mine, faultText(a), other, faultText(b)));
                }
                continue;
            }
            if (a.retval != b.retval) {
                return new Difference(
                        i,
                        "r0 is 0x%08x in %s, 0x%08x in %s"
                                .formatted(a.retval, mine, b.retval, other));
            }
            if (!Arrays.equals(a.data, b.data)) {
                int at = Arrays.mismatch(a.data, b.data);
                return new Difference(
                        i,
                        "the packet differs from byte %d on: %s in %s, %s in %s"
                                .formatted(at, tail(a.data, at), mine, tail(b.data, at), other));
            }
        }
        for (int i = 0; i < maps.size(); i++) {
            if (!maps.get(i).equals(others.maps.get(i))) {
                return new Difference(
                        runs.size() - 1,
                        "map %d holds %s in %s, %s in %s"
                                .formatted(i, maps.get(i), mine, others.maps.get(i), other));
            }
        }
        return null;
    }

    /// A difference and the packet at which it shows.
    record Difference(int packet, String text) {}

    private static String faultText(Run run) {
        return run.fault.isEmpty() ? "runs to its end" : "faults (" + run.fault + ")";
    }

    private static String tail(byte[] data, int at) {
        return at >= data.length
                ? "nothing"
                : HexFormat.of().formatHex(data, at, Math.min(data.length, at + 8));
    }
}
