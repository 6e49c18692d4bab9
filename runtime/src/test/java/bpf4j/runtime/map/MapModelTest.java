package bpf4j.runtime.map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import bpf4j.runtime.Address;
import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.BpfMap;
import bpf4j.runtime.Errno;
import bpf4j.runtime.MapException;
import bpf4j.runtime.Memory;
import bpf4j.spec.MapSpec;
import bpf4j.spec.MapType;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Maps against models from `java.util`.
class MapModelTest {
    private static final int CAPACITY = 8;

    /// An operation on key `key`: look up, update with flags, or delete.
    record Step(int kind, int key, long value, int flags) {}

    @Provide
    Arbitrary<List<Step>> steps() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 2),
                        Arbitraries.integers().between(0, 11),
                        Arbitraries.longs(),
                        Arbitraries.integers().between(0, 3))
                .as(Step::new)
                .list()
                .ofMaxSize(60);
    }

    @Property(tries = 200)
    void hashBehavesAsATreeMap(@ForAll("steps") List<Step> steps) throws MapException {
        for (int keySize : new int[] {1, 3, 4, 8, 12, 16, 20, 33}) {
            checkHash(steps, MapType.HASH, keySize);
            checkHash(steps, MapType.PERCPU_HASH, keySize);
        }
    }

    private static void checkHash(List<Step> steps, MapType type, int keySize) throws MapException {
        AddressSpace space = new AddressSpace(2, 1 << 20);
        BpfMap map = Maps.create(space, MapSpec.of("m", type, keySize, 8, CAPACITY));
        Map<Integer, Long> model = new TreeMap<>();
        MemorySegment key = MemorySegment.ofArray(new byte[keySize]);
        MemorySegment value = MemorySegment.ofArray(new byte[8]);
        for (Step step : steps) {
            for (int i = 0; i < keySize; i++) {
                key.set(java.lang.foreign.ValueLayout.JAVA_BYTE, i, (byte) (step.key * (i + 1)));
            }
            boolean there = model.containsKey(step.key);
            switch (step.kind) {
                case 0 -> {
                    long address = map.lookup(1, key, 0);
                    assertEquals(there, address != 0);
                    if (there) {
                        assertEquals(
                                model.get(step.key),
                                map.values().get(Memory.LONG, Address.offset(address)));
                    }
                }
                case 1 -> {
                    value.set(Memory.LONG, 0, step.value);
                    int expected =
                            step.flags > 2
                                    ? -Errno.EINVAL
                                    : there && step.flags == BpfMap.NOEXIST
                                            ? -Errno.EEXIST
                                            : !there && step.flags == BpfMap.EXIST
                                                    ? -Errno.ENOENT
                                                    : !there && model.size() == CAPACITY
                                                            ? -Errno.E2BIG
                                                            : 0;
                    assertEquals(expected, map.update(1, key, 0, value, 0, step.flags));
                    if (expected == 0) {
                        model.put(step.key, step.value);
                    }
                }
                default -> {
                    assertEquals(there ? 0 : -Errno.ENOENT, map.delete(key, 0));
                    model.remove(step.key);
                }
            }
        }
        assertEquals(model.size(), keys(map, keySize).size());
    }

    /// All keys, by walking from one to the next.
    private static Set<String> keys(BpfMap map, int keySize) {
        Set<String> found = new HashSet<>();
        MemorySegment key = MemorySegment.ofArray(new byte[keySize]);
        long at = -1;
        while (map.nextKey(key, at, key, 0) == 0) {
            found.add(
                    java.util.HexFormat.of()
                            .formatHex(key.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE)));
            at = 0;
        }
        return found;
    }

    @Provide
    Arbitrary<List<Step>> prefixes() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.integers(),
                        Arbitraries.longs().between(0, 34),
                        Arbitraries.integers().between(0, 3))
                .as(Step::new)
                .list()
                .ofMaxSize(60);
    }

    @Property(tries = 300)
    void lpmTrieFindsTheLongestPrefix(@ForAll("prefixes") List<Step> steps) throws MapException {
        checkLpm(steps, 4);
        checkLpm(steps, 16);
        checkLpm(steps, 19);
    }

    /// Prefixes over few distinct bits, so that many share a start; `value` of a step is the
    /// length.
    private static void checkLpm(List<Step> steps, int dataSize) throws MapException {
        AddressSpace space = new AddressSpace(1, 1 << 20);
        BpfMap map =
                Maps.create(
                        space,
                        MapSpec.of("lpm", MapType.LPM_TRIE, 4 + dataSize, 4, CAPACITY)
                                .withFlags(BpfMap.NO_PREALLOC));
        Map<String, Integer> model = new TreeMap<>();
        MemorySegment key = MemorySegment.ofArray(new byte[4 + dataSize]);
        MemorySegment value = MemorySegment.ofArray(new byte[4]);
        int number = 0;
        for (Step step : steps) {
            number++;
            int length = (int) step.value * dataSize / 4;
            key.set(Memory.INT, 0, length);
            String bits = fill(key, dataSize, step.key & 0x8101_0181);
            boolean valid = length <= dataSize * 8;
            String prefix = valid ? bits.substring(0, length) : "";
            boolean there = model.containsKey(prefix);
            switch (step.kind) {
                case 0 -> {
                    long address = map.lookup(0, key, 0);
                    Integer best = null;
                    for (int i = 0; valid && i <= length; i++) {
                        Integer found = model.get(bits.substring(0, i));
                        best = found != null ? found : best;
                    }
                    assertEquals(best != null, address != 0);
                    if (best != null) {
                        assertEquals(best, map.values().get(Memory.INT, Address.offset(address)));
                    }
                    assertEquals(address, byValue((LpmTrie) map, key, address));
                }
                case 1, 2 -> {
                    value.set(Memory.INT, 0, number);
                    int expected =
                            !valid || step.flags > 2
                                    ? -Errno.EINVAL
                                    : there && step.flags == BpfMap.NOEXIST
                                            ? -Errno.EEXIST
                                            : !there && step.flags == BpfMap.EXIST
                                                    ? -Errno.ENOENT
                                                    : !there && model.size() == CAPACITY
                                                            ? -Errno.ENOSPC
                                                            : 0;
                    assertEquals(expected, map.update(0, key, 0, value, 0, step.flags));
                    if (expected == 0) {
                        model.put(prefix, number);
                    }
                }
                default -> {
                    int expected = !valid ? -Errno.EINVAL : there ? 0 : -Errno.ENOENT;
                    assertEquals(expected, map.delete(key, 0));
                    if (valid) {
                        model.remove(prefix);
                    }
                }
            }
        }
        assertEquals(postorder(model), walk(map, dataSize));
    }

    /// A lookup with the key by value, if keys of this size have one.
    private static long byValue(LpmTrie map, MemorySegment key, long otherwise) {
        return switch ((int) key.byteSize()) {
            case 8 -> map.lookup(0, key.get(Memory.LONG, 0));
            case 20 ->
                    map.lookup(
                            0,
                            key.get(Memory.LONG, 0),
                            key.get(Memory.LONG, 8),
                            key.get(Memory.INT, 16) & 0xFFFF_FFFFL);
            default -> otherwise;
        };
    }

    private static String fill(MemorySegment key, int dataSize, int pattern) {
        StringBuilder bits = new StringBuilder();
        for (int i = 0; i < dataSize; i++) {
            int value = pattern >>> (8 * (i & 3)) & 0xFF;
            key.set(java.lang.foreign.ValueLayout.JAVA_BYTE, 4 + i, (byte) value);
            for (int bit = 7; bit >= 0; bit--) {
                bits.append(value >> bit & 1);
            }
        }
        return bits.toString();
    }

    /// Longer prefixes before those that contain them, else by their bits.
    private static List<String> postorder(Map<String, Integer> model) {
        List<String> order = new ArrayList<>(model.keySet());
        order.sort(
                (left, right) ->
                        left.startsWith(right) || right.startsWith(left)
                                ? right.length() - left.length()
                                : left.compareTo(right));
        return order;
    }

    private static List<String> walk(BpfMap map, int dataSize) {
        List<String> found = new ArrayList<>();
        MemorySegment key = MemorySegment.ofArray(new byte[4 + dataSize]);
        long at = -1;
        while (map.nextKey(key, at, key, 0) == 0) {
            StringBuilder bits = new StringBuilder();
            for (int i = 0; i < key.get(Memory.INT, 0); i++) {
                byte value = key.get(java.lang.foreign.ValueLayout.JAVA_BYTE, 4 + i / 8);
                bits.append(value >> (7 - i % 8) & 1);
            }
            found.add(bits.toString());
            at = 0;
        }
        return found;
    }

    @Test
    void mapsOverTheMemoryLimitAreRefusedByName() {
        AddressSpace space = new AddressSpace(1, 1 << 16);
        MapException refusal =
                assertThrows(
                        MapException.class,
                        () -> Maps.create(space, MapSpec.of("big", MapType.ARRAY, 4, 8, 1 << 20)));
        assertEquals(
                "map 'big': needs 8388608 bytes, but of the 65536 bytes for all maps only 65536"
                        + " are left; declare fewer entries or raise the memory limit (-ENOMEM)",
                refusal.getMessage());
    }

    @Test
    void lruHashEvictsWhatWasNotUsed() throws MapException {
        AddressSpace space = new AddressSpace(1, 1 << 20);
        HashedMap map =
                (HashedMap) Maps.create(space, MapSpec.of("lru", MapType.LRU_HASH, 4, 4, 4));
        MemorySegment key = MemorySegment.ofArray(new byte[4]);
        for (int i = 0; i < 4; i++) {
            key.set(Memory.INT, 0, i);
            assertEquals(0, map.update(0, key, 0, key, 0, BpfMap.ANY));
        }
        map.lookup(0, 1L);
        map.lookup(0, 3L);
        for (int i = 4; i < 6; i++) {
            key.set(Memory.INT, 0, i);
            assertEquals(0, map.update(0, key, 0, key, 0, BpfMap.ANY));
        }
        List<Boolean> there = new ArrayList<>();
        for (long i = 0; i < 6; i++) {
            there.add(map.lookup(0, i) != 0);
        }
        assertEquals(List.of(false, true, false, true, true, true), there);
    }
}
