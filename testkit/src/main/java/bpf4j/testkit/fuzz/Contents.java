package bpf4j.testkit.fuzz;

import bpf4j.kernel.KernelMap;
import bpf4j.spec.MapSpec;
import bpf4j.spec.MapSpec.Content;
import bpf4j.spec.MapType;

import java.util.Arrays;
import java.util.List;

/// What maps hold before, between and after the runs of a trial.
final class Contents {
    private Contents() {}

    /// Whether a map of this type can be made as if it were new.
    static boolean canBeEmptied(MapType type) {
        return switch (type) {
            case QUEUE, STACK, RINGBUF, BLOOM_FILTER, USER_RINGBUF -> false;
            // It takes only programs of the type of the first.
            case PROG_ARRAY -> false;
            default -> true;
        };
    }

    /// Whether what such a map holds is compared among engines.
    static boolean isCompared(MapType type) {
        return switch (type) {
            case ARRAY, HASH, PERCPU_ARRAY, PERCPU_HASH, LRU_HASH, LPM_TRIE -> true;
            default -> false;
        };
    }

    private static boolean isArray(MapType type) {
        return type == MapType.ARRAY || type == MapType.PERCPU_ARRAY;
    }

    /// Removes all entries, or fills the map with zeros.
    static void clear(KernelMap map) {
        if (!isCompared(map.spec().type()) && map.spec().initial().isEmpty()) {
            return;
        }
        byte[] zeros = new byte[map.valueBytes()];
        for (byte[] key : map.keys()) {
            if (isArray(map.spec().type())) {
                map.update(key, zeros, 0);
            } else {
                map.delete(key);
            }
        }
    }

    /// Whether a map that the trial uses holds this one at first.
    static boolean isHeld(MapSpec spec, Trial trial) {
        List<MapSpec> maps = trial.maps();
        for (int i = 0; i < maps.size(); i++) {
            for (MapSpec.Entry entry : maps.get(i).initial()) {
                if (entry.content() instanceof Content.MapRef(String name)
                        && name.equals(spec.name())
                        && trial.uses(i)) {
                    return true;
                }
            }
        }
        return false;
    }

    /// The index of the map with a name.
    static int index(Trial trial, String name) {
        for (int i = 0; i < trial.maps().size(); i++) {
            if (trial.maps().get(i).name().equals(name)) {
                return i;
            }
        }
        throw new IllegalArgumentException("no map " + name);
    }

    /// A value of a per-CPU map as if there were one CPU: a run stays on one, the others hold
    /// zeros.
    static byte[] oneCpu(MapSpec spec, byte[] values) {
        if (!spec.type().isPerCpu()) {
            return values;
        }
        int stride = spec.valueSize() + 7 & -8;
        byte[] value = Arrays.copyOf(values, spec.valueSize());
        for (int from = stride; from < values.length; from += stride) {
            for (int i = 0; i < value.length; i++) {
                value[i] |= values[from + i];
            }
        }
        return value;
    }
}
