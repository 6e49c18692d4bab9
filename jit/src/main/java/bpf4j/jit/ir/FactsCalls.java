package bpf4j.jit.ir;

import bpf4j.spec.HelperSpec;
import bpf4j.spec.ProgramType;

import java.util.Map;

/// What the calls of a verified program read: what prototypes say.
public final class FactsCalls implements Effects.Calls {
    private static final int TRACE_PRINTK = 6;

    private final ProgramType type;
    private final Map<Integer, Long> reads;

    /// Calls of a program of a type.
    ///
    /// @param reads the registers that the subprogram at each slot reads, as far as known
    public FactsCalls(ProgramType type, Map<Integer, Long> reads) {
        this.type = type;
        this.reads = reads;
    }

    @Override
    public long helper(int pc, int id) {
        HelperSpec helper = type.helper(id);
        int count = helper == null || id == TRACE_PRINTK ? 5 : helper.args().size();
        return (1L << count) - 1 << 1;
    }

    @Override
    public long local(int target) {
        return reads.getOrDefault(target, 0L);
    }
}
