package bpf4j.perf.contender;

import bpf4j.perf.compare.Contender;
import bpf4j.perf.compare.Outcome;
import bpf4j.perf.compare.Ring;
import bpf4j.perf.compare.Unavailable;
import bpf4j.perf.compare.Workload;
import bpf4j.perf.compare.Workload.Entry;

import com.dylibso.chicory.compiler.MachineFactoryCompiler;
import com.dylibso.chicory.runtime.ByteArrayMemory;
import com.dylibso.chicory.runtime.ExportFunction;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.wasm.Parser;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The program compiled to WebAssembly, which Chicory compiles to Java bytecode: it is called for
/// each packet, or once with the loop in WebAssembly. The packets are in the module's memory
/// beforehand: copying them there is not timed.
public final class ChicoryContender implements Contender {
    private final Workload workload;
    private final Entry entry;
    private final Ring ring;
    private final Instance instance;
    private final Memory memory;
    private final ExportFunction program;
    private final ExportFunction batch;
    private final int packets;
    private final int scratch;

    /// Compiles the module.
    public ChicoryContender(Workload.Setup setup) throws Unavailable {
        workload = setup.workload();
        entry = setup.entry();
        ring = Ring.of(workload.packet());
        Path module = setup.object(".wasm");
        if (!Files.exists(module)) {
            throw new Unavailable("there is no WebAssembly of this program");
        }
        instance =
                Instance.builder(Parser.parse(module))
                        .withMemoryFactory(ByteArrayMemory::new)
                        .withMachineFactory(MachineFactoryCompiler::compile)
                        .build();
        memory = instance.memory();
        program = instance.export(workload.program());
        batch = instance.export("batch");
        long heap = instance.exports().global("__heap_base").getValue();
        packets = Math.toIntExact(heap + 63) / 64 * 64;
        scratch = packets + ring.bytes().length;
        memory.write(packets, ring.bytes());
        for (Workload.Fill fill : workload.fills()) {
            memory.write(scratch, fill.key());
            memory.write(scratch + fill.key().length, fill.value());
            instance.export("update_" + fill.map()).apply(scratch, scratch + fill.key().length);
        }
    }

    @Override
    public Outcome probe(byte[] packet) {
        memory.write(scratch, packet);
        long r0 =
                entry == Entry.SINGLE
                        ? program.apply(scratch, packet.length)[0]
                        : batch.apply(scratch, packet.length, 0, 1, 1)[0];
        byte[] after = memory.readBytes(scratch, packet.length);
        List<byte[]> values = new ArrayList<>();
        for (Workload.Watch watch : workload.watches()) {
            memory.write(scratch, watch.key());
            int at = (int) instance.export("lookup_" + watch.map()).apply(scratch)[0];
            values.add(memory.readBytes(at, at == 0 ? 0 : watch.valueSize()));
        }
        return new Outcome((int) r0, after, values);
    }

    @Override
    public long run(long times) {
        if (entry == Entry.BATCH) {
            return batch.apply(packets, ring.length(), ring.stride(), ring.count(), times)[0];
        }
        long sum = 0;
        for (long i = 0; i < times; i++) {
            sum += (int) program.apply(packets + ring.start(i), ring.length())[0];
        }
        return sum;
    }
}
