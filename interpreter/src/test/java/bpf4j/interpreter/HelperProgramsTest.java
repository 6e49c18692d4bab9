package bpf4j.interpreter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import bpf4j.runtime.Host;
import bpf4j.runtime.Memory;
import bpf4j.runtime.map.PerfEventArrayMap;
import bpf4j.runtime.map.RingbufMap;
import bpf4j.runtime.map.UserRingbufMap;

import org.junit.jupiter.api.Test;

import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// Helpers that need a host or a consumer, and kernel functions, called by programs.
class HelperProgramsTest {
    private static final class FixedHost implements Host {
        final List<String> lines = new ArrayList<>();
        long now = 1_000_000_000L;

        @Override
        public long monotonicNanos() {
            return now;
        }

        @Override
        public int random() {
            return 0x89ABCDEF;
        }

        @Override
        public long pidTgid() {
            return 5L << 32 | 6;
        }

        @Override
        public String comm() {
            return "a-rather-long-name";
        }

        @Override
        public void trace(String text) {
            lines.add(text);
        }
    }

    @Test
    void hostAnswersForTheWorldOutside() {
        Machine machine =
                new Machine(
                        "call bpf_ktime_get_ns\n r6 = r0\n call bpf_get_prandom_u32"
                                + "\n r0 += r6\n exit");
        machine.execution.host = new FixedHost();
        assertEquals(1_000_000_000L + 0x89ABCDEFL, machine.run());
        machine = new Machine("call bpf_get_current_pid_tgid\n exit");
        machine.execution.host = new FixedHost();
        assertEquals(5L << 32 | 6, machine.run());
        machine =
                new Machine(
                        "r1 = r10\n r1 += -8\n r2 = 8\n call bpf_get_current_comm\n"
                                + " r0 = *(u64 *)(r10 - 8)\n exit");
        machine.execution.host = new FixedHost();
        assertEquals(0x0065_6874_6172_2d61L, machine.run(), "cut to seven letters and a zero");
    }

    /// What `bpf_trace_printk` prints for the arguments -42, 255 and the address of `text`.
    private static String print(String format) {
        Machine machine =
                new Machine(
                        """
                        *(u64 *)(r10 - 8) = 0x646362
                        r1 = r10
                        r1 += -200
                        r2 = 100
                        r3 = -42
                        r4 = 255
                        r5 = r10
                        r5 += -8
                        call    bpf_trace_printk
                        exit
                """);
        FixedHost host = new FixedHost();
        machine.execution.host = host;
        byte[] text = format.getBytes(StandardCharsets.ISO_8859_1);
        byte[] stack = machine.execution.stack;
        System.arraycopy(text, 0, stack, stack.length - 200, text.length);
        long result = machine.run();
        return result + " " + host.lines;
    }

    @Test
    void printkFormatsAsLinuxDoes() {
        assertEquals("11 [-42 ff bcd|]", print("%d %x %s|\0"));
        assertEquals("17 [4294967254   255%]", print("%u %5u%%\0"));
        assertEquals("21 [ffffffffffffffd6  255]", print("%lx %4d\0"));
        assertEquals("12 [-00042 255  ]", print("%06d %-5i\0"));
        assertEquals("-22 []", print("%d %d %d %d\0"));
        assertEquals("-22 []", print("%f\0"));
        assertEquals("-22 []", print("%sx\0"));
    }

    @Test
    void ringbufRecordsReachTheConsumer() {
        Machine machine =
                new Machine(
                        """
                        .map    ring, ringbuf, entries=4096
                        r1 = ring ll
                        r2 = 16
                        r3 = 0
                        call    bpf_ringbuf_reserve
                        r6 = r0
                        *(u64 *)(r6 + 0) = 1
                        *(u64 *)(r6 + 8) = 2
                        r1 = ring ll
                        r2 = 8
                        r3 = 0
                        call    bpf_ringbuf_reserve
                        r1 = r0
                        r2 = 0
                        call    bpf_ringbuf_discard
                        r1 = r6
                        r2 = 0
                        call    bpf_ringbuf_submit
                        r1 = ring ll
                        r2 = r10
                        r2 += -8
                        *(u64 *)(r10 - 8) = 3
                        r3 = 8
                        r4 = 0
                        call    bpf_ringbuf_output
                        exit
                """);
        RingbufMap ring = (RingbufMap) machine.maps.get(0);
        List<String> records = new ArrayList<>();
        // More rounds than the ring holds without a consumer, so that records wrap around.
        for (int i = 0; i < 200; i++) {
            assertEquals(0, machine.run());
            records.clear();
            ring.consume(
                    record ->
                            records.add(
                                    HexFormat.of()
                                            .formatHex(record.toArray(ValueLayout.JAVA_BYTE))));
            assertEquals(List.of("01000000000000000200000000000000", "0300000000000000"), records);
        }
    }

    @Test
    void perfEventsCarryDataAndPacket() {
        Machine machine =
                new Machine(
                        """
                        .program xdp
                        .map    events, perf_event_array, key=4, value=4, entries=2
                        *(u64 *)(r10 - 8) = 0x55
                        r2 = events ll
                        r3 = 0x3ffffffff ll
                        r4 = r10
                        r4 += -8
                        r5 = 8
                        call    bpf_perf_event_output
                        exit
                """);
        assertEquals(-2, machine.run(), "-ENOENT without consumer");
        List<byte[]> samples = new ArrayList<>();
        ((PerfEventArrayMap) machine.maps.get(0)).openAll((cpu, sample) -> samples.add(sample));
        assertEquals(0, machine.run());
        assertArrayEquals(new byte[] {0x55, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2}, samples.get(0));
    }

    @Test
    void numbersIterate() {
        assertEquals(
                3 + 4 + 5,
                Machine.result(
                        """
                        .extern bpf_iter_num_new
                        .extern bpf_iter_num_next
                        .extern bpf_iter_num_destroy
                        r7 = 0
                        r6 = r10
                        r6 += -8
                        r1 = r6
                        r2 = 3
                        r3 = 6
                        call    bpf_iter_num_new
                more:   r1 = r6
                        call    bpf_iter_num_next
                        if r0 == 0 goto out
                        w0 = *(u32 *)(r0 + 0)
                        r7 += r0
                        goto    more
                out:    r1 = r6
                        call    bpf_iter_num_destroy
                        r0 = r7
                        exit
                """));
    }

    @Test
    void bitsIterateOverSeveralWords() {
        assertEquals(
                0 + 63 + 64 + 100,
                Machine.result(
                        """
                        .extern bpf_iter_bits_new
                        .extern bpf_iter_bits_next
                        r1 = 0x8000000000000001 ll
                        *(u64 *)(r10 - 32) = r1
                        r1 = 0x1000000001 ll
                        *(u64 *)(r10 - 24) = r1
                        r7 = 0
                        r6 = r10
                        r6 += -16
                        r1 = r6
                        r2 = r10
                        r2 += -32
                        r3 = 2
                        call    bpf_iter_bits_new
                more:   r1 = r6
                        call    bpf_iter_bits_next
                        if r0 == 0 goto out
                        w0 = *(u32 *)(r0 + 0)
                        r7 += r0
                        goto    more
                out:    r0 = r7
                        exit
                """));
    }

    @Test
    void timersFireWhenTheHostRunsThem() {
        Machine machine =
                new Machine(
                        """
                        .map    m, array, key=4, value=32, entries=2
                        r6 = m[0] ll
                        r1 = r6
                        r2 = m ll
                        r3 = 1
                        call    bpf_timer_init
                        r1 = r6
                        r2 = fire ll
                        call    bpf_timer_set_callback
                        r1 = r6
                        r2 = 500
                        r3 = 0
                        call    bpf_timer_start
                        exit
                fire:   r1 = *(u64 *)(r3 + 16)
                        r1 += 1
                        *(u64 *)(r3 + 16) = r1
                        w1 = *(u32 *)(r2 + 0)
                        *(u64 *)(r3 + 24) = r1
                        r0 = 0
                        exit
                """);
        FixedHost host = new FixedHost();
        machine.execution.host = host;
        assertEquals(0, machine.run());
        assertEquals(host.now + 500, machine.space.timers().next());
        assertEquals(0, machine.space.timers().run(machine.execution, host.now + 499));
        assertEquals(1, machine.space.timers().run(machine.execution, host.now + 500));
        assertEquals(0, machine.space.timers().run(machine.execution, host.now + 900));
        assertEquals(1, machine.maps.get(0).values().get(Memory.LONG, 16));
    }

    @Test
    void userRingbufIsDrainedThroughDynptrs() {
        Machine machine =
                new Machine(
                        """
                        .map    ring, user_ringbuf, entries=4096
                        *(u64 *)(r10 - 8) = 0
                        r1 = ring ll
                        r2 = body ll
                        r3 = r10
                        r3 += -8
                        r4 = 0
                        call    bpf_user_ringbuf_drain
                        r1 = *(u64 *)(r10 - 8)
                        r0 <<= 32
                        r0 |= r1
                        exit
                body:   r6 = r2
                        r3 = r1
                        r1 = r10
                        r1 += -8
                        r2 = 1
                        r4 = 1
                        r5 = 0
                        *(u64 *)(r10 - 8) = 0
                        call    bpf_dynptr_read
                        r1 = *(u64 *)(r10 - 8)
                        r2 = *(u64 *)(r6 + 0)
                        r2 += r1
                        *(u64 *)(r6 + 0) = r2
                        r0 = 0
                        exit
                """);
        UserRingbufMap ring = (UserRingbufMap) machine.maps.get(0);
        assertEquals(0, ring.submit(new byte[] {1, 20}));
        assertEquals(0, ring.submit(new byte[] {1, 22, 5}));
        assertEquals(2L << 32 | 42, machine.run());
        assertEquals(0, machine.run());
    }
}
