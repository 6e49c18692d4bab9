package bpf4j.verifier.cfg;

/// Which helpers call subprograms of the program.
public final class Callbacks {
    /// `bpf_for_each_map_elem`.
    public static final int FOR_EACH_MAP_ELEM = 164;

    /// `bpf_timer_set_callback`.
    public static final int TIMER_SET_CALLBACK = 170;

    /// `bpf_find_vma`.
    public static final int FIND_VMA = 180;

    /// `bpf_loop`.
    public static final int LOOP = 181;

    /// `bpf_user_ringbuf_drain`.
    public static final int USER_RINGBUF_DRAIN = 209;

    private Callbacks() {}

    /// Whether a helper calls back before it returns.
    public static boolean isSync(int helper) {
        return helper == FOR_EACH_MAP_ELEM
                || helper == FIND_VMA
                || helper == LOOP
                || helper == USER_RINGBUF_DRAIN;
    }

    /// Whether a helper calls back after the program has ended.
    public static boolean isAsync(int helper) {
        return helper == TIMER_SET_CALLBACK;
    }
}
