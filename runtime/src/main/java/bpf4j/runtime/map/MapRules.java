package bpf4j.runtime.map;

import static bpf4j.runtime.BpfMap.CLONE;
import static bpf4j.runtime.BpfMap.INNER_MAP;
import static bpf4j.runtime.BpfMap.MMAPABLE;
import static bpf4j.runtime.BpfMap.NO_COMMON_LRU;
import static bpf4j.runtime.BpfMap.NO_PREALLOC;
import static bpf4j.runtime.BpfMap.NUMA_NODE;
import static bpf4j.runtime.BpfMap.PRESERVE_ELEMS;
import static bpf4j.runtime.BpfMap.RDONLY;
import static bpf4j.runtime.BpfMap.RDONLY_PROG;
import static bpf4j.runtime.BpfMap.STACK_BUILD_ID;
import static bpf4j.runtime.BpfMap.WRONLY;
import static bpf4j.runtime.BpfMap.WRONLY_PROG;
import static bpf4j.runtime.BpfMap.ZERO_SEED;

import bpf4j.runtime.Errno;
import bpf4j.runtime.MapException;
import bpf4j.spec.MapSpec;
import bpf4j.spec.MapType;

/// What Linux demands of a map's declaration (`map_alloc_check` and `map_alloc` of each type).
final class MapRules {
    private static final int ACCESS = RDONLY | WRONLY | RDONLY_PROG | WRONLY_PROG;

    /// Linux: KMALLOC_MAX_SIZE, the size of the largest element.
    private static final int KMALLOC_MAX = 1 << 22;

    private static final int MAX_STACK = 512;
    private static final int PAGE = 4096;

    private final MapSpec spec;

    private MapRules(MapSpec spec) {
        this.spec = spec;
    }

    /// Refuses a map that Linux would refuse.
    static void check(MapSpec spec) throws MapException {
        new MapRules(spec).check();
    }

    /// A product of sizes, or a refusal when it leaves the range of what a map can have.
    static long multiply(MapSpec spec, long size, long count) throws MapException {
        long product = size * count;
        if (product > 0xFFFF_FFFFL || size > 0xFFFF_FFFFL) {
            throw new MapException(
                    spec.name(),
                    Errno.E2BIG,
                    "%d entries of %d bytes are more than a map can have (4 GiB)"
                            .formatted(count, size));
        }
        return product;
    }

    private void check() throws MapException {
        if ((spec.flags() & (RDONLY_PROG | WRONLY_PROG)) == (RDONLY_PROG | WRONLY_PROG)
                || (spec.flags() & (RDONLY | WRONLY)) == (RDONLY | WRONLY)) {
            throw invalid("flags 0x%x forbid both reading and writing".formatted(spec.flags()));
        }
        switch (spec.type()) {
            case ARRAY, PERCPU_ARRAY -> array();
            case HASH, PERCPU_HASH, LRU_HASH, LRU_PERCPU_HASH -> hash();
            case LPM_TRIE -> lpm();
            case PROG_ARRAY, CGROUP_ARRAY -> numbered(4, RDONLY | WRONLY);
            case PERF_EVENT_ARRAY -> numbered(4, RDONLY | WRONLY | PRESERVE_ELEMS);
            case ARRAY_OF_MAPS -> {
                numbered(4, ACCESS | NUMA_NODE);
                template();
            }
            case HASH_OF_MAPS -> {
                hash();
                sizes(-1, 4);
                template();
            }
            case QUEUE, STACK -> queue();
            case BLOOM_FILTER -> bloom();
            case RINGBUF, USER_RINGBUF -> ringbuf();
            case STACK_TRACE -> stackTrace();
            case DEVMAP, DEVMAP_HASH, CPUMAP -> redirect();
            case XSKMAP -> numbered(4, RDONLY | WRONLY | NUMA_NODE);
            case SOCKMAP, SOCKHASH, REUSEPORT_SOCKARRAY -> sockets();
            case SK_STORAGE, INODE_STORAGE, TASK_STORAGE, CGRP_STORAGE -> storage();
            case CGROUP_STORAGE, PERCPU_CGROUP_STORAGE -> cgroupStorage();
            case UNSPEC, STRUCT_OPS, ARENA ->
                    throw new MapException(
                            spec.name(),
                            Errno.ENOTSUPP,
                            "maps of type " + spec.type().label() + " are not supported");
        }
    }

    private MapException invalid(String message) {
        return new MapException(spec.name(), Errno.EINVAL, message);
    }

    private void flags(int allowed) throws MapException {
        int wrong = spec.flags() & ~allowed;
        if (wrong != 0) {
            throw invalid("flags 0x%x do not fit type %s".formatted(wrong, spec.type().label()));
        }
    }

    /// Demands sizes in bytes; -1 permits any but 0.
    private void sizes(int key, int value) throws MapException {
        if (key >= 0 ? spec.keySize() != key : spec.keySize() <= 0) {
            throw invalid(
                    "key_size %d, but type %s needs %s"
                            .formatted(
                                    spec.keySize(),
                                    spec.type().label(),
                                    key >= 0 ? key : "at least 1"));
        }
        if (value >= 0 ? spec.valueSize() != value : spec.valueSize() <= 0) {
            throw invalid(
                    "value_size %d, but type %s needs %s"
                            .formatted(
                                    spec.valueSize(),
                                    spec.type().label(),
                                    value >= 0 ? value : "at least 1"));
        }
    }

    private void entries() throws MapException {
        if (spec.maxEntries() == 0) {
            throw invalid("max_entries is 0");
        }
    }

    private void noEntries() throws MapException {
        if (spec.maxEntries() != 0) {
            throw invalid("max_entries must be 0 for type " + spec.type().label());
        }
    }

    private void maximum(String what, long size, long limit) throws MapException {
        if (size > limit || size < 0) {
            throw new MapException(
                    spec.name(), Errno.E2BIG, "%s %d is more than %d".formatted(what, size, limit));
        }
    }

    private void array() throws MapException {
        entries();
        if (spec.keySize() != 4) {
            throw invalid("key_size %d, but an array needs 4".formatted(spec.keySize()));
        }
        if (spec.valueSize() == 0) {
            throw invalid("value_size is 0");
        }
        boolean perCpu = spec.type().isPerCpu();
        flags(ACCESS | NUMA_NODE | (perCpu ? 0 : MMAPABLE | INNER_MAP));
        if (perCpu && (spec.flags() & NUMA_NODE) != 0) {
            throw invalid("a per-CPU array takes no NUMA node");
        }
        maximum("value_size", spec.valueSize(), Integer.MAX_VALUE);
        if (perCpu) {
            // Linux: PCPU_MIN_UNIT_SIZE.
            maximum("value_size", spec.valueSize(), 32 << 10);
        }
    }

    private void numbered(int valueSize, int allowed) throws MapException {
        entries();
        sizes(4, valueSize);
        flags(allowed);
    }

    private void hash() throws MapException {
        boolean lru = spec.type().label().startsWith("lru");
        flags(NO_PREALLOC | NO_COMMON_LRU | NUMA_NODE | ACCESS | ZERO_SEED);
        if (!lru && (spec.flags() & NO_COMMON_LRU) != 0) {
            throw invalid("BPF_F_NO_COMMON_LRU is for LRU maps only");
        }
        if (lru && (spec.flags() & NO_PREALLOC) != 0) {
            throw new MapException(
                    spec.name(), Errno.ENOTSUPP, "LRU maps cannot be without preallocation");
        }
        if ((spec.flags() & NUMA_NODE) != 0 && spec.type().isPerCpu()) {
            throw invalid("a per-CPU map takes no NUMA node");
        }
        entries();
        sizes(-1, -1);
        maximum(
                "key_size + value_size",
                (long) spec.keySize() + spec.valueSize(),
                KMALLOC_MAX - 48);
        if (spec.type().isPerCpu()) {
            maximum("value_size", spec.valueSize(), 32 << 10);
        }
    }

    private void lpm() throws MapException {
        if ((spec.flags() & NO_PREALLOC) == 0) {
            throw invalid("an LPM trie needs the flag BPF_F_NO_PREALLOC");
        }
        flags(NO_PREALLOC | NUMA_NODE | ACCESS);
        entries();
        if (spec.keySize() < 5 || spec.keySize() > 260) {
            throw invalid(
                    "key_size %d, but an LPM trie needs 5 to 260 (4 for the prefix length and 1 to 256 for the data)"
                            .formatted(spec.keySize()));
        }
        sizes(-1, -1);
        maximum("value_size", spec.valueSize(), KMALLOC_MAX - 256 - 40);
    }

    private void template() throws MapException {
        MapSpec inner = spec.inner();
        if (inner == null) {
            throw new MapException(
                    spec.name(), Errno.EBADF, "a map of maps needs a template for its inner maps");
        }
        if (inner.inner() != null) {
            throw invalid("maps of maps cannot nest more than two deep");
        }
        switch (inner.type()) {
            case CGROUP_STORAGE, PERCPU_CGROUP_STORAGE, STRUCT_OPS, PROG_ARRAY ->
                    throw new MapException(
                            spec.name(),
                            Errno.ENOTSUPP,
                            "maps of type " + inner.type().label() + " cannot be inner maps");
            default -> {}
        }
    }

    private void queue() throws MapException {
        entries();
        sizes(0, -1);
        flags(NUMA_NODE | ACCESS);
        maximum("value_size", spec.valueSize(), KMALLOC_MAX);
    }

    private void bloom() throws MapException {
        sizes(0, -1);
        entries();
        flags(NUMA_NODE | ZERO_SEED | ACCESS);
        if ((spec.extra() & ~0xFL) != 0) {
            throw invalid("map_extra holds the number of hash functions, 1 to 15");
        }
    }

    private void ringbuf() throws MapException {
        flags(spec.type() == MapType.RINGBUF ? NUMA_NODE : 0);
        if (spec.keySize() != 0 || spec.valueSize() != 0) {
            throw invalid("a ring buffer has neither keys nor values");
        }
        int size = spec.maxEntries();
        if (size <= 0 || Integer.bitCount(size) != 1 || size % PAGE != 0) {
            throw invalid(
                    "max_entries %d, but a ring buffer needs a power of two of at least %d bytes"
                            .formatted(size, PAGE));
        }
    }

    private void stackTrace() throws MapException {
        flags(NUMA_NODE | RDONLY | WRONLY | STACK_BUILD_ID);
        entries();
        int depth = (spec.flags() & STACK_BUILD_ID) != 0 ? 32 : 8;
        if (spec.keySize() != 4
                || spec.valueSize() < 8
                || spec.valueSize() % depth != 0
                || spec.valueSize() / depth > 127) {
            throw invalid(
                    "key_size %d and value_size %d, but a stack trace needs 4 and up to 127 addresses"
                            .formatted(spec.keySize(), spec.valueSize()));
        }
    }

    private void redirect() throws MapException {
        entries();
        boolean cpus = spec.type() == MapType.CPUMAP;
        flags(cpus ? NUMA_NODE : NUMA_NODE | RDONLY | WRONLY);
        if (spec.keySize() != 4 || spec.valueSize() != 4 && spec.valueSize() != 8) {
            throw invalid(
                    "key_size %d and value_size %d, but type %s needs 4 and 4 or 8"
                            .formatted(spec.keySize(), spec.valueSize(), spec.type().label()));
        }
    }

    private void sockets() throws MapException {
        entries();
        boolean hashed = spec.type() == MapType.SOCKHASH;
        flags(NUMA_NODE | (spec.type() == MapType.REUSEPORT_SOCKARRAY ? ACCESS : RDONLY | WRONLY));
        if (hashed ? spec.keySize() <= 0 : spec.keySize() != 4) {
            throw invalid("key_size " + spec.keySize());
        }
        if (spec.valueSize() != 4 && spec.valueSize() != 8) {
            throw invalid("value_size %d, but sockets need 4 or 8".formatted(spec.valueSize()));
        }
        if (hashed) {
            maximum("key_size", spec.keySize(), MAX_STACK);
        }
    }

    private void storage() throws MapException {
        flags(NO_PREALLOC | CLONE);
        if ((spec.flags() & NO_PREALLOC) == 0) {
            throw invalid("storage needs the flag BPF_F_NO_PREALLOC");
        }
        noEntries();
        sizes(4, -1);
        if (spec.btf() == null || spec.keyType() == 0 || spec.valueType() == 0) {
            throw invalid("storage needs BTF types for key and value");
        }
        maximum("value_size", spec.valueSize(), 64 << 10);
    }

    private void cgroupStorage() throws MapException {
        if (spec.keySize() != 8 && spec.keySize() != 16) {
            throw invalid(
                    "key_size %d, but cgroup storage needs 8 or 16".formatted(spec.keySize()));
        }
        sizes(-1, -1);
        boolean perCpu = spec.type().isPerCpu();
        if (perCpu) {
            maximum("value_size", spec.valueSize(), 32 << 10);
        }
        flags(NUMA_NODE | ACCESS);
        noEntries();
        maximum("value_size", spec.valueSize(), KMALLOC_MAX - 64);
    }
}
