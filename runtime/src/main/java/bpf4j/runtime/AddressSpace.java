package bpf4j.runtime;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntFunction;

/// The maps that programs of one virtual machine can reach, numbered in the order of their
/// creation:
/// two spaces that create the same maps in the same order give the same addresses.
public final class AddressSpace {
    private final CopyOnWriteArrayList<BpfMap> maps = new CopyOnWriteArrayList<>();

    /// A space without maps.
    public AddressSpace() {}

    /// Creates a map with the next free id and makes it reachable.
    public synchronized <M extends BpfMap> M create(IntFunction<M> constructor) {
        M map = constructor.apply(maps.size());
        maps.add(map);
        return map;
    }

    /// The map with this id.
    public BpfMap map(int id) {
        return maps.get(id);
    }

    /// The map with this id, or null.
    @Nullable BpfMap find(int id) {
        return id >= 0 && id < maps.size() ? maps.get(id) : null;
    }

    /// The number of maps.
    public int size() {
        return maps.size();
    }

    /// The map that an address of region MAPS + id stands for.
    public BpfMap mapAt(long handle) {
        int id = Address.region(handle) - Address.MAPS;
        if (id < 0 || id >= maps.size() || Address.offset(handle) != 0) {
            throw new ProgramFault("0x%x is not the address of a map".formatted(handle));
        }
        return maps.get(id);
    }

    /// The memory behind region VALUES + id.
    public MemorySegment values(int region) {
        int id = region - Address.VALUES;
        if (id < 0 || id >= maps.size()) {
            throw new ProgramFault("no memory has region 0x%x".formatted(region));
        }
        return maps.get(id).values();
    }
}
