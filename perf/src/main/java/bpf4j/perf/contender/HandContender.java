package bpf4j.perf.contender;

import bpf4j.perf.compare.Contender;
import bpf4j.perf.compare.Outcome;
import bpf4j.perf.compare.Ring;
import bpf4j.perf.compare.Unavailable;
import bpf4j.perf.compare.Workload;
import bpf4j.perf.hand.HandProgram;
import bpf4j.perf.hand.HandPrograms;

/// The program written by hand in Java, a call for each packet.
public final class HandContender implements Contender {
    private final Workload workload;
    private final Ring ring;
    private final HandProgram program;

    /// Makes the program.
    public HandContender(Workload.Setup setup) throws Unavailable {
        workload = setup.workload();
        ring = Ring.of(workload.packet());
        HandProgram found = HandPrograms.create(workload);
        if (found == null) {
            throw new Unavailable("nobody wrote this program in Java");
        }
        program = found;
    }

    @Override
    public Outcome probe(byte[] packet) {
        byte[] copy = packet.clone();
        int result = program.run(copy, 0, copy.length);
        return new Outcome(result, copy, program.watch(workload));
    }

    @Override
    public long run(long times) {
        long sum = 0;
        for (long i = 0; i < times; i++) {
            sum += program.run(ring.bytes(), ring.start(i), ring.length());
        }
        return sum;
    }
}
