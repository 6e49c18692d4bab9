package bpf4j.verifier.mutation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The tests notice when the verifier is wrong: each rule is turned off in turn, and comparisons,
/// joins and facts are made wrong, and some test must fail each time. The mutants are made in the
/// compiled classes, all at once; a switch says which is on.
class RuleMutationTest {
    /// What numbers, states and facts are made of: classes and methods of which the tests notice
    /// when
    /// all jumps are taken, and when none is.
    private static final List<String> PARTS =
            List.of(
                    "domain.Comparison: apart bitsSet exclude makeBitSet makeLess makeLessEqual makeLessSigned",
                    "domain.Range: add sub addOverflows lesser isEmpty",
                    "domain.Draft: isEmpty lowFromFull sync",
                    "domain.Scalar: branch includes truncate contains",
                    "domain.Tnum: mul",
                    "explore.Checkpoints: visited open",
                    "explore.Equivalence: covers frame number slot stack",
                    "explore.Precision: mark undo walk register",
                    "state.Slot: isSpilledScalar",
                    "state.State: acquire release",
                    "state.Reg: isNullable isScalar",
                    "cfg.RegisterLiveness: compute",
                    "cfg.Components: visit",
                    "cfg.Cfg: walk",
                    "cfg.StackDepth: enter",
                    "facts.FrameState: join forget store load replaceOrigin",
                    "facts.Solver: flow grow loop merge branch",
                    "facts.Links: arithmetic",
                    "facts.Values: join toCallee",
                    "facts.Transfer: alu access",
                    "facts.Collector: memory after",
                    "facts.Blocks: order");

    private static Mutations mutations;

    @BeforeAll
    static void runTheTestsOnce() throws ReflectiveOperationException {
        mutations = new Mutations(List.of());
    }

    @AfterAll
    static void forgetThem() {
        mutations = null;
    }

    /// The rules that may go unnoticed, by the beginnings of their names.
    private static Set<String> excused() throws IOException {
        Set<String> names = new HashSet<>();
        try (InputStream in = RuleMutationTest.class.getResourceAsStream("unnoticed.txt")) {
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .forEach(line -> names.add(line.split(" {2,}")[0].strip()));
        }
        return names;
    }

    @Test
    void aRuleThatIsTurnedOffIsNoticed() throws IOException {
        Set<String> excused = excused();
        Set<String> unused = new HashSet<>(excused);
        List<String> unnoticed = new ArrayList<>();
        int noticed = 0;
        for (Rules.Rule rule : mutations.rules()) {
            Map<Integer, Integer> modes = new HashMap<>();
            rule.guards()
                    .forEach(
                            (site, taken) -> modes.put(site, taken ? Mutant.NEVER : Mutant.ALWAYS));
            if (mutations.killer(modes) != null) {
                noticed++;
                continue;
            }
            unused.removeIf(rule.name()::startsWith);
            if (excused.stream().noneMatch(rule.name()::startsWith)) {
                unnoticed.add(rule.name());
            }
        }
        System.out.printf(
                "rule mutants: %d of %d noticed by %d tests, the others excused%n",
                noticed, mutations.rules().size(), mutations.checks());
        assertEquals(
                List.of(),
                unnoticed,
                "rules that no test holds: write a case in verdicts/ that they refuse");
        assertEquals(Set.of(), unused, "names in unnoticed.txt that no longer fit");
    }

    @Test
    void aPartThatGoesWrongIsNoticed() {
        Map<String, List<Integer>> methods = new LinkedHashMap<>();
        for (int site = 0; site < mutations.sites().size(); site++) {
            Instrumenter.Site at = mutations.sites().get(site);
            methods.computeIfAbsent(at.type() + "." + at.method(), _ -> new ArrayList<>())
                    .add(site);
        }
        StringBuilder table = new StringBuilder();
        List<String> unnoticed = new ArrayList<>();
        for (String part : PARTS) {
            String type = part.substring(0, part.indexOf(':'));
            for (String method : part.substring(part.indexOf(' ') + 1).split(" ")) {
                String name = type + "." + method;
                List<Integer> sites = methods.getOrDefault(name, List.of());
                for (int mode : new int[] {Mutant.ALWAYS, Mutant.NEVER}) {
                    Map<Integer, Integer> modes = new HashMap<>();
                    sites.forEach(site -> modes.put(site, mode));
                    String killer = mutations.killer(modes);
                    String mutant = name + (mode == Mutant.ALWAYS ? ", taken" : ", not taken");
                    table.append("%-45s %s%n".formatted(mutant, killer));
                    if (killer == null) {
                        unnoticed.add(mutant);
                    }
                }
            }
        }
        System.out.print(table);
        assertEquals(List.of(), unnoticed, "parts that no test holds");
    }

    /// Each conditional jump by itself: minutes. What is noticed, by class.
    @Test
    @EnabledIfSystemProperty(named = "bpf4j.mutants", matches = "all")
    void everyJumpByItself() {
        Map<String, int[]> classes = new TreeMap<>();
        int[] all = new int[2];
        for (int site = 0; site < mutations.sites().size(); site++) {
            Instrumenter.Site at = mutations.sites().get(site);
            int last = at.ordered() ? Mutant.BOUNDARY : Mutant.NEVER;
            for (int mode = Mutant.ALWAYS; mode <= last; mode++) {
                int[] counts = classes.computeIfAbsent(at.type(), _ -> new int[2]);
                int noticed = mutations.killer(Map.of(site, mode)) == null ? 0 : 1;
                counts[0] += noticed;
                counts[1]++;
                all[0] += noticed;
                all[1]++;
            }
        }
        classes.forEach((type, c) -> System.out.printf("%-24s %d of %d%n", type, c[0], c[1]));
        System.out.printf("all %d of %d%n", all[0], all[1]);
        assertTrue(all[0] * 100L >= all[1] * 35L, "fewer are noticed than before");
    }
}
