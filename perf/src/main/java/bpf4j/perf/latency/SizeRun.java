package bpf4j.perf.latency;

import bpf4j.perf.compare.Sample;
import bpf4j.perf.contender.Generated;
import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.Bindings;
import bpf4j.runtime.helper.LinuxHelpers;
import bpf4j.spec.LoadPolicy;
import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.VerifiedProgram;
import bpf4j.verifier.Verifier;
import bpf4j.vm.Engine;

import com.fasterxml.jackson.databind.ObjectMapper;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What verifying and compiling take, against the size of a program: in a warm JVM, from the
/// specification to something that can run. What HotSpot does afterwards is not in it.
public final class SizeRun {
    private static final String[] SIZES = {"1k", "10k", "100k", "1000k"};

    private SizeRun() {}

    /// Arguments: `quick` or `full`, output.
    public static void main(String[] args) throws Exception {
        boolean quick = args[0].equals("quick");
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            verify(Generated.spec("straight_1k"), new double[1], new double[1], 0);
        }
        for (String size : SIZES) {
            if (quick && size.equals("1000k")) {
                continue;
            }
            ProgramSpec spec = Generated.spec("straight_" + size);
            int rounds = size.equals("1000k") ? 1 : size.equals("100k") ? 3 : 9;
            double[] verify = new double[rounds];
            double[] compile = new double[rounds];
            for (int i = 0; i < rounds; i++) {
                verify(spec, verify, compile, i);
            }
            samples.add(Sample.of(spec.name(), "bpf4j", "verify", "-", verify));
            samples.add(Sample.of(spec.name(), "jit", "compile", "-", compile));
        }
        new ObjectMapper().writeValue(Path.of(args[1]).toFile(), samples);
    }

    private static void verify(ProgramSpec spec, double[] verify, double[] compile, int round)
            throws Exception {
        long begun = System.nanoTime();
        VerifiedProgram verified = Verifier.verify(spec, LoadPolicy.TRUSTED);
        long between = System.nanoTime();
        Bindings bindings = new Bindings(new AddressSpace(), List.of(), LinuxHelpers.table());
        Engine.JIT.load(verified, bindings);
        verify[round] = between - begun;
        compile[round] = System.nanoTime() - between;
    }
}
