package bpf4j.runtime;

import bpf4j.spec.MapSpec;

import java.lang.foreign.MemorySegment;

/// A live map: keys and values of fixed size in bytes. Values live in one memory segment, so that
/// programs keep addresses of them; see [#values].
///
/// Keys and values are passed as a segment and a byte offset into it. Results are Linux's: 0 or a
/// negative errno.
public abstract class BpfMap {
    private final MapSpec spec;
    private final int id;

    /// A map with its number in an [AddressSpace].
    protected BpfMap(MapSpec spec, int id) {
        this.spec = spec;
        this.id = id;
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

    /// `bpf_map_update_elem` with `BPF_ANY`, `BPF_NOEXIST` or `BPF_EXIST`. For per-CPU maps it sets
    /// the
    /// value of `cpu`.
    public abstract int update(
            int cpu, MemorySegment keys, long key, MemorySegment values, long value, long flags);

    /// `bpf_map_delete_elem`.
    public abstract int delete(MemorySegment keys, long key);

    /// `BPF_MAP_GET_NEXT_KEY`: stores the key after `key` (the first when `key` is negative or not
    /// there) at `next`. Returns 0, or -ENOENT after the last.
    public abstract int nextKey(MemorySegment keys, long key, MemorySegment nexts, long next);

    /// The bytes from one element of [#values] to the next; an access may not cross from one to
    /// another.
    public long stride() {
        return values().byteSize();
    }

    /// Whether a program may read (or write) `size` bytes at `offset` in [#values].
    public boolean permits(int offset, long size, boolean write) {
        long start = offset & 0xFFFF_FFFFL;
        long stride = stride();
        return size >= 0
                && start + size <= values().byteSize()
                && (start % stride) + size <= stride;
    }
}
