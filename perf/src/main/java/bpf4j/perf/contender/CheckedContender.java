package bpf4j.perf.contender;

import bpf4j.perf.compare.Contender;
import bpf4j.perf.compare.Outcome;
import bpf4j.perf.compare.Ring;
import bpf4j.perf.compare.Unavailable;
import bpf4j.perf.compare.Workload;
import bpf4j.runtime.Address;
import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.Bindings;
import bpf4j.runtime.BpfMap;
import bpf4j.runtime.Execution;
import bpf4j.runtime.LoadedProgram;
import bpf4j.runtime.Packets;
import bpf4j.runtime.helper.LinuxHelpers;
import bpf4j.runtime.map.Maps;
import bpf4j.runtime.map.ProgramArrayMap;
import bpf4j.spec.LoadException;
import bpf4j.spec.MapSpec;
import bpf4j.spec.MapSpec.Content;
import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.CheckedProgram;
import bpf4j.verifier.VerificationException;
import bpf4j.vm.Engine;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Our engines without the verifier's facts: every access is checked at run time, and jumps back
/// pay with fuel. The variant is `interpreter` or `jit`.
public final class CheckedContender implements Contender {
    private final Workload workload;
    private final Engine engine;
    private final Ring ring;
    private final AddressSpace space = new AddressSpace();
    private final Execution execution = new Execution(space);
    private final Map<String, BpfMap> maps = new LinkedHashMap<>();
    private final LoadedProgram program;

    /// Loads the program.
    public CheckedContender(Workload.Setup setup) throws Exception {
        workload = setup.workload();
        engine = setup.variant().equals("jit") ? Engine.JIT : Engine.INTERPRETER;
        ring = Ring.of(workload.packet());
        Map<String, LoadedProgram> programs = new LinkedHashMap<>();
        for (ProgramSpec spec : Specs.of(setup)) {
            programs.put(spec.name(), load(spec));
        }
        for (BpfMap map : maps.values()) {
            for (MapSpec.Entry initial : map.spec().initial()) {
                store(map, initial, programs);
            }
        }
        for (Workload.Fill fill : workload.fills()) {
            store(map(fill.map()), fill.key(), fill.value());
        }
        LoadedProgram found = programs.get(workload.program());
        if (found == null) {
            throw new Unavailable("the object has no program " + workload.program());
        }
        program = found;
    }

    private LoadedProgram load(ProgramSpec spec) throws LoadException, VerificationException {
        List<BpfMap> bound = new ArrayList<>();
        for (MapSpec map : spec.maps()) {
            BpfMap live = maps.get(map.name());
            if (live == null) {
                live = Maps.create(space, map);
                maps.put(map.name(), live);
            }
            bound.add(live);
        }
        return engine.load(
                CheckedProgram.of(spec), new Bindings(space, bound, LinuxHelpers.table()));
    }

    private static void store(
            BpfMap map, MapSpec.Entry initial, Map<String, LoadedProgram> programs) {
        switch (initial.content()) {
            case Content.Bytes(byte[] value) -> store(map, initial.key(), value);
            case Content.ProgramRef(String name) -> {
                int index = ByteBuffer.wrap(initial.key()).order(ByteOrder.LITTLE_ENDIAN).getInt();
                ((ProgramArrayMap) map).set(index, programs.get(name));
            }
            case Content.MapRef(String name) ->
                    throw new AssertionError("no program here has a map of maps: " + name);
        }
    }

    private static void store(BpfMap map, byte[] key, byte[] value) {
        MemorySegment keys = MemorySegment.ofArray(key);
        map.update(0, keys, 0, MemorySegment.ofArray(value), 0, BpfMap.ANY);
    }

    private BpfMap map(String name) {
        BpfMap map = maps.get(name);
        if (map == null) {
            throw new AssertionError("no map " + name);
        }
        return map;
    }

    @Override
    public Outcome probe(byte[] packet) {
        execution.fuel = Long.MAX_VALUE;
        Packets.prepareXdp(execution, packet.clone(), 0, packet.length);
        long r0 = program.run(execution);
        List<byte[]> values = new ArrayList<>();
        for (Workload.Watch watch : workload.watches()) {
            BpfMap map = map(watch.map());
            long address = map.peek(0, MemorySegment.ofArray(watch.key()), 0);
            values.add(
                    address == 0
                            ? new byte[0]
                            : map.values()
                                    .asSlice(Address.offset(address), watch.valueSize())
                                    .toArray(ValueLayout.JAVA_BYTE));
        }
        return new Outcome((int) r0, execution.packetBytes(), values);
    }

    @Override
    public long run(long times) {
        long sum = 0;
        execution.fuel = Long.MAX_VALUE;
        for (long i = 0; i < times; i++) {
            Packets.prepareXdp(execution, ring.bytes(), ring.start(i), ring.length());
            sum += (int) program.run(execution);
        }
        return sum;
    }
}
