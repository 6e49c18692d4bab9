package bpf4j.perf.compare;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/// Times contenders in turns: in each round every one of them runs for a moment, in another order
/// each time. The clock is the CPU time of this thread, so what other processes take from it does
/// not count.
final class Rounds {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final long CALL_NANOS = 50_000;
    private static final long WINDOW_NANOS = 20_000_000;
    private static final int QUIET_WINDOWS = 8;
    private static final long MAX_RUNS = 100_000_000;

    private final Effort effort;
    private long sink;

    Rounds(Effort effort) {
        this.effort = effort;
    }

    /// How long to measure.
    ///
    /// @param rounds how many rounds
    /// @param sliceMicros how long a contender runs in each
    /// @param warmMillis how long it runs before, at least
    record Effort(int rounds, int sliceMicros, int warmMillis) {
        static final Effort QUICK = new Effort(25, 1000, 200);
        static final Effort FULL = new Effort(101, 2000, 600);

        /// For programs that take a compiler seconds.
        static final Effort LARGE = new Effort(31, 4000, 3000);
    }

    /// The time of each contender in each round, in nanoseconds a run, less that of its baseline.
    List<double[]> time(List<Contender> contenders) {
        List<Long> counts = new ArrayList<>();
        for (Contender contender : contenders) {
            long count = warm(contender);
            Contender baseline = contender.baseline();
            if (baseline != null) {
                warm(baseline);
            }
            counts.add(count);
        }
        List<double[]> times = new ArrayList<>();
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < contenders.size(); i++) {
            times.add(new double[effort.rounds]);
            order.add(i);
        }
        Random random = new Random(1);
        for (int round = 0; round < effort.rounds; round++) {
            Collections.shuffle(order, random);
            for (int i : order) {
                times.get(i)[round] = net(contenders.get(i), counts.get(i));
            }
        }
        return times;
    }

    /// Runs a contender until it does not become faster any more.
    ///
    /// @return how many runs fill a slice
    private long warm(Contender contender) {
        // Many short calls first: HotSpot compiles a method for calls of it, not for its loop.
        long began = System.nanoTime();
        long count = 1;
        double best = Double.MAX_VALUE;
        int quiet = 0;
        while (quiet < QUIET_WINDOWS
                || System.nanoTime() - began < effort.warmMillis * 1_000_000L) {
            if (System.nanoTime() - began > effort.warmMillis * 10_000_000L) {
                break;
            }
            double ns = window(contender, count);
            count = Math.clamp((long) (CALL_NANOS / ns), 1, MAX_RUNS);
            quiet = ns < best * 0.97 ? 0 : quiet + 1;
            best = Math.min(best, ns);
        }
        return fill(contender, count);
    }

    /// How many runs fill a slice. A call may cost more than many runs (a system call does), so the
    /// answer is approached.
    private long fill(Contender contender, long first) {
        long count = first;
        double slice = effort.sliceMicros * 1000.0 * contender.slices();
        for (int i = 0; i < 5; i++) {
            double ns = Math.max(1e-3, once(contender, count));
            count = Math.clamp((long) (slice / ns), 1, MAX_RUNS);
        }
        return count;
    }

    private double window(Contender contender, long count) {
        long runs = 0;
        long begun = THREADS.getCurrentThreadCpuTime();
        long now;
        do {
            sink += contender.run(count);
            runs += count;
            now = THREADS.getCurrentThreadCpuTime();
        } while (now - begun < WINDOW_NANOS);
        return Math.max(1e-3, (double) (now - begun) / runs);
    }

    private double net(Contender contender, long count) {
        double gross = once(contender, count);
        Contender baseline = contender.baseline();
        return baseline == null ? gross : gross - once(baseline, count);
    }

    private double once(Contender contender, long count) {
        long begun = THREADS.getCurrentThreadCpuTime();
        sink += contender.run(count);
        return (double) (THREADS.getCurrentThreadCpuTime() - begun) / count;
    }

    /// What all runs returned, so that no compiler leaves them out.
    long sink() {
        return sink;
    }
}
