package bpf4j.runtime.map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import bpf4j.runtime.Address;
import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.BpfMap;
import bpf4j.runtime.Errno;
import bpf4j.runtime.MapException;
import bpf4j.runtime.Memory;
import bpf4j.spec.MapSpec;
import bpf4j.spec.MapType;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// What is particular to each map type.
class MapTypesTest {
    private final AddressSpace space = new AddressSpace(2, 1 << 24);

    private static MemorySegment word(int value) {
        return MemorySegment.ofArray(new int[] {value});
    }

    private static MemorySegment wide(long value) {
        return MemorySegment.ofArray(new long[] {value});
    }

    private BpfMap create(MapType type, int key, int value, int entries) throws MapException {
        return Maps.create(space, MapSpec.of("m", type, key, value, entries));
    }

    private static long at(BpfMap map, long address) {
        return map.values().get(Memory.LONG, Address.offset(address) & 0xFFFF_FFFFL);
    }

    @Test
    void valuesOfAnArrayAreAlignedAndAddressedByIndex() throws MapException {
        BpfMap map = create(MapType.ARRAY, 4, 5, 3);
        assertEquals(8, map.stride());
        assertEquals(map.valueAddress(16), map.lookup(0, word(2), 0));
        assertEquals(0, map.lookup(0, word(3), 0));
        assertEquals(0, map.lookup(0, word(-1), 0));
    }

    @Test
    void perCpuValuesAreApart() throws MapException {
        for (MapType type : new MapType[] {MapType.PERCPU_ARRAY, MapType.PERCPU_HASH}) {
            BpfMap map = create(type, 4, 8, 2);
            assertEquals(2, map.cpus());
            assertEquals(0, map.update(0, word(1), 0, wide(10), 0, BpfMap.ANY));
            assertEquals(0, map.update(1, word(1), 0, wide(11), 0, BpfMap.ANY));
            assertEquals(10, at(map, map.lookup(0, word(1), 0)));
            assertEquals(11, at(map, map.lookup(1, word(1), 0)));
        }
    }

    @Test
    void aNewPerCpuElementIsZeroOnOtherCpus() throws MapException {
        BpfMap map = create(MapType.PERCPU_HASH, 4, 8, 1);
        map.update(1, word(1), 0, wide(5), 0, BpfMap.ANY);
        map.delete(word(1), 0);
        map.update(0, word(2), 0, wide(6), 0, BpfMap.ANY);
        assertEquals(0, at(map, map.lookup(1, word(2), 0)));
    }

    @Test
    void anUpdateOfAHashLeavesTheOldValueToWhoHoldsIt() throws MapException {
        BpfMap map = create(MapType.HASH, 4, 8, 1);
        map.update(0, word(1), 0, wide(5), 0, BpfMap.ANY);
        long old = map.lookup(0, word(1), 0);
        assertEquals(0, map.update(0, word(1), 0, wide(6), 0, BpfMap.EXIST));
        assertEquals(5, at(map, old));
        assertEquals(6, at(map, map.lookup(0, word(1), 0)));
    }

    @Test
    void lookupsByValueFindTheSameAsByMemory() throws MapException {
        HashedMap map = (HashedMap) create(MapType.HASH, 16, 8, 4);
        MemorySegment key = MemorySegment.ofArray(new long[] {3, 4});
        map.update(0, key, 0, wide(5), 0, BpfMap.ANY);
        assertEquals(map.lookup(0, key, 0), map.lookup(0, 3L, 4L));
        HashedMap narrow = (HashedMap) create(MapType.HASH, 4, 8, 4);
        narrow.update(0, word(-2), 0, wide(5), 0, BpfMap.ANY);
        assertEquals(narrow.lookup(0, word(-2), 0), narrow.lookup(0, 0xFFFF_FFFEL));
    }

    @Test
    void queueAndStackOrderTheirValues() throws MapException {
        BpfMap queue = create(MapType.QUEUE, 0, 8, 3);
        BpfMap stack = create(MapType.STACK, 0, 8, 3);
        MemorySegment out = wide(0);
        for (BpfMap map : List.of(queue, stack)) {
            assertEquals(-Errno.ENOENT, map.pop(out, 0));
            for (long i = 1; i <= 4; i++) {
                assertEquals(i < 4 ? 0 : -Errno.E2BIG, map.push(wide(i), 0, BpfMap.ANY));
            }
            assertEquals(0, map.push(wide(5), 0, BpfMap.EXIST), "replaces the oldest");
        }
        List<Long> popped = new ArrayList<>();
        while (queue.pop(out, 0) == 0) {
            popped.add(out.get(Memory.LONG, 0));
        }
        while (stack.pop(out, 0) == 0) {
            popped.add(out.get(Memory.LONG, 0));
        }
        assertEquals(List.of(2L, 3L, 5L, 5L, 3L, 2L), popped);
    }

    @Test
    void bloomFilterKnowsItsMembers() throws MapException {
        BpfMap map = create(MapType.BLOOM_FILTER, 0, 8, 100);
        int wrong = 0;
        for (long i = 0; i < 100; i++) {
            assertEquals(0, map.push(wide(i), 0, BpfMap.ANY));
        }
        for (long i = 0; i < 100; i++) {
            assertEquals(0, map.peekHead(wide(i), 0));
            wrong += map.peekHead(wide(i + 1000), 0) == 0 ? 1 : 0;
        }
        assertEquals(0, wrong / 20, wrong + " of 100 others taken for members");
        assertEquals(-Errno.EINVAL, map.push(wide(1), 0, BpfMap.NOEXIST));
    }

    @Test
    void ringbufRefusesWhatDoesNotFit() throws MapException {
        RingbufMap ring =
                (RingbufMap) Maps.create(space, MapSpec.of("r", MapType.RINGBUF, 0, 0, 4096));
        assertEquals(0, ring.reserve(4096));
        long first = ring.reserve(4000);
        assertNotEquals(0, first);
        assertEquals(0, ring.reserve(100));
        ring.commit(first, false);
        assertEquals(0, ring.reserve(100), "still not consumed");
        assertEquals(1, ring.consume(record -> assertEquals(4000, record.byteSize())));
        assertNotEquals(0, ring.reserve(100));
        assertEquals(0, ring.consume(record -> {}), "the next is not submitted");
        assertEquals(4008 + 112, ring.query(RingbufMap.PROD_POS));
        assertEquals(4008, ring.query(RingbufMap.CONS_POS));
    }

    @Test
    void mapsOfMapsTakeMapsLikeTheirTemplate() throws MapException {
        MapSpec template = MapSpec.of("inner", MapType.HASH, 4, 8, 16);
        for (MapType type : new MapType[] {MapType.ARRAY_OF_MAPS, MapType.HASH_OF_MAPS}) {
            MapOfMaps outer =
                    (MapOfMaps)
                            Maps.create(space, MapSpec.of("o", type, 4, 4, 2).withInner(template));
            BpfMap inner = create(MapType.HASH, 4, 8, 99);
            BpfMap other = create(MapType.HASH, 4, 16, 16);
            assertEquals(0, outer.put(word(1), 0, inner, BpfMap.ANY));
            assertEquals(-Errno.EINVAL, outer.put(word(1), 0, other, BpfMap.ANY));
            assertSame(inner, outer.get(word(1), 0));
            assertEquals(inner.handle(), outer.lookup(0, word(1), 0));
            assertNull(outer.get(word(0), 0));
            assertEquals(0, outer.delete(word(1), 0));
            assertEquals(-Errno.ENOENT, outer.delete(word(1), 0));
            assertEquals(0, outer.lookup(0, word(1), 0));
        }
    }

    @Test
    void redirectTargetsAreData() throws MapException {
        TargetMap devices = (TargetMap) create(MapType.DEVMAP, 4, 4, 4);
        assertEquals(0, devices.update(0, word(2), 0, word(7), 0, BpfMap.ANY));
        assertEquals(true, devices.hasTarget(2));
        assertEquals(false, devices.hasTarget(1));
        assertEquals(7, devices.target(word(2), 0));
        assertEquals(-Errno.EEXIST, devices.update(0, word(2), 0, word(7), 0, BpfMap.NOEXIST));
        assertEquals(-Errno.E2BIG, devices.update(0, word(4), 0, word(7), 0, BpfMap.ANY));
        assertEquals(0, devices.delete(word(2), 0));
        assertEquals(false, devices.hasTarget(2));
    }

    @Test
    void storageBelongsToItsOwner() throws MapException {
        StorageMap storage = (StorageMap) create(MapType.CGROUP_STORAGE, 8, 8, 0);
        assertEquals(0, storage.get(0, 5, false, null, 0));
        long value = storage.get(0, 5, true, wide(9), 0);
        assertEquals(9, at(storage, value));
        assertEquals(value, storage.get(0, 5, true, null, 0));
        assertEquals(0, storage.remove(5));
        assertEquals(-Errno.ENOENT, storage.remove(5));
    }
}
