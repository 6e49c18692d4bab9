package bpf4j.testkit.fuzz;

import bpf4j.interpreter.Interpreter;
import bpf4j.interpreter.StepObserver;
import bpf4j.jit.Jit;
import bpf4j.runtime.Address;
import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.Bindings;
import bpf4j.runtime.BpfMap;
import bpf4j.runtime.Execution;
import bpf4j.runtime.LoadedProgram;
import bpf4j.runtime.Memory;
import bpf4j.runtime.ProgramFault;
import bpf4j.runtime.helper.LinuxHelpers;
import bpf4j.runtime.map.MapOfMaps;
import bpf4j.runtime.map.Maps;
import bpf4j.runtime.map.ProgramArrayMap;
import bpf4j.spec.LoadException;
import bpf4j.spec.MapSpec;
import bpf4j.spec.MapSpec.Content;
import bpf4j.spec.MapType;
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
import java.util.function.Consumer;

/// Runs trials on our engines, each run in an address space of its own, so that addresses are the
/// same
/// everywhere.
final class OurEngines {
    /// Instructions that one run may take: generated programs take a few thousand.
    private static final long FUEL = 1_000_000;

    private OurEngines() {}

    private interface Loader {
        Ready load(Bindings bindings) throws VerificationException;
    }

    /// A program and what to do before each run.
    private record Ready(LoadedProgram program, Consumer<Execution> before) {
        /// Runs begin on a stack of zeros, in all engines: what an atomic operation leaves there
        /// must not reach the next run.
        static Ready onZeros(LoadedProgram program) {
            return new Ready(program, execution -> Arrays.fill(execution.stack, (byte) 0));
        }
    }

    /// The interpreter, in frames that are full of one byte at first.
    static Outcome inFreshFrames(Trial trial, VerifiedProgram program, int stale) {
        return run(
                trial,
                bindings -> {
                    FreshFrames frames = new FreshFrames(program.spec().code(), (byte) stale);
                    return new Ready(Interpreter.load(program, bindings, frames), frames::begin);
                });
    }

    /// The interpreter on a stack of zeros, every step compared with the facts.
    static Outcome watched(Trial trial, VerifiedProgram program, Coverage coverage) {
        return run(
                trial,
                bindings -> {
                    FactsCheck facts =
                            new FactsCheck(program.spec(), program.facts(), bindings.maps());
                    StepObserver both =
                            (pc, frame, registers) -> {
                                coverage.step(pc, frame, registers);
                                facts.step(pc, frame, registers);
                            };
                    Ready ready = Ready.onZeros(Interpreter.load(program, bindings, both));
                    return new Ready(
                            ready.program,
                            execution -> {
                                facts.reset();
                                ready.before.accept(execution);
                            });
                });
    }

    /// The interpreter on a stack of zeros, watched by another.
    static Outcome observed(Trial trial, VerifiedProgram program, StepObserver observer) {
        return run(trial, bindings -> Ready.onZeros(Interpreter.load(program, bindings, observer)));
    }

    static Outcome jit(Trial trial, VerifiedProgram program) {
        return run(trial, bindings -> Ready.onZeros(Jit.load(program, bindings)));
    }

    static Outcome jitWithoutFacts(Trial trial) {
        return run(
                trial,
                bindings -> Ready.onZeros(Jit.load(CheckedProgram.of(trial.spec()), bindings)));
    }

    private static Outcome run(Trial trial, Loader loader) {
        try {
            AddressSpace space = new AddressSpace(1, AddressSpace.DEFAULT_MEMORY);
            List<BpfMap> maps = new ArrayList<>();
            for (MapSpec spec : trial.maps()) {
                maps.add(Maps.create(space, spec));
            }
            Ready ready = loader.load(new Bindings(space, maps, LinuxHelpers.table()));
            for (BpfMap map : maps) {
                fill(map, maps, trial, ready.program);
            }
            Execution execution = new Execution(space);
            execution.host = new StillHost();
            List<Outcome.Run> runs = new ArrayList<>();
            for (byte[] packet : trial.packets()) {
                for (BpfMap map : maps) {
                    if (map.spec().type().isPerCpu()) {
                        clear(map);
                    }
                }
                ready.before.accept(execution);
                runs.add(run(trial, ready.program, execution, packet));
            }
            List<Map<String, String>> dumps = new ArrayList<>();
            for (int i = 0; i < maps.size(); i++) {
                boolean used = trial.uses(i) || Contents.isHeld(trial.maps().get(i), trial);
                dumps.add(used ? dump(maps.get(i)) : Map.of());
            }
            return new Outcome(runs, dumps);
        } catch (LoadException | VerificationException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static void fill(BpfMap map, List<BpfMap> maps, Trial trial, LoadedProgram program) {
        for (MapSpec.Entry entry : map.spec().initial()) {
            MemorySegment key = MemorySegment.ofArray(entry.key());
            switch (entry.content()) {
                case Content.Bytes(byte[] value) ->
                        map.update(0, key, 0, MemorySegment.ofArray(value), 0, BpfMap.ANY);
                case Content.ProgramRef _ ->
                        ((ProgramArrayMap) map).set((int) Memory.INTS.get(entry.key(), 0), program);
                case Content.MapRef(String name) ->
                        ((MapOfMaps) map)
                                .put(key, 0, maps.get(Contents.index(trial, name)), BpfMap.ANY);
            }
        }
    }

    /// Empties a map between runs.
    private static void clear(BpfMap map) {
        byte[] zeros = new byte[map.spec().valueSize()];
        MemorySegment key = MemorySegment.ofArray(new byte[map.spec().keySize()]);
        boolean array = map.spec().type() == MapType.PERCPU_ARRAY;
        for (long at = -1; map.nextKey(key, at, key, 0) >= 0; at = array ? 0 : -1) {
            if (array) {
                map.update(0, key, 0, MemorySegment.ofArray(zeros), 0, BpfMap.ANY);
            } else {
                map.delete(key, 0);
            }
        }
    }

    private static Outcome.Run run(
            Trial trial, LoadedProgram program, Execution execution, byte[] packet) {
        execution.fuel = FUEL;
        try {
            TestRun.Result result =
                    TestRun.run(
                            program,
                            trial.type(),
                            execution,
                            Inputs.data(trial, packet),
                            Inputs.context(trial, packet),
                            1);
            String refusal = Outcome.refusal(result.errno());
            return new Outcome.Run((int) result.r0(), refusal, result.data());
        } catch (ProgramFault e) {
            return new Outcome.Run(0, String.valueOf(e.getMessage()), new byte[0]);
        }
    }

    private static Map<String, String> dump(BpfMap map) {
        Map<String, String> entries = new TreeMap<>();
        if (!Contents.isCompared(map.spec().type())) {
            return entries;
        }
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
