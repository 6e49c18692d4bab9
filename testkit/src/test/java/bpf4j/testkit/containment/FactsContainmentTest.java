package bpf4j.testkit.containment;

import static org.junit.jupiter.api.Assertions.assertTrue;

import bpf4j.interpreter.Interpreter;
import bpf4j.isa.Assembler;
import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.Bindings;
import bpf4j.runtime.BpfMap;
import bpf4j.runtime.Execution;
import bpf4j.runtime.LoadedProgram;
import bpf4j.runtime.Packets;
import bpf4j.runtime.ProgramFault;
import bpf4j.runtime.helper.LinuxHelpers;
import bpf4j.runtime.map.Maps;
import bpf4j.spec.LoadPolicy;
import bpf4j.spec.MapSpec;
import bpf4j.spec.ProgramSpec;
import bpf4j.spec.ProgramTypes;
import bpf4j.testkit.generate.Generated;
import bpf4j.testkit.generate.ProgramGenerator;
import bpf4j.testkit.generate.Shape;
import bpf4j.verifier.VerificationException;
import bpf4j.verifier.VerifiedProgram;
import bpf4j.verifier.Verifier;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Runs accepted programs on 16 inputs each and compares every step with their facts. The number of
/// programs is `-Dbpf4j.containment=N` of each kind, the first seed `-Dbpf4j.containment.seed=S`.
class FactsContainmentTest {
    private static final int PROGRAMS = Integer.getInteger("bpf4j.containment", 300);
    private static final long SEED = Long.getLong("bpf4j.containment.seed", 1);
    private static final int INPUTS = 16;
    private static final long FUEL = 1 << 17;

    @Test
    void factsHoldInGeneratedPrograms() throws Exception {
        int accepted = 0;
        for (long seed = SEED; seed < SEED + PROGRAMS; seed++) {
            Generated generated = ProgramGenerator.xdp(seed, Shape.FULL);
            ProgramSpec spec =
                    ProgramSpec.of(
                            "generated", ProgramTypes.XDP, generated.code(), generated.maps());
            accepted += check("generated " + seed, spec, seed) ? 1 : 0;
        }
        report("generated", accepted);
    }

    @Test
    void factsHoldInProgramsThatTreatTheirFramesRoughly() throws Exception {
        int accepted = 0;
        for (long seed = SEED; seed < SEED + PROGRAMS; seed++) {
            ProgramSpec spec = Assembler.assemble(FramePrograms.of(seed), "frames-" + seed);
            accepted += check("frames " + seed, spec, seed) ? 1 : 0;
        }
        report("frames", accepted);
    }

    private static void report(String kind, int accepted) {
        System.out.println(
                "containment of facts: "
                        + accepted
                        + " of "
                        + PROGRAMS
                        + " programs ("
                        + kind
                        + ") accepted, each run on "
                        + INPUTS
                        + " inputs");
        assertTrue(accepted > PROGRAMS / 10, "too few programs are accepted");
    }

    private static boolean check(String name, ProgramSpec spec, long seed) throws Exception {
        VerifiedProgram program;
        try {
            program = Verifier.verify(spec, LoadPolicy.TRUSTED);
        } catch (VerificationException e) {
            return false;
        }
        AddressSpace space = new AddressSpace();
        List<BpfMap> maps = new ArrayList<>();
        for (MapSpec map : spec.maps()) {
            maps.add(Maps.create(space, map));
        }
        FactsCheck check = new FactsCheck(spec, program.facts(), maps);
        LoadedProgram loaded =
                Interpreter.load(program, new Bindings(space, maps, LinuxHelpers.table()), check);
        SplittableRandom random = new SplittableRandom(seed);
        Execution execution = new Execution(space);
        for (int input = 0; input < INPUTS; input++) {
            byte[] packet = new byte[random.nextInt(14, 200)];
            random.nextBytes(packet);
            Packets.prepare(execution, spec.type(), packet);
            execution.fuel = FUEL;
            check.reset();
            try {
                loaded.run(execution);
            } catch (ProgramFault e) {
                // Like Linux, the verifier accepts endless loops around bpf_loop.
                if (!String.valueOf(e.getMessage()).contains("fuel")) {
                    throw new AssertionError(name + ", input " + input + ": " + e.getMessage(), e);
                }
                return true;
            } catch (AssertionError e) {
                throw new AssertionError(name + ", input " + input + ": " + e.getMessage(), e);
            }
        }
        return true;
    }
}
