package bpf4j.interpreter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import bpf4j.runtime.Memory;
import bpf4j.runtime.ProgramFault;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Loads, stores and atomics, inside and outside of the program's memory.
class MemoryAccessTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "r0 = *(u64 *)(r10 + 0) | read of 8 bytes at stack+0 lies outside",
                "r0 = *(u64 *)(r10 - 513) | read of 8 bytes at stack-513 lies outside",
                "*(u8 *)(r10 + 0) = 1 | write of 1 byte at stack+0 lies outside",
                "r0 = *(u32 *)(r1 + 24) | read of 4 bytes at context+24 lies outside",
                "r0 = *(u32 *)(r1 - 4) | read of 4 bytes at 0xfffffffc, which is no address",
                "r1 = 0; r0 = *(u8 *)(r1 + 0) | read of 1 byte at null lies outside",
                "r1 = 5; *(u16 *)(r1 + 0) = 1 | write of 2 bytes at 0x5, which is no address",
                "r2 = *(u32 *)(r1 + 4); r0 = *(u8 *)(r2 + 0) | read of 1 byte at packet+320",
                "r2 = *(u32 *)(r1 + 0); r0 = *(u8 *)(r2 - 1) | read of 1 byte at packet+255",
                "r2 = m ll; r0 = *(u8 *)(r2 + 0) | read of 1 byte at map 0+0 lies outside",
                "r2 = m[0] ll; r0 = *(u64 *)(r2 + 4) | read of 8 bytes at values of map 0+4",
                "r2 = m[0] ll; lock *(u64 *)(r2 + 4) += r2 | write of 8 bytes at values of map 0+4",
                "r2 = r10; lock *(u64 *)(r2 + 0) += r2 | write of 8 bytes at stack+0",
                "r2 = 0x300000000 ll; r0 = *(u8 *)(r2 + 0) | read of 1 byte at stack-32768",
            })
    void accessOutsideIsAFaultThatSaysWhere(String text, String message) {
        ProgramFault fault =
                assertThrows(
                        ProgramFault.class,
                        () ->
                                Machine.result(
                                        ".program xdp\n.map m, array, key=4, value=8, entries=2\n"
                                                + text
                                                + "\nexit"));
        assertEquals(
                message,
                fault.getMessage().replaceFirst("insn \\d+: ", "").substring(0, message.length()));
    }

    @Test
    void aCalleeMayUseItsCallersStackButNotTheOtherWayRound() {
        assertEquals(
                9,
                Machine.result(
                        """
                        *(u64 *)(r10 - 8) = 9
                        r1 = r10
                        r1 += -8
                        call    sub
                        exit
                sub:    r0 = *(u64 *)(r1 + 0)
                        exit
                """));
        assertThrows(
                ProgramFault.class,
                () ->
                        Machine.result(
                                """
                                call    sub
                                r0 = *(u64 *)(r0 + 0)
                                exit
                        sub:    *(u64 *)(r10 - 8) = 9
                                r0 = r10
                                r0 += -8
                                exit
                        """));
    }

    @Test
    void legacyLoadsReadThePacketInNetworkOrder() {
        String program = ".program socket_filter\n r6 = r1\n r7 = 10\n r0 = *(%s *)skb[%s]\n exit";
        assertEquals(5, Machine.result(program.formatted("u8", "5")));
        assertEquals(0x0506, Machine.result(program.formatted("u16", "5")));
        assertEquals(0x05060708, Machine.result(program.formatted("u32", "5")));
        assertEquals(0x0c0d, Machine.result(program.formatted("u16", "r7 + 2")));
        assertEquals(0, Machine.result(program.formatted("u32", "61")), "ends the program with 0");
        assertEquals(14, Machine.result(program.formatted("u8", "-0x100000")), "network header");
        assertEquals(3, Machine.result(program.formatted("u8", "-0x1ffffd")), "link-layer header");
    }

    @Test
    void atomicsOnMapValuesAndStack() {
        for (String place : new String[] {"r2 = m[0] ll", "r2 = r10; r2 += -8"}) {
            String start = ".map m, array, key=4, value=8, entries=1\n" + place + "\n";
            String set = "r1 = 12\n *(u64 *)(r2 + 0) = r1\n r1 = 10\n";
            String end = "\n r0 = *(u64 *)(r2 + 0)\n exit";
            assertEquals(22, Machine.result(start + set + "lock *(u64 *)(r2 + 0) += r1" + end));
            assertEquals(14, Machine.result(start + set + "lock *(u64 *)(r2 + 0) |= r1" + end));
            assertEquals(8, Machine.result(start + set + "lock *(u64 *)(r2 + 0) &= r1" + end));
            assertEquals(6, Machine.result(start + set + "lock *(u64 *)(r2 + 0) ^= r1" + end));
            String old = "\n r0 = r1\n exit";
            assertEquals(
                    12,
                    Machine.result(
                            start + set + "r1 = atomic_fetch_add((u64 *)(r2 + 0), r1)" + old));
            assertEquals(12, Machine.result(start + set + "r1 = xchg_64(r2 + 0, r1)" + old));
            String compare = "r0 = %d\n r0 = cmpxchg_64(r2 + 0, r0, r1)\n exit";
            assertEquals(12, Machine.result(start + set + compare.formatted(12)));
            assertEquals(
                    10,
                    Machine.result(start + set + compare.formatted(12).replace("exit", "") + end));
            assertEquals(
                    12,
                    Machine.result(start + set + compare.formatted(13).replace("exit", "") + end));
        }
    }

    @Test
    void narrowCompareAndExchangeComparesTheLowHalf() {
        assertEquals(
                0x5_0000_0007L,
                Machine.result(
                        """
                        r1 = 0x500000003 ll
                        *(u64 *)(r10 - 8) = r1
                        r0 = 0x900000003 ll
                        r1 = 7
                        w0 = cmpxchg32_32(r10 - 8, w0, w1)
                        r0 = *(u64 *)(r10 - 8)
                        exit
                """));
    }

    @Test
    void acquireAndReleaseLoadAndStore() {
        assertEquals(
                0x0102,
                Machine.result(
                        """
                        w1 = 0xff0102
                        store_release((u16 *)(r10 - 8), w1)
                        w0 = load_acquire((u16 *)(r10 - 8))
                        exit
                """));
    }

    @Test
    void contextPointersFollowThePacket() {
        Machine machine =
                new Machine(
                        """
                        .program xdp
                        r6 = r1
                        r2 = -4
                        call    bpf_xdp_adjust_head
                        r1 = *(u32 *)(r6 + 0)
                        r2 = *(u32 *)(r6 + 4)
                        *(u32 *)(r1 + 0) = 0x01020304
                        r0 = r2
                        r0 -= r1
                        exit
                """);
        assertEquals(68, machine.run());
        byte[] packet = machine.execution.packetBytes();
        assertEquals(68, packet.length);
        assertEquals(0x01020304, (int) Memory.INTS.get(packet, 0));
        assertEquals(0x03020100, (int) Memory.INTS.get(packet, 4));
    }
}
