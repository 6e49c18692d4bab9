package bpf4j.testkit.containment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bpf4j.interpreter.Interpreter;
import bpf4j.isa.Assembler;
import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.Bindings;
import bpf4j.runtime.BpfMap;
import bpf4j.runtime.Execution;
import bpf4j.runtime.Packets;
import bpf4j.runtime.helper.LinuxHelpers;
import bpf4j.runtime.map.Maps;
import bpf4j.spec.LoadPolicy;
import bpf4j.spec.MapSpec;
import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.CheckedProgram;
import bpf4j.verifier.facts.Facts;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class FactsCheckTest {
    private static final String FRAMES =
            """
            .program xdp
            .map counts, array, key=4, value=64, entries=4
                    r6 = r1
                    r7 = 0
                    *(u64 *)(r10 - 16) = 7
            loop:   *(u32 *)(r10 - 4) = 2
                    r2 = r10
                    r2 += -4
                    r1 = counts ll
                    call bpf_map_lookup_elem
                    if r0 == 0 goto out
                    r8 = r0
                    r1 = r10
                    r1 += -16
                    r2 = r7
                    call add
                    *(u64 *)(r8 + 8) = r0
                    r9 = *(u64 *)(r10 - 16)
                    *(u64 *)(r10 - 24) = r9
                    r7 += 1
                    if r7 != 5 goto loop
                    r1 = 3
                    r2 = body ll
                    r3 = r10
                    r3 += -24
                    r4 = 0
                    call bpf_loop
                    r9 = *(u64 *)(r10 - 24)
            out:    r0 = r9
                    r0 &= 3
                    exit
            add:    r0 = *(u64 *)(r1 + 0)
                    r0 += r2
                    *(u64 *)(r1 + 0) = r0
                    *(u64 *)(r10 - 8) = r0
                    r0 = *(u32 *)(r10 - 8)
                    exit
            body:   r0 = *(u64 *)(r2 + 0)
                    r0 += r1
                    *(u64 *)(r2 + 0) = r0
                    r0 = 0
                    exit
            """;

    private static FactsCheck run(ProgramSpec spec, Facts facts) throws Exception {
        AddressSpace space = new AddressSpace();
        List<BpfMap> maps = new ArrayList<>();
        for (MapSpec map : spec.maps()) {
            maps.add(Maps.create(space, map));
        }
        FactsCheck check = new FactsCheck(spec, facts, maps);
        Execution execution = new Execution(space);
        Packets.prepare(execution, spec.type(), new byte[64]);
        Interpreter.load(
                        CheckedProgram.of(spec),
                        new Bindings(space, maps, LinuxHelpers.table()),
                        check)
                .run(execution);
        return check;
    }

    @Test
    void factsHoldInCallsCallbacksAndLoops() throws Exception {
        ProgramSpec spec = Assembler.assemble(FRAMES, "frames.s");
        Facts facts = Facts.of(spec, LoadPolicy.TRUSTED);
        assertEquals(3, facts.routines().size());
        assertTrue(facts.routines().getFirst().stackIsPrivate());
        assertTrue(run(spec, facts).steps() > 100);
    }

    @Test
    void factsOfAnotherProgramAreFoundOut() throws Exception {
        ProgramSpec spec = Assembler.assemble(FRAMES, "frames.s");
        ProgramSpec other = Assembler.assemble(FRAMES.replace("r7 != 5", "r7 != 4"), "frames.s");
        Facts facts = Facts.of(other, LoadPolicy.TRUSTED);
        assertThrows(AssertionError.class, () -> run(spec, facts));
    }
}
