package bpf4j.testkit.fuzz;

import static org.junit.jupiter.api.Assertions.assertTrue;

import bpf4j.isa.Disassembler;
import bpf4j.kernel.KernelProgram;
import bpf4j.loader.ObjectSpec;
import bpf4j.spec.LoadException;
import bpf4j.spec.ProgramSpec;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// The fuzzer finds nothing: verdicts are Linux's where bpf(2) is permitted, the interpreter, the
/// JIT with and without facts and Linux give the same, facts hold at every step.
///
/// A failure names the seed of the program, for `./bpf4j fuzz --seed`, and shows it, made small.
/// `-Dbpf4j.fuzz.programs=5000` tries that many a property.
class FuzzedProgramsPropertyTest {
    private static final int ROUNDS = 4;
    private static final long PROGRAMS = Long.getLong("bpf4j.fuzz.programs", 120);

    private static final Set<FuzzEngine> ENGINES = engines();

    private static Set<FuzzEngine> engines() {
        Set<FuzzEngine> engines = EnumSet.allOf(FuzzEngine.class);
        String reason = KernelProgram.unavailable();
        if (reason != null) {
            System.out.println("FuzzedProgramsPropertyTest goes without Linux: " + reason);
            engines.remove(FuzzEngine.KERNEL);
        }
        return engines;
    }

    private static Fuzzer.Settings settings(long seed, long programs, int inputs) {
        return new Fuzzer.Settings(seed, programs, Long.MAX_VALUE / 2, ENGINES, inputs);
    }

    @Property(tries = ROUNDS, shrinking = ShrinkingMode.OFF)
    void generatedProgramsGiveTheSameEverywhere(@ForAll long seed) {
        nothingIsFound(new Fuzzer(settings(seed, PROGRAMS / ROUNDS, 16)));
    }

    @Property(tries = ROUNDS, shrinking = ShrinkingMode.OFF)
    void changedExamplesGiveTheSameEverywhere(@ForAll long seed) throws LoadException {
        Path examples = Path.of(System.getProperty("bpf4j.root", "..")).resolve("examples");
        List<ProgramSpec> programs = new ArrayList<>();
        for (String name : List.of("xdp_lb", "tc_mark", "flow_counter")) {
            programs.addAll(ObjectSpec.load(examples.resolve(name + ".bpf.o")).programs());
        }
        List<String> leftOut = new ArrayList<>();
        Fuzzer fuzzer =
                Fuzzer.mutating(programs, settings(seed, PROGRAMS / ROUNDS / 10, 4), leftOut::add);
        assertTrue(leftOut.isEmpty(), () -> String.join("\n", leftOut));
        nothingIsFound(fuzzer);
    }

    private static void nothingIsFound(Fuzzer fuzzer) {
        List<String> findings = new ArrayList<>();
        fuzzer.run(
                new Fuzzer.Listener() {
                    @Override
                    public void progress(Fuzzer.Totals totals) {}

                    @Override
                    public void found(Finding finding) {
                        findings.add(
                                "%s: %s: %s\n%s"
                                        .formatted(
                                                finding.trial().name(),
                                                finding.check(),
                                                finding.text(),
                                                Disassembler.source(finding.trial().spec())));
                    }
                });
        assertTrue(findings.isEmpty(), () -> String.join("\n", findings));
    }
}
