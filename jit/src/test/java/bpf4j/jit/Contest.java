package bpf4j.jit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import bpf4j.interpreter.Interpreter;
import bpf4j.isa.Assembler;
import bpf4j.jit.emit.Trace;
import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.Bindings;
import bpf4j.runtime.BpfMap;
import bpf4j.runtime.Execution;
import bpf4j.runtime.LoadedProgram;
import bpf4j.runtime.Packets;
import bpf4j.runtime.ProgramFault;
import bpf4j.runtime.helper.LinuxHelpers;
import bpf4j.runtime.map.ArrayMap;
import bpf4j.runtime.map.Maps;
import bpf4j.runtime.map.ProgramArrayMap;
import bpf4j.spec.LoadPolicy;
import bpf4j.spec.MapSpec;
import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.CheckedProgram;
import bpf4j.verifier.Verifier;
import bpf4j.verifier.facts.Facts;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Runs programs from assembly text by each engine, every engine with maps of its own, and compares
/// what they give. Every class generated meanwhile has to satisfy ASM's data-flow analysis.
final class Contest {
    /// What runs programs.
    enum Engine {
        INTERPRETER,
        /// Compiled by facts, packets in arrays.
        FACTS,
        /// Compiled by facts, paying with fuel.
        FACTS_AND_FUEL,
        /// Compiled without facts.
        CHECKED
    }

    private final Map<Integer, String> targets;
    private final String text;
    private int classes;

    /// A program.
    Contest(String text) {
        this(text, Map.of());
    }

    /// A program with targets for tail calls, which share its maps and go to the first of them; the
    /// text of a target may be null: the program itself.
    Contest(String text, Map<Integer, String> targets) {
        this.text = text;
        this.targets = targets;
    }

    /// Runs it several times by every engine.
    ///
    /// @return r0 of the first run
    long run() throws Exception {
        return run(EnumSet.allOf(Engine.class));
    }

    /// The same for a program that the verifier refuses.
    long runUnverified() throws Exception {
        return run(EnumSet.of(Engine.CHECKED));
    }

    private long run(Set<Engine> engines) throws Exception {
        String expected = by(Engine.INTERPRETER);
        for (Engine engine : engines) {
            assertEquals(expected, by(engine), engine.name());
        }
        return Long.parseUnsignedLong(expected.substring(0, expected.indexOf(' ')), 16);
    }

    /// The number of classes generated so far.
    int classes() {
        return classes;
    }

    private String by(Engine engine) throws Exception {
        ProgramSpec spec = Assembler.assemble(text, "contest");
        AddressSpace space = new AddressSpace(2, 1 << 26);
        List<BpfMap> maps = new ArrayList<>();
        for (MapSpec map : spec.maps()) {
            maps.add(Maps.create(space, map));
        }
        Bindings bindings = new Bindings(space, maps, LinuxHelpers.table());
        LoadedProgram program = load(engine, spec, bindings);
        for (Map.Entry<Integer, String> target : targets.entrySet()) {
            ProgramArrayMap programs = (ProgramArrayMap) maps.getFirst();
            LoadedProgram callee =
                    target.getValue().isEmpty()
                            ? program
                            : load(
                                    engine,
                                    Assembler.assemble(target.getValue(), "target"),
                                    bindings);
            assertEquals(0, programs.set(target.getKey(), callee));
        }
        StringBuilder results = new StringBuilder();
        for (int round = 0; round < 3; round++) {
            results.append(run(program, spec, space, round)).append(' ');
        }
        for (BpfMap map : maps) {
            if (map instanceof ArrayMap array) {
                byte[] values = array.values().toArray(ValueLayout.JAVA_BYTE);
                results.append(HexFormat.of().formatHex(values)).append(' ');
            }
        }
        return results.toString();
    }

    private static String run(
            LoadedProgram program, ProgramSpec spec, AddressSpace space, int round) {
        Execution execution = new Execution(space);
        execution.fuel = 1L << 30;
        byte[] packet = new byte[64 + round];
        for (int i = 0; i < packet.length; i++) {
            packet[i] = (byte) (i * (round + 1));
        }
        Packets.prepare(execution, spec.type(), packet);
        String r0;
        try {
            r0 = Long.toHexString(program.run(execution));
        } catch (ProgramFault fault) {
            r0 = "fault at " + fault.pc() + ": " + fault.getMessage();
        }
        return r0 + " " + HexFormat.of().formatHex(execution.packetBytes());
    }

    private LoadedProgram load(Engine engine, ProgramSpec spec, Bindings bindings)
            throws Exception {
        CheckedProgram checked = CheckedProgram.of(spec);
        Trace trace =
                bytes -> {
                    classes++;
                    ClassCheck.TRACE.classFile(bytes);
                };
        return switch (engine) {
            case INTERPRETER -> Interpreter.load(checked, bindings);
            case FACTS -> Jit.compile(spec, bindings, facts(spec), false, trace);
            case FACTS_AND_FUEL -> Jit.compile(spec, bindings, facts(spec), true, trace);
            case CHECKED -> Jit.compile(spec, bindings, true, trace);
        };
    }

    private static Facts facts(ProgramSpec spec) throws Exception {
        return Verifier.verify(spec, LoadPolicy.TRUSTED).facts();
    }
}
