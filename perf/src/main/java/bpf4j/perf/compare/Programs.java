package bpf4j.perf.compare;

import bpf4j.perf.compare.Workload.Entry;
import bpf4j.perf.compare.Workload.Fill;
import bpf4j.perf.compare.Workload.PacketMemory;
import bpf4j.perf.compare.Workload.Watch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/// The programs of the comparison and their packets.
public final class Programs {
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final String GENERATED = "generated";

    /// All programs.
    public static final List<Program> ALL =
            List.of(
                    new Program("packet filter", packetFilter()),
                    new Program("map-heavy", loadBalancer()),
                    new Program("map-heavy", flowTable()),
                    new Program("compute loops", checksum()),
                    new Program("compute loops", log2()),
                    new Program("compute loops", prime()),
                    new Program("compute loops", strcmp()),
                    new Program("compute loops", memcpy()),
                    new Program("compute loops", interpret()),
                    new Program("compute loops", bpfLoop()),
                    new Program("stack-heavy", stackStruct()),
                    new Program("LPM", lpmLookup()),
                    new Program("LPM", firewall()),
                    new Program("tail calls", tailChain()),
                    generated("straight_1k"),
                    generated("straight_10k"),
                    generated("straight_100k"),
                    generated("straight_1000k"),
                    generated("branchy_1k"),
                    generated("branchy_10k"),
                    generated("branchy_100k"),
                    generated("branchy_500k"));

    private Programs() {}

    /// A program with the class of programs that it stands for.
    public record Program(String kind, Workload workload) {
        /// The program's name.
        public String name() {
            return workload.program();
        }

        /// Whether the program is a large one that exists only as instructions.
        public boolean isGenerated() {
            return kind.equals(GENERATED);
        }

        /// Whether it takes long to compile.
        boolean isLarge() {
            return isGenerated() && name().endsWith("00k");
        }

        /// Whether a contender takes part; of our engines only the usual way into the large
        /// programs.
        boolean suits(Candidate candidate) {
            return !isGenerated()
                    || candidate.memory() == PacketMemory.KERNEL
                    || candidate.memory() == PacketMemory.HEAP
                            && candidate.entry() == Entry.SINGLE
                            && !candidate.name().equals("hand")
                    || candidate.name().startsWith("ubpf") && candidate.entry() == Entry.BATCH;
        }
    }

    /// The program of this name.
    public static Program named(String name) {
        return ALL.stream()
                .filter(program -> program.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no program " + name));
    }

    private static Workload packetFilter() {
        byte[] good = ethernet(TCP, 443, 64);
        byte[] options = ethernet(TCP, 80, 80);
        options[14] = 0x46;
        options[38] = 0;
        options[39] = 0;
        options[40] = 0;
        options[41] = 80;
        byte[] fragment = ethernet(TCP, 443, 64);
        fragment[21] = 9;
        byte[] ipv6 = ethernet(TCP, 443, 64);
        ipv6[12] = (byte) 0x86;
        ipv6[13] = (byte) 0xDD;
        return workload(
                "packet_filter",
                good,
                List.of(
                        ethernet(TCP, 80, 64),
                        ethernet(TCP, 22, 64),
                        ethernet(UDP, 443, 64),
                        options,
                        fragment,
                        ipv6,
                        Arrays.copyOf(good, 33),
                        Arrays.copyOf(good, 36)));
    }

    private static Workload loadBalancer() {
        return counting("load_balancer", watches("backends", 1, 16));
    }

    private static Workload flowTable() {
        return counting("flow_table", watches("counters", 3, 8));
    }

    private static Workload counting(String name, List<Watch> watches) {
        byte[] good = ethernet(TCP, 443, 64);
        byte[] other = good.clone();
        other[29] = 77;
        byte[] icmp = ethernet(1, 443, 64);
        return new Workload(
                name,
                good,
                List.of(
                        good,
                        ethernet(TCP, 80, 64),
                        ethernet(UDP, 53, 90),
                        other,
                        icmp,
                        Arrays.copyOf(good, 37)),
                watches,
                List.of());
    }

    private static List<Watch> watches(String map, int number, int valueSize) {
        return IntStream.range(0, 64)
                .mapToObj(index -> new Watch(map, number, le32(index), valueSize))
                .toList();
    }

    private static Workload checksum() {
        byte[] bytes = random(1500);
        return workload(
                "checksum",
                bytes,
                List.of(Arrays.copyOf(bytes, 1499), random(1600), Arrays.copyOf(bytes, 60)));
    }

    private static Workload log2() {
        byte[] mixed = random(64);
        for (int i = 0; i < 64; i += 8) {
            mixed[i + 3] = 0;
            mixed[i + 2] = 0;
        }
        byte[] zeros = new byte[64];
        byte[] ones = new byte[64];
        Arrays.fill(ones, (byte) -1);
        return workload(
                "log2_words", mixed, List.of(zeros, ones, random(64), Arrays.copyOf(mixed, 21)));
    }

    private static Workload prime() {
        List<byte[]> numbers = new ArrayList<>();
        for (int number : new int[] {0, 1, 2, 3, 4, 7, 9, 63001, 65520, 65535, 32749}) {
            numbers.add(number(number));
        }
        return workload("prime", number(65521), numbers);
    }

    private static byte[] number(int number) {
        byte[] packet = new byte[60];
        packet[0] = (byte) number;
        packet[1] = (byte) (number >> 8);
        return packet;
    }

    private static Workload strcmp() {
        byte[] same = random(512);
        for (int i = 0; i < 256; i++) {
            same[i] = same[i] == 0 ? 1 : same[i];
        }
        same[255] = 0;
        System.arraycopy(same, 0, same, 256, 256);
        byte[] less = same.clone();
        less[100] = 1;
        less[356] = (byte) 200;
        byte[] greater = same.clone();
        greater[100] = (byte) 200;
        greater[356] = 1;
        byte[] brief = same.clone();
        brief[17] = 0;
        brief[256 + 17] = 0;
        brief[256 + 18]++;
        return workload("strcmp256", same, List.of(less, greater, brief, Arrays.copyOf(same, 300)));
    }

    private static Workload memcpy() {
        return workload("memcpy512", random(1024), List.of(random(1500), random(700), random(60)));
    }

    private static Workload interpret() {
        byte[] code = operations(7, 11);
        byte[] returns = operations(8, 11);
        returns[20] = 11;
        byte[] unknown = operations(9, 11);
        unknown[9] = 77;
        return workload("switch32", code, List.of(returns, unknown, Arrays.copyOf(code, 14)));
    }

    private static byte[] operations(int seed, int kinds) {
        Random random = new Random(seed);
        byte[] code = new byte[64];
        for (int i = 0; i < code.length; i++) {
            code[i] = (byte) random.nextInt(kinds);
        }
        return code;
    }

    private static Workload stackStruct() {
        byte[] good = ethernet(TCP, 443, 64);
        return workload(
                "stack_struct", good, List.of(random(64), random(54), Arrays.copyOf(good, 53)));
    }

    private static Workload bpfLoop() {
        byte[] other = random(60);
        return workload("bpf_loop256", ethernet(TCP, 443, 64), List.of(other));
    }

    private static Workload tailChain() {
        byte[] good = ethernet(TCP, 443, 64);
        byte[] other = good.clone();
        other[15] = 99;
        return workload("tail_chain", good, List.of(other, Arrays.copyOf(good, 19)));
    }

    private static Workload firewall() {
        byte[] good = ethernet(TCP, 443, 64);
        byte[] blocked = good.clone();
        blocked[26] = (byte) 203;
        blocked[27] = 0;
        blocked[28] = 113;
        byte[] flags = good.clone();
        flags[47] = 3;
        return workload(
                "xdp_firewall",
                good,
                List.of(
                        blocked,
                        flags,
                        ethernet(TCP, 23, 64),
                        ethernet(UDP, 53, 90),
                        ethernet(1, 0, 70),
                        random(60),
                        Arrays.copyOf(good, 40)));
    }

    /// 512 prefixes, of which three contain the source of the packet.
    private static Workload lpmLookup() {
        byte[] good = ethernet(TCP, 443, 64);
        List<Fill> prefixes = new ArrayList<>();
        Random random = new Random(512);
        int source = 0x0A00_0001;
        for (int length : new int[] {8, 16, 24}) {
            prefixes.add(prefix(length, source, 1000 + length));
        }
        while (prefixes.size() < 512) {
            int length = 8 + random.nextInt(21);
            prefixes.add(prefix(length, random.nextInt(), 2 + prefixes.size()));
        }
        List<byte[]> probes = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            byte[] probe = good.clone();
            Fill near = prefixes.get(i);
            System.arraycopy(near.key(), 4, probe, 26, 4);
            probe[29] ^= (byte) i;
            probes.add(probe);
        }
        probes.add(Arrays.copyOf(good, 33));
        return new Workload("lpm_lookup", good, probes, List.of(), prefixes);
    }

    private static Fill prefix(int length, int address, int value) {
        int masked = address & -1 << 32 - length;
        byte[] key =
                ByteBuffer.allocate(8)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(length)
                        .putInt(Integer.reverseBytes(masked))
                        .array();
        return new Fill("prefixes", 4, key, le32(value));
    }

    private static Program generated(String name) {
        return new Program(GENERATED, workload(name, random(64), List.of(random(80), random(60))));
    }

    private static Workload workload(String name, byte[] packet, List<byte[]> probes) {
        return new Workload(name, packet, probes, List.of(), List.of());
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static byte[] le32(int value) {
        return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
    }

    /// An Ethernet frame with IPv4 without options.
    static byte[] ethernet(int protocol, int port, int length) {
        ByteBuffer frame = ByteBuffer.allocate(length);
        frame.put(new byte[] {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2}).putShort((short) 0x0800);
        frame.put((byte) 0x45).put((byte) 0).putShort((short) (length - 14));
        frame.putInt(0x1234_4000).put((byte) 64).put((byte) protocol).putShort((short) 0xABCD);
        frame.putInt(0x0A00_0001).putInt(0xC0A8_0102);
        frame.putShort((short) 51234).putShort((short) port);
        frame.putInt(0x01020304).putInt(0x05060708).put((byte) 0x50).put((byte) 0x18);
        while (frame.hasRemaining()) {
            frame.put((byte) frame.position());
        }
        return frame.array();
    }
}
