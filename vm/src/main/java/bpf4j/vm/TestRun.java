package bpf4j.vm;

import bpf4j.runtime.Errno;
import bpf4j.runtime.Execution;
import bpf4j.runtime.LoadedProgram;
import bpf4j.runtime.Memory;
import bpf4j.runtime.Packets;
import bpf4j.spec.ProgramType;

import java.util.Arrays;

/// Runs a program on given data as Linux's `BPF_PROG_TEST_RUN` does (`net/bpf/test_run.c`): which
/// sizes and context fields it takes, what the program sees, what comes out.
public final class TestRun {
    private static final int SCHED_CLS = 3;
    private static final int SCHED_ACT = 4;
    private static final int XDP = 6;
    private static final int RAW_TRACEPOINT = 17;
    private static final int SK_LOOKUP = 30;
    private static final int SYSCALL = 31;

    private static final int ETH_P_IP = 0x0800;
    private static final int ETH_P_IPV6 = 0x86DD;
    private static final int IPV4_HEADER = 20;
    private static final int IPV6_HEADER = 40;

    private static final int MAX_XDP_META = 255;

    /// Bytes of a packet that the loopback's page has room for.
    private static final int MAX_SKB = 1 << 16;

    /// The fields of `struct __sk_buff` that a test may set: pairs of first byte and length.
    private static final int[][] SETTABLE = {
        {Packets.SKB_MARK, 4},
        {Packets.SKB_QUEUE_MAPPING, 4},
        {Packets.SKB_PRIORITY, 4},
        {Packets.SKB_INGRESS_IFINDEX, 8},
        {Packets.SKB_CB, 20},
        {Packets.SKB_TSTAMP, 8},
        {Packets.SKB_WIRE_LEN, 8},
        {Packets.SKB_GSO_SIZE, 4},
        {184, 8},
    };

    private TestRun() {}

    /// What came out.
    ///
    /// @param errno 0, or Linux's positive error number: then the program did not run
    /// @param nanos the time of one run on average
    public record Result(int errno, long r0, long nanos, byte[] data, byte[] context) {
        private static Result refused(int errno) {
            return new Result(errno, 0, 0, new byte[0], new byte[0]);
        }
    }

    /// Runs a program.
    ///
    /// @param data the packet with its Ethernet header; empty for types without packets
    /// @param context the context struct, or empty for the default
    /// @param repeat how often, at least 1; each run goes on with the packet that the one before
    /// left
    /// @throws bpf4j.runtime.ProgramFault when the program does what it must not
    public static Result run(
            LoadedProgram program,
            ProgramType type,
            Execution execution,
            byte[] data,
            byte[] context,
            int repeat) {
        return switch (type.number()) {
            case XDP -> xdp(program, execution, data, context, repeat);
            case RAW_TRACEPOINT, SK_LOOKUP, SYSCALL ->
                    contextOnly(program, type, execution, data, context, repeat);
            default ->
                    type.context().struct().equals("__sk_buff")
                            ? skb(program, type, execution, data, context, repeat)
                            : Result.refused(Errno.ENOTSUPP);
        };
    }

    private static Result xdp(
            LoadedProgram program, Execution x, byte[] data, byte[] context, int repeat) {
        int meta = 0;
        if (context.length > 0) {
            byte[] md = Arrays.copyOf(context, Packets.XDP_SIZE);
            meta = int32(md, 0);
            boolean fits =
                    int32(md, 4) == data.length
                            && meta >= 0
                            && meta <= int32(md, 4)
                            && int32(md, 8) == 0
                            && int32(md, 20) == 0
                            && isZero(context, Packets.XDP_SIZE, context.length);
            if (!fits || meta % 4 != 0 || meta > MAX_XDP_META) {
                return Result.refused(Errno.EINVAL);
            }
            if (int32(md, Packets.XDP_INGRESS_IFINDEX) != 0
                    || int32(md, Packets.XDP_RX_QUEUE_INDEX) != 0) {
                // There is no other interface, and the loopback has one queue.
                return Result.refused(Errno.ENODEV);
            }
        }
        if (data.length - meta < Packets.ETH_HLEN) {
            return Result.refused(Errno.EINVAL);
        }
        byte[] packet = data.clone();
        Packets.prepareXdp(x, packet, meta, packet.length - meta);
        x.dataMeta = x.data - meta;
        Timed timed = run(program, x, repeat);
        int kept = x.data - x.dataMeta;
        byte[] out = bytes(x, x.dataMeta, x.dataEnd);
        byte[] contextOut = context.clone();
        if (context.length > 0) {
            put32(contextOut, 0, kept);
            put32(contextOut, 4, out.length);
        }
        return new Result(0, timed.r0, timed.nanos, out, contextOut);
    }

    private static Result skb(
            LoadedProgram program,
            ProgramType type,
            Execution x,
            byte[] data,
            byte[] context,
            int repeat) {
        if (data.length < Packets.ETH_HLEN || data.length > MAX_SKB) {
            return Result.refused(Errno.EINVAL);
        }
        if (!settable(context)) {
            return Result.refused(Errno.EINVAL);
        }
        if (data.length < leastLength(data)) {
            return Result.refused(Errno.EINVAL);
        }
        boolean link = type.number() == SCHED_CLS || type.number() == SCHED_ACT;
        byte[] packet = data.clone();
        Packets.prepareSkb(x, packet, 0, packet.length, !link);
        for (int[] field : SETTABLE) {
            for (int i = field[0]; i < field[0] + field[1] && i < context.length; i++) {
                if (context[i] != 0) {
                    x.context[i] = context[i];
                }
            }
        }
        Timed timed = run(program, x, repeat);
        byte[] out = bytes(x, x.data, x.dataEnd);
        if (!link) {
            // The kernel pushes an empty link-layer header in front again.
            byte[] framed = new byte[Packets.ETH_HLEN + out.length];
            System.arraycopy(out, 0, framed, Packets.ETH_HLEN, out.length);
            out = framed;
        }
        byte[] contextOut = context.clone();
        for (int[] field : SETTABLE) {
            for (int i = field[0]; i < field[0] + field[1] && i < contextOut.length; i++) {
                contextOut[i] = x.context[i];
            }
        }
        return new Result(0, timed.r0, timed.nanos, out, contextOut);
    }

    /// A frame that says that it is IP holds at least the header.
    private static int leastLength(byte[] frame) {
        int protocol = (frame[12] & 0xFF) << 8 | (frame[13] & 0xFF);
        return switch (protocol) {
            case ETH_P_IP -> Packets.ETH_HLEN + IPV4_HEADER;
            case ETH_P_IPV6 -> Packets.ETH_HLEN + IPV6_HEADER;
            default -> Packets.ETH_HLEN;
        };
    }

    private static Result contextOnly(
            LoadedProgram program,
            ProgramType type,
            Execution x,
            byte[] data,
            byte[] context,
            int repeat) {
        if (data.length > 0) {
            return Result.refused(Errno.EINVAL);
        }
        byte[] given = Arrays.copyOf(context, Math.max(context.length, type.context().size()));
        x.prepareRaw(given);
        Timed timed = run(program, x, repeat);
        byte[] out = type.number() == SYSCALL ? Arrays.copyOf(given, context.length) : new byte[0];
        return new Result(0, timed.r0, timed.nanos, new byte[0], out);
    }

    private record Timed(long r0, long nanos) {}

    private static Timed run(LoadedProgram program, Execution x, int repeat) {
        long start = System.nanoTime();
        long r0 = 0;
        for (int i = 0; i < repeat; i++) {
            x.tailCalls = 0;
            r0 = program.run(x);
        }
        return new Timed(r0, (System.nanoTime() - start) / repeat);
    }

    /// Whether only fields that a test may set are not zero.
    private static boolean settable(byte[] context) {
        byte[] rest = context.clone();
        for (int[] field : SETTABLE) {
            int from = Math.min(field[0], rest.length);
            Arrays.fill(rest, from, Math.min(field[0] + field[1], rest.length), (byte) 0);
        }
        return isZero(rest, 0, rest.length);
    }

    private static boolean isZero(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private static byte[] bytes(Execution x, int from, int to) {
        byte[] copy = new byte[to - from];
        for (int i = 0; i < copy.length; i++) {
            copy[i] = x.packet[x.packetBase + from + i];
        }
        return copy;
    }

    private static int int32(byte[] bytes, int at) {
        return (int) Memory.INTS.get(bytes, at);
    }

    private static void put32(byte[] bytes, int at, int value) {
        if (at + 4 <= bytes.length) {
            Memory.INTS.set(bytes, at, value);
        }
    }
}
