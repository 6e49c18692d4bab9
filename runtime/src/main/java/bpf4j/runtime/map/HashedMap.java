package bpf4j.runtime.map;

import bpf4j.runtime.Address;
import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.BpfMap;
import bpf4j.runtime.Errno;
import bpf4j.runtime.Execution;
import bpf4j.runtime.MapException;
import bpf4j.runtime.Memory;
import bpf4j.spec.MapSpec;
import bpf4j.spec.MapType;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;

/// A hash table of fixed capacity: `hash`, `percpu_hash` and their LRU variants.
///
/// Elements are numbered slots. The value of slot `s` on `cpu` begins at
/// `cpu * cpuBytes() + s * stride()` in [#values]; the keys follow all values, `keyStride` bytes
/// each. Chains of slots hang from `heads`; the end of the chain of bucket `b` is `~b`, so that a
/// lookup, which takes no lock, notices that an element under its feet went into another chain, and
/// starts again. As in Linux, a slot is used again at once after its element is deleted, and an
/// update of an element that is there gives it a new slot, except in per-CPU maps.
///
/// Keys of up to 16 bytes are compared as one or two words kept on the heap.
public final class HashedMap extends BpfMap {
    private static final VarHandle SLOTS = MethodHandles.arrayElementVarHandle(int[].class);
    private static final int STRIPES = 64;
    private static final int NONE = -1;
    private static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L;

    private final MemorySegment values;
    private final int keySize;
    private final int keyStride;
    private final int stride;
    private final int cpus;
    private final long cpuBytes;
    private final long keysBase;
    private final boolean lru;
    private final int mask;
    private final int[] heads;
    private final int[] next;
    private final long[] words;
    private final int[] hashes;
    private final Object[] locks = new Object[STRIPES];

    /// The free slots, linked through `freeNext`: the first one in the lower half, a count of
    /// changes in the upper.
    private final AtomicLong free;

    private final int[] freeNext;

    /// For each stripe the slot that its next replacing update takes.
    private final int[] spare = new int[STRIPES];

    /// Which slots were used since the hand of the clock passed them last.
    private final byte[] referenced;

    private final byte[] live;
    private int hand;

    private HashedMap(
            MapSpec spec, int id, MemorySegment values, int slots, int cpus, long keysBase) {
        super(spec, id);
        this.values = values;
        this.cpus = cpus;
        this.keysBase = keysBase;
        keySize = spec.keySize();
        keyStride = (int) align8(keySize);
        stride = (int) align8(spec.valueSize());
        cpuBytes = (long) stride * slots;
        lru = spec.type() == MapType.LRU_HASH || spec.type() == MapType.LRU_PERCPU_HASH;
        int buckets = Integer.highestOneBit(Math.max(2, spec.maxEntries()) - 1) << 1;
        mask = buckets - 1;
        heads = new int[buckets];
        Arrays.setAll(heads, bucket -> ~bucket);
        next = new int[slots];
        words = keySize <= 8 ? new long[slots] : keySize <= 16 ? new long[2 * slots] : new long[0];
        hashes = keySize <= 16 ? new int[0] : new int[slots];
        freeNext = new int[slots];
        referenced = new byte[lru ? slots : 0];
        live = new byte[lru ? slots : 0];
        for (int i = 0; i < STRIPES; i++) {
            locks[i] = new Object();
            spare[i] = usesSpares() ? spec.maxEntries() + i : NONE;
        }
        for (int slot = 0; slot < spec.maxEntries(); slot++) {
            freeNext[slot] = slot + 1 < spec.maxEntries() ? slot + 1 : NONE;
        }
        free = new AtomicLong(0);
    }

    static HashedMap create(AddressSpace space, MapSpec spec) throws MapException {
        IntFunction<HashedMap> constructor = constructor(space, spec);
        return space.create(constructor);
    }

    /// A table that serves another map as storage: addresses that it gives are offsets.
    static HashedMap hidden(AddressSpace space, MapSpec spec) throws MapException {
        return constructor(space, spec).apply(0);
    }

    private static IntFunction<HashedMap> constructor(AddressSpace space, MapSpec spec)
            throws MapException {
        boolean perCpu = spec.type().isPerCpu();
        int cpus = perCpu ? space.cpus() : 1;
        boolean spares = spec.type() == MapType.HASH || spec.type() == MapType.HASH_OF_MAPS;
        long slots = Integer.toUnsignedLong(spec.maxEntries()) + (spares ? STRIPES : 0);
        if (slots > 1 << 28) {
            throw new MapException(
                    spec.name(), Errno.E2BIG, "%d entries are too many".formatted(slots));
        }
        long cpuBytes = MapRules.multiply(spec, align8(spec.valueSize()), slots);
        long keysBase = MapRules.multiply(spec, cpuBytes, cpus);
        space.reserve(spec, slots * 32);
        MemorySegment values = space.allocate(spec, keysBase + align8(spec.keySize()) * slots);
        return id -> new HashedMap(spec, id, values, (int) slots, cpus, keysBase);
    }

    private boolean usesSpares() {
        return !lru && cpus == 1 && !spec().type().isPerCpu();
    }

    @Override
    public MemorySegment values() {
        return values;
    }

    @Override
    public long stride() {
        return stride;
    }

    /// The bytes of the values of one CPU; with one CPU, of all values.
    public long cpuBytes() {
        return cpuBytes;
    }

    @Override
    public int cpus() {
        return cpus;
    }

    @Override
    public boolean permits(int offset, long size, boolean write) {
        long start = (offset & 0xFFFF_FFFFL) - keysBase;
        if (start < 0) {
            return super.permits(offset, size, write);
        }
        return !write
                && size >= 0
                && start + size <= values.byteSize() - keysBase
                && start % keyStride + size <= keyStride;
    }

    /// Looks up a key of at most 8 bytes, extended with zeros.
    public long lookup(int cpu, long key) {
        return found(cpu, find(key));
    }

    /// Looks up a key of 9 to 16 bytes, extended with zeros; `low` holds the first 8 bytes.
    public long lookup(int cpu, long low, long high) {
        return found(cpu, find(low, high));
    }

    @Override
    public long lookup(int cpu, MemorySegment keys, long key) {
        return found(cpu, find(keys, key));
    }

    @Override
    public long peek(int cpu, MemorySegment keys, long key) {
        int slot = find(keys, key);
        return slot < 0 ? 0 : valueAddress((int) place(cpu, slot));
    }

    private long found(int cpu, int slot) {
        if (slot < 0) {
            return 0;
        }
        if (lru) {
            referenced[slot] = 1;
        }
        return valueAddress((int) place(cpu, slot));
    }

    private long place(int cpu, int slot) {
        return (cpus == 1 ? 0 : cpu * cpuBytes) + (long) slot * stride;
    }

    private long keyPlace(int slot) {
        return keysBase + (long) slot * keyStride;
    }

    private static int hash(long key) {
        long mixed = key * GOLDEN;
        return (int) (mixed ^ mixed >>> 32);
    }

    private static int hash(long low, long high) {
        long mixed = (low ^ Long.rotateLeft(high * GOLDEN, 29)) * GOLDEN;
        return (int) (mixed ^ mixed >>> 32);
    }

    private int hash(MemorySegment keys, long key) {
        if (keySize <= 8) {
            return hash(word(keys, key, keySize));
        }
        if (keySize <= 16) {
            return hash(keys.get(Memory.LONG, key), word(keys, key + 8, keySize - 8));
        }
        long mixed = 0;
        int at = 0;
        for (; at + 8 <= keySize; at += 8) {
            mixed = (Long.rotateLeft(mixed, 29) ^ keys.get(Memory.LONG, key + at)) * GOLDEN;
        }
        if (at < keySize) {
            mixed = (Long.rotateLeft(mixed, 29) ^ word(keys, key + at, keySize - at)) * GOLDEN;
        }
        return (int) (mixed ^ mixed >>> 32);
    }

    /// The value of 1 to 8 bytes, extended with zeros.
    private static long word(MemorySegment keys, long key, int size) {
        switch (size) {
            case 4:
                return keys.get(Memory.INT, key) & 0xFFFF_FFFFL;
            case 8:
                return keys.get(Memory.LONG, key);
            default:
                long value = 0;
                for (int i = size - 1; i >= 0; i--) {
                    value = value << 8 | (keys.get(ValueLayout.JAVA_BYTE, key + i) & 0xFF);
                }
                return value;
        }
    }

    private int find(MemorySegment keys, long key) {
        if (keySize <= 8) {
            return find(word(keys, key, keySize));
        }
        if (keySize <= 16) {
            return find(keys.get(Memory.LONG, key), word(keys, key + 8, keySize - 8));
        }
        return findLong(hash(keys, key), keys, key);
    }

    private int find(long key) {
        int bucket = hash(key) & mask;
        while (true) {
            int slot = (int) SLOTS.getAcquire(heads, bucket);
            while (slot >= 0) {
                if (words[slot] == key) {
                    return slot;
                }
                slot = (int) SLOTS.getAcquire(next, slot);
            }
            if (slot == ~bucket) {
                return NONE;
            }
        }
    }

    private int find(long low, long high) {
        int bucket = hash(low, high) & mask;
        while (true) {
            int slot = (int) SLOTS.getAcquire(heads, bucket);
            while (slot >= 0) {
                if (words[2 * slot] == low && words[2 * slot + 1] == high) {
                    return slot;
                }
                slot = (int) SLOTS.getAcquire(next, slot);
            }
            if (slot == ~bucket) {
                return NONE;
            }
        }
    }

    private int findLong(int hash, MemorySegment keys, long key) {
        int bucket = hash & mask;
        while (true) {
            int slot = (int) SLOTS.getAcquire(heads, bucket);
            while (slot >= 0) {
                long place = keyPlace(slot);
                if (hashes[slot] == hash
                        && MemorySegment.mismatch(
                                        values, place, place + keySize, keys, key, key + keySize)
                                < 0) {
                    return slot;
                }
                slot = (int) SLOTS.getAcquire(next, slot);
            }
            if (slot == ~bucket) {
                return NONE;
            }
        }
    }

    @Override
    public int update(
            int cpu, MemorySegment keys, long key, MemorySegment from, long value, long flags) {
        int refusal = checkFlags(flags);
        if (refusal != 0) {
            return refusal;
        }
        int hash = hash(keys, key);
        int fresh = NONE;
        if (lru && !spec().type().isPerCpu()) {
            fresh = takeOrEvict();
            if (fresh < 0) {
                return -Errno.ENOMEM;
            }
        }
        synchronized (locks[hash & (STRIPES - 1) & mask]) {
            int old = find(keys, key);
            int outcome = place(cpu, hash, old, fresh, keys, key, from, value, flags);
            if (outcome != RETRY) {
                return outcome;
            }
        }
        // A per-CPU LRU map needs a slot for a key that is not there: evict without the lock.
        fresh = takeOrEvict();
        if (fresh < 0) {
            return -Errno.ENOMEM;
        }
        synchronized (locks[hash & (STRIPES - 1) & mask]) {
            int old = find(keys, key);
            return place(cpu, hash, old, fresh, keys, key, from, value, flags);
        }
    }

    private static final int RETRY = 1;

    /// Stores an element while its stripe is locked. `fresh` is a slot taken beforehand, or NONE.
    private int place(
            int cpu,
            int hash,
            int old,
            int fresh,
            MemorySegment keys,
            long key,
            MemorySegment from,
            long value,
            long flags) {
        int refusal =
                old >= 0 && (flags & NOEXIST) != 0
                        ? -Errno.EEXIST
                        : old < 0 && (flags & EXIST) != 0 ? -Errno.ENOENT : 0;
        boolean inPlace = old >= 0 && (spec().type().isPerCpu() || (flags & LOCK) != 0);
        if (refusal != 0 || inPlace) {
            if (fresh >= 0) {
                release(fresh);
            }
            if (refusal == 0) {
                overwrite(cpu, old, from, value, flags);
            }
            return refusal;
        }
        int stripe = hash & (STRIPES - 1) & mask;
        int slot = fresh;
        if (slot < 0) {
            if (lru) {
                return RETRY;
            }
            if (old >= 0) {
                slot = spare[stripe];
                spare[stripe] = old;
            } else {
                slot = take();
                if (slot < 0) {
                    return -Errno.E2BIG;
                }
            }
        }
        write(slot, cpu, hash, keys, key, from, value);
        int bucket = hash & mask;
        SLOTS.setRelease(next, slot, heads[bucket]);
        SLOTS.setRelease(heads, bucket, slot);
        if (old >= 0) {
            unlink(bucket, old);
            if (lru) {
                release(old);
            }
        }
        return 0;
    }

    private void overwrite(int cpu, int slot, MemorySegment from, long value, long flags) {
        long target = place(cpu, slot);
        if (lru) {
            referenced[slot] = 1;
        }
        if ((flags & LOCK) != 0) {
            copyLocked(from, value, values, target);
        } else {
            copyValue(from, value, values, target);
        }
    }

    private void write(
            int slot,
            int cpu,
            int hash,
            MemorySegment keys,
            long key,
            MemorySegment from,
            long value) {
        if (keySize <= 8) {
            words[slot] = word(keys, key, keySize);
        } else if (keySize <= 16) {
            words[2 * slot] = keys.get(Memory.LONG, key);
            words[2 * slot + 1] = word(keys, key + 8, keySize - 8);
        } else {
            hashes[slot] = hash;
        }
        MemorySegment.copy(keys, key, values, keyPlace(slot), keySize);
        if (spec().type().isPerCpu()) {
            for (int i = 0; i < cpus; i++) {
                if (i != cpu) {
                    values.asSlice(place(i, slot), stride).fill((byte) 0);
                }
            }
        }
        long target = place(cpu, slot);
        clearSpecial(values, target);
        copyValue(from, value, values, target);
        if (lru) {
            referenced[slot] = 0;
            live[slot] = 1;
        }
    }

    @Override
    public int delete(MemorySegment keys, long key) {
        int hash = hash(keys, key);
        synchronized (locks[hash & (STRIPES - 1) & mask]) {
            int slot = find(keys, key);
            if (slot < 0) {
                return -Errno.ENOENT;
            }
            unlink(hash & mask, slot);
            release(slot);
            return 0;
        }
    }

    private void unlink(int bucket, int slot) {
        int after = next[slot];
        if (heads[bucket] == slot) {
            SLOTS.setRelease(heads, bucket, after);
            return;
        }
        int before = heads[bucket];
        while (next[before] != slot) {
            before = next[before];
        }
        SLOTS.setRelease(next, before, after);
    }

    private int take() {
        while (true) {
            long seen = free.get();
            int slot = (int) seen;
            if (slot < 0) {
                return NONE;
            }
            long changed = ((seen >>> 32) + 1) << 32 | (freeNext[slot] & 0xFFFF_FFFFL);
            if (free.compareAndSet(seen, changed)) {
                return slot;
            }
        }
    }

    private void release(int slot) {
        if (lru) {
            live[slot] = 0;
        }
        while (true) {
            long seen = free.get();
            freeNext[slot] = (int) seen;
            if (free.compareAndSet(seen, ((seen >>> 32) + 1) << 32 | slot)) {
                return;
            }
        }
    }

    /// A free slot, or one whose element was not used for long and is thrown out.
    private int takeOrEvict() {
        int slot = take();
        if (slot >= 0) {
            return slot;
        }
        synchronized (referenced) {
            // Two rounds: the first may find every element used, and takes the marks away.
            for (int steps = 2 * spec().maxEntries(); steps >= 0; steps--) {
                int candidate = hand;
                hand = hand + 1 == spec().maxEntries() ? 0 : hand + 1;
                if (live[candidate] == 0) {
                    continue;
                }
                if (referenced[candidate] != 0) {
                    referenced[candidate] = 0;
                } else if (evict(candidate)) {
                    return candidate;
                }
            }
        }
        return take();
    }

    private boolean evict(int slot) {
        int hash = hash(values, keyPlace(slot));
        synchronized (locks[hash & (STRIPES - 1) & mask]) {
            // The element may have gone, and another come, before the lock was taken.
            if (live[slot] == 0 || find(values, keyPlace(slot)) != slot) {
                return false;
            }
            if (hash(values, keyPlace(slot)) != hash) {
                return false;
            }
            unlink(hash & mask, slot);
            live[slot] = 0;
            return true;
        }
    }

    @Override
    public int nextKey(MemorySegment keys, long key, MemorySegment nexts, long to) {
        int slot = NONE;
        int bucket = 0;
        if (key >= 0) {
            int hash = hash(keys, key);
            int current = find(keys, key);
            if (current >= 0) {
                slot = (int) SLOTS.getAcquire(next, current);
                bucket = (hash & mask) + 1;
            }
        }
        while (slot < 0 && bucket <= mask) {
            slot = (int) SLOTS.getAcquire(heads, bucket);
            bucket++;
        }
        if (slot < 0) {
            return -Errno.ENOENT;
        }
        MemorySegment.copy(values, keyPlace(slot), nexts, to, keySize);
        return 0;
    }

    @Override
    public long forEach(int cpu, ElementVisitor visitor) {
        long visited = 0;
        for (int bucket = 0; bucket <= mask; bucket++) {
            int slot = (int) SLOTS.getAcquire(heads, bucket);
            while (slot >= 0) {
                int following = (int) SLOTS.getAcquire(next, slot);
                visited++;
                long keyAddress = valueAddress((int) keyPlace(slot));
                if (visitor.visit(keyAddress, valueAddress((int) place(cpu, slot))) != 0) {
                    return visited;
                }
                slot = following;
            }
        }
        return visited;
    }

    @Override
    public long keyAddress(Execution execution, long value) {
        long slot = (Address.offset(value) & 0xFFFF_FFFFL) % cpuBytes / stride;
        return valueAddress((int) keyPlace((int) slot));
    }
}
