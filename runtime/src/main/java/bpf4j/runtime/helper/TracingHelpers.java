package bpf4j.runtime.helper;

import bpf4j.runtime.BpfMap;
import bpf4j.runtime.Errno;
import bpf4j.runtime.Execution;
import bpf4j.runtime.Memory;

/// Helpers of tracing programs that ask a kernel: here there are no kernel stacks, no registers and
/// no other tasks, and the helpers say so with Linux's errors.
final class TracingHelpers {
    private static final long SKIP_FIELD = 0xFF;
    private static final long USER_STACK = 1 << 8;
    private static final long FAST_COMPARE = 1 << 9;
    private static final long REUSE_ID = 1 << 10;
    private static final long BUILD_ID = 1 << 11;

    private TracingHelpers() {}

    static void register(Registry registry) {
        registry.add(27, TracingHelpers::stackId);
        registry.add(67, TracingHelpers::stack);
        registry.add(35, (x, r1, r2, r3, r4, r5) -> 0);
        registry.add(37, TracingHelpers::underCgroup);
        registry.add(120, TracingHelpers::namespacePid);
        registry.add(123, (x, r1, r2, r3, r4, r5) -> (int) r1 == 0 ? x.host.cgroupId() : 0);
        registry.add(173, (x, r1, r2, r3, r4, r5) -> 0);
        registry.add(174, (x, r1, r2, r3, r4, r5) -> x.cookie);
        registry.add(186, (x, r1, r2, r3, r4, r5) -> x.returnValue);
        registry.add(187, TracingHelpers::setReturnValue);
    }

    private static long stackId(Execution x, long ctx, long map, long flags, long r4, long r5) {
        BpfMap stacks = x.space.mapAt(map);
        boolean unknown =
                (flags & ~(SKIP_FIELD | USER_STACK | FAST_COMPARE | REUSE_ID)) != 0
                        || stacks.spec().type() != bpf4j.spec.MapType.STACK_TRACE;
        return unknown ? -Errno.EINVAL : -Errno.EFAULT;
    }

    private static long stack(Execution x, long ctx, long to, long size, long flags, long r5) {
        long length = size & 0xFFFF_FFFFL;
        Memory.segment(x, to, length, true).asSlice(Memory.index(x, to), length).fill((byte) 0);
        return (flags & ~(SKIP_FIELD | USER_STACK | BUILD_ID)) != 0 ? -Errno.EINVAL : -Errno.EFAULT;
    }

    private static long underCgroup(Execution x, long map, long index, long r3, long r4, long r5) {
        int entries = x.space.mapAt(map).spec().maxEntries();
        return Integer.compareUnsigned((int) index, entries) >= 0 ? -Errno.E2BIG : -Errno.EAGAIN;
    }

    /// The current task is in no PID namespace that a program could name.
    private static long namespacePid(
            Execution x, long device, long inode, long to, long size, long r5) {
        long length = size & 0xFFFF_FFFFL;
        Memory.segment(x, to, length, true).asSlice(Memory.index(x, to), length).fill((byte) 0);
        return -Errno.EINVAL;
    }

    private static long setReturnValue(
            Execution x, long value, long r2, long r3, long r4, long r5) {
        int wanted = (int) value;
        // Linux: only error numbers can be set (IS_ERR_VALUE), or 0.
        if (wanted != 0 && (wanted > 0 || wanted < -4095)) {
            return -Errno.EFAULT;
        }
        x.returnValue = wanted;
        return 0;
    }
}
