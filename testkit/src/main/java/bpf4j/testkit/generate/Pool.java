package bpf4j.testkit.generate;

import bpf4j.btf.Btf;
import bpf4j.btf.BtfType;
import bpf4j.spec.MapSpec;
import bpf4j.spec.MapSpec.Content;
import bpf4j.spec.MapSpec.Entry;
import bpf4j.spec.MapType;

import java.util.List;

/// The maps and types that generated programs take theirs from: always the same objects, so that
/// whoever runs the programs can keep what it made of them.
final class Pool {
    static final int VALUE_SIZE = 64;

    static final MapSpec ARRAY = MapSpec.of("array", MapType.ARRAY, 4, VALUE_SIZE, 4);
    static final MapSpec HASH = MapSpec.of("hash", MapType.HASH, 8, VALUE_SIZE, 16);
    static final MapSpec PERCPU_ARRAY =
            MapSpec.of("percpu_array", MapType.PERCPU_ARRAY, 4, VALUE_SIZE, 2);
    static final MapSpec PERCPU_HASH =
            MapSpec.of("percpu_hash", MapType.PERCPU_HASH, 8, VALUE_SIZE, 16);
    static final MapSpec LRU = MapSpec.of("lru", MapType.LRU_HASH, 8, VALUE_SIZE, 1024);

    /// `BPF_F_NO_PREALLOC`, which Linux wants of this type.
    static final MapSpec TRIE =
            MapSpec.of("trie", MapType.LPM_TRIE, 8, VALUE_SIZE, 64).withFlags(1);

    static final MapSpec QUEUE = MapSpec.of("queue", MapType.QUEUE, 0, 8, 4);
    static final MapSpec STACK = MapSpec.of("stack", MapType.STACK, 0, 8, 4);
    static final MapSpec RINGBUF = MapSpec.of("ringbuf", MapType.RINGBUF, 0, 0, 4096);

    static final MapSpec OUTER =
            MapSpec.of("outer", MapType.ARRAY_OF_MAPS, 4, 4, 2)
                    .withInner(ARRAY)
                    .withInitial(List.of(new Entry(new byte[4], new Content.MapRef(ARRAY.name()))));

    /// Calls of the program's own begin it anew; its second place is empty.
    static final MapSpec PROGRAMS =
            MapSpec.of("programs", MapType.PROG_ARRAY, 4, 4, 2)
                    .withInitial(List.of(new Entry(new byte[4], new Content.ProgramRef("fuzz"))));

    /// Those that are looked up by a key and hold bytes.
    static final List<MapSpec> KEYED = List.of(ARRAY, HASH, PERCPU_ARRAY, PERCPU_HASH, LRU, TRIE);

    static final int MEMORY = 16;

    private static final BtfType INT = new BtfType.Int("int", 4, 32, 0, true, false, false);
    private static final BtfType LONG = new BtfType.Int("long", 8, 64, 0, true, false, false);

    static final int MAIN = 8;
    static final int STATIC = 9;
    static final int GLOBAL = 10;
    static final int GLOBAL_MEMORY = 11;

    /// The types of all functions: the entry, static ones, and global ones of two numbers and of
    /// memory and a number.
    static final Btf TYPES =
            new Btf(
                    List.of(
                            new BtfType.Void(),
                            INT,
                            LONG,
                            new BtfType.Struct(
                                    "pair",
                                    false,
                                    MEMORY,
                                    List.of(
                                            new BtfType.Member("a", 2, 0, 0),
                                            new BtfType.Member("b", 2, 64, 0))),
                            new BtfType.Ptr(3),
                            new BtfType.FuncProto(1, List.of()),
                            new BtfType.FuncProto(
                                    1,
                                    List.of(new BtfType.Param("a", 2), new BtfType.Param("b", 2))),
                            new BtfType.FuncProto(
                                    1,
                                    List.of(
                                            new BtfType.Param("memory", 4),
                                            new BtfType.Param("b", 2))),
                            new BtfType.Func("fuzz", 5, 1),
                            new BtfType.Func("inner", 6, 0),
                            new BtfType.Func("global", 6, 1),
                            new BtfType.Func("global_memory", 7, 1)));

    private Pool() {}
}
