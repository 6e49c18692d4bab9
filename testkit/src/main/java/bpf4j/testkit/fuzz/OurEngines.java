package bpf4j.testkit.fuzz;

import bpf4j.interpreter.Interpreter;
import bpf4j.jit.Jit;
import bpf4j.runtime.Address;
import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.Bindings;
import bpf4j.runtime.BpfMap;
import bpf4j.runtime.Execution;
import bpf4j.runtime.LoadedProgram;
import bpf4j.runtime.ProgramFault;
import bpf4j.runtime.helper.LinuxHelpers;
import bpf4j.runtime.map.Maps;
import bpf4j.spec.LoadException;
import bpf4j.spec.MapSpec;
import bpf4j.testkit.containment.FactsCheck;
import bpf4j.verifier.CheckedProgram;
import bpf4j.verifier.VerificationException;
import bpf4j.verifier.VerifiedProgram;
import bpf4j.vm.TestRun;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Runs trials on our engines, each run in an address space of its own, so that addresses are the
/// same
/// everywhere.
final class OurEngines {
    /// Instructions that one run may take.
    private static final long FUEL = 20_000_000;

    private static final byte STALE = (byte) 0xA5;

    private OurEngines() {}

    private interface Loader {
        LoadedProgram load(Bindings bindings) throws VerificationException;
    }

    /// The interpreter, on a stack that is full of one byte.
    static Outcome onStaleStack(Trial trial, VerifiedProgram program) {
        return run(
                trial,
                bindings -> {
                    LoadedProgram loaded = Interpreter.load(program, bindings);
                    return execution -> {
                        Arrays.fill(execution.stack, STALE);
                        return loaded.run(execution);
                    };
                });
    }

    /// The interpreter on a stack of zeros, every step compared with the facts.
    static Outcome watched(Trial trial, VerifiedProgram program) {
        return run(
                trial,
                bindings -> {
                    FactsCheck facts =
                            new FactsCheck(program.spec(), program.facts(), bindings.maps());
                    LoadedProgram loaded = Interpreter.load(program, bindings, facts);
                    return execution -> {
                        facts.reset();
                        Arrays.fill(execution.stack, (byte) 0);
                        return loaded.run(execution);
                    };
                });
    }

    static Outcome jit(Trial trial, VerifiedProgram program) {
        return run(trial, bindings -> onZeros(Jit.load(program, bindings)));
    }

    static Outcome jitWithoutFacts(Trial trial) {
        return run(trial, bindings -> onZeros(Jit.load(CheckedProgram.of(trial.spec()), bindings)));
    }

    /// The same program, run on a stack of zeros as the watched interpreter is: what an atomic
    /// operation leaves there must not reach the next run.
    private static LoadedProgram onZeros(LoadedProgram program) {
        return execution -> {
            Arrays.fill(execution.stack, (byte) 0);
            return program.run(execution);
        };
    }

    private static Outcome run(Trial trial, Loader loader) {
        try {
            AddressSpace space = new AddressSpace(1, AddressSpace.DEFAULT_MEMORY);
            List<BpfMap> maps = new ArrayList<>();
            for (MapSpec spec : trial.maps()) {
                maps.add(Maps.create(space, spec));
            }
            LoadedProgram program = loader.load(new Bindings(space, maps, LinuxHelpers.table()));
            Execution execution = new Execution(space);
            List<Outcome.Run> runs = new ArrayList<>();
            for (byte[] packet : trial.packets()) {
                runs.add(run(trial, program, execution, packet));
            }
            List<Map<String, String>> dumps = new ArrayList<>();
            for (int i = 0; i < maps.size(); i++) {
                dumps.add(trial.uses(i) ? dump(maps.get(i)) : Map.of());
            }
            return new Outcome(runs, dumps);
        } catch (LoadException | VerificationException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static Outcome.Run run(
            Trial trial, LoadedProgram program, Execution execution, byte[] packet) {
        execution.fuel = FUEL;
        try {
            TestRun.Result result =
                    TestRun.run(program, trial.type(), execution, packet, new byte[0], 1);
            return new Outcome.Run((int) result.r0(), "", result.data());
        } catch (ProgramFault e) {
            return new Outcome.Run(0, String.valueOf(e.getMessage()), new byte[0]);
        }
    }

    private static Map<String, String> dump(BpfMap map) {
        Map<String, String> entries = new TreeMap<>();
        byte[] key = new byte[map.spec().keySize()];
        MemorySegment keySegment = MemorySegment.ofArray(key);
        long at = -1;
        byte[] value = new byte[map.spec().valueSize()];
        while (map.nextKey(keySegment, at, keySegment, 0) >= 0) {
            at = 0;
            long address = map.peek(0, keySegment, 0);
            if (address != 0) {
                long offset = Integer.toUnsignedLong(Address.offset(address));
                MemorySegment.copy(
                        map.values(), ValueLayout.JAVA_BYTE, offset, value, 0, value.length);
                entries.put(HexFormat.of().formatHex(key), HexFormat.of().formatHex(value));
            }
        }
        return entries;
    }
}
