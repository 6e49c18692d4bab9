package bpf4j.testkit;

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
import java.util.List;

/// A linked program and its maps inside Linux: loaded, never attached, closed with this object.
public final class KernelObject implements AutoCloseable {
    private final List<KernelMap> maps = new ArrayList<>();
    private @Nullable KernelBtf btf;
    private final KernelProgram.Verdict verdict;

    private KernelObject(ProgramSpec spec, int logLevel) throws KernelException {
        try {
            if (spec.btf() != null) {
                btf = KernelBtf.load(spec.btf().encode(ByteOrder.nativeOrder()));
            }
        } catch (KernelException e) {
            // An object whose BTF Linux does not take is loaded without, as libbpf does.
            btf = null;
        }
        for (MapSpec map : spec.maps()) {
            maps.add(create(map));
        }
        verdict = KernelProgram.load(LoadRequest.of(spec, maps, btf), logLevel);
    }

    /// Loads a program with the maps that it names.
    ///
    /// @param logLevel Linux's log level, see [KernelProgram#load]
    public static KernelObject load(ProgramSpec spec, int logLevel) throws KernelException {
        return new KernelObject(spec, logLevel);
    }

    private KernelMap create(MapSpec spec) throws KernelException {
        KernelMap inner = null;
        MapSpec template = spec.inner();
        if (template != null) {
            inner = KernelMap.create(template, null, null);
        }
        KernelMap map = createTyped(spec, inner);
        if (inner != null) {
            inner.close();
        }
        for (MapSpec.Entry entry : spec.initial()) {
            if (entry.content() instanceof Content.Bytes(byte[] value)) {
                map.update(entry.key(), value, 0);
            }
        }
        if (spec.frozen()) {
            map.freeze();
        }
        return map;
    }

    /// With its types where Linux takes them for this kind of map, else without.
    private KernelMap createTyped(MapSpec spec, @Nullable KernelMap inner) throws KernelException {
        try {
            return KernelMap.create(spec, inner, btf);
        } catch (KernelException e) {
            return KernelMap.create(spec, inner, null);
        }
    }

    /// What Linux said of the program.
    public KernelProgram.Verdict verdict() {
        return verdict;
    }

    /// The program.
    ///
    /// @throws IllegalStateException when Linux refused it
    public KernelProgram program() {
        KernelProgram program = verdict.program();
        if (program == null) {
            throw new IllegalStateException("refused: " + verdict.log());
        }
        return program;
    }

    /// The maps, in the order of the specification.
    public List<KernelMap> maps() {
        return List.copyOf(maps);
    }

    @Override
    public void close() {
        KernelProgram program = verdict.program();
        if (program != null) {
            program.close();
        }
        maps.forEach(KernelMap::close);
        if (btf != null) {
            btf.close();
        }
    }
}
