package bpf4j.interpreter;

import bpf4j.isa.Assembler;
import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.Bindings;
import bpf4j.runtime.BpfMap;
import bpf4j.runtime.Execution;
import bpf4j.runtime.HelperTable;
import bpf4j.runtime.LoadedProgram;
import bpf4j.runtime.Packets;
import bpf4j.runtime.helper.LinuxHelpers;
import bpf4j.runtime.map.Maps;
import bpf4j.spec.MapSpec;
import bpf4j.spec.ProgramSpec;
import bpf4j.verifier.CheckedProgram;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// A program from assembly text with its maps, ready to run.
final class Machine {
    final AddressSpace space = new AddressSpace(2, 1 << 26);
    final Execution execution = new Execution(space);
    final List<BpfMap> maps = new ArrayList<>();
    final ProgramSpec spec;
    HelperTable helpers = LinuxHelpers.table();
    @Nullable StepObserver observer;

    Machine(String text) {
        try {
            spec = Assembler.assemble(text, "test");
            for (MapSpec map : spec.maps()) {
                maps.add(Maps.create(space, map));
            }
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /// Another program with the same maps.
    LoadedProgram load(ProgramSpec program) {
        try {
            Bindings bindings = new Bindings(space, maps, helpers);
            CheckedProgram checked = CheckedProgram.of(program);
            return observer == null
                    ? Interpreter.load(checked, bindings)
                    : Interpreter.load(checked, bindings, observer);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /// Runs on a packet of 64 bytes 0, 1, 2 and on.
    long run() {
        byte[] packet = new byte[64];
        for (int i = 0; i < packet.length; i++) {
            packet[i] = (byte) i;
        }
        return run(packet);
    }

    long run(byte[] packet) {
        Packets.prepare(execution, spec.type(), packet);
        return load(spec).run(execution);
    }

    static long result(String text) {
        return new Machine(text).run();
    }
}
