package bpf4j.interpreter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bpf4j.isa.Assembler;
import bpf4j.runtime.ProgramFault;
import bpf4j.runtime.map.ProgramArrayMap;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/// Calls, callbacks, tail calls, budgets.
class ControlFlowTest {
    @Test
    void callsKeepR6ToR9AndGiveEachFrameItsStack() {
        assertEquals(
                10 + 7 + 512,
                Machine.result(
                        """
                        r6 = 10
                        *(u64 *)(r10 - 8) = 7
                        r7 = r10
                        call    sub
                        r7 -= r0
                        r6 += r7
                        r0 = *(u64 *)(r10 - 8)
                        r0 += r6
                        exit
                sub:    r6 = 99
                        r7 = 98
                        *(u64 *)(r10 - 8) = 1234
                        r0 = r10
                        exit
                """));
    }

    @Test
    void recursionEndsWithAFault() {
        ProgramFault fault =
                assertThrows(ProgramFault.class, () -> Machine.result("again: call again\n exit"));
        assertEquals("insn 0: calls nest deeper than 64 frames", fault.getMessage());
        assertEquals(0, fault.pc());
    }

    @Test
    void callxCallsAFunctionByItsAddress() {
        assertEquals(
                42,
                Machine.result(
                        """
                        r3 = sub ll
                        r1 = 40
                        callx   r3
                        exit
                sub:    r0 = r1
                        r0 += 2
                        exit
                """));
    }

    @Test
    void loopCallsBackUntilTheCallbackStopsIt() {
        String text =
                """
                        *(u64 *)(r10 - 8) = 0
                        r1 = %d
                        r2 = body ll
                        r3 = r10
                        r3 += -8
                        r4 = 0
                        call    bpf_loop
                        r1 = *(u64 *)(r10 - 8)
                        r0 <<= 32
                        r0 |= r1
                        exit
                body:   r3 = *(u64 *)(r2 + 0)
                        r3 += r1
                        *(u64 *)(r2 + 0) = r3
                        r0 = 0
                        if r1 < 9 goto +1
                        r0 = 1
                        exit
                """;
        assertEquals(5L << 32 | 10, Machine.result(text.formatted(5)));
        assertEquals(10L << 32 | 45, Machine.result(text.formatted(1000)));
        assertEquals(-7L << 32 & -1L << 32, Machine.result(text.formatted((8 << 20) + 1)));
    }

    @Test
    void forEachVisitsKeysAndValues() {
        assertEquals(
                3L << 32 | 7 * (1 + 2 + 3) + 100 + 101 + 102,
                Machine.result(
                        """
                        .map    m, hash, key=4, value=8, entries=8
                        r6 = 0
                fill:   *(u32 *)(r10 - 4) = r6
                        r1 = r6
                        r1 += 1
                        r1 *= 7
                        *(u64 *)(r10 - 16) = r1
                        w1 = *(u32 *)(r10 - 4)
                        w1 += 100
                        *(u32 *)(r10 - 4) = w1
                        r1 = m ll
                        r2 = r10
                        r2 += -4
                        r3 = r10
                        r3 += -16
                        r4 = 0
                        call    bpf_map_update_elem
                        r6 += 1
                        if r6 < 3 goto fill
                        *(u64 *)(r10 - 24) = 0
                        r1 = m ll
                        r2 = body ll
                        r3 = r10
                        r3 += -24
                        r4 = 0
                        call    bpf_for_each_map_elem
                        r1 = *(u64 *)(r10 - 24)
                        r0 <<= 32
                        r0 |= r1
                        exit
                body:   r5 = *(u64 *)(r4 + 0)
                        w1 = *(u32 *)(r2 + 0)
                        r5 += r1
                        r1 = *(u64 *)(r3 + 0)
                        r5 += r1
                        *(u64 *)(r4 + 0) = r5
                        r0 = 0
                        exit
                """));
    }

    private static final String CHAIN =
            """
                    .map    progs, prog_array, key=4, value=4, entries=2
                    .map    count, array, key=4, value=8, entries=1
                    r6 = r1
                    *(u32 *)(r10 - 4) = 0
                    r2 = r10
                    r2 += -4
                    r1 = count ll
                    call    bpf_map_lookup_elem
                    r1 = 1
                    lock *(u64 *)(r0 + 0) += r1
                    r7 = r0
                    r1 = r6
                    r2 = progs ll
                    r3 = 0
                    call    bpf_tail_call
                    r0 = *(u64 *)(r7 + 0)
                    exit
            """;

    @Test
    void tailCallsEndAfterThirtyThree() {
        Machine machine = new Machine(CHAIN);
        ProgramArrayMap programs = (ProgramArrayMap) machine.maps.get(0);
        assertEquals(0, programs.set(0, machine.load(machine.spec)));
        assertEquals(34, machine.run());
        assertEquals(68, machine.run(), "the count begins anew with each run");
    }

    @Test
    void tailCallInASubprogramReplacesThatFrameOnly() throws Exception {
        Machine machine =
                new Machine(
                        """
                        .map    progs, prog_array, key=4, value=4, entries=2
                        *(u64 *)(r10 - 8) = 5
                        r6 = 100
                        call    sub
                        r1 = *(u64 *)(r10 - 8)
                        r0 += r1
                        r0 += r6
                        exit
                sub:    r2 = progs ll
                        r3 = 1
                        call    bpf_tail_call
                        r0 = 1000
                        exit
                """);
        ProgramArrayMap programs = (ProgramArrayMap) machine.maps.get(0);
        assertEquals(1105, machine.run(), "without target the subprogram goes on");
        programs.set(
                1,
                machine.load(
                        Assembler.assemble(
                                "*(u64 *)(r10 - 8) = 77\n r6 = 3\n r0 = 2\n exit", "target")));
        assertEquals(107, machine.run());
    }

    @Test
    void mayGotoJumpsWhenItsBudgetIsUsedUp() {
        assertEquals(
                8 << 20,
                Machine.result(
                        """
                        r0 = 0
                again:  may_goto out
                        r0 += 1
                        goto    again
                out:    exit
                """));
    }

    @Test
    void fuelCountsInstructions() {
        Machine machine = new Machine("r0 = 0\n again: r0 += 1\n goto again\n");
        machine.execution.fuel = 1000;
        ProgramFault fault = assertThrows(ProgramFault.class, machine::run);
        assertTrue(fault.getMessage().endsWith("the program used up its fuel"));
        machine = new Machine("r0 = 0\n r0 += 1\n exit\n");
        machine.execution.fuel = 3;
        assertEquals(1, machine.run());
        assertEquals(0, machine.execution.fuel);
    }

    @Test
    void observerSeesEveryInstruction() {
        Machine machine = new Machine("r0 = 5\n call sub\n exit\n sub: r0 += 1\n exit");
        List<String> steps = new ArrayList<>();
        machine.observer =
                (pc, frame, registers) -> steps.add(pc + "/" + frame + "/" + registers[0]);
        machine.execution.fuel = 100;
        assertEquals(6, machine.run());
        assertEquals(List.of("0/0/0", "1/0/5", "3/1/5", "4/1/6", "2/0/6"), steps);
        assertEquals(95, machine.execution.fuel);
    }

    @Test
    void unknownHelpersAreFaultsWhenCalled() {
        assertEquals(
                "insn 0: helper 9999 does not exist here",
                assertThrows(ProgramFault.class, () -> Machine.result("call 9999\n exit"))
                        .getMessage());
        assertEquals(1, Machine.result("r0 = 1\n if r0 == 1 goto +1\n call 9999\n exit"));
    }
}
