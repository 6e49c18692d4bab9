package bpf4j.perf.verifier;

import bpf4j.kernel.KernelException;
import bpf4j.kernel.KernelProgram;
import bpf4j.kernel.LoadRequest;
import bpf4j.loader.ObjectSpec;
import bpf4j.perf.compare.Sample;
import bpf4j.perf.contender.LinuxObject;
import bpf4j.spec.LoadException;
import bpf4j.spec.LoadPolicy;
import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.VerificationException;
import bpf4j.verifier.Verifier;

import com.fasterxml.jackson.databind.ObjectMapper;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Verifies every program of some objects, warm, in turns with Linux (`BPF_PROG_LOAD`), and prints
/// a line for each: time, processed instructions, and the ratio of the times.
public final class VerifierRun {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /// Asks Linux for its statistics alone.
    private static final int LOG_STATISTICS = 4;

    private static final int MIN_ROUNDS = 3;

    private final long budgetNanos;
    private final int maxRounds;
    private final boolean linux;
    private final List<Sample> samples = new ArrayList<>();

    private VerifierRun(boolean quick) {
        budgetNanos = quick ? 400_000_000L : 4_000_000_000L;
        maxRounds = quick ? 11 : 101;
        linux = KernelProgram.unavailable() == null;
    }

    /// Arguments: `quick` or `full`, output, objects.
    public static void main(String[] args) throws IOException {
        VerifierRun run = new VerifierRun(args[0].equals("quick"));
        String reason = KernelProgram.unavailable();
        System.out.println(
                "verifier (CPU time, median of turns"
                        + (reason == null ? ")" : "; Linux: did not run: " + reason + ")"));
        System.out.printf(
                "  %-52s %9s %9s %10s %10s %10s %6s%n",
                "object: program", "insns", "of Linux", "us", "Linux us", "insns/s", "/Linux");
        for (String file : Arrays.asList(args).subList(2, args.length)) {
            run.object(Path.of(file));
        }
        System.out.println();
        new ObjectMapper().writeValue(Path.of(args[1]).toFile(), run.samples);
    }

    private void object(Path file) {
        String name = String.valueOf(file.getFileName()).replaceAll("(\\.bpf)?\\.o$", "");
        List<ProgramSpec> specs;
        try {
            specs = ObjectSpec.load(file).programs();
        } catch (LoadException e) {
            System.out.printf("  %-52s did not run: %s%n", name, e.getMessage());
            return;
        }
        try (LinuxObject object = new LinuxObject()) {
            for (ProgramSpec spec : specs) {
                program(name + ": " + spec.name(), spec, object);
            }
        }
    }

    private void program(String name, ProgramSpec spec, LinuxObject object) {
        int ours;
        try {
            ours = Verifier.verify(spec, LoadPolicy.TRUSTED).statistics().processed();
        } catch (VerificationException e) {
            String first = e.rejection().text().lines().findFirst().orElse("");
            System.out.printf("  %-52s refused: %s%n", name, first);
            return;
        }
        LoadRequest request = linux ? request(spec, object) : null;
        long theirs = request == null ? -1 : load(request);
        List<Double> oursNanos = new ArrayList<>();
        List<Double> theirNanos = new ArrayList<>();
        long end = System.nanoTime() + budgetNanos;
        // The first half warms up: HotSpot sees this program before it is timed.
        long warm = System.nanoTime() + budgetNanos / 2;
        while (System.nanoTime() < warm) {
            verify(spec);
        }
        while (oursNanos.size() < MIN_ROUNDS
                || System.nanoTime() < end && oursNanos.size() < maxRounds) {
            long begun = THREADS.getCurrentThreadCpuTime();
            verify(spec);
            long between = THREADS.getCurrentThreadCpuTime();
            if (request != null && theirs >= 0) {
                load(request);
                theirNanos.add((double) (THREADS.getCurrentThreadCpuTime() - between));
            }
            oursNanos.add((double) (between - begun));
        }
        report(name, ours, theirs, oursNanos, theirNanos);
    }

    private void report(
            String name, int ours, long theirs, List<Double> oursNanos, List<Double> theirNanos) {
        Sample sample = sample(name, "bpf4j", oursNanos);
        samples.add(sample);
        String linuxMicros = "-";
        String ratio = "-";
        if (!theirNanos.isEmpty()) {
            Sample their = sample(name, "linux", theirNanos);
            samples.add(their);
            linuxMicros = String.format(Locale.ROOT, "%.0f", their.ns() / 1000);
            ratio = String.format(Locale.ROOT, "%.2f", sample.ns() / their.ns());
        }
        System.out.printf(
                Locale.ROOT,
                "  %-52s %9d %9s %10.0f %10s %10.0f %6s%n",
                name,
                ours,
                theirs < 0 ? "-" : String.valueOf(theirs),
                sample.ns() / 1000,
                linuxMicros,
                ours / sample.ns() * 1e9,
                ratio);
    }

    private static Sample sample(String name, String who, List<Double> nanos) {
        double[] rounds = nanos.stream().mapToDouble(Double::doubleValue).toArray();
        return Sample.of(name, who, "verify", "-", rounds);
    }

    private static void verify(ProgramSpec spec) {
        try {
            Verifier.verify(spec, LoadPolicy.TRUSTED);
        } catch (VerificationException e) {
            throw new AssertionError(e);
        }
    }

    private static @Nullable LoadRequest request(ProgramSpec spec, LinuxObject object) {
        try {
            return object.request(spec);
        } catch (KernelException e) {
            return null;
        }
    }

    /// Loads a program and gives it back.
    ///
    /// @return the instructions that Linux processed, or -1 when it refused
    private static long load(LoadRequest request) {
        KernelProgram.Verdict verdict = KernelProgram.load(request, LOG_STATISTICS);
        if (verdict.program() == null) {
            return -1;
        }
        verdict.program().close();
        return verdict.processed();
    }
}
