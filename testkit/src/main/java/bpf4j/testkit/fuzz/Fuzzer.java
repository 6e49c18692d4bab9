package bpf4j.testkit.fuzz;

import bpf4j.testkit.external.External;
import bpf4j.testkit.fuzz.Finding.Check;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/// Makes programs one after the other, judges them, and makes what it finds small. The same
/// settings
/// give the same programs.
public final class Fuzzer {
    private static final int MOST_FINDINGS = 50;

    /// What to do.
    ///
    /// @param seed of the first program; the next ones follow
    /// @param programs how many at most
    /// @param nanos how long at most
    /// @param inputs packets for each program
    public record Settings(
            long seed, long programs, long nanos, Set<FuzzEngine> engines, int inputs) {
        public Settings {
            engines = Set.copyOf(engines);
        }
    }

    /// Is told how far the work has come.
    public interface Listener {
        /// After each program.
        void progress(Totals totals);

        /// After each new finding.
        void found(Finding finding);
    }

    /// What was done.
    public static final class Totals {
        public long programs;
        public long accepted;
        public long acceptedByLinux;
        public long judgedByLinux;
        public long instructions;

        /// What we refuse though Linux accepts it, by cause.
        public final Map<String, Integer> refusals = new TreeMap<>();

        /// The findings, each kind with the same text once.
        public final List<Finding> findings = new ArrayList<>();

        /// How often each check failed.
        public final Map<Check, Integer> problems = new EnumMap<>(Check.class);

        Totals() {}
    }

    private final Settings settings;
    private final TrialSource source;
    private final Supplier<TrialJudge> judges;

    /// A fuzzer of generated XDP programs.
    public Fuzzer(Settings settings) {
        this(settings, new GeneratedTrials(settings.inputs), () -> new Judge(settings.engines));
    }

    /// A fuzzer of another implementation, over programs on plain memory.
    ///
    /// @param without what that implementation does not know
    public static Fuzzer against(External external, Settings settings, Set<Feature> without) {
        return new Fuzzer(
                settings,
                new MemoryTrials(settings.inputs, without),
                () -> new ExternalJudge(settings.engines, external));
    }

    private Fuzzer(Settings settings, TrialSource source, Supplier<TrialJudge> judges) {
        this.settings = settings;
        this.source = source;
        this.judges = judges;
    }

    /// Works until programs or time are used up.
    public Totals run(Listener listener) {
        Totals totals = new Totals();
        long start = System.nanoTime();
        try (TrialJudge judge = judges.get()) {
            for (long i = 0; i < settings.programs; i++) {
                if (System.nanoTime() - start > settings.nanos
                        || totals.findings.size() >= MOST_FINDINGS) {
                    break;
                }
                one(settings.seed + i, judge, totals, listener);
                listener.progress(totals);
            }
        }
        return totals;
    }

    private void one(long seed, TrialJudge judge, Totals totals, Listener listener) {
        Trial trial = source.trial(seed);
        Judgement judgement = judge.judge(trial);
        totals.programs++;
        totals.instructions += trial.code().size();
        totals.accepted += judgement.accepted() ? 1 : 0;
        Boolean linux = judgement.linux();
        if (linux != null) {
            totals.judgedByLinux++;
            totals.acceptedByLinux += linux ? 1 : 0;
            if (linux && !judgement.accepted()) {
                totals.refusals.merge(judgement.refusal(), 1, Integer::sum);
            }
        }
        Judgement.Problem problem = judgement.problem();
        if (problem != null) {
            totals.problems.merge(problem.check(), 1, Integer::sum);
            Finding finding = Minimiser.minimise(judge, trial, problem);
            if (totals.findings.stream().noneMatch(known -> same(known, finding))) {
                totals.findings.add(finding);
                listener.found(finding);
            }
        }
    }

    private static boolean same(Finding a, Finding b) {
        return a.check() == b.check() && kind(a).equals(kind(b));
    }

    private static String kind(Finding finding) {
        return finding.text().replaceAll("0x[0-9a-f]+|\\d+", "N");
    }
}
