package bpf4j.testkit.fuzz;

import bpf4j.btf.Btf;
import bpf4j.kernel.KernelBtf;
import bpf4j.kernel.KernelException;
import bpf4j.kernel.KernelMap;
import bpf4j.kernel.KernelProgram;
import bpf4j.kernel.LoadRequest;
import bpf4j.spec.MapSpec;
import bpf4j.spec.MapSpec.Content;
import bpf4j.spec.MapType;

import org.jspecify.annotations.Nullable;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Runs trials inside Linux. Making a map takes longer than running a program: maps are kept from
/// trial to trial and emptied, where they can be.
final class LinuxSide implements AutoCloseable {
    private static final int MOST_KEPT = 64;

    private final IdentityHashMap<MapSpec, KernelMap> kept = new IdentityHashMap<>();
    private final IdentityHashMap<Btf, KernelBtf> types = new IdentityHashMap<>();

    /// The maps of the trial that was loaded last, in its order; null those that it does not use.
    private final List<@Nullable KernelMap> maps = new ArrayList<>();

    /// Loads a trial's program; the verdict's program is the caller's to close.
    KernelProgram.Verdict load(Trial trial, int logLevel) throws KernelException {
        prepare(trial);
        Btf btf = trial.spec().btf();
        return KernelProgram.load(
                LoadRequest.of(trial.spec(), maps, btf == null ? null : types(btf)), logLevel);
    }

    /// Runs the program that was loaded last on a trial's packets, with maps as at the beginning.
    Outcome run(Trial trial, KernelProgram program) {
        for (KernelMap map : maps) {
            if (map != null) {
                Contents.clear(map);
                fill(map, trial, program);
            }
        }
        List<Outcome.Run> runs = new ArrayList<>();
        for (byte[] packet : trial.packets()) {
            for (KernelMap map : maps) {
                if (map != null && map.spec().type().isPerCpu()) {
                    Contents.clear(map);
                }
            }
            KernelProgram.Run run =
                    program.run(Inputs.data(trial, packet), Inputs.context(trial, packet), 1);
            String fault = Outcome.refusal(run.errno());
            runs.add(new Outcome.Run(run.retval(), fault, run.data()));
        }
        List<Map<String, String>> dumps = new ArrayList<>();
        for (KernelMap map : maps) {
            dumps.add(map == null ? Map.of() : dump(map));
        }
        for (KernelMap map : maps) {
            if (map != null && map.spec().type() == MapType.PROG_ARRAY) {
                Contents.clear(map);
            }
        }
        return new Outcome(runs, dumps);
    }

    private void prepare(Trial trial) throws KernelException {
        maps.clear();
        if (kept.size() > MOST_KEPT) {
            close();
        }
        List<MapSpec> specs = trial.maps();
        for (int i = 0; i < specs.size(); i++) {
            boolean used = trial.uses(i) || Contents.isHeld(specs.get(i), trial);
            maps.add(used ? map(specs.get(i), trial) : null);
        }
    }

    private KernelMap map(MapSpec spec, Trial trial) throws KernelException {
        KernelMap known = kept.get(spec);
        if (known != null) {
            if (Contents.canBeEmptied(spec.type())) {
                return known;
            }
            known.close();
        }
        MapSpec inner = spec.inner();
        KernelMap map = KernelMap.create(spec, inner == null ? null : map(inner, trial), null);
        kept.put(spec, map);
        return map;
    }

    private KernelBtf types(Btf btf) throws KernelException {
        KernelBtf known = types.get(btf);
        if (known == null) {
            known = KernelBtf.load(btf.encode(ByteOrder.nativeOrder()));
            types.put(btf, known);
        }
        return known;
    }

    private void fill(KernelMap map, Trial trial, KernelProgram program) {
        for (MapSpec.Entry entry : map.spec().initial()) {
            int result =
                    switch (entry.content()) {
                        case Content.Bytes(byte[] value) -> map.update(entry.key(), value, 0);
                        case Content.ProgramRef _ -> map.update(entry.key(), program);
                        case Content.MapRef(String name) -> {
                            KernelMap inner = maps.get(Contents.index(trial, name));
                            yield inner == null ? -1 : map.update(entry.key(), inner);
                        }
                    };
            if (result < 0) {
                throw new IllegalStateException(map.spec().name() + " is not filled: " + result);
            }
        }
    }

    private static Map<String, String> dump(KernelMap map) {
        Map<String, String> entries = new TreeMap<>();
        if (Contents.isCompared(map.spec().type())) {
            for (byte[] key : map.keys()) {
                byte[] value = map.lookup(key);
                if (value != null) {
                    byte[] one = Contents.oneCpu(map.spec(), value);
                    entries.put(HexFormat.of().formatHex(key), HexFormat.of().formatHex(one));
                }
            }
        }
        return entries;
    }

    @Override
    public void close() {
        kept.values().forEach(KernelMap::close);
        kept.clear();
        types.values().forEach(KernelBtf::close);
        types.clear();
    }
}
