package bpf4j.testkit.metamorphic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bpf4j.interpreter.Interpreter;
import bpf4j.isa.Assembler;
import bpf4j.isa.Disassembler;
import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.Bindings;
import bpf4j.runtime.BpfMap;
import bpf4j.runtime.Execution;
import bpf4j.runtime.Packets;
import bpf4j.runtime.ProgramFault;
import bpf4j.runtime.helper.LinuxHelpers;
import bpf4j.runtime.map.Maps;
import bpf4j.spec.LoadPolicy;
import bpf4j.spec.MapSpec;
import bpf4j.spec.ProgramSpec;
import bpf4j.spec.ProgramTypes;
import bpf4j.testkit.containment.FramePrograms;
import bpf4j.testkit.generate.ProgramGenerator;
import bpf4j.testkit.generate.Shape;
import bpf4j.verifier.Options;
import bpf4j.verifier.VerificationException;
import bpf4j.verifier.VerifiedProgram;
import bpf4j.verifier.Verifier;
import bpf4j.verifier.facts.Facts;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// A program's verdict and results do not depend on how it is written, nor on when it is verified;
/// what finds the same verdict with less work changes none. A failing property prints its seed.
class MetamorphicTest {
    private static final Options WITHOUT_PRUNING =
            new Options(0, 200_000, 8192, false, false, false);

    private static ProgramSpec program(long seed) throws Exception {
        return seed % 3 == 0
                ? ProgramGenerator.xdp(seed, seed % 2 == 0 ? Shape.FULL : Shape.SMALL).spec()
                : Assembler.assemble(FramePrograms.of(seed), "frames");
    }

    private static @Nullable VerifiedProgram verified(ProgramSpec spec, LoadPolicy policy) {
        try {
            return Verifier.verify(spec, policy);
        } catch (VerificationException e) {
            return null;
        }
    }

    /// r0 of runs on random packets.
    private static List<Long> results(VerifiedProgram program) throws Exception {
        AddressSpace space = new AddressSpace();
        List<BpfMap> maps = new ArrayList<>();
        for (MapSpec map : program.spec().maps()) {
            maps.add(Maps.create(space, map));
        }
        var loaded = Interpreter.load(program, new Bindings(space, maps, LinuxHelpers.table()));
        SplittableRandom random = new SplittableRandom(7);
        Execution execution = new Execution(space);
        List<Long> results = new ArrayList<>();
        for (int run = 0; run < 4; run++) {
            byte[] packet = new byte[random.nextInt(14, 200)];
            random.nextBytes(packet);
            Packets.prepare(execution, program.spec().type(), packet);
            execution.fuel = 1 << 18;
            try {
                results.add(loaded.run(execution));
            } catch (ProgramFault e) {
                return List.of();
            }
        }
        return results;
    }

    @Property(tries = 40)
    void anotherWayToWriteAProgramChangesNothing(@ForAll int number) throws Exception {
        long seed = Math.abs((long) number);
        ProgramSpec spec = program(seed);
        VerifiedProgram plain = verified(spec, LoadPolicy.TRUSTED);
        List<Long> expected = plain == null ? List.of() : results(plain);
        for (Rewrite rewrite : Rewrite.values()) {
            ProgramSpec other = rewrite.of(spec, seed);
            VerifiedProgram rewritten = verified(other, LoadPolicy.TRUSTED);
            String what = rewrite + " of seed " + seed + "\n" + Disassembler.source(spec);
            assertEquals(plain != null, rewritten != null, what);
            List<Long> now = rewritten == null ? List.of() : results(rewritten);
            if (!expected.isEmpty() && !now.isEmpty()) {
                assertEquals(expected, now, what);
            }
        }
    }

    @Property(tries = 60)
    void morePermissivePoliciesAcceptMore(@ForAll int number) throws Exception {
        ProgramSpec spec = program(Math.abs((long) number));
        ProgramSpec filter =
                new ProgramSpec(
                        spec.name(),
                        spec.section(),
                        ProgramTypes.SOCKET_FILTER,
                        spec.license(),
                        spec.code(),
                        spec.maps(),
                        spec.externs(),
                        spec.btf(),
                        spec.functions(),
                        List.of(),
                        spec.flags());
        if (verified(filter, LoadPolicy.UNPRIVILEGED) != null) {
            assertTrue(verified(filter, LoadPolicy.TRUSTED) != null, "seed " + number);
        }
    }

    @Property(tries = 60)
    void pruningOnlySavesWork(@ForAll int number) throws Exception {
        ProgramSpec spec = program(Math.abs((long) number));
        if (verified(spec, LoadPolicy.TRUSTED) == null) {
            return;
        }
        try {
            Verifier.verify(spec, LoadPolicy.TRUSTED, WITHOUT_PRUNING);
        } catch (VerificationException e) {
            assertEquals(
                    "TOO_COMPLEX",
                    e.rejection().rule(),
                    () -> "seed " + number + ": " + e.rejection().text());
        }
    }

    @Property(tries = 40)
    void theSameProgramGetsTheSameVerdictLogAndFacts(@ForAll int number) throws Exception {
        ProgramSpec spec = program(Math.abs((long) number));
        assertEquals(everything(spec), everything(spec), "seed " + number);
    }

    @Example
    void programsOfBothVerdictsAreTried() throws Exception {
        int accepted = 0;
        for (long seed = 1; seed <= 60; seed++) {
            accepted += verified(program(seed), LoadPolicy.TRUSTED) == null ? 0 : 1;
        }
        assertTrue(accepted >= 15 && accepted <= 58, accepted + " of 60 accepted");
    }

    private static String everything(ProgramSpec spec) {
        Options options = Options.DEFAULT.withLogLevel(2);
        try {
            VerifiedProgram program = Verifier.verify(spec, LoadPolicy.TRUSTED, options);
            Facts facts = program.facts();
            StringBuilder text = new StringBuilder().append(program.log()).append(facts.routines());
            for (int pc = 0; pc < spec.code().size(); pc = spec.code().next(pc)) {
                for (int reg = 0; reg <= 10; reg++) {
                    text.append(facts.before(pc, reg));
                }
                text.append(facts.written(pc)).append(facts.branch(pc)).append(facts.access(pc));
            }
            return text.toString();
        } catch (VerificationException e) {
            return e.log() + e.rejection().text();
        }
    }
}
