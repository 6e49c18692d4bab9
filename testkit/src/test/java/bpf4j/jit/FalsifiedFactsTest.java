package bpf4j.jit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import bpf4j.jit.emit.Trace;
import bpf4j.loader.ObjectSpec;
import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.Bindings;
import bpf4j.runtime.BpfMap;
import bpf4j.runtime.Execution;
import bpf4j.runtime.LoadedProgram;
import bpf4j.runtime.Packets;
import bpf4j.runtime.ProgramFault;
import bpf4j.runtime.helper.LinuxHelpers;
import bpf4j.runtime.map.Maps;
import bpf4j.spec.MapSpec;
import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.facts.Lies;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// A wrong fact, whatever its kind, gives a wrong result or a fault at worst: bounds stay checked
/// by
/// the JVM.
class FalsifiedFactsTest {
    private static final Path EXAMPLES = Path.of("..", "examples");

    @ParameterizedTest
    @ValueSource(strings = {"xdp_firewall", "flow_counter", "xdp_lb", "dns_filter", "tc_mark"})
    void aFalseFactGivesAResultOrAFault(String name) throws Exception {
        ProgramSpec spec = ObjectSpec.load(EXAMPLES.resolve(name + ".bpf.o")).programs().getFirst();
        int faults = 0;
        int results = 0;
        int rounds = Integer.getInteger("bpf4j.lies", 150);
        for (int round = 0; round < rounds; round++) {
            Random random = new Random(round);
            Bindings bindings = bind(spec);
            LoadedProgram program =
                    Jit.compile(
                            spec,
                            bindings,
                            Lies.of(spec, round, 3 + random.nextInt(200)),
                            true,
                            Trace.NONE);
            Execution execution = new Execution(bindings.space());
            for (int run = 0; run < 20; run++) {
                byte[] guarded = new byte[1024];
                random.nextBytes(guarded);
                guarded[256 + 12] = 8;
                guarded[256 + 13] = 0;
                guarded[256 + 14] = 0x45;
                Packets.prepare(execution, spec.type(), guarded, 256, random.nextInt(600));
                execution.fuel = 100_000;
                try {
                    program.run(execution);
                    results++;
                } catch (ProgramFault fault) {
                    faults++;
                    assertTrue(fault.pc() >= 0, fault.toString());
                }
            }
        }
        System.out.println(
                name + " on false facts: " + results + " results, " + faults + " faults");
        assertTrue(faults > 0 && results > 0);
    }

    private static Bindings bind(ProgramSpec spec) throws Exception {
        AddressSpace space = new AddressSpace();
        List<BpfMap> maps = new ArrayList<>();
        for (MapSpec map : spec.maps()) {
            maps.add(Maps.create(space, map.withMaxEntries(Math.min(64, map.maxEntries()))));
        }
        return new Bindings(space, maps, LinuxHelpers.table());
    }
}
