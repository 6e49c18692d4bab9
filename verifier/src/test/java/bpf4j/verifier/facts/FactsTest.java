package bpf4j.verifier.facts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bpf4j.btf.Btf;
import bpf4j.btf.BtfType;
import bpf4j.isa.Assembler;
import bpf4j.isa.AssemblyException;
import bpf4j.isa.Code;
import bpf4j.isa.Insn;
import bpf4j.spec.LoadPolicy;
import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.domain.Scalar;
import bpf4j.verifier.domain.Tri;
import bpf4j.verifier.facts.Value.Any;
import bpf4j.verifier.facts.Value.Number;
import bpf4j.verifier.facts.Value.Pointer;

import org.junit.jupiter.api.Test;

import java.util.List;

class FactsTest {
    private static ProgramSpec program(String text) throws AssemblyException {
        return Assembler.assemble(text, "test.s");
    }

    private static Facts facts(String text) throws AssemblyException {
        return Facts.of(program(text), LoadPolicy.TRUSTED);
    }

    /// The slot of the last instruction of a type.
    private static int last(Code code, Class<? extends Insn> type) {
        int found = -1;
        for (int pc = 0; pc < code.size(); pc = code.next(pc)) {
            if (type.isInstance(code.at(pc))) {
                found = pc;
            }
        }
        return found;
    }

    private static Scalar number(Value value) {
        return assertInstanceOf(Number.class, value).scalar();
    }

    @Test
    void pathsThatMeetAreJoined() throws Exception {
        // A search that prunes sees only one of the two constants behind the join.
        Facts facts =
                facts(
                        """
                        call bpf_get_prandom_u32
                        r6 = 100
                        if r0 == 0 goto join
                        r6 = 1
                        join: r0 = r6
                        exit
                        """);
        assertTrue(number(facts.before(5, 0)).contains(1));
        assertTrue(number(facts.before(5, 0)).contains(100));
        assertEquals(100, number(facts.before(5, 0)).umax());
        assertEquals(Tri.MAYBE, facts.branch(2));
    }

    @Test
    void aCountedLoopKeepsItsBounds() throws Exception {
        Facts facts =
                facts(
                        """
                        r6 = 0
                        r7 = r10
                        loop: r1 = r6
                        r6 += 1
                        if r6 < 64 goto loop
                        r0 = r6
                        exit
                        """);
        Scalar index = number(facts.before(3, 1));
        assertEquals(0, index.umin());
        assertEquals(63, index.umax());
        assertTrue(facts.before(3, 1).isPositiveInt());
        assertEquals(64, number(facts.before(6, 0)).umin());
    }

    @Test
    void aLoopThatCountsToInequalityKeepsItsBounds() throws Exception {
        Facts facts =
                facts(
                        """
                        r6 = 0
                        loop: r1 = r6
                        r6 += 1
                        if r6 != 100 goto loop
                        r0 = r6
                        exit
                        """);
        assertEquals(99, number(facts.before(2, 1)).umax());
        assertEquals(Scalar.constant(100), number(facts.before(5, 0)));
    }

    @Test
    void branchesThatGoOneWayAreDecided() throws Exception {
        Facts facts =
                facts(
                        """
                        r1 = *(u8 *)(r1 + 0)
                        if r1 > 255 goto dead
                        r0 = 0
                        exit
                        dead: r0 = 1
                        exit
                        """);
        assertEquals(Tri.NO, facts.branch(1));
        assertFalse(facts.reachable(4));
        assertTrue(facts.reachable(3));
    }

    @Test
    void aLookupGivesItsMapsValue() throws Exception {
        ProgramSpec spec =
                program(
                        """
                        .map flows, hash, key=4, value=16, entries=16
                        *(u32 *)(r10 - 4) = 7
                        r2 = r10
                        r2 += -4
                        r1 = flows ll
                        call bpf_map_lookup_elem
                        r6 = r0
                        if r0 == 0 goto out
                        r1 = *(u64 *)(r6 + 8)
                        r0 = 0
                        out: exit
                        """);
        Facts facts = Facts.of(spec, LoadPolicy.TRUSTED);
        int call = last(spec.code(), Insn.CallHelper.class);
        assertEquals(0, facts.map(call, 1));
        Pointer found = assertInstanceOf(Pointer.class, facts.written(call));
        assertTrue(found.nullable());
        int load = last(spec.code(), Insn.Load.class);
        Pointer base = assertInstanceOf(Pointer.class, facts.before(load, 6));
        assertEquals(Pointer.to(Region.MAP_VALUE, 0, 0), base);
        Access access = facts.access(load);
        assertEquals(new Access(Region.MAP_VALUE, 0, Scalar.constant(8), 8), access);
        Routine routine = facts.routines().getFirst();
        assertTrue(routine.stackIsPrivate());
        assertFalse(routine.isPrivate(-4, 4));
        assertTrue(routine.isPrivate(-8, 4));
        assertEquals(4, routine.stackDepth());
    }

    @Test
    void anOldLookupIsNotMistakenForTheNew() throws Exception {
        ProgramSpec spec =
                program(
                        """
                        .map flows, hash, key=4, value=16, entries=16
                        r6 = 0
                        again: *(u32 *)(r10 - 4) = 7
                        r2 = r10
                        r2 += -4
                        r1 = flows ll
                        call bpf_map_lookup_elem
                        if r0 == 0 goto out
                        r1 = r6
                        r6 = r0
                        if r1 == 0 goto again
                        r0 = 0
                        out: exit
                        """);
        Facts facts = Facts.of(spec, LoadPolicy.TRUSTED);
        int again = 1;
        Pointer old = assertInstanceOf(Pointer.class, facts.before(again, 6));
        assertTrue(old.nullable());
        int copy = last(spec.code(), Insn.Exit.class);
        assertTrue(facts.reachable(copy));
    }

    @Test
    void spilledPointersKeepTheirKind() throws Exception {
        Facts facts =
                facts(
                        """
                        .program xdp
                        *(u64 *)(r10 - 8) = r1
                        call bpf_ktime_get_ns
                        r1 = *(u64 *)(r10 - 8)
                        r2 = *(u32 *)(r1 + 4)
                        r1 = *(u32 *)(r1 + 0)
                        r0 = 2
                        r3 = r1
                        r3 += 14
                        if r3 > r2 goto out
                        r0 = *(u8 *)(r1 + 12)
                        out: exit
                        """);
        assertEquals(Pointer.to(Region.CTX, -1, 0), facts.before(3, 1));
        Access access = facts.access(9);
        assertNotNull(access);
        assertEquals(Region.PACKET, access.region());
        assertTrue(facts.routines().getFirst().isPrivate(-8, 8));
    }

    @Test
    void partsOfSpilledNumbersAreKnown() throws Exception {
        Facts facts =
                facts(
                        """
                        r1 = 0x1122334455667788 ll
                        *(u64 *)(r10 - 8) = r1
                        r2 = *(u32 *)(r10 - 4)
                        r3 = *(u8 *)(r10 - 7)
                        *(u32 *)(r10 - 8) = 5
                        r4 = *(u64 *)(r10 - 8)
                        *(u8 *)(r10 - 8) = 1
                        r5 = *(u64 *)(r10 - 8)
                        r0 = r5
                        exit
                        """);
        assertEquals(Number.constant(0x11223344), facts.written(3));
        assertEquals(Number.constant(0x77), facts.written(4));
        assertEquals(Number.constant(0x1122334400000005L), facts.written(6));
        assertEquals(Any.MIXED, facts.written(8));
    }

    @Test
    void calleesSeeAllCallersArgumentsAndCallersTheirResults() throws Exception {
        ProgramSpec spec =
                program(
                        """
                        r1 = 3
                        call add
                        r6 = r0
                        r1 = 10
                        call add
                        r0 += r6
                        exit
                        add: r0 = r1
                        r0 += 1
                        exit
                        """);
        Facts facts = Facts.of(spec, LoadPolicy.TRUSTED);
        Scalar argument = number(facts.before(7, 1));
        assertTrue(argument.contains(3) && argument.contains(10));
        assertEquals(10, argument.umax());
        assertEquals(2, facts.routines().size());
        assertEquals(List.of(7), facts.routines().getFirst().callees());
        assertTrue(number(facts.before(6, 0)).umax() <= 22);
    }

    @Test
    void aCalleeMayOverwriteWhatItGetsTheAddressOf() throws Exception {
        Facts facts =
                facts(
                        """
                        *(u64 *)(r10 - 8) = 5
                        *(u64 *)(r10 - 16) = 6
                        r1 = r10
                        r1 += -8
                        call change
                        r0 = *(u64 *)(r10 - 8)
                        r1 = *(u64 *)(r10 - 16)
                        exit
                        change: *(u64 *)(r1 + 0) = 9
                        r0 = 0
                        exit
                        """);
        assertEquals(Any.MIXED, facts.written(5));
        // It may step back from the address.
        assertEquals(Any.MIXED, facts.written(6));
        Routine entry = facts.routines().getFirst();
        assertFalse(entry.isPrivate(-8, 8));
        assertFalse(entry.isPrivate(-16, 8));
        Access access = facts.access(8);
        assertNotNull(access);
        assertEquals(Region.CALLER_STACK, access.region());
    }

    @Test
    void callbacksAreEnteredWithWhatTheirHelperPasses() throws Exception {
        ProgramSpec spec =
                program(
                        """
                        r1 = 10
                        r2 = body ll
                        r3 = r10
                        r3 += -8
                        *(u64 *)(r10 - 8) = 0
                        r4 = 0
                        call bpf_loop
                        r0 = *(u64 *)(r10 - 8)
                        exit
                        body: r3 = *(u64 *)(r2 + 0)
                        r3 += r1
                        *(u64 *)(r2 + 0) = r3
                        r0 = 0
                        exit
                        """);
        Facts facts = Facts.of(spec, LoadPolicy.TRUSTED);
        int body = 10;
        assertEquals(body, facts.function(7, 2));
        assertTrue(facts.routine(body).isCallback());
        assertEquals(1 << 23, number(facts.before(body, 1)).umax());
        Access access = facts.access(body);
        assertNotNull(access);
        assertEquals(Region.CALLER_STACK, access.region());
        assertEquals(Any.MIXED, facts.written(8));
    }

    @Test
    void aVariableOffsetExposesItsRange() throws Exception {
        Facts facts =
                facts(
                        """
                        call bpf_get_prandom_u32
                        *(u64 *)(r10 - 8) = 1
                        *(u64 *)(r10 - 16) = 2
                        *(u64 *)(r10 - 24) = 3
                        r0 &= 8
                        r1 = r10
                        r1 += -16
                        r1 += r0
                        *(u64 *)(r1 + 0) = 7
                        r0 = *(u64 *)(r10 - 24)
                        exit
                        """);
        assertEquals(Number.constant(3), facts.written(9));
        Routine entry = facts.routines().getFirst();
        assertTrue(entry.isPrivate(-24, 8));
        assertFalse(entry.isPrivate(-16, 8));
        assertFalse(entry.isPrivate(-8, 8));
        Access access = facts.access(8);
        assertNotNull(access);
        assertEquals(8, access.alignment());
    }

    @Test
    void aDivisorTestedAgainstZeroIsNotZero() throws Exception {
        Facts facts =
                facts(
                        """
                        call bpf_get_prandom_u32
                        w0 = w0
                        if r0 == 0 goto out
                        r1 = 100
                        r1 /= r0
                        r0 = r1
                        out: exit
                        """);
        assertTrue(facts.before(4, 0).isNonZero());
        assertTrue(facts.before(4, 0).isLowNonZero());
        assertTrue(number(facts.before(5, 1)).umax() <= 100);
    }

    @Test
    void aPointerThatMayBeNullOnOnePathMayBeNull() throws Exception {
        Facts facts =
                facts(
                        """
                        .map flows, array, key=4, value=16, entries=16
                        *(u32 *)(r10 - 4) = 7
                        r2 = r10
                        r2 += -4
                        r1 = flows ll
                        call bpf_map_lookup_elem
                        r6 = r0
                        call bpf_get_prandom_u32
                        r7 = r0
                        r0 = flows[0] ll
                        if r7 == 0 goto join
                        r0 = r6
                        join: if r0 == 0 goto null
                        r0 = 1
                        exit
                        null: r0 = 0
                        exit
                        """);
        assertEquals(Tri.MAYBE, facts.branch(13));
        Pointer joined = assertInstanceOf(Pointer.class, facts.before(13, 0));
        assertTrue(joined.nullable());
        assertTrue(facts.reachable(16));
    }

    @Test
    void pointersIntoTwoMapsAreIntoNoneInParticular() throws Exception {
        Facts facts =
                facts(
                        """
                        .map first, array, key=4, value=16, entries=16
                        .map second, array, key=4, value=16, entries=16
                        call bpf_get_prandom_u32
                        r6 = first[0] ll
                        r1 = first ll
                        if r0 == 0 goto join
                        r6 = second[0] ll
                        r1 = second ll
                        join: r0 = *(u64 *)(r6 + 8)
                        r2 = r1
                        exit
                        """);
        Access access = facts.access(10);
        assertNotNull(access);
        assertEquals(new Access(Region.MAP_VALUE, -1, Scalar.constant(8), 8), access);
        assertEquals(-1, facts.map(11, 1));
    }

    @Test
    void aTailCallInASubprogramReturnsAnything() throws Exception {
        ProgramSpec plain =
                program(
                        """
                        .map jump, prog_array, key=4, value=4, entries=2
                        call go
                        exit
                        go: r2 = jump ll
                        r3 = 0
                        call bpf_tail_call
                        r0 = 5
                        exit
                        """);
        Btf btf =
                new Btf(
                        List.of(
                                new BtfType.Void(),
                                new BtfType.Int("int", 4, 32, 0, true, false, false),
                                new BtfType.FuncProto(1, List.of()),
                                new BtfType.Func("main", 2, 0),
                                new BtfType.Func("go", 2, 0)));
        ProgramSpec typed =
                new ProgramSpec(
                        plain.name(),
                        plain.section(),
                        plain.type(),
                        plain.license(),
                        plain.code(),
                        plain.maps(),
                        plain.externs(),
                        btf,
                        List.of(
                                new ProgramSpec.Function(0, "main", 3),
                                new ProgramSpec.Function(2, "go", 4)),
                        plain.lines(),
                        plain.flags());
        assertEquals(Any.MIXED, Facts.of(typed, LoadPolicy.TRUSTED).written(0));
    }
}
