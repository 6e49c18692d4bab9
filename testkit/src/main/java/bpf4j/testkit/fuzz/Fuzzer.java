package bpf4j.testkit.fuzz;

import bpf4j.spec.ProgramSpec;
import bpf4j.testkit.external.External;
import bpf4j.testkit.fuzz.Finding.Check;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Makes programs one after the other, judges them, and makes what it finds small. The same seed
/// gives
/// the same program, whatever the number of threads.
public final class Fuzzer {
    private static final int MOST_FINDINGS = 50;

    /// What to do.
    ///
    /// @param seed of the first program; the next ones follow
    /// @param programs how many at most
    /// @param nanos how long at most
    /// @param inputs packets for each program
    /// @param threads that work side by side, each with engines of its own
    /// @param deep every how many programs get the costly checks too (docs/fuzzing.md); 0 for none
    /// @param feedback whether programs that show something new are varied further
    public record Settings(
            long seed,
            long programs,
            long nanos,
            Set<FuzzEngine> engines,
            int inputs,
            int threads,
            int deep,
            boolean feedback) {
        public Settings {
            engines = Set.copyOf(engines);
        }

        /// The work of one thread, without feedback and costly checks.
        public Settings(long seed, long programs, long nanos, Set<FuzzEngine> engines, int inputs) {
            this(seed, programs, nanos, engines, inputs, 1, 0, false);
        }
    }

    /// Is told how far the work has come, by one thread at a time.
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

        /// The number of different things that programs have made verifier and engines do.
        public int coverage;

        /// The names of the programs that showed something new, where they are varied further.
        public List<String> corpus = List.of();

        /// How often each check failed.
        public final Map<Check, Integer> problems = new EnumMap<>(Check.class);

        Totals() {}
    }

    private final Settings settings;
    private final TrialSource source;
    private final Supplier<TrialJudge> judges;
    private final Coverage.Total coverage;
    private final Corpus corpus = new Corpus();

    /// A fuzzer of generated XDP programs.
    public Fuzzer(Settings settings) {
        this(settings, new GeneratedTrials(settings.inputs), new Coverage.Total());
    }

    private Fuzzer(Settings settings, TrialSource source, Coverage.Total coverage) {
        this(
                settings,
                source,
                () -> new Judge(settings.engines, coverage, settings.deep),
                coverage);
    }

    /// A fuzzer of another implementation, over programs on plain memory.
    ///
    /// @param without what that implementation does not know
    public static Fuzzer against(External external, Settings settings, Set<Feature> without) {
        return new Fuzzer(
                settings,
                new MemoryTrials(settings.inputs, without),
                () -> new ExternalJudge(settings.engines, external),
                new Coverage.Total());
    }

    /// A fuzzer of real programs with changes.
    ///
    /// @param leftOut is told which of them cannot be used, and why
    /// @throws IllegalArgumentException when none can be used
    public static Fuzzer mutating(
            List<ProgramSpec> programs, Settings settings, Consumer<String> leftOut) {
        ObjectTrials trials;
        try (TrialJudge judge = new Judge(settings.engines, new Coverage.Total(), 0)) {
            trials = ObjectTrials.of(programs, judge, settings.inputs, leftOut);
        }
        if (trials.programs().isEmpty()) {
            throw new IllegalArgumentException("no program can be used");
        }
        return new Fuzzer(settings, trials, new Coverage.Total());
    }

    private Fuzzer(
            Settings settings,
            TrialSource source,
            Supplier<TrialJudge> judges,
            Coverage.Total coverage) {
        this.settings = settings;
        this.source = source;
        this.judges = judges;
        this.coverage = coverage;
    }

    /// Begins with programs that showed something new before, by their names ([Totals#corpus]).
    public void resume(List<String> names) {
        for (String name : names) {
            corpus.add(source.named(name), new SplittableRandom(0));
        }
    }

    /// Judges the one program of a name.
    public Totals repeat(String name, Listener listener) {
        Totals totals = new Totals();
        try (TrialJudge judge = judges.get()) {
            one(source.named(name), judge, totals, listener);
        }
        return totals;
    }

    /// Works until programs or time are used up.
    public Totals run(Listener listener) {
        Totals totals = new Totals();
        long end = System.nanoTime() + settings.nanos;
        AtomicLong next = new AtomicLong();
        List<Callable<Void>> workers = new ArrayList<>();
        for (int i = 0; i < settings.threads; i++) {
            workers.add(
                    () -> {
                        work(next, end, totals, listener);
                        return null;
                    });
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(settings.threads)) {
            for (Future<Void> worker : threads.invokeAll(workers)) {
                worker.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
        totals.corpus = corpus.names();
        return totals;
    }

    private void work(AtomicLong next, long end, Totals totals, Listener listener) {
        try (TrialJudge judge = judges.get()) {
            while (System.nanoTime() - end < 0) {
                long number = next.getAndIncrement();
                if (number >= settings.programs) {
                    return;
                }
                one(trial(settings.seed + number), judge, totals, listener);
                synchronized (totals) {
                    if (totals.findings.size() >= MOST_FINDINGS) {
                        return;
                    }
                }
            }
        }
    }

    /// The program of a seed, or a variation of one that showed something new.
    private Trial trial(long seed) {
        SplittableRandom random = new SplittableRandom(~seed);
        return settings.feedback && corpus.size() > 0 && random.nextInt(3) == 0
                ? source.mutant(corpus.pick(random), seed)
                : source.trial(seed);
    }

    private void one(Trial trial, TrialJudge judge, Totals totals, Listener listener) {
        Judgement judgement = judge.judge(trial);
        if (settings.feedback && judge.news() > 0) {
            corpus.add(trial, new SplittableRandom(trial.name().hashCode()));
        }
        Judgement.Problem problem = judgement.problem();
        Finding finding = problem == null ? null : Minimiser.minimise(judge, trial, problem);
        synchronized (totals) {
            count(trial, judgement, totals);
            totals.coverage = coverage.count();
            if (finding != null
                    && totals.findings.stream().noneMatch(known -> same(known, finding))) {
                totals.findings.add(finding);
                listener.found(finding);
            }
            listener.progress(totals);
        }
    }

    private static void count(Trial trial, Judgement judgement, Totals totals) {
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
        }
    }

    private static boolean same(Finding a, Finding b) {
        return a.check() == b.check() && kind(a).equals(kind(b));
    }

    private static String kind(Finding finding) {
        return finding.text().replaceAll("0x[0-9a-f]+|\\d+", "N");
    }
}
