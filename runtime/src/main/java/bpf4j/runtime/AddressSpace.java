package bpf4j.runtime;

import bpf4j.spec.MapSpec;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.IntFunction;

/// The maps that programs of one virtual machine can reach, numbered in the order of their
/// creation: two spaces that create the same maps in the same order give the same addresses.
public final class AddressSpace {
    /// The bytes that the maps of a space may take together unless told otherwise: 1 GiB.
    public static final long DEFAULT_MEMORY = 1L << 30;

    private final int cpus;
    private final long memoryLimit;
    private final Timers timers = new Timers();
    private long memoryUsed;
    private volatile BpfMap[] maps = new BpfMap[0];

    /// A space without maps, with a CPU for each processor of this machine.
    public AddressSpace() {
        this(Runtime.getRuntime().availableProcessors(), DEFAULT_MEMORY);
    }

    /// A space without maps.
    ///
    /// @param cpus the number of CPUs for which per-CPU maps keep values
    /// @param memoryLimit the bytes that all maps may take together
    public AddressSpace(int cpus, long memoryLimit) {
        if (cpus < 1) {
            throw new IllegalArgumentException(cpus + " CPUs");
        }
        this.cpus = cpus;
        this.memoryLimit = memoryLimit;
    }

    /// The number of CPUs.
    public int cpus() {
        return cpus;
    }

    /// The timers in the values of the maps.
    public Timers timers() {
        return timers;
    }

    /// Creates a map with the next free id and makes it reachable.
    public synchronized <M extends BpfMap> M create(IntFunction<M> constructor) {
        int id = maps.length;
        M map = constructor.apply(id);
        BpfMap[] more = Arrays.copyOf(maps, id + 1);
        more[id] = map;
        maps = more;
        return map;
    }

    /// Zeroed native memory for a map, 8-byte aligned, which lives as long as it is reachable.
    public MemorySegment allocate(MapSpec spec, long bytes) throws MapException {
        if (bytes > 0xFFFF_FFFFL) {
            throw new MapException(
                    spec.name(),
                    Errno.E2BIG,
                    "%d bytes of values are more than a map can have (4 GiB); declare fewer entries"
                            .formatted(bytes));
        }
        reserve(spec, bytes);
        return Arena.ofAuto().allocate(Math.max(bytes, 8), 8);
    }

    /// Counts memory that a map takes outside of [#allocate] against the limit.
    public synchronized void reserve(MapSpec spec, long bytes) throws MapException {
        if (bytes < 0 || bytes > memoryLimit - memoryUsed) {
            throw new MapException(
                    spec.name(),
                    Errno.ENOMEM,
                    "needs %d bytes, but of the %d bytes for all maps only %d are left; declare fewer entries or raise the memory limit"
                            .formatted(bytes, memoryLimit, memoryLimit - memoryUsed));
        }
        memoryUsed += bytes;
    }

    /// The bytes that maps take at present.
    public synchronized long memoryUsed() {
        return memoryUsed;
    }

    /// The map with this id.
    public BpfMap map(int id) {
        return maps[id];
    }

    /// The map with this id, or null.
    @Nullable BpfMap find(int id) {
        BpfMap[] all = maps;
        return id >= 0 && id < all.length ? all[id] : null;
    }

    /// The number of maps.
    public int size() {
        return maps.length;
    }

    /// The map that an address of region MAPS + id stands for.
    public BpfMap mapAt(long handle) {
        BpfMap map = find(Address.region(handle) - Address.MAPS);
        if (map == null || Address.offset(handle) != 0) {
            throw new ProgramFault(Address.describe(handle) + " is not the address of a map");
        }
        return map;
    }

    /// The memory behind region VALUES + id.
    public MemorySegment values(int region) {
        BpfMap map = find(region - Address.VALUES);
        if (map == null) {
            throw new ProgramFault("no memory has region 0x%x".formatted(region));
        }
        return map.values();
    }
}
