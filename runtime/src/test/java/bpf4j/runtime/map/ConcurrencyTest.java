package bpf4j.runtime.map;

import static org.junit.jupiter.api.Assertions.assertEquals;

import bpf4j.runtime.Address;
import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.BpfMap;
import bpf4j.runtime.MapException;
import bpf4j.runtime.Memory;
import bpf4j.spec.MapSpec;
import bpf4j.spec.MapType;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;

/// Several threads on one map: each owns some keys, which the others never touch, and must always
/// find what it stored, while the slots move between all of them.
class ConcurrencyTest {
    private static final int THREADS = 4;
    private static final int KEYS = 16;
    private static final int STEPS = 15_000;

    @ParameterizedTest
    @EnumSource(names = {"HASH", "LPM_TRIE"})
    void everyThreadFindsWhatItStored(MapType type) throws Exception {
        MapSpec spec =
                MapSpec.of("m", type, 8, 8, THREADS * KEYS)
                        .withFlags(type == MapType.LPM_TRIE ? BpfMap.NO_PREALLOC : 0);
        BpfMap map = Maps.create(new AddressSpace(1, 1 << 24), spec);
        AtomicInteger wrong = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int owner = i;
            threads.add(Thread.ofPlatform().start(() -> wrong.addAndGet(work(map, owner))));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(0, wrong.get());
    }

    private static int work(BpfMap map, int owner) {
        SplittableRandom random = new SplittableRandom(owner);
        long[] stored = new long[KEYS];
        MemorySegment key = MemorySegment.ofArray(new byte[8]);
        MemorySegment value = MemorySegment.ofArray(new byte[8]);
        // As a prefix: the length, then 4 bytes of which the last differ.
        key.set(Memory.INT, 0, 32);
        int wrong = 0;
        for (int step = 1; step <= STEPS; step++) {
            int index = random.nextInt(KEYS);
            key.set(Memory.INT, 4, Integer.reverseBytes(owner * KEYS + index));
            switch (random.nextInt(4)) {
                case 0 -> {
                    value.set(Memory.LONG, 0, step);
                    wrong += map.update(0, key, 0, value, 0, BpfMap.ANY) == 0 ? 0 : 1;
                    stored[index] = step;
                }
                case 1 -> {
                    wrong += map.delete(key, 0) == 0 == (stored[index] != 0) ? 0 : 1;
                    stored[index] = 0;
                }
                default -> {
                    long address = map.lookup(0, key, 0);
                    long found =
                            address == 0
                                    ? 0
                                    : map.values().get(Memory.LONG, Address.offset(address));
                    wrong += found == stored[index] ? 0 : 1;
                }
            }
        }
        return wrong;
    }

    @ParameterizedTest
    @EnumSource(names = {"LRU_HASH", "LRU_PERCPU_HASH"})
    void evictingMapsStayWhole(MapType type) throws Exception {
        BpfMap map = Maps.create(new AddressSpace(1, 1 << 24), MapSpec.of("m", type, 8, 8, 32));
        AtomicInteger wrong = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int owner = i;
            threads.add(Thread.ofPlatform().start(() -> wrong.addAndGet(churn(map, owner))));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(0, wrong.get());
        assertEquals(32, map.forEach(0, (key, value) -> 0));
    }

    private static int churn(BpfMap map, int owner) {
        SplittableRandom random = new SplittableRandom(owner);
        MemorySegment key = MemorySegment.ofArray(new byte[8]);
        int wrong = 0;
        for (int step = 0; step < STEPS; step++) {
            key.set(Memory.LONG, 0, random.nextInt(1000));
            wrong += map.update(0, key, 0, key, 0, BpfMap.ANY) == 0 ? 0 : 1;
        }
        return wrong;
    }

    @ParameterizedTest
    @EnumSource(names = {"RINGBUF"})
    void recordsOfAllProducersArriveOnceAndInOrder(MapType type) throws Exception {
        RingbufMap ring = create(type);
        int each = 3_000;
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            long owner = i;
            threads.add(
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        MemorySegment record = MemorySegment.ofArray(new long[2]);
                                        for (long n = 0; n < each; n++) {
                                            record.set(Memory.LONG, 0, owner);
                                            record.set(Memory.LONG, 8, n);
                                            while (ring.output(record, 0, 16) != 0) {
                                                Thread.yield();
                                            }
                                        }
                                    }));
        }
        long[] next = new long[THREADS];
        int[] seen = new int[1];
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (seen[0] < THREADS * each && System.nanoTime() < deadline) {
            ring.consume(
                    record -> {
                        int owner = (int) record.get(Memory.LONG, 0);
                        assertEquals(next[owner]++, record.get(Memory.LONG, 8));
                        seen[0]++;
                    });
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(THREADS * each, seen[0]);
    }

    private static RingbufMap create(MapType type) throws MapException {
        return (RingbufMap)
                Maps.create(new AddressSpace(1, 1 << 24), MapSpec.of("r", type, 0, 0, 4096));
    }
}
