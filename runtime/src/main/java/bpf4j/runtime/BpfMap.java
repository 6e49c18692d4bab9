package bpf4j.runtime;

import bpf4j.spec.MapSpec;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/// A live map: keys and values of fixed size in bytes. Values live in one memory segment, so that
/// programs keep addresses of them; see [#values].
///
/// Keys and values are passed as a segment and a byte offset into it. Results are Linux's: 0 or a
/// negative errno.
public abstract class BpfMap {
    /// Update flags (`BPF_ANY`, `BPF_NOEXIST`, `BPF_EXIST`, `BPF_F_LOCK`).
    public static final long ANY = 0;

    public static final long NOEXIST = 1;
    public static final long EXIST = 2;
    public static final long LOCK = 4;

    /// Creation flags (`BPF_F_*`).
    public static final int NO_PREALLOC = 1;

    public static final int NO_COMMON_LRU = 1 << 1;
    public static final int NUMA_NODE = 1 << 2;
    public static final int RDONLY = 1 << 3;
    public static final int WRONLY = 1 << 4;
    public static final int STACK_BUILD_ID = 1 << 5;
    public static final int ZERO_SEED = 1 << 6;
    public static final int RDONLY_PROG = 1 << 7;
    public static final int WRONLY_PROG = 1 << 8;
    public static final int CLONE = 1 << 9;
    public static final int MMAPABLE = 1 << 10;
    public static final int PRESERVE_ELEMS = 1 << 11;
    public static final int INNER_MAP = 1 << 12;

    private static final VarHandle LOCK_WORD = ValueLayout.JAVA_INT.varHandle();

    private final MapSpec spec;
    private final int id;
    private final SpecialFields special;
    private final boolean readOnly;
    private volatile boolean frozen;

    /// A map with its number in an [AddressSpace].
    protected BpfMap(MapSpec spec, int id) {
        this.spec = spec;
        this.id = id;
        this.special = SpecialFields.of(spec);
        this.readOnly = (spec.flags() & RDONLY_PROG) != 0;
    }

    /// What the map was declared as.
    public final MapSpec spec() {
        return spec;
    }

    /// The map's number in its address space.
    public final int id() {
        return id;
    }

    /// The address that a program holds of the map itself.
    public final long handle() {
        return Address.of(Address.MAPS + id, 0);
    }

    /// The address of the value byte at `offset` in [#values].
    public final long valueAddress(int offset) {
        return Address.of(Address.VALUES + id, offset);
    }

    /// The memory of all values; never moves.
    public abstract MemorySegment values();

    /// `bpf_map_lookup_elem`: the address of the value, or 0. For per-CPU maps the value of `cpu`.
    public abstract long lookup(int cpu, MemorySegment keys, long key);

    /// A user's look at a value, which does not count as use of it in maps that evict what is not
    /// used. Otherwise as [#lookup].
    public long peek(int cpu, MemorySegment keys, long key) {
        return lookup(cpu, keys, key);
    }

    /// `bpf_map_update_elem` with [#ANY], [#NOEXIST] or [#EXIST], and perhaps [#LOCK]. For per-CPU
    /// maps it sets the value of `cpu`; a new element is 0 on the other CPUs.
    public abstract int update(
            int cpu, MemorySegment keys, long key, MemorySegment values, long value, long flags);

    /// `bpf_map_delete_elem`.
    public abstract int delete(MemorySegment keys, long key);

    /// `BPF_MAP_GET_NEXT_KEY`: stores the key after `key` (the first when `key` is negative or not
    /// there) at `next`. Returns 0, or -ENOENT after the last.
    public abstract int nextKey(MemorySegment keys, long key, MemorySegment nexts, long next);

    /// `bpf_map_push_elem`.
    public int push(MemorySegment values, long value, long flags) {
        return -Errno.EOPNOTSUPP;
    }

    /// `bpf_map_pop_elem`.
    public int pop(MemorySegment values, long value) {
        return -Errno.EOPNOTSUPP;
    }

    /// `bpf_map_peek_elem`.
    public int peekHead(MemorySegment values, long value) {
        return -Errno.EOPNOTSUPP;
    }

    /// Calls `visitor` for each element (`bpf_for_each_map_elem`) until it returns something other
    /// than 0.
    ///
    /// @return the number of elements visited, or -EINVAL where maps of this type have no elements
    public long forEach(int cpu, ElementVisitor visitor) {
        return -Errno.EINVAL;
    }

    /// Takes the addresses of an element's key and value; 0 goes on with the next.
    @FunctionalInterface
    public interface ElementVisitor {
        long visit(long keyAddress, long valueAddress);
    }

    /// The number of CPUs that have values of their own: 1 unless the map is per CPU.
    public int cpus() {
        return 1;
    }

    /// The bytes from one element of [#values] to the next; an access may not cross from one to
    /// another.
    public long stride() {
        return values().byteSize();
    }

    /// Whether a program may read (or write) `size` bytes at `offset` in [#values].
    public boolean permits(int offset, long size, boolean write) {
        long start = offset & 0xFFFF_FFFFL;
        if (size < 0 || start + size > values().byteSize() || write && readOnly) {
            return false;
        }
        // Elements begin at multiples of 8, so an aligned word is in one of them.
        return size <= 8 && (start & (size - 1)) == 0 && Long.bitCount(size) == 1
                || (start % stride()) + size <= stride();
    }

    /// The address of the key that belongs to a value, or 0 where maps of this type have none. The
    /// key may be a copy, for this run only.
    public long keyAddress(Execution execution, long value) {
        return 0;
    }

    /// Forbids users to write the map from now on (`BPF_MAP_FREEZE`).
    public final void freeze() {
        frozen = true;
    }

    /// Whether users may no longer write the map.
    public final boolean frozen() {
        return frozen;
    }

    /// The offset of the `struct bpf_timer` in a value, or -1.
    public final int timerOffset() {
        return special.timer();
    }

    /// Whether the values hold a `struct bpf_spin_lock`.
    protected final boolean hasSpinLock() {
        return special.spinLock() >= 0;
    }

    /// Copies a value except its locks and timers.
    protected final void copyValue(MemorySegment from, long source, MemorySegment to, long target) {
        long done = 0;
        for (SpecialFields.Span span : special.spans()) {
            MemorySegment.copy(from, source + done, to, target + done, span.offset() - done);
            done = span.offset() + (long) span.size();
        }
        MemorySegment.copy(from, source + done, to, target + done, spec.valueSize() - done);
    }

    /// Copies a value into place while holding its lock.
    protected final void copyLocked(
            MemorySegment from, long source, MemorySegment to, long target) {
        lock(to, target + special.spinLock());
        try {
            copyValue(from, source, to, target);
        } finally {
            unlock(to, target + special.spinLock());
        }
    }

    /// Fills the locks and timers of a new value with zeros.
    protected final void clearSpecial(MemorySegment to, long target) {
        for (SpecialFields.Span span : special.spans()) {
            to.asSlice(target + span.offset(), span.size()).fill((byte) 0);
        }
    }

    /// Takes the spin lock in 4 bytes of native memory, waiting for it.
    static void lock(MemorySegment memory, long index) {
        while (!tryLock(memory, index)) {
            Thread.onSpinWait();
        }
    }

    /// Takes the spin lock in 4 bytes of native memory if it is free.
    static boolean tryLock(MemorySegment memory, long index) {
        return LOCK_WORD.compareAndSet(memory, index, 0, 1);
    }

    /// Releases a spin lock.
    static void unlock(MemorySegment memory, long index) {
        LOCK_WORD.setRelease(memory, index, 0);
    }

    /// `bytes` rounded up to a multiple of 8.
    protected static long align8(long bytes) {
        return (bytes + 7) & -8L;
    }

    /// Whether update flags are none that Linux knows, or ask for a lock that is not there; then
    /// the errno to return, else 0.
    protected final int checkFlags(long flags) {
        if (Long.compareUnsigned(flags & ~LOCK, EXIST) > 0) {
            return -Errno.EINVAL;
        }
        return (flags & LOCK) != 0 && !hasSpinLock() ? -Errno.EINVAL : 0;
    }
}
