package bpf4j.perf.firewall;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/// `examples/xdp_firewall.bpf.c` as a Java programmer would write it: the same checks in the same
/// order, the same counters. What the JIT is measured against.
public final class HandFirewall {
    private static final VarHandle SHORT =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private static final int PASS = 2;
    private static final int DROP = 1;

    private static final int IPV4 = 0x0800;
    private static final int IPV6 = 0x86DD;
    private static final int VLAN = 0x8100;
    private static final int SERVICE_VLAN = 0x88A8;
    private static final int MAX_TAGS = 2;
    private static final int MAX_EXTENSIONS = 6;

    private static final int HOP_BY_HOP = 0;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int ROUTING = 43;
    private static final int FRAGMENT = 44;
    private static final int AUTHENTICATION = 51;
    private static final int DESTINATION = 60;

    private static final int FIN = 1;
    private static final int SYN = 2;
    private static final int RST = 4;

    private static final int[] BLOCKED_PORTS = {23, 445, 1900};
    private static final long BLOCKED_6 = 0x2001_0DB8_0BADL;

    /// Why a packet passes or not.
    public enum Reason {
        PASS_ACCEPTED,
        PASS_NOT_IP,
        PASS_LATER_FRAGMENT,
        DROP_MALFORMED,
        DROP_BLOCKED_SOURCE,
        DROP_BLOCKED_PORT,
        DROP_IMPOSSIBLE_FLAGS,
        DROP_TOO_MANY_HEADERS
    }

    /// A prefix of an address, as a key.
    private record Prefix(long high, long low, int length) {}

    private final Map<Prefix, LongAdder> blocked4 = new HashMap<>();
    private final Map<Prefix, LongAdder> blocked6 = new HashMap<>();
    private final long[] packets = new long[Reason.values().length];
    private final long[] bytes = new long[Reason.values().length];

    /// A firewall whose block lists are empty but for the built-in ones.
    public HandFirewall() {}

    /// Decides about the packet of `length` bytes at `start`: 2 to pass, 1 to drop.
    public int run(byte[] packet, int start, int length) {
        Reason reason = check(packet, start, start + length);
        packets[reason.ordinal()]++;
        bytes[reason.ordinal()] += length;
        return reason.compareTo(Reason.DROP_MALFORMED) < 0 ? PASS : DROP;
    }

    /// Packets by reason.
    public long[] packets() {
        return packets.clone();
    }

    /// Forgets the counts.
    public void clear() {
        Arrays.fill(packets, 0);
        Arrays.fill(bytes, 0);
    }

    private Reason check(byte[] p, int start, int end) {
        if (end - start < 14) {
            return Reason.DROP_MALFORMED;
        }
        int protocol = u16(p, start + 12);
        int at = start + 14;
        for (int i = 0; i < MAX_TAGS && (protocol == VLAN || protocol == SERVICE_VLAN); i++) {
            if (at + 4 > end) {
                return Reason.DROP_MALFORMED;
            }
            protocol = u16(p, at + 2);
            at += 4;
        }
        return switch (protocol) {
            case IPV4 -> checkIpv4(p, at, end);
            case IPV6 -> checkIpv6(p, at, end);
            default -> Reason.PASS_NOT_IP;
        };
    }

    private Reason checkIpv4(byte[] p, int at, int end) {
        if (at + 20 > end) {
            return Reason.DROP_MALFORMED;
        }
        int header = (p[at] & 0x0F) * 4;
        int total = u16(p, at + 2);
        if (p[at] >>> 4 != 4 || header < 20 || total < header || at + total > end) {
            return Reason.DROP_MALFORMED;
        }
        if (isBlocked((int) INT.get(p, at + 12))) {
            return Reason.DROP_BLOCKED_SOURCE;
        }
        if ((u16(p, at + 6) & 0x1FFF) != 0) {
            return Reason.PASS_LATER_FRAGMENT;
        }
        return checkTransport(p[at + 9] & 0xFF, p, at + header, end);
    }

    private Reason checkIpv6(byte[] p, int start, int end) {
        if (start + 40 > end
                || (p[start] & 0xFF) >>> 4 != 6
                || start + 40 + u16(p, start + 4) > end) {
            return Reason.DROP_MALFORMED;
        }
        if (isBlocked((long) LONG.get(p, start + 8), (long) LONG.get(p, start + 16))) {
            return Reason.DROP_BLOCKED_SOURCE;
        }
        int next = p[start + 6] & 0xFF;
        int at = start + 40;
        for (int i = 0; i < MAX_EXTENSIONS; i++) {
            switch (next) {
                case HOP_BY_HOP, ROUTING, DESTINATION, AUTHENTICATION, FRAGMENT -> {
                    if (at + 8 > end) {
                        return Reason.DROP_MALFORMED;
                    }
                }
                default -> {
                    return checkTransport(next, p, at, end);
                }
            }
            int length = p[at + 1] & 0xFF;
            int following = p[at] & 0xFF;
            if (next == FRAGMENT) {
                if ((u16(p, at + 2) & 0xFFF8) != 0) {
                    return Reason.PASS_LATER_FRAGMENT;
                }
                at += 8;
            } else {
                at += 8 + length * (next == AUTHENTICATION ? 4 : 8);
            }
            next = following;
        }
        return Reason.DROP_TOO_MANY_HEADERS;
    }

    private static Reason checkTransport(int protocol, byte[] p, int at, int end) {
        if (protocol == TCP) {
            if (at + 20 > end || (p[at + 12] & 0xF0) < 0x50) {
                return Reason.DROP_MALFORMED;
            }
            int flags = p[at + 13];
            if ((flags & SYN) != 0 && (flags & (FIN | RST)) != 0) {
                return Reason.DROP_IMPOSSIBLE_FLAGS;
            }
        } else if (protocol == UDP) {
            if (at + 8 > end || u16(p, at + 4) < 8) {
                return Reason.DROP_MALFORMED;
            }
        } else {
            return Reason.PASS_ACCEPTED;
        }
        int port = u16(p, at + 2);
        for (int blocked : BLOCKED_PORTS) {
            if (port == blocked) {
                return Reason.DROP_BLOCKED_PORT;
            }
        }
        return Reason.PASS_ACCEPTED;
    }

    private boolean isBlocked(int address) {
        if ((address & 0xFFFFFF00) == 0xCB007100 || (address & 0xFFFFFFC0) == 0xC6336440) {
            return true;
        }
        return matches(blocked4, (long) address << 32, 0, 32);
    }

    private boolean isBlocked(long high, long low) {
        if (high >>> 16 == BLOCKED_6) {
            return true;
        }
        return matches(blocked6, high, low, 128);
    }

    private static boolean matches(Map<Prefix, LongAdder> list, long high, long low, int bits) {
        if (list.isEmpty()) {
            return false;
        }
        for (int length = bits; length >= 0; length--) {
            long highMask = length >= 64 ? -1 : length == 0 ? 0 : -1L << 64 - length;
            long lowMask = length <= 64 ? 0 : -1L << 128 - length;
            LongAdder count = list.get(new Prefix(high & highMask, low & lowMask, length));
            if (count != null) {
                count.increment();
                return true;
            }
        }
        return false;
    }

    private static int u16(byte[] p, int at) {
        return (short) SHORT.get(p, at) & 0xFFFF;
    }
}
