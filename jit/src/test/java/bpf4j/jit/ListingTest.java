package bpf4j.jit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bpf4j.isa.Assembler;
import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.Bindings;
import bpf4j.runtime.BpfMap;
import bpf4j.runtime.helper.LinuxHelpers;
import bpf4j.runtime.map.Maps;
import bpf4j.spec.LoadPolicy;
import bpf4j.spec.MapSpec;
import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.facts.Facts;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/// The shapes of bytecode on which speed depends.
class ListingTest {
    private static List<String> bytecode(String text) throws Exception {
        ProgramSpec spec = Assembler.assemble(text, "test");
        AddressSpace space = new AddressSpace();
        List<BpfMap> maps = new ArrayList<>();
        for (MapSpec map : spec.maps()) {
            maps.add(Maps.create(space, map));
        }
        Listing.Gatherer gatherer = new Listing.Gatherer();
        Jit.compile(
                spec,
                new Bindings(space, maps, LinuxHelpers.table()),
                Facts.of(spec, LoadPolicy.TRUSTED),
                false,
                gatherer);
        List<String> all = new ArrayList<>();
        for (int pc = 0; pc < spec.code().size(); pc++) {
            all.addAll(gatherer.listing().at(pc));
        }
        return all;
    }

    @Test
    void aCountedLoopIsOneOfInts() throws Exception {
        List<String> all =
                bytecode(
                        """
                        r1 = 0
                        r0 = 0
                        again:
                        r2 = r1
                        r0 += 3
                        r1 += 1
                        if r2 != 99 goto again
                        r0 &= 7
                        exit
                        """);
        assertTrue(all.stream().anyMatch(op -> op.startsWith("if_icmplt")), all.toString());
        assertFalse(all.contains("lcmp"), all.toString());
    }

    @Test
    void aLoopThatEndsAtAValueEndsBelowIt() throws Exception {
        List<String> all =
                bytecode(
                        """
                        r1 = 0
                        r0 = 0
                        again:
                        r0 += 3
                        r1 += 8
                        if r1 != 512 goto again
                        r0 &= 7
                        exit
                        """);
        assertTrue(all.stream().anyMatch(op -> op.startsWith("if_icmplt")), all.toString());
    }

    @Test
    void aStackSlotThatIsNeverPassedOnNeedsNoMemory() throws Exception {
        List<String> all =
                bytecode(
                        """
                        r2 = *(u32 *)(r1 + 0)
                        *(u64 *)(r10 - 8) = r2
                        *(u32 *)(r10 - 4) = 7
                        r0 = *(u64 *)(r10 - 8)
                        exit
                        """);
        assertFalse(all.contains("getfield Execution.stack"), all.toString());
    }

    @Test
    void aFalseConditionLeavesNoCode() throws Exception {
        List<String> all =
                bytecode(
                        """
                        r2 = 5
                        if r2 > 7 goto never
                        r0 = 1
                        exit
                        never:
                        r0 = *(u32 *)(r1 + 0)
                        exit
                        """);
        assertEquals(List.of("lconst_1", "lreturn"), all);
    }

    @Test
    void aDivisionByAConstantIsSigned() throws Exception {
        List<String> all =
                bytecode(
                        """
                        r0 = *(u32 *)(r1 + 0)
                        r0 /= 10
                        exit
                        """);
        assertTrue(all.contains("ldiv"), all.toString());
    }

    @Test
    void whatReadOnlyDataHoldIsNotLoaded() throws Exception {
        List<String> all =
                bytecode(
                        """
                        .rodata
                        limits:
                        .long 7, 9
                        .text
                        r1 = limits ll
                        r0 = *(u32 *)(r1 + 4)
                        exit
                        """);
        assertEquals(
                List.of("bipush 9", "i2l", "lreturn"), all.subList(all.size() - 3, all.size()));
        assertFalse(all.toString().contains("VarHandle"), all.toString());
    }

    @Test
    void theKeyOfALookupByAddressAndPrefixLengthNeedsNoMemory() throws Exception {
        List<String> all =
                bytecode(
                        """
                        .map prefixes, lpm_trie, key=20, value=4, entries=4, flags=1
                        r2 = *(u32 *)(r1 + 0)
                        *(u32 *)(r10 - 20) = 128
                        *(u32 *)(r10 - 16) = r2
                        *(u32 *)(r10 - 12) = 0
                        *(u64 *)(r10 - 8) = 0
                        r2 = r10
                        r2 += -20
                        r1 = prefixes ll
                        call bpf_map_lookup_elem
                        r0 = 0
                        exit
                        """);
        assertFalse(all.contains("getfield Execution.stack"), all.toString());
    }

    @Test
    void theDistanceOfTwoPlacesIsADifferenceOfInts() throws Exception {
        List<String> all =
                bytecode(
                        """
                        .program xdp
                        r2 = *(u32 *)(r1 + 4)
                        r3 = *(u32 *)(r1 + 0)
                        r2 -= r3
                        r0 = r2
                        r0 &= 1
                        exit
                        """);
        assertTrue(all.contains("isub"), all.toString());
        assertFalse(all.contains("lsub"), all.toString());
    }

    @Test
    void aKeyThatAnUpdateReadsIsInMemoryButNotReadFromThere() throws Exception {
        List<String> all =
                bytecode(
                        """
                        .map flows, hash, key=4, value=8, entries=4
                        r2 = *(u32 *)(r1 + 0)
                        *(u32 *)(r10 - 4) = r2
                        *(u64 *)(r10 - 16) = 1
                        r2 = r10
                        r2 += -4
                        r1 = flows ll
                        call bpf_map_lookup_elem
                        if r0 != 0 goto there
                        r1 = flows ll
                        r2 = r10
                        r2 += -4
                        r3 = r10
                        r3 += -16
                        r4 = 0
                        call bpf_map_update_elem
                        there:
                        r0 = *(u32 *)(r10 - 4)
                        exit
                        """);
        assertTrue(all.contains("invokestatic Accesses.setInt"), all.toString());
        assertEquals(
                List.of("invokestatic Accesses.getInt"), // of the context
                all.stream().filter(op -> op.contains("Accesses.get")).toList());
    }
}
