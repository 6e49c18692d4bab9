package bpf4j.runtime.helper;

import bpf4j.runtime.Address;
import bpf4j.runtime.BpfMap;
import bpf4j.runtime.Errno;
import bpf4j.runtime.Execution;
import bpf4j.runtime.Memory;
import bpf4j.runtime.ProgramArray;
import bpf4j.runtime.ProgramFault;

import java.lang.foreign.MemorySegment;

/// Helpers on maps, and calls back into the program.
final class MapHelpers {
    /// Linux: MAX_TAIL_CALL_CNT.
    private static final int MAX_TAIL_CALLS = 33;

    /// Linux: BPF_MAX_LOOPS.
    private static final int MAX_LOOPS = 8 << 20;

    private MapHelpers() {}

    static void register(Registry registry) {
        registry.add(1, MapHelpers::lookup);
        registry.add(2, MapHelpers::update);
        registry.add(3, MapHelpers::delete);
        registry.add(12, MapHelpers::tailCall);
        registry.add(87, MapHelpers::push);
        registry.add(88, MapHelpers::pop);
        registry.add(89, MapHelpers::peek);
        registry.add(164, MapHelpers::forEach);
        registry.add(181, MapHelpers::loop);
        registry.add(195, MapHelpers::lookupPerCpu);
    }

    private static long lookup(Execution x, long map, long key, long r3, long r4, long r5) {
        BpfMap live = x.space.mapAt(map);
        MemorySegment keys = Memory.segment(x, key, live.spec().keySize(), false);
        return live.lookup(x.cpu, keys, Memory.index(x, key));
    }

    private static long lookupPerCpu(Execution x, long map, long key, long cpu, long r4, long r5) {
        BpfMap live = x.space.mapAt(map);
        MemorySegment keys = Memory.segment(x, key, live.spec().keySize(), false);
        return Integer.compareUnsigned((int) cpu, live.cpus()) < 0
                ? live.lookup((int) cpu, keys, Memory.index(x, key))
                : 0;
    }

    private static long update(Execution x, long map, long key, long value, long flags, long r5) {
        BpfMap live = x.space.mapAt(map);
        return live.update(
                x.cpu,
                Memory.segment(x, key, live.spec().keySize(), false),
                Memory.index(x, key),
                Memory.segment(x, value, live.spec().valueSize(), false),
                Memory.index(x, value),
                flags);
    }

    private static long delete(Execution x, long map, long key, long r3, long r4, long r5) {
        BpfMap live = x.space.mapAt(map);
        return live.delete(
                Memory.segment(x, key, live.spec().keySize(), false), Memory.index(x, key));
    }

    private static long push(Execution x, long map, long value, long flags, long r4, long r5) {
        BpfMap live = x.space.mapAt(map);
        return live.push(
                Memory.segment(x, value, live.spec().valueSize(), false),
                Memory.index(x, value),
                flags);
    }

    private static long pop(Execution x, long map, long value, long r3, long r4, long r5) {
        BpfMap live = x.space.mapAt(map);
        return live.pop(
                Memory.segment(x, value, live.spec().valueSize(), true), Memory.index(x, value));
    }

    private static long peek(Execution x, long map, long value, long r3, long r4, long r5) {
        BpfMap live = x.space.mapAt(map);
        // A bloom filter reads the value, the others write it.
        return live.peekHead(
                Memory.segment(x, value, live.spec().valueSize(), true), Memory.index(x, value));
    }

    /// The engine that called this leaves its program when [Execution#next] is set.
    private static long tailCall(Execution x, long ctx, long map, long index, long r4, long r5) {
        if (!(x.space.mapAt(map) instanceof ProgramArray programs)) {
            throw new ProgramFault("tail call through a map that holds no programs");
        }
        if (x.tailCalls < MAX_TAIL_CALLS) {
            x.next = programs.program((int) index);
            if (x.next != null) {
                x.tailCalls++;
                return 0;
            }
        }
        return -Errno.ENOENT;
    }

    private static long forEach(
            Execution x, long map, long function, long context, long flags, long r5) {
        if (flags != 0) {
            return -Errno.EINVAL;
        }
        BpfMap live = x.space.mapAt(map);
        // Arrays give the index instead of an address: the program sees it in memory of its own.
        MemorySegment index = MemorySegment.ofArray(new byte[4]);
        long[] address = new long[1];
        long visited =
                live.forEach(
                        x.cpu,
                        (key, value) -> {
                            long keyAddress = key;
                            if (Address.region(key) == 0) {
                                if (address[0] == 0) {
                                    address[0] = x.addObject(index);
                                }
                                index.set(Memory.INT, 0, (int) key);
                                keyAddress = address[0];
                            }
                            return call(x, function, map, keyAddress, value, context, 0);
                        });
        if (address[0] != 0) {
            x.removeObject(address[0]);
        }
        return visited;
    }

    private static long loop(
            Execution x, long count, long function, long context, long flags, long r5) {
        if (flags != 0) {
            return -Errno.EINVAL;
        }
        if (Integer.compareUnsigned((int) count, MAX_LOOPS) > 0) {
            return -Errno.E2BIG;
        }
        int loops = (int) count;
        for (int i = 0; i < loops; i++) {
            if (call(x, function, i, context, 0, 0, 0) != 0) {
                return i + 1L;
            }
        }
        return loops;
    }

    /// Calls a function of the running program by its address.
    static long call(Execution x, long function, long r1, long r2, long r3, long r4, long r5) {
        Execution.Callbacks callbacks = x.callbacks;
        if (callbacks == null || Address.region(function) != Address.CODE) {
            throw new ProgramFault(Address.describe(function) + " is not a function's address");
        }
        return callbacks.call(x, Address.offset(function), r1, r2, r3, r4, r5);
    }
}
