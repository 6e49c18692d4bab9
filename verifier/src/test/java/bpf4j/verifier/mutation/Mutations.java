package bpf4j.verifier.mutation;

import bpf4j.verifier.Suite;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

/// Runs the verifier's tests on mutants of the verifier.
final class Mutations {
    private static final List<String> TESTS =
            List.of(
                    "bpf4j.verifier.RequirementsTest",
                    "bpf4j.verifier.RegistersAndControlFlowTest",
                    "bpf4j.verifier.MemoryTest",
                    "bpf4j.verifier.CallsTest",
                    "bpf4j.verifier.LinkedNumbersTest",
                    "bpf4j.verifier.PruningTest",
                    "bpf4j.verifier.facts.FactsTest");

    private final Map<String, Runnable> checks;
    private final List<String> names = new ArrayList<>();
    private final List<BitSet> reach = new ArrayList<>();
    private final Instrumenter instrumenter;

    /// @param more test classes to run besides
    @SuppressWarnings("unchecked")
    Mutations(List<String> more) throws ReflectiveOperationException {
        MutatedLoader loader = new MutatedLoader();
        instrumenter = loader.instrumenter();
        List<String> tests = new ArrayList<>(TESTS);
        tests.addAll(more);
        checks =
                (Map<String, Runnable>)
                        loader.loadClass(Suite.class.getName())
                                .getMethod("checks", List.class)
                                .invoke(null, tests);
        Mutant.record(true);
        for (Map.Entry<String, Runnable> check : checks.entrySet()) {
            Mutant.takeReached();
            Mutant.begin();
            try {
                check.getValue().run();
            } catch (AssertionError | Mutant.Endless e) {
                if (Mutant.wasLong()) {
                    continue;
                }
                throw e;
            }
            names.add(check.getKey());
            reach.add(Mutant.takeReached());
        }
        Mutant.record(false);
        Mutant.sites(instrumenter.sites.size());
    }

    List<Instrumenter.Site> sites() {
        return instrumenter.sites;
    }

    List<Rules.Rule> rules() {
        return instrumenter.rules;
    }

    int checks() {
        return names.size();
    }

    /// The check that notices that jumps go other ways, or null when none does.
    ///
    /// @param modes what becomes of which jump
    @Nullable String killer(Map<Integer, Integer> modes) {
        modes.forEach(Mutant::set);
        try {
            for (int i = 0; i < names.size(); i++) {
                if (modes.keySet().stream().noneMatch(reach.get(i)::get)) {
                    continue;
                }
                Mutant.begin();
                try {
                    checks.get(names.get(i)).run();
                } catch (Throwable e) {
                    return names.get(i);
                }
            }
            return null;
        } finally {
            modes.keySet().forEach(site -> Mutant.set(site, Mutant.PLAIN));
        }
    }

    /// Whether any check comes to one of some jumps.
    boolean isReached(Iterable<Integer> sites) {
        for (int site : sites) {
            if (reach.stream().anyMatch(reached -> reached.get(site))) {
                return true;
            }
        }
        return false;
    }
}
