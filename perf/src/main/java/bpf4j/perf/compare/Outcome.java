package bpf4j.perf.compare;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/// What a run of a program did.
///
/// @param r0 the low 32 bits of what it returned
/// @param packet the packet afterwards, or null where it cannot be seen
/// @param values the watched values of maps, in the order of [Workload#watches], or null where maps
///     cannot be seen
public record Outcome(int r0, byte @Nullable [] packet, @Nullable List<byte[]> values) {
    /// How this outcome differs from the one expected, or null when it does not. What one of them
    /// cannot see is not compared.
    public @Nullable String difference(Outcome expected) {
        if (r0 != expected.r0) {
            return "returns %d instead of %d".formatted(r0, expected.r0);
        }
        if (packet != null && expected.packet != null && !Arrays.equals(packet, expected.packet)) {
            return "leaves another packet: byte "
                    + Arrays.mismatch(packet, expected.packet)
                    + " differs";
        }
        if (values != null && expected.values != null) {
            for (int i = 0; i < expected.values.size(); i++) {
                if (!Arrays.equals(values.get(i), expected.values.get(i))) {
                    return "leaves %s instead of %s in watched value %d of its maps"
                            .formatted(hex(values.get(i)), hex(expected.values.get(i)), i);
                }
            }
        }
        return null;
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
