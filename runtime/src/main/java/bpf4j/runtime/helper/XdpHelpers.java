package bpf4j.runtime.helper;

import bpf4j.runtime.BpfMap;
import bpf4j.runtime.Errno;
import bpf4j.runtime.Execution;
import bpf4j.runtime.Memory;
import bpf4j.runtime.PacketState;
import bpf4j.runtime.Packets;
import bpf4j.runtime.RedirectMap;

import java.lang.foreign.MemorySegment;

/// Helpers on XDP frames, and redirection.
final class XdpHelpers {
    private static final int XDP_ABORTED = 0;
    private static final int XDP_REDIRECT = 4;
    private static final int TC_ACT_SHOT = 2;
    private static final int TC_ACT_REDIRECT = 7;
    private static final long ACTIONS = 3;
    private static final long BROADCAST = 1 << 3;
    private static final long EXCLUDE_INGRESS = 1 << 4;
    private static final int MAX_META = 255;

    private XdpHelpers() {}

    static void register(Registry registry) {
        registry.add(44, XdpHelpers::adjustHead);
        registry.add(54, XdpHelpers::adjustMeta);
        registry.add(65, XdpHelpers::adjustTail);
        registry.add(23, XdpHelpers::redirect);
        registry.add(51, XdpHelpers::redirectMap);
        registry.add(188, (x, r1, r2, r3, r4, r5) -> x.dataEnd - x.data);
        registry.add(189, (x, r1, r2, r3, r4, r5) -> bytes(x, r2, r3, r4, false));
        registry.add(190, (x, r1, r2, r3, r4, r5) -> bytes(x, r2, r3, r4, true));
    }

    private static long adjustHead(Execution x, long ctx, long delta, long r3, long r4, long r5) {
        long data = x.data + (long) (int) delta;
        int meta = x.data - x.dataMeta;
        if (data < x.packetFloor + meta || data > x.dataEnd - Packets.ETH_HLEN) {
            return -Errno.EINVAL;
        }
        Packets.reserve(x, (int) data - meta, x.dataEnd);
        if (meta > 0) {
            Packets.copyWithin(x, x.dataMeta, (int) data - meta, meta);
        }
        x.dataMeta = (int) data - meta;
        x.data = (int) data;
        return 0;
    }

    private static long adjustMeta(Execution x, long ctx, long delta, long r3, long r4, long r5) {
        long meta = x.dataMeta + (long) (int) delta;
        if (meta < x.packetFloor || meta > x.data) {
            return -Errno.EINVAL;
        }
        long length = x.data - meta;
        if ((length & 3) != 0 || length > MAX_META) {
            return -Errno.EACCES;
        }
        Packets.reserve(x, (int) meta, x.dataEnd);
        x.dataMeta = (int) meta;
        return 0;
    }

    private static long adjustTail(Execution x, long ctx, long delta, long r3, long r4, long r5) {
        long end = x.dataEnd + (long) (int) delta;
        if (end > x.packetLimit || end < x.data + Packets.ETH_HLEN) {
            return -Errno.EINVAL;
        }
        if (end > x.dataEnd) {
            Packets.reserve(x, x.dataMeta, (int) end);
            Packets.clear(x, x.dataEnd, (int) end - x.dataEnd);
        }
        x.dataEnd = (int) end;
        return 0;
    }

    private static long bytes(Execution x, long offset, long address, long length, boolean store) {
        long at = offset & 0xFFFF_FFFFL;
        long size = length & 0xFFFF_FFFFL;
        if (at > 0xFFFF || size > 0xFFFF) {
            return -Errno.EFAULT;
        }
        if (at + size > x.dataEnd - x.data) {
            return -Errno.EINVAL;
        }
        MemorySegment memory = Memory.segment(x, address, size, !store);
        long index = Memory.index(x, address);
        MemorySegment packet = x.packetSegment();
        long place = x.packetBase + x.data + at;
        if (store) {
            MemorySegment.copy(memory, index, packet, place, size);
        } else {
            MemorySegment.copy(packet, place, memory, index, size);
        }
        return 0;
    }

    private static long redirect(Execution x, long target, long flags, long r3, long r4, long r5) {
        boolean xdp = x.packetState.kind == PacketState.Kind.XDP;
        if ((flags & (xdp ? -1 : ~1L)) != 0) {
            return xdp ? XDP_ABORTED : TC_ACT_SHOT;
        }
        x.packetState.redirect((int) target, flags);
        return xdp ? XDP_REDIRECT : TC_ACT_REDIRECT;
    }

    private static long redirectMap(
            Execution x, long handle, long key, long flags, long r4, long r5) {
        BpfMap map = x.space.mapAt(handle);
        if (!(map instanceof RedirectMap targets)) {
            return XDP_ABORTED;
        }
        long allowed = ACTIONS | (targets.broadcasts() ? BROADCAST | EXCLUDE_INGRESS : 0);
        if ((flags & ~allowed) != 0) {
            return XDP_ABORTED;
        }
        if ((flags & BROADCAST) == 0 && !targets.hasTarget((int) key)) {
            return flags & ACTIONS;
        }
        x.packetState.redirect(map, key & 0xFFFF_FFFFL, flags);
        return XDP_REDIRECT;
    }
}
