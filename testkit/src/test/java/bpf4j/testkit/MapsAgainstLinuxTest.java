package bpf4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import bpf4j.kernel.KernelMap;
import bpf4j.kernel.KernelProgram;
import bpf4j.runtime.Address;
import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.BpfMap;
import bpf4j.runtime.map.Maps;
import bpf4j.spec.MapSpec;
import bpf4j.spec.MapType;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/// Random operations on a map here and on one inside Linux: every result, every error and at the
/// end every entry must be the same. Skipped, with the reason printed, where Linux does not let
/// this
/// process create maps.
class MapsAgainstLinuxTest {
    private static final int STEPS = 400;

    static Stream<MapSpec> maps() {
        return Stream.of(
                MapSpec.of("array", MapType.ARRAY, 4, 6, 3),
                MapSpec.of("hash4", MapType.HASH, 4, 8, 3),
                MapSpec.of("hash3", MapType.HASH, 3, 5, 4).withFlags(BpfMap.NO_PREALLOC),
                MapSpec.of("hash12", MapType.HASH, 12, 1, 3),
                MapSpec.of("hash24", MapType.HASH, 24, 16, 3),
                MapSpec.of("lpm4", MapType.LPM_TRIE, 8, 8, 4).withFlags(BpfMap.NO_PREALLOC),
                MapSpec.of("lpm1", MapType.LPM_TRIE, 5, 8, 6).withFlags(BpfMap.NO_PREALLOC),
                MapSpec.of("lpm16", MapType.LPM_TRIE, 20, 4, 5).withFlags(BpfMap.NO_PREALLOC),
                MapSpec.of("cpumap", MapType.CPUMAP, 4, 4, 2));
    }

    @ParameterizedTest
    @MethodSource("maps")
    void everyOperationGivesTheSame(MapSpec spec) throws Exception {
        String reason = KernelProgram.unavailable();
        if (reason != null) {
            System.out.println("maps against Linux: skipped, " + reason);
        }
        assumeTrue(reason == null);
        for (long seed = 1; seed <= 10; seed++) {
            try (KernelMap linux = KernelMap.create(spec, null, null)) {
                BpfMap ours = Maps.create(new AddressSpace(1, 1 << 20), spec);
                compare(spec, linux, ours, seed);
            }
        }
    }

    private static void compare(MapSpec spec, KernelMap linux, BpfMap ours, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        StringBuilder history = new StringBuilder("seed " + seed + ":\n");
        for (int step = 0; step < STEPS; step++) {
            byte[] key = key(spec, random);
            byte[] value = new byte[spec.valueSize()];
            random.nextBytes(value);
            if (spec.type() == MapType.CPUMAP) {
                value = new byte[] {(byte) random.nextInt(3), 0, 0, 0};
            }
            int flags = random.nextInt(10) < 7 ? 0 : random.nextInt(6);
            String expected;
            String actual;
            switch (random.nextInt(4)) {
                case 0 -> {
                    history.append("delete ").append(hex(key)).append('\n');
                    expected = "" + linux.delete(key);
                    actual = "" + ours.delete(MemorySegment.ofArray(key), 0);
                }
                case 1, 2 -> {
                    history.append("update ").append(hex(key)).append(' ').append(hex(value));
                    history.append(' ').append(flags).append('\n');
                    expected = "" + linux.update(key, value, flags);
                    actual =
                            ""
                                    + ours.update(
                                            0,
                                            MemorySegment.ofArray(key),
                                            0,
                                            MemorySegment.ofArray(value),
                                            0,
                                            flags);
                }
                default -> {
                    history.append("lookup ").append(hex(key)).append('\n');
                    expected = hex(linux.lookup(key));
                    actual = hex(lookup(ours, key));
                }
            }
            assertEquals(expected, actual, history::toString);
        }
        boolean ordered = spec.type() != MapType.HASH;
        assertEquals(list(linux.keys(), ordered), list(keys(ours), ordered), history::toString);
    }

    /// Few keys, so that most operations meet an entry; some that no map takes.
    private static byte[] key(MapSpec spec, SplittableRandom random) {
        byte[] key = new byte[spec.keySize()];
        switch (spec.type()) {
            case LPM_TRIE -> {
                key[0] = (byte) random.nextInt((key.length - 4) * 8 + 2);
                for (int i = 4; i < key.length; i++) {
                    key[i] = (byte) (random.nextInt(4) == 0 ? 0x80 >> random.nextInt(8) : 0);
                }
            }
            case ARRAY, CPUMAP -> key[0] = (byte) random.nextInt(4);
            default -> key[key.length - 1] = (byte) random.nextInt(6);
        }
        return key;
    }

    private static byte @Nullable [] lookup(BpfMap map, byte[] key) {
        long address = map.peek(0, MemorySegment.ofArray(key), 0);
        return address == 0
                ? null
                : map.values()
                        .asSlice(Address.offset(address), map.spec().valueSize())
                        .toArray(ValueLayout.JAVA_BYTE);
    }

    private static List<byte[]> keys(BpfMap map) {
        List<byte[]> keys = new ArrayList<>();
        MemorySegment key = MemorySegment.ofArray(new byte[map.spec().keySize()]);
        for (long at = -1; map.nextKey(key, at, key, 0) == 0; at = 0) {
            keys.add(key.toArray(ValueLayout.JAVA_BYTE));
        }
        return keys;
    }

    private static List<String> list(List<byte[]> keys, boolean ordered) {
        Stream<String> texts = keys.stream().map(MapsAgainstLinuxTest::hex);
        return ordered ? texts.toList() : texts.sorted().toList();
    }

    private static String hex(byte @Nullable [] bytes) {
        return bytes == null ? "none" : HexFormat.of().formatHex(bytes);
    }
}
