package bpf4j.testkit.fuzz;

import bpf4j.kernel.KernelException;
import bpf4j.kernel.KernelMap;
import bpf4j.kernel.KernelProgram;
import bpf4j.kernel.LoadRequest;
import bpf4j.spec.MapSpec;
import bpf4j.spec.MapType;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Runs trials inside Linux. Maps are made once and emptied before each trial.
final class LinuxSide implements AutoCloseable {
    private final List<MapSpec> specs = new ArrayList<>();
    private final List<KernelMap> maps = new ArrayList<>();

    /// Loads a trial's program; the verdict's program is the caller's to close.
    KernelProgram.Verdict load(Trial trial, int logLevel) throws KernelException {
        prepare(trial.maps());
        return KernelProgram.load(LoadRequest.of(trial.spec(), maps, null), logLevel);
    }

    /// Runs a loaded program on a trial's packets with fresh maps.
    Outcome run(Trial trial, KernelProgram program) {
        for (int i = 0; i < maps.size(); i++) {
            if (trial.uses(i)) {
                clear(maps.get(i));
            }
        }
        List<Outcome.Run> runs = new ArrayList<>();
        for (byte[] packet : trial.packets()) {
            KernelProgram.Run run = program.run(packet, new byte[0], 1);
            String fault = run.errno() == 0 ? "" : "errno " + run.errno();
            runs.add(new Outcome.Run(run.retval(), fault, run.data()));
        }
        List<Map<String, String>> dumps = new ArrayList<>();
        for (int i = 0; i < maps.size(); i++) {
            dumps.add(trial.uses(i) ? dump(maps.get(i)) : Map.of());
        }
        return new Outcome(runs, dumps);
    }

    private void prepare(List<MapSpec> wanted) throws KernelException {
        if (specs.equals(wanted)) {
            return;
        }
        close();
        for (MapSpec spec : wanted) {
            maps.add(KernelMap.create(spec, null, null));
        }
        specs.addAll(wanted);
    }

    private static void clear(KernelMap map) {
        boolean array = map.spec().type() == MapType.ARRAY;
        byte[] zeros = new byte[map.valueBytes()];
        for (byte[] key : map.keys()) {
            if (array) {
                map.update(key, zeros, 0);
            } else {
                map.delete(key);
            }
        }
    }

    private static Map<String, String> dump(KernelMap map) {
        Map<String, String> entries = new TreeMap<>();
        for (byte[] key : map.keys()) {
            byte[] value = map.lookup(key);
            if (value != null) {
                entries.put(HexFormat.of().formatHex(key), HexFormat.of().formatHex(value));
            }
        }
        return entries;
    }

    @Override
    public void close() {
        maps.forEach(KernelMap::close);
        maps.clear();
        specs.clear();
    }
}
