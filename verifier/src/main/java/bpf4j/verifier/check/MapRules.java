package bpf4j.verifier.check;

import bpf4j.spec.MapSpec;
import bpf4j.spec.MapType;
import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.report.Rule;
import bpf4j.verifier.report.Violation;

import java.util.Set;

/// Which programs may use which maps at all.
final class MapRules {
    private static final Set<String> TRACING =
            Set.of(
                    "kprobe",
                    "tracepoint",
                    "perf_event",
                    "raw_tracepoint",
                    "raw_tracepoint_writable");
    private static final Set<MapType> SLEEPABLE =
            Set.of(
                    MapType.HASH,
                    MapType.LRU_HASH,
                    MapType.ARRAY,
                    MapType.PERCPU_HASH,
                    MapType.PERCPU_ARRAY,
                    MapType.LRU_PERCPU_HASH,
                    MapType.ARRAY_OF_MAPS,
                    MapType.HASH_OF_MAPS,
                    MapType.RINGBUF,
                    MapType.USER_RINGBUF,
                    MapType.INODE_STORAGE,
                    MapType.SK_STORAGE,
                    MapType.TASK_STORAGE,
                    MapType.CGRP_STORAGE,
                    MapType.QUEUE,
                    MapType.STACK,
                    MapType.ARENA);

    private MapRules() {}

    static void check(Env env, MapSpec map, MapFields fields) {
        String type = env.spec.type().name();
        if (fields.has(map, "bpf_spin_lock")) {
            if (type.equals("socket_filter")) {
                throw refuse("socket filter progs cannot use bpf_spin_lock yet");
            }
            if (TRACING.contains(type)) {
                throw refuse("tracing progs cannot use bpf_spin_lock yet");
            }
        }
        if (fields.has(map, "bpf_timer") && TRACING.contains(type)) {
            throw refuse("tracing progs cannot use bpf_timer yet");
        }
        if (map.type() == MapType.STRUCT_OPS) {
            throw refuse("bpf_struct_ops map cannot be used in prog");
        }
        if (env.spec.flags().contains(ProgramSpec.Flag.SLEEPABLE)
                && !SLEEPABLE.contains(map.type())) {
            throw refuse(
                    "Sleepable programs can only use array, hash, ringbuf and local storage maps");
        }
    }

    private static Violation refuse(String text) {
        return Violation.invalid(Rule.MAP_NOT_PERMITTED, -1, text);
    }
}
