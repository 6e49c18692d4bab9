package bpf4j.runtime;

import java.lang.foreign.MemorySegment;

/// `bpf_spin_lock`: 4 bytes inside a map value.
public final class SpinLock {
    /// After this many nanoseconds of waiting something must have gone wrong: a verified program
    /// holds a lock for few instructions.
    private static final long PATIENCE = 1_000_000_000L;

    private SpinLock() {}

    /// Takes the lock at an address.
    public static void lock(Execution execution, long address) {
        MemorySegment memory = Memory.segment(execution, address, 4, true);
        long index = Memory.index(execution, address);
        if (memory.heapBase().isPresent() || (index & 3) != 0) {
            throw new ProgramFault(Address.describe(address) + " is no place for a lock");
        }
        if (BpfMap.tryLock(memory, index)) {
            return;
        }
        long start = System.nanoTime();
        while (!BpfMap.tryLock(memory, index)) {
            Thread.onSpinWait();
            if (System.nanoTime() - start > PATIENCE) {
                throw new ProgramFault(
                        "the lock at " + Address.describe(address) + " is never released");
            }
        }
    }

    /// Releases the lock at an address.
    public static void unlock(Execution execution, long address) {
        MemorySegment memory = Memory.segment(execution, address, 4, true);
        long index = Memory.index(execution, address);
        if (memory.heapBase().isPresent() || (index & 3) != 0) {
            throw new ProgramFault(Address.describe(address) + " is no place for a lock");
        }
        BpfMap.unlock(memory, index);
    }
}
