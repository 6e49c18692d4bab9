package bpf4j.jit.support;

import bpf4j.runtime.Address;
import bpf4j.runtime.Execution;
import bpf4j.runtime.ProgramFault;

/// Calls that generated code makes.
public final class Calls {
    private Calls() {}

    /// The stack offset of r10 in the frame below another one.
    public static int below(int frame) {
        int below = frame - Address.FRAME_SIZE;
        if (below <= 0) {
            throw new ProgramFault("calls nest deeper than " + Address.STACK_FRAMES + " frames");
        }
        return below;
    }

    /// Runs what a subprogram tail-called before it returned `r0`.
    public static long finish(long r0, Execution x) {
        return x.next == null ? r0 : x.finish(r0);
    }

    /// Calls another subprogram of a program that is split over several classes.
    public static long local(
            Links links,
            int subprogram,
            Execution x,
            int frame,
            long r1,
            long r2,
            long r3,
            long r4,
            long r5) {
        return links.program().invoke(subprogram, x, frame, r1, r2, r3, r4, r5);
    }

    /// Calls what a register holds: the address of a subprogram, or the number of a helper.
    public static long register(
            long target,
            Links links,
            Execution x,
            int frame,
            long r1,
            long r2,
            long r3,
            long r4,
            long r5) {
        if (Address.region(target) == Address.CODE) {
            int subprogram = links.subprogram(Address.offset(target));
            long r0 = links.program().invoke(subprogram, x, below(frame), r1, r2, r3, r4, r5);
            return finish(r0, x);
        }
        x.frame = frame;
        return links.helper(target).call(x, r1, r2, r3, r4, r5);
    }
}
