package bpf4j.jit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import bpf4j.isa.Code;
import bpf4j.jit.emit.Trace;
import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.Bindings;
import bpf4j.runtime.Execution;
import bpf4j.runtime.HelperTable;
import bpf4j.runtime.LoadedProgram;
import bpf4j.runtime.Packets;
import bpf4j.spec.LoadPolicy;
import bpf4j.spec.ProgramSpec;
import bpf4j.spec.ProgramTypes;
import bpf4j.verifier.facts.Facts;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Each pass changes how fast programs are, and nothing else.
class PassTest {
    @ParameterizedTest
    @EnumSource
    void programsGiveTheSameWithoutIt(Pass pass) throws Exception {
        for (long seed = 1; seed <= 30; seed++) {
            Code code = RandomPrograms.safe(seed, 120);
            String expected = result(code, Set.of());
            assertEquals(expected, result(code, EnumSet.of(pass)), "seed " + seed);
            assertEquals(
                    expected,
                    result(code, EnumSet.complementOf(EnumSet.of(pass))),
                    "alone, seed " + seed);
        }
    }

    private static String result(Code code, Set<Pass> without) throws Exception {
        ProgramSpec spec = ProgramSpec.of("random", ProgramTypes.SOCKET_FILTER, code, List.of());
        Bindings bindings = new Bindings(new AddressSpace(), List.of(), HelperTable.of(Map.of()));
        Facts facts = Facts.of(spec, LoadPolicy.TRUSTED);
        LoadedProgram program = Jit.compile(spec, bindings, facts, false, Trace.NONE, without);
        StringBuilder results = new StringBuilder();
        for (int length = 60; length < 2000; length += 700) {
            Execution execution = new Execution(bindings.space());
            Packets.prepare(execution, ProgramTypes.SOCKET_FILTER, new byte[length]);
            results.append(Long.toHexString(program.run(execution))).append(' ');
        }
        return results.toString();
    }
}
