package bpf4j.vm;

import bpf4j.spec.ProgramType;

/// What a packet program's return value means.
public enum Verdicts {
    /// `XDP_PASS` and its like.
    XDP,
    /// `TC_ACT_OK` and its like.
    TC,
    /// The number of bytes to keep; 0 drops the packet.
    BYTES,
    /// 1 lets the packet pass, 0 drops it.
    YES_NO,
    /// Not a packet program: r0 is just a number.
    NUMBER;

    private static final String[] XDP_NAMES = {
        "XDP_ABORTED", "XDP_DROP", "XDP_PASS", "XDP_TX", "XDP_REDIRECT"
    };
    private static final String[] TC_NAMES = {
        "TC_ACT_OK",
        "TC_ACT_RECLASSIFY",
        "TC_ACT_SHOT",
        "TC_ACT_PIPE",
        "TC_ACT_STOLEN",
        "TC_ACT_QUEUED",
        "TC_ACT_REPEAT",
        "TC_ACT_REDIRECT",
        "TC_ACT_TRAP"
    };

    /// The meaning for programs of a type.
    public static Verdicts of(ProgramType type) {
        return switch (type.name()) {
            case "xdp" -> XDP;
            case "sched_cls", "sched_act" -> TC;
            case "socket_filter" -> BYTES;
            case "cgroup_skb" -> YES_NO;
            default -> NUMBER;
        };
    }

    /// The value that stands for all values of the same meaning, for counting.
    public int category(int value) {
        return switch (this) {
            case XDP, TC, NUMBER -> value;
            case BYTES, YES_NO -> value == 0 ? 0 : 1;
        };
    }

    /// Linux's name of a return value, or the number where it has none.
    public String name(int value) {
        return switch (this) {
            case XDP -> value >= 0 && value < XDP_NAMES.length ? XDP_NAMES[value] : unknown(value);
            case TC ->
                    value == -1
                            ? "TC_ACT_UNSPEC"
                            : value >= 0 && value < TC_NAMES.length
                                    ? TC_NAMES[value]
                                    : unknown(value);
            case BYTES -> value == 0 ? "drop" : "accept";
            case YES_NO -> value == 0 ? "drop" : (value & 1) != 0 ? "pass" : unknown(value);
            case NUMBER -> Integer.toString(value);
        };
    }

    private static String unknown(int value) {
        return "unknown (" + value + ")";
    }

    /// Whether the packet goes on, here or elsewhere: it is neither dropped nor consumed.
    public boolean passes(int value) {
        return switch (this) {
            case XDP -> value >= 2 && value <= 4;
            case TC -> value == 0 || value == -1 || value == 1 || value == 3 || value == 7;
            case BYTES, YES_NO -> value != 0;
            case NUMBER -> true;
        };
    }
}
