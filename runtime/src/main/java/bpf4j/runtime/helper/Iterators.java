package bpf4j.runtime.helper;

import bpf4j.runtime.Errno;
import bpf4j.runtime.Execution;
import bpf4j.runtime.Memory;

import java.lang.foreign.MemorySegment;

/// Open-coded iterators, which live on the program's stack as in Linux. `bpf_iter_num`: the current
/// number and the end (4 bytes each). `bpf_iter_bits`: a word of bits or the address of several (8
/// bytes), the number of bits and the current one (4 bytes each).
final class Iterators {
    private static final int MAX_LOOPS = 8 << 20;
    private static final int MAX_WORDS = 511;

    private Iterators() {}

    static void register(Registry registry) {
        registry.kfunc("bpf_iter_num_new", Iterators::newNumbers);
        registry.kfunc("bpf_iter_num_next", Iterators::nextNumber);
        registry.kfunc("bpf_iter_num_destroy", Iterators::destroyNumbers);
        registry.kfunc("bpf_iter_bits_new", Iterators::newBits);
        registry.kfunc("bpf_iter_bits_next", Iterators::nextBit);
        registry.kfunc("bpf_iter_bits_destroy", Iterators::destroyBits);
        for (String name :
                new String[] {
                    "bpf_rcu_read_lock",
                    "bpf_rcu_read_unlock",
                    "bpf_preempt_disable",
                    "bpf_preempt_enable"
                }) {
            // Nothing that a program holds here can go away, and no program is preempted.
            registry.kfunc(name, (x, r1, r2, r3, r4, r5) -> 0);
        }
    }

    private static long newNumbers(
            Execution x, long iterator, long start, long end, long r4, long r5) {
        int from = (int) start;
        int to = (int) end;
        int error = from > to ? -Errno.EINVAL : (long) to - from > MAX_LOOPS ? -Errno.E2BIG : 0;
        Memory.store(x, iterator, 4, error != 0 ? 0 : from - 1);
        Memory.store(x, iterator + 4, 4, error != 0 ? 0 : to);
        return error;
    }

    private static long nextNumber(Execution x, long iterator, long r2, long r3, long r4, long r5) {
        int next = (int) Memory.load(x, iterator, 4) + 1;
        if (next >= (int) Memory.load(x, iterator + 4, 4)) {
            Memory.store(x, iterator, 8, 0);
            return 0;
        }
        Memory.store(x, iterator, 4, next);
        return iterator;
    }

    private static long destroyNumbers(
            Execution x, long iterator, long r2, long r3, long r4, long r5) {
        Memory.store(x, iterator, 8, 0);
        return 0;
    }

    private static long newBits(
            Execution x, long iterator, long memory, long words, long r4, long r5) {
        Memory.store(x, iterator, 8, 0);
        Memory.store(x, iterator + 8, 4, 0);
        Memory.store(x, iterator + 12, 4, -1);
        int count = (int) words;
        if (memory == 0 || count == 0) {
            return -Errno.EINVAL;
        }
        if (Integer.compareUnsigned(count, MAX_WORDS) > 0) {
            return -Errno.E2BIG;
        }
        MemorySegment source = ProbeHelpers.readable(x, memory, count * 8L);
        if (source == null) {
            return -Errno.EFAULT;
        }
        long index = Memory.index(x, memory);
        if (count == 1) {
            Memory.store(x, iterator, 8, source.get(Memory.LONG, index));
        } else {
            MemorySegment copy = MemorySegment.ofArray(new byte[count * 8]);
            MemorySegment.copy(source, index, copy, 0, count * 8L);
            Memory.store(x, iterator, 8, x.addObject(copy));
        }
        Memory.store(x, iterator + 8, 4, count * 64L);
        return 0;
    }

    private static long destroyBits(
            Execution x, long iterator, long r2, long r3, long r4, long r5) {
        if ((int) Memory.load(x, iterator + 8, 4) > 64) {
            x.removeObject(Memory.load(x, iterator, 8));
        }
        Memory.store(x, iterator + 8, 4, 0);
        return 0;
    }

    private static long nextBit(Execution x, long iterator, long r2, long r3, long r4, long r5) {
        int count = (int) Memory.load(x, iterator + 8, 4);
        int bit = (int) Memory.load(x, iterator + 12, 4);
        if (count == 0 || bit >= count) {
            return 0;
        }
        for (bit++; bit < count; bit++) {
            long word = Memory.load(x, iterator, 8);
            if (count > 64) {
                word = Memory.load(x, word + (bit >> 6) * 8L, 8);
            }
            if ((word >>> (bit & 63) & 1) != 0) {
                Memory.store(x, iterator + 12, 4, bit);
                return iterator + 12;
            }
        }
        Memory.store(x, iterator + 12, 4, bit);
        return 0;
    }
}
