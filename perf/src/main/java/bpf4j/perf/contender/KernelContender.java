package bpf4j.perf.contender;

import bpf4j.isa.Assembler;
import bpf4j.kernel.KernelException;
import bpf4j.kernel.KernelProgram;
import bpf4j.perf.compare.Contender;
import bpf4j.perf.compare.Outcome;
import bpf4j.perf.compare.Unavailable;
import bpf4j.perf.compare.Workload;
import bpf4j.spec.LoadException;
import bpf4j.spec.ProgramSpec;
import bpf4j.spec.ProgramTypes;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Linux: its JIT's code, run by `BPF_PROG_TEST_RUN` with a repeat count. Its baseline is an empty
/// program run in the same way.
public final class KernelContender implements Contender {
    private static final Path JIT = Path.of("/proc/sys/net/core/bpf_jit_enable");

    private final Workload workload;
    private final LinuxObject object = new LinuxObject();
    private final Map<String, KernelProgram> programs = new LinkedHashMap<>();
    private final KernelProgram program;
    private final @Nullable Contender baseline;

    /// Loads the program into Linux; nothing is attached.
    public KernelContender(Workload.Setup setup) throws Unavailable {
        this(setup.workload(), specs(setup), new Empty(setup.workload()));
    }

    private KernelContender(
            Workload workload, List<ProgramSpec> specs, @Nullable Contender baseline)
            throws Unavailable {
        this.workload = workload;
        this.baseline = baseline;
        try {
            for (ProgramSpec spec : specs) {
                load(spec);
            }
            object.link(programs);
            for (Workload.Fill fill : workload.fills()) {
                object.map(fill.map()).update(fill.key(), fill.value(), 0);
            }
        } catch (KernelException e) {
            close();
            throw new Unavailable("Linux: " + e.getMessage());
        }
        program = program(specs.size() == 1 ? specs.getFirst().name() : workload.program());
    }

    private static List<ProgramSpec> specs(Workload.Setup setup) throws Unavailable {
        String reason = KernelProgram.unavailable();
        if (reason != null) {
            throw new Unavailable(reason);
        }
        try {
            if (Files.exists(JIT) && Files.readString(JIT).startsWith("0")) {
                throw new Unavailable("Linux's JIT is switched off (net.core.bpf_jit_enable)");
            }
            return Specs.of(setup);
        } catch (IOException | LoadException e) {
            throw new Unavailable(String.valueOf(e.getMessage()));
        }
    }

    private void load(ProgramSpec spec) throws KernelException, Unavailable {
        KernelProgram.Verdict verdict = KernelProgram.load(object.request(spec), 0);
        if (verdict.program() == null) {
            throw new Unavailable("Linux refuses the program, errno " + verdict.errno());
        }
        programs.put(spec.name(), verdict.program());
    }

    private KernelProgram program(String name) {
        KernelProgram found = programs.get(name);
        if (found == null) {
            throw new AssertionError("no program " + name);
        }
        return found;
    }

    @Override
    public Outcome probe(byte[] packet) {
        KernelProgram.Run run = program.run(packet, new byte[0], 1);
        if (run.errno() != 0) {
            throw new IllegalStateException("BPF_PROG_TEST_RUN: errno " + run.errno());
        }
        List<byte[]> values = new ArrayList<>();
        for (Workload.Watch watch : workload.watches()) {
            byte[] value = object.map(watch.map()).lookup(watch.key());
            values.add(value == null ? new byte[0] : value);
        }
        return new Outcome(run.retval(), run.data(), values);
    }

    @Override
    public long run(long times) {
        return program.run(workload.packet(), new byte[0], (int) times).retval();
    }

    @Override
    public @Nullable Contender baseline() {
        return baseline;
    }

    /// A call costs a millisecond, and for XDP waits for all CPUs to notice a change.
    @Override
    public int slices() {
        return 12;
    }

    @Override
    public void close() {
        programs.values().forEach(KernelProgram::close);
        object.close();
        if (baseline != null) {
            baseline.close();
        }
    }

    /// A program that only returns.
    private static final class Empty implements Contender {
        private final KernelContender empty;

        Empty(Workload workload) throws Unavailable {
            try {
                ProgramSpec spec =
                        ProgramSpec.of(
                                "empty",
                                ProgramTypes.XDP,
                                Assembler.code("r0 = 2\nexit\n"),
                                List.of());
                Workload same =
                        new Workload("empty", workload.packet(), List.of(), List.of(), List.of());
                empty = new KernelContender(same, List.of(spec), null);
            } catch (LoadException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public Outcome probe(byte[] packet) {
            return empty.probe(packet);
        }

        @Override
        public long run(long times) {
            return empty.run(times);
        }

        @Override
        public int slices() {
            return empty.slices();
        }

        @Override
        public void close() {
            empty.close();
        }
    }
}
