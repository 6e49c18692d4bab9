package bpf4j.jit.support;

import bpf4j.runtime.Execution;
import bpf4j.runtime.LoadedProgram;
import bpf4j.runtime.PacketSource;

/// A compiled program. Generated classes extend this one; each subprogram is a static method of
/// theirs, or a [Split].
public abstract class GeneratedProgram implements LoadedProgram, Execution.Callbacks {
    private final Links links;

    /// A program whose parts find it through `links`.
    protected GeneratedProgram(Links links) {
        this.links = links;
    }

    /// Calls a subprogram by its number.
    ///
    /// @param frame the stack offset of its r10
    public abstract long invoke(
            int subprogram, Execution x, int frame, long r1, long r2, long r3, long r4, long r5);

    /// Runs the program on each packet of a source. All lie in the kind of memory that this class
    /// is
    /// made for.
    protected abstract void loop(Execution x, PacketSource source);

    @Override
    public final long run(Execution execution) {
        return execution.finish(enter(execution));
    }

    @Override
    public final long enter(Execution x) {
        GeneratedProgram program = x.nativePacket == null ? this : links.forNativePackets();
        if (x.callbacks != program) {
            x.callbacks = program;
        }
        return program.invoke(0, x, x.frame, x.entry1, x.entry2, 0, 0, 0);
    }

    @Override
    public final void runAll(Execution x, PacketSource source) {
        (source.isNative() ? links.forNativePackets() : this).loop(x, source);
    }

    @Override
    public final long call(Execution x, int pc, long r1, long r2, long r3, long r4, long r5) {
        int caller = x.frame;
        int frame = Calls.below(caller);
        long result = x.finish(invoke(links.subprogram(pc), x, frame, r1, r2, r3, r4, r5));
        x.frame = caller;
        x.callbacks = this;
        return result;
    }
}
