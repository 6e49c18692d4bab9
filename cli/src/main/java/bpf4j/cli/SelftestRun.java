package bpf4j.cli;

import bpf4j.interpreter.Interpreter;
import bpf4j.jit.Jit;
import bpf4j.loader.ObjectSpec;
import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.Bindings;
import bpf4j.runtime.BpfMap;
import bpf4j.runtime.Execution;
import bpf4j.runtime.LoadedProgram;
import bpf4j.runtime.Packets;
import bpf4j.runtime.ProgramFault;
import bpf4j.runtime.helper.LinuxHelpers;
import bpf4j.runtime.map.MapOfMaps;
import bpf4j.runtime.map.Maps;
import bpf4j.runtime.map.ProgramArrayMap;
import bpf4j.spec.LoadException;
import bpf4j.spec.LoadPolicy;
import bpf4j.spec.MapSpec;
import bpf4j.spec.MapSpec.Content;
import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.Executable;
import bpf4j.verifier.VerificationException;
import bpf4j.verifier.VerifiedProgram;
import bpf4j.verifier.Verifier;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One run of a test program on each engine, with 64 bytes of zeros as packet or context, as
/// Linux's tests do.
///
/// @param value the low half of r0 on the interpreter, or null when it did not end
/// @param agree whether the engines gave the same
/// @param message what went wrong, or empty
record SelftestRun(@Nullable Integer value, boolean agree, String message) {
    /// Makes programs ready to run.
    private interface Engine {
        LoadedProgram load(Executable program, Bindings bindings);
    }

    static SelftestRun of(ObjectSpec object, VerifiedProgram program) {
        try {
            int interpreted = run(Interpreter::load, object, program);
            try {
                int compiled = run(Jit::load, object, program);
                return new SelftestRun(
                        interpreted,
                        interpreted == compiled,
                        interpreted == compiled ? "" : "compiled it returns " + compiled);
            } catch (ProgramFault e) {
                return new SelftestRun(interpreted, false, "compiled: " + e.getMessage());
            }
        } catch (ProgramFault | LoadException | VerificationException e) {
            return new SelftestRun(null, false, String.valueOf(e.getMessage()));
        }
    }

    private static int run(Engine engine, ObjectSpec object, VerifiedProgram program)
            throws LoadException, VerificationException {
        Session session = new Session(engine, object, program.policy());
        Execution execution = new Execution(session.space);
        byte[] data = new byte[SelftestExpectation.DATA_LENGTH];
        Packets.prepare(execution, program.spec().type(), data);
        return (int) session.load(program).run(execution);
    }

    /// The live maps of one run.
    private static final class Session {
        private final Engine engine;
        private final ObjectSpec object;
        private final LoadPolicy policy;
        private final AddressSpace space = new AddressSpace();
        private final Map<String, BpfMap> maps = new HashMap<>();

        Session(Engine engine, ObjectSpec object, LoadPolicy policy) {
            this.engine = engine;
            this.object = object;
            this.policy = policy;
        }

        LoadedProgram load(VerifiedProgram program) throws LoadException, VerificationException {
            List<BpfMap> used = new ArrayList<>();
            for (MapSpec spec : program.spec().maps()) {
                used.add(map(spec));
            }
            return engine.load(program, new Bindings(space, used, LinuxHelpers.table()));
        }

        private BpfMap map(MapSpec spec) throws LoadException, VerificationException {
            BpfMap known = maps.get(spec.name());
            if (known != null) {
                return known;
            }
            BpfMap map = Maps.create(space, spec);
            maps.put(spec.name(), map);
            for (MapSpec.Entry entry : spec.initial()) {
                store(map, entry);
            }
            return map;
        }

        private void store(BpfMap map, MapSpec.Entry entry)
                throws LoadException, VerificationException {
            MemorySegment key = MemorySegment.ofArray(entry.key());
            switch (entry.content()) {
                case Content.Bytes(byte[] value) -> {
                    for (int cpu = 0; cpu < map.cpus(); cpu++) {
                        map.update(cpu, key, 0, MemorySegment.ofArray(value), 0, BpfMap.ANY);
                    }
                }
                case Content.MapRef(String name) -> {
                    if (map instanceof MapOfMaps outer) {
                        outer.put(key, 0, map(object.map(name)), BpfMap.ANY);
                    }
                }
                case Content.ProgramRef(String name) -> {
                    if (map instanceof ProgramArrayMap array) {
                        int index =
                                ByteBuffer.wrap(entry.key())
                                        .order(ByteOrder.LITTLE_ENDIAN)
                                        .getInt();
                        ProgramSpec callee = object.link(name);
                        array.set(index, load(Verifier.verify(callee, policy)));
                    }
                }
            }
        }
    }
}
