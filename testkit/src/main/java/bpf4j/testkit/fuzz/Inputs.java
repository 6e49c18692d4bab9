package bpf4j.testkit.fuzz;

/// How an input becomes the packet or the context of a run.
final class Inputs {
    private static final int RAW_TRACEPOINT = 17;

    private static final byte[] NONE = {};

    private Inputs() {}

    /// Whether an input is a context.
    static boolean isContext(Trial trial) {
        return trial.type().number() == RAW_TRACEPOINT;
    }

    /// The packet, or nothing for types without packets.
    static byte[] data(Trial trial, byte[] input) {
        return isContext(trial) ? NONE : input;
    }

    /// The context, or nothing for the default one.
    static byte[] context(Trial trial, byte[] input) {
        return isContext(trial) ? input : NONE;
    }
}
