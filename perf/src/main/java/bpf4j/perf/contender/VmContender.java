package bpf4j.perf.contender;

import bpf4j.loader.ObjectSpec;
import bpf4j.perf.compare.Contender;
import bpf4j.perf.compare.Outcome;
import bpf4j.perf.compare.Ring;
import bpf4j.perf.compare.Workload;
import bpf4j.perf.compare.Workload.Entry;
import bpf4j.perf.compare.Workload.PacketMemory;
import bpf4j.runtime.Execution;
import bpf4j.runtime.PacketSource;
import bpf4j.runtime.Packets;
import bpf4j.spec.ProgramType;
import bpf4j.vm.Bpf;
import bpf4j.vm.BpfObject;
import bpf4j.vm.BpfProgram;
import bpf4j.vm.Engine;
import bpf4j.vm.Runner;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// bpf4j as an application uses it: verified, then interpreted or compiled. The variant is
/// `interpreter` or `jit`.
public final class VmContender implements Contender {
    private final Workload workload;
    private final Entry entry;
    private final PacketMemory memory;
    private final Ring ring;
    private final MemorySegment[] packets;
    /// Null for a generated program, which has no maps.
    private final @Nullable BpfObject object;

    private final BpfProgram program;
    private final Runner runner;

    /// Loads the program.
    public VmContender(Workload.Setup setup) throws Exception {
        workload = setup.workload();
        entry = setup.entry();
        memory = setup.memory();
        ring = Ring.of(workload.packet());
        packets = NativePackets.of(ring, Arena.ofAuto());
        Engine engine = setup.variant().equals("jit") ? Engine.JIT : Engine.INTERPRETER;
        Bpf bpf = Bpf.builder().engine(engine).build();
        if (Generated.isName(workload.program())) {
            object = null;
            program = bpf.load(Generated.spec(workload.program()));
        } else {
            object = bpf.load(ObjectSpec.load(setup.object(".bpf.o")));
            for (Workload.Fill fill : workload.fills()) {
                object.map(fill.map()).update(fill.key(), fill.value());
            }
            program = object.program(workload.program());
        }
        runner = program.runner();
    }

    @Override
    public Outcome probe(byte[] packet) {
        long r0;
        if (entry == Entry.BATCH) {
            r0 = probeBatch(packet);
        } else if (memory == PacketMemory.NATIVE) {
            r0 = runner.run(NativePackets.copy(packet, Arena.ofAuto()));
        } else {
            r0 = runner.run(packet.clone(), 0, packet.length);
        }
        List<byte[]> values = new ArrayList<>();
        for (Workload.Watch watch : workload.watches()) {
            byte[] value = Objects.requireNonNull(object).map(watch.map()).lookup(watch.key());
            values.add(value == null ? new byte[0] : value);
        }
        return new Outcome((int) r0, runner.packet(), values);
    }

    private long probeBatch(byte[] packet) {
        Ring one = new Ring(packet.clone(), 1, 0, packet.length);
        MemorySegment[] segments = {NativePackets.copy(packet, Arena.ofAuto())};
        return batch(one, segments, 1);
    }

    @Override
    public long run(long times) {
        if (entry == Entry.BATCH) {
            return batch(ring, packets, times);
        }
        return memory == PacketMemory.NATIVE ? runNative(times) : runHeap(times);
    }

    private long runHeap(long times) {
        long sum = 0;
        for (long i = 0; i < times; i++) {
            sum += (int) runner.run(ring.bytes(), ring.start(i), ring.length());
        }
        return sum;
    }

    private long runNative(long times) {
        long sum = 0;
        for (long i = 0; i < times; i++) {
            sum += (int) runner.run(packets[(int) i & packets.length - 1]);
        }
        return sum;
    }

    private long batch(Ring from, MemorySegment[] segments, long times) {
        if (memory == PacketMemory.NATIVE) {
            NativeSource source = new NativeSource(segments, program.spec().type(), times);
            program.loaded().runAll(runner.execution(), source);
            return source.sum;
        }
        HeapSource source = new HeapSource(from, times);
        program.loaded().runAll(runner.execution(), source);
        return source.sum;
    }

    /// Packets of a ring in an array.
    private static final class HeapSource implements PacketSource {
        private final Ring ring;
        private final long times;
        private long at;
        private long sum;

        HeapSource(Ring ring, long times) {
            this.ring = ring;
            this.times = times;
        }

        @Override
        public boolean next(Execution execution) {
            if (at == times) {
                return false;
            }
            Packets.prepareXdp(execution, ring.bytes(), ring.start(at), ring.length());
            at++;
            return true;
        }

        @Override
        public void done(Execution execution, long r0) {
            sum += (int) r0;
        }
    }

    /// Packets in native segments.
    private static final class NativeSource implements PacketSource {
        private final MemorySegment[] packets;
        private final ProgramType type;
        private final long times;
        private long at;
        private long sum;

        NativeSource(MemorySegment[] packets, ProgramType type, long times) {
            this.packets = packets;
            this.type = type;
            this.times = times;
        }

        @Override
        public boolean isNative() {
            return true;
        }

        @Override
        public boolean next(Execution execution) {
            if (at == times) {
                return false;
            }
            Packets.prepare(execution, type, packets[(int) at & packets.length - 1]);
            at++;
            return true;
        }

        @Override
        public void done(Execution execution, long r0) {
            sum += (int) r0;
        }
    }
}
