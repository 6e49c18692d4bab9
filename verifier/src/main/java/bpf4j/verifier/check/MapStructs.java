package bpf4j.verifier.check;

import bpf4j.spec.MapType;
import bpf4j.verifier.report.Rule;
import bpf4j.verifier.report.Violation;
import bpf4j.verifier.state.Reg;

/// Loads from and stores to a map itself rather than one of its values. Linux lets privileged
/// programs read its `struct bpf_map`; here there is no such struct.
final class MapStructs {
    private MapStructs() {}

    /// What there is to say of an access.
    static Violation refuse(Env env, int regno, Reg reg, int off, boolean write) {
        String struct = name(reg.theMap().type());
        if (!env.allowPointerLeaks) {
            return new Violation(
                    Rule.PERMISSION,
                    Violation.EPERM,
                    -1,
                    regno,
                    "'struct "
                            + struct
                            + "' access is allowed only to CAP_PERFMON and CAP_SYS_ADMIN");
        }
        if (off < 0) {
            return Violation.access(
                    Rule.OUT_OF_BOUNDS,
                    regno,
                    "R" + regno + " is " + struct + " invalid negative access: off=" + off);
        }
        if (write) {
            return Violation.access(
                    Rule.READ_ONLY_MEMORY, regno, "only read from " + struct + " is supported");
        }
        return Violation.access(
                Rule.KERNEL_TYPES,
                regno,
                "R" + regno + " invalid mem access '" + reg.typeName() + "'");
    }

    /// Linux's struct of a map type.
    private static String name(MapType type) {
        return switch (type) {
            case HASH, PERCPU_HASH, LRU_HASH, LRU_PERCPU_HASH, HASH_OF_MAPS -> "bpf_htab";
            case LPM_TRIE -> "lpm_trie";
            case QUEUE, STACK -> "bpf_queue_stack";
            case STACK_TRACE -> "bpf_stack_map";
            case DEVMAP, DEVMAP_HASH -> "bpf_dtab";
            case CPUMAP -> "bpf_cpu_map";
            case XSKMAP -> "xsk_map";
            case SOCKMAP -> "bpf_stab";
            case SOCKHASH -> "bpf_shtab";
            case REUSEPORT_SOCKARRAY -> "reuseport_array";
            case SK_STORAGE, INODE_STORAGE, TASK_STORAGE, CGRP_STORAGE -> "bpf_local_storage_map";
            case CGROUP_STORAGE, PERCPU_CGROUP_STORAGE -> "bpf_cgroup_storage_map";
            case RINGBUF, USER_RINGBUF -> "bpf_ringbuf_map";
            case BLOOM_FILTER -> "bpf_bloom_filter";
            case ARENA -> "bpf_arena";
            case STRUCT_OPS -> "bpf_struct_ops_map";
            case UNSPEC,
                    ARRAY,
                    PERCPU_ARRAY,
                    PROG_ARRAY,
                    PERF_EVENT_ARRAY,
                    CGROUP_ARRAY,
                    ARRAY_OF_MAPS ->
                    "bpf_array";
        };
    }
}
