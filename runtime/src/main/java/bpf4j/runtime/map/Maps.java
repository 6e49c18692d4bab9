package bpf4j.runtime.map;

import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.BpfMap;
import bpf4j.runtime.Errno;
import bpf4j.runtime.MapException;
import bpf4j.spec.MapSpec;

/// Creates maps.
public final class Maps {
    private Maps() {}

    /// Creates an empty map in a space. Contents of [MapSpec#initial] are for the caller to store,
    /// who knows the other maps and programs that they name.
    ///
    /// @throws MapException with Linux's errno when the declaration is not valid or takes too much
    ///     memory
    public static BpfMap create(AddressSpace space, MapSpec spec) throws MapException {
        MapRules.check(spec);
        return switch (spec.type()) {
            case ARRAY, PERCPU_ARRAY -> ArrayMap.create(space, spec);
            case HASH, PERCPU_HASH, LRU_HASH, LRU_PERCPU_HASH -> HashedMap.create(space, spec);
            case LPM_TRIE -> LpmTrie.create(space, spec);
            case PROG_ARRAY -> {
                reserveHandles(space, spec);
                yield space.create(id -> new ProgramArrayMap(spec, id));
            }
            case PERF_EVENT_ARRAY -> {
                reserveHandles(space, spec);
                yield space.create(id -> new PerfEventArrayMap(spec, id));
            }
            case ARRAY_OF_MAPS, HASH_OF_MAPS -> MapOfMaps.create(space, spec);
            case QUEUE, STACK -> QueueMap.create(space, spec);
            case BLOOM_FILTER -> BloomFilterMap.create(space, spec);
            case RINGBUF -> RingbufMap.create(space, spec);
            case USER_RINGBUF -> UserRingbufMap.create(space, spec);
            case STACK_TRACE -> StackTraceMap.create(space, spec);
            case DEVMAP,
                    DEVMAP_HASH,
                    CPUMAP,
                    XSKMAP,
                    SOCKMAP,
                    SOCKHASH,
                    REUSEPORT_SOCKARRAY,
                    CGROUP_ARRAY ->
                    TargetMap.create(space, spec);
            case SK_STORAGE,
                    INODE_STORAGE,
                    TASK_STORAGE,
                    CGRP_STORAGE,
                    CGROUP_STORAGE,
                    PERCPU_CGROUP_STORAGE ->
                    StorageMap.create(space, spec);
            case UNSPEC, STRUCT_OPS, ARENA -> throw new AssertionError(spec.type());
        };
    }

    private static void reserveHandles(AddressSpace space, MapSpec spec) throws MapException {
        long entries = Integer.toUnsignedLong(spec.maxEntries());
        if (entries > 1 << 28) {
            throw new MapException(
                    spec.name(), Errno.E2BIG, "%d entries are too many".formatted(entries));
        }
        space.reserve(spec, entries * 8);
    }
}
