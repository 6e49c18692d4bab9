package bpf4j.spec;

import java.util.Locale;

/// The map types of Linux in the order of their numbers (`enum bpf_map_type`).
public enum MapType {
    UNSPEC,
    HASH,
    ARRAY,
    PROG_ARRAY,
    PERF_EVENT_ARRAY,
    PERCPU_HASH,
    PERCPU_ARRAY,
    STACK_TRACE,
    CGROUP_ARRAY,
    LRU_HASH,
    LRU_PERCPU_HASH,
    LPM_TRIE,
    ARRAY_OF_MAPS,
    HASH_OF_MAPS,
    DEVMAP,
    SOCKMAP,
    CPUMAP,
    XSKMAP,
    SOCKHASH,
    CGROUP_STORAGE,
    REUSEPORT_SOCKARRAY,
    PERCPU_CGROUP_STORAGE,
    QUEUE,
    STACK,
    SK_STORAGE,
    DEVMAP_HASH,
    STRUCT_OPS,
    RINGBUF,
    INODE_STORAGE,
    TASK_STORAGE,
    BLOOM_FILTER,
    USER_RINGBUF,
    CGRP_STORAGE,
    ARENA;

    private static final MapType[] ALL = values();

    /// Linux's number.
    public int number() {
        return ordinal();
    }

    /// The name as bpftool prints it, such as `percpu_array`.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Whether each CPU has values of its own.
    public boolean isPerCpu() {
        return this == PERCPU_HASH
                || this == PERCPU_ARRAY
                || this == LRU_PERCPU_HASH
                || this == PERCPU_CGROUP_STORAGE;
    }

    /// The type with Linux's number.
    public static MapType of(int number) throws LoadException {
        if (number < 0 || number >= ALL.length) {
            throw new LoadException(
                    "map type " + number + " is unknown (known: 0 to " + (ALL.length - 1) + ")");
        }
        return ALL[number];
    }
}
