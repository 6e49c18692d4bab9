package bpf4j.perf.contender;

import bpf4j.kernel.KernelBtf;
import bpf4j.kernel.KernelException;
import bpf4j.kernel.KernelMap;
import bpf4j.kernel.KernelProgram;
import bpf4j.kernel.LoadRequest;
import bpf4j.spec.MapSpec;
import bpf4j.spec.MapSpec.Content;
import bpf4j.spec.ProgramSpec;

import org.jspecify.annotations.Nullable;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The maps of an object inside Linux, for programs that are loaded with them, once or often.
/// Nothing is attached. Closed with this object.
public final class LinuxObject implements AutoCloseable {
    private final Map<String, KernelMap> maps = new LinkedHashMap<>();
    private @Nullable KernelBtf btf;

    /// An object without maps so far: a program brings those that it names.
    public LinuxObject() {}

    /// What Linux is asked to load; creates the maps that are not there yet.
    public LoadRequest request(ProgramSpec spec) throws KernelException {
        if (spec.btf() != null && btf == null) {
            try {
                btf = KernelBtf.load(spec.btf().encode(ByteOrder.nativeOrder()));
            } catch (KernelException e) {
                // An object whose BTF Linux does not take is loaded without, as libbpf does.
                btf = null;
            }
        }
        List<KernelMap> bound = new ArrayList<>();
        for (MapSpec map : spec.maps()) {
            KernelMap live = maps.get(map.name());
            if (live == null) {
                live = create(map);
                maps.put(map.name(), live);
            }
            bound.add(live);
        }
        return LoadRequest.of(spec, bound, btf);
    }

    private KernelMap create(MapSpec spec) throws KernelException {
        MapSpec template = spec.inner();
        KernelMap inner = template == null ? null : KernelMap.create(template, null, null);
        KernelMap map = createTyped(spec, inner);
        if (inner != null) {
            inner.close();
        }
        for (MapSpec.Entry initial : spec.initial()) {
            if (initial.content() instanceof Content.Bytes(byte[] value)) {
                map.update(initial.key(), value, 0);
            }
        }
        if (spec.frozen()) {
            map.freeze();
        }
        return map;
    }

    /// With its types where Linux takes them for this kind of map, else without.
    private KernelMap createTyped(MapSpec map, @Nullable KernelMap inner) throws KernelException {
        try {
            return KernelMap.create(map, inner, btf);
        } catch (KernelException e) {
            return KernelMap.create(map, inner, null);
        }
    }

    /// Stores the programs that program arrays hold at first.
    void link(Map<String, KernelProgram> programs) {
        for (KernelMap map : maps.values()) {
            for (MapSpec.Entry initial : map.spec().initial()) {
                if (initial.content() instanceof Content.ProgramRef(String name)) {
                    KernelProgram program = programs.get(name);
                    if (program != null) {
                        map.update(initial.key(), program);
                    }
                }
            }
        }
    }

    /// The map of this name.
    KernelMap map(String name) {
        KernelMap map = maps.get(name);
        if (map == null) {
            throw new AssertionError("no map " + name);
        }
        return map;
    }

    @Override
    public void close() {
        maps.values().forEach(KernelMap::close);
        if (btf != null) {
            btf.close();
        }
    }
}
