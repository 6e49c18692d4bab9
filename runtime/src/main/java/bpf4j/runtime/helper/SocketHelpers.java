package bpf4j.runtime.helper;

import bpf4j.runtime.Address;
import bpf4j.runtime.BpfMap;
import bpf4j.runtime.Errno;
import bpf4j.runtime.Execution;
import bpf4j.runtime.Memory;
import bpf4j.runtime.map.StorageMap;
import bpf4j.runtime.map.TargetMap;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Helpers on sockets, routes and what belongs to them. There are no sockets here but those that
/// the [bpf4j.runtime.Host] makes up.
final class SocketHelpers {
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int TUPLE_IPV4 = 12;
    private static final int TUPLE_IPV6 = 36;
    private static final int FIB_PARAMS = 64;
    private static final long FIB_FLAGS = 0x3F;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int SK_DROP = 0;
    private static final int SK_PASS = 1;
    private static final int TC_ACT_SHOT = 2;
    private static final int TC_ACT_REDIRECT = 7;
    private static final long CREATE = 1;
    private static final int OVERFLOW_UID = 65534;

    private SocketHelpers() {}

    static void register(Registry registry) {
        registry.add(84, (x, r1, r2, r3, r4, r5) -> lookup(x, TCP, r2, r3, r4, r5));
        registry.add(85, (x, r1, r2, r3, r4, r5) -> lookup(x, UDP, r2, r3, r4, r5));
        registry.add(99, (x, r1, r2, r3, r4, r5) -> lookup(x, TCP, r2, r3, r4, r5));
        registry.add(
                86,
                (x, r1, r2, r3, r4, r5) -> {
                    x.removeObject(r1);
                    return 0;
                });
        // A socket that the host made up is a full one, but no listening or TCP one of a kernel.
        registry.add(95, (x, r1, r2, r3, r4, r5) -> r1);
        registry.add(96, (x, r1, r2, r3, r4, r5) -> 0);
        registry.add(98, (x, r1, r2, r3, r4, r5) -> 0);
        registry.add(69, SocketHelpers::route);
        registry.add(152, SocketHelpers::redirectNeighbour);
        registry.add(155, (x, r1, r2, r3, r4, r5) -> redirect(x, r1, r2 != 0));
        registry.add(52, (x, r1, r2, r3, r4, r5) -> redirectIndex(x, r2, r3, r4));
        registry.add(60, (x, r1, r2, r3, r4, r5) -> redirectIndex(x, r2, r3, r4));
        registry.add(71, (x, r1, r2, r3, r4, r5) -> redirectKey(x, r2, r3, r4));
        registry.add(72, (x, r1, r2, r3, r4, r5) -> redirectKey(x, r2, r3, r4));
        registry.add(82, SocketHelpers::select);
        // A packet without a socket: no cookie, the uid of nobody, no cgroup, no class.
        registry.add(46, (x, r1, r2, r3, r4, r5) -> 0);
        registry.add(47, (x, r1, r2, r3, r4, r5) -> OVERFLOW_UID);
        registry.add(17, (x, r1, r2, r3, r4, r5) -> 0);
        registry.add(24, (x, r1, r2, r3, r4, r5) -> 0);
        registry.add(33, SocketHelpers::underCgroup);
        registry.add(79, (x, r1, r2, r3, r4, r5) -> 0);
        registry.add(83, (x, r1, r2, r3, r4, r5) -> 0);
        registry.add(151, (x, r1, r2, r3, r4, r5) -> 0);
        registry.add(107, SocketHelpers::storageGet);
        registry.add(108, SocketHelpers::storageDelete);
        registry.add(81, SocketHelpers::localStorage);
    }

    private static long lookup(
            Execution x, int protocol, long tuple, long length, long netns, long flags) {
        int size = (int) length;
        boolean known = size == TUPLE_IPV4 || size == TUPLE_IPV6;
        boolean namespace = (int) netns < 0 || netns >>> 32 == 0;
        if (!known || flags != 0 || !namespace) {
            return 0;
        }
        byte[] bytes = new byte[size];
        MemorySegment.copy(
                Memory.segment(x, tuple, size, false),
                ValueLayout.JAVA_BYTE,
                Memory.index(x, tuple),
                bytes,
                0,
                size);
        byte[] socket = x.host.socket(protocol, bytes, netns);
        return socket == null ? 0 : x.addObject(MemorySegment.ofArray(socket));
    }

    private static long route(
            Execution x, long ctx, long params, long length, long flags, long r5) {
        int size = (int) length;
        if (size < FIB_PARAMS || (flags & 0xFFFF_FFFFL & ~FIB_FLAGS) != 0) {
            return -Errno.EINVAL;
        }
        MemorySegment memory = Memory.segment(x, params, size, true);
        long index = Memory.index(x, params);
        byte family = memory.get(ValueLayout.JAVA_BYTE, index);
        if (family != AF_INET && family != AF_INET6) {
            return -Errno.EAFNOSUPPORT;
        }
        byte[] bytes = new byte[FIB_PARAMS];
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, index, bytes, 0, FIB_PARAMS);
        int result = x.host.route(bytes, flags & 0xFFFF_FFFFL);
        MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, index, FIB_PARAMS);
        return result;
    }

    private static long redirectNeighbour(
            Execution x, long ifindex, long params, long length, long flags, long r5) {
        int size = (int) length;
        // sizeof(struct bpf_redir_neigh)
        return redirect(x, ifindex, flags != 0 || size != 0 && size < 20);
    }

    private static long redirect(Execution x, long ifindex, boolean wrong) {
        if (wrong) {
            return TC_ACT_SHOT;
        }
        x.packetState.redirect((int) ifindex, 0);
        return TC_ACT_REDIRECT;
    }

    private static long redirectIndex(Execution x, long handle, long key, long flags) {
        BpfMap map = x.space.mapAt(handle);
        boolean found =
                (flags & ~1L) == 0
                        && map instanceof TargetMap targets
                        && targets.hasTarget((int) key);
        return found ? chosen(x, map, key & 0xFFFF_FFFFL, flags) : SK_DROP;
    }

    private static long redirectKey(Execution x, long handle, long key, long flags) {
        BpfMap map = x.space.mapAt(handle);
        MemorySegment keys = Memory.segment(x, key, map.spec().keySize(), false);
        int target =
                (flags & ~1L) == 0 && map instanceof TargetMap targets
                        ? targets.target(keys, Memory.index(x, key))
                        : 0;
        return target != 0 ? chosen(x, map, target & 0xFFFF_FFFFL, flags) : SK_DROP;
    }

    private static long chosen(Execution x, BpfMap map, long key, long flags) {
        x.packetState.redirect(map, key, flags);
        return SK_PASS;
    }

    private static long select(Execution x, long ctx, long handle, long key, long flags, long r5) {
        BpfMap map = x.space.mapAt(handle);
        MemorySegment keys = Memory.segment(x, key, map.spec().keySize(), false);
        int target =
                map instanceof TargetMap targets ? targets.target(keys, Memory.index(x, key)) : 0;
        if (target == 0) {
            return -Errno.ENOENT;
        }
        chosen(x, map, target & 0xFFFF_FFFFL, flags);
        return 0;
    }

    private static long underCgroup(
            Execution x, long ctx, long handle, long index, long r4, long r5) {
        int entries = x.space.mapAt(handle).spec().maxEntries();
        return Integer.compareUnsigned((int) index, entries) >= 0 ? -Errno.E2BIG : -Errno.ENOENT;
    }

    private static long storageGet(
            Execution x, long handle, long owner, long value, long flags, long r5) {
        if (owner == 0
                || (flags & ~CREATE) != 0
                || !(x.space.mapAt(handle) instanceof StorageMap storage)) {
            return 0;
        }
        int size = storage.spec().valueSize();
        MemorySegment initial = value == 0 ? null : Memory.segment(x, value, size, false);
        return storage.get(x.cpu, owner, (flags & CREATE) != 0, initial, Memory.index(x, value));
    }

    private static long storageDelete(
            Execution x, long handle, long owner, long r3, long r4, long r5) {
        return owner != 0 && x.space.mapAt(handle) instanceof StorageMap storage
                ? storage.remove(owner)
                : -Errno.EINVAL;
    }

    /// The value of the current cgroup, which always exists.
    private static long localStorage(
            Execution x, long handle, long flags, long r3, long r4, long r5) {
        return x.space.mapAt(handle) instanceof StorageMap storage
                ? storage.get(x.cpu, x.host.cgroupId(), true, null, 0)
                : Address.of(0, 0);
    }
}
