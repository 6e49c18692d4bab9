package bpf4j.vm;

import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.BpfMap;
import bpf4j.runtime.map.MapOfMaps;
import bpf4j.runtime.map.Maps;
import bpf4j.runtime.map.ProgramArrayMap;
import bpf4j.spec.LoadException;
import bpf4j.spec.MapSpec;
import bpf4j.spec.MapSpec.Content;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The maps of one object while it is loaded: creates each once and stores what it holds at first.
final class LiveMaps {
    private final AddressSpace space;
    private final Map<String, BpfMap> byName = new LinkedHashMap<>();

    LiveMaps(AddressSpace space) {
        this.space = space;
    }

    /// The live map of a specification; maps of one object are told apart by their names.
    BpfMap create(MapSpec spec) throws LoadException {
        BpfMap found = byName.get(spec.name());
        if (found == null) {
            found = Maps.create(space, spec);
            byName.put(spec.name(), found);
        }
        return found;
    }

    List<BpfMap> create(List<MapSpec> specs) throws LoadException {
        List<BpfMap> maps = new ArrayList<>(specs.size());
        for (MapSpec spec : specs) {
            maps.add(create(spec));
        }
        return maps;
    }

    /// Stores the initial entries, then freezes what is declared frozen.
    void fill(List<BpfProgram> programs) throws LoadException {
        for (BpfMap map : byName.values()) {
            for (MapSpec.Entry entry : map.spec().initial()) {
                store(map, entry, programs);
            }
            if (map.spec().frozen()) {
                map.freeze();
            }
        }
    }

    private void store(BpfMap map, MapSpec.Entry entry, List<BpfProgram> programs)
            throws LoadException {
        MemorySegment key = MemorySegment.ofArray(entry.key());
        int result =
                switch (entry.content()) {
                    case Content.Bytes(byte[] value) -> {
                        int worst = 0;
                        for (int cpu = 0; cpu < map.cpus(); cpu++) {
                            worst =
                                    Math.min(
                                            worst,
                                            map.update(
                                                    cpu,
                                                    key,
                                                    0,
                                                    MemorySegment.ofArray(value),
                                                    0,
                                                    BpfMap.ANY));
                        }
                        yield worst;
                    }
                    case Content.MapRef(String name) -> {
                        BpfMap inner = byName.get(name);
                        if (inner == null) {
                            throw bad(map, "refers to map '" + name + "', which is not there");
                        }
                        if (!(map instanceof MapOfMaps outer)) {
                            throw bad(map, "holds no maps, but is given map '" + name + "'");
                        }
                        yield outer.put(key, 0, inner, BpfMap.ANY);
                    }
                    case Content.ProgramRef(String name) -> {
                        if (map instanceof ProgramArrayMap array) {
                            for (BpfProgram program : programs) {
                                if (program.name().equals(name)) {
                                    array.set(index(entry.key()), program.loaded());
                                }
                            }
                        }
                        yield 0;
                    }
                };
        if (result < 0) {
            throw bad(map, "an initial entry cannot be stored: errno " + -result);
        }
    }

    private static int index(byte[] key) {
        return key[0] & 0xFF | (key[1] & 0xFF) << 8 | (key[2] & 0xFF) << 16 | key[3] << 24;
    }

    private static LoadException bad(BpfMap map, String what) {
        return new LoadException("map '" + map.spec().name() + "': " + what);
    }
}
