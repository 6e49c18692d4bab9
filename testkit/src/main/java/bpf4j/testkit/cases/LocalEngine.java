package bpf4j.testkit.cases;

import bpf4j.btf.Btf;
import bpf4j.isa.Code;
import bpf4j.isa.Codec;
import bpf4j.isa.DecodeException;
import bpf4j.isa.Insn;
import bpf4j.isa.WideKind;
import bpf4j.runtime.Address;
import bpf4j.runtime.AddressSpace;
import bpf4j.runtime.Bindings;
import bpf4j.runtime.BpfMap;
import bpf4j.runtime.Errno;
import bpf4j.runtime.Execution;
import bpf4j.runtime.LoadedProgram;
import bpf4j.runtime.MapException;
import bpf4j.runtime.ProgramFault;
import bpf4j.runtime.helper.LinuxHelpers;
import bpf4j.runtime.map.MapOfMaps;
import bpf4j.runtime.map.Maps;
import bpf4j.runtime.map.ProgramArrayMap;
import bpf4j.spec.LoadException;
import bpf4j.spec.LoadPolicy;
import bpf4j.spec.MapSpec;
import bpf4j.spec.MapType;
import bpf4j.spec.ProgramSpec;
import bpf4j.spec.ProgramType;
import bpf4j.spec.ProgramTypes;
import bpf4j.testkit.cases.CaseResult.RunResult;
import bpf4j.verifier.CheckedProgram;
import bpf4j.verifier.Executable;
import bpf4j.verifier.Options;
import bpf4j.verifier.VerificationException;
import bpf4j.verifier.VerifiedProgram;
import bpf4j.verifier.Verifier;
import bpf4j.vm.Engine;
import bpf4j.vm.TestRun;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Our own verifier and one of our engines.
public final class LocalEngine implements CaseEngine {
    private final Engine engine;
    private final LoadPolicy policy;
    private final boolean unverified;

    /// An engine behind the verifier.
    ///
    /// @param unverified whether to leave the verifier out: programs then run with every access
    ///     checked, r1 is the address of the run's data, r2 its length
    public LocalEngine(Engine engine, LoadPolicy policy, boolean unverified) {
        this.engine = engine;
        this.policy = policy;
        this.unverified = unverified;
    }

    @Override
    public String name() {
        return engine == Engine.JIT ? "jit" : "interpreter";
    }

    @Override
    public CaseResult run(Case test, int logLevel) {
        try {
            return new Session(test).run(logLevel);
        } catch (MapException e) {
            return new CaseResult(
                    test.name(),
                    CaseResult.Load.ERROR,
                    e.errno(),
                    String.valueOf(e.getMessage()),
                    -1,
                    "",
                    List.of(),
                    List.of());
        } catch (LoadException e) {
            return CaseResult.unusable(test.name(), String.valueOf(e.getMessage()));
        }
    }

    /// One case in an address space of its own.
    private final class Session {
        private final Case test;
        private final AddressSpace space = new AddressSpace();
        private final List<MapSpec> specs = new ArrayList<>();
        private final List<BpfMap> maps = new ArrayList<>();

        Session(Case test) {
            this.test = test;
        }

        CaseResult run(int logLevel) throws LoadException {
            for (Case.MapCase map : test.maps()) {
                MapSpec spec = spec(map);
                specs.add(spec);
                maps.add(Maps.create(space, spec));
            }
            for (int i = 0; i < maps.size(); i++) {
                fill(maps.get(i), test.maps().get(i));
            }
            Executable program;
            try {
                Btf btf = test.btf().length == 0 ? null : Btf.parse(test.btf());
                program =
                        load(
                                test.insns(),
                                test.mapReferences(),
                                btf,
                                Options.DEFAULT.withLogLevel(logLevel));
            } catch (DecodeException e) {
                return CaseResult.rejected(test.name(), Errno.EINVAL, e.kernelText(), 0);
            } catch (VerificationException e) {
                return CaseResult.rejected(
                        test.name(), e.rejection().errno(), log(e), e.statistics().processed());
            }
            LoadedProgram loaded = engine.load(program, bindings());
            List<RunResult> runs = new ArrayList<>();
            Execution execution = new Execution(space);
            for (Case.Run run : test.runs()) {
                runs.add(run(loaded, program.spec().type(), execution, run));
            }
            long processed = 0;
            String log = "";
            if (program instanceof VerifiedProgram verified) {
                processed = verified.statistics().processed();
                log = String.join("\n", verified.log());
            }
            return new CaseResult(
                    test.name(), CaseResult.Load.ACCEPT, 0, "", processed, log, runs, dumps());
        }

        private static String log(VerificationException e) {
            StringBuilder log = new StringBuilder();
            e.log().forEach(line -> log.append(line).append('\n'));
            return log.append(e.rejection().text()).toString();
        }

        private Bindings bindings() {
            return new Bindings(space, maps, LinuxHelpers.table());
        }

        private RunResult run(
                LoadedProgram program, ProgramType type, Execution execution, Case.Run run) {
            try {
                int repeat = Math.max(1, run.repeat());
                if (unverified) {
                    return unverifiedRun(program, execution, run, repeat);
                }
                TestRun.Result result =
                        TestRun.run(program, type, execution, run.data(), run.context(), repeat);
                return new RunResult(
                        result.errno(),
                        "",
                        (int) result.r0(),
                        result.r0(),
                        result.nanos(),
                        result.data(),
                        result.context());
            } catch (ProgramFault e) {
                return new RunResult(
                        Errno.EFAULT,
                        String.valueOf(e.getMessage()),
                        0,
                        0,
                        0,
                        new byte[0],
                        new byte[0]);
            }
        }

        private static RunResult unverifiedRun(
                LoadedProgram program, Execution execution, Case.Run run, int repeat) {
            byte[] memory = run.data().clone();
            long r0 = 0;
            long start = System.nanoTime();
            for (int i = 0; i < repeat; i++) {
                execution.prepareMemory(memory);
                r0 = program.run(execution);
            }
            long nanos = (System.nanoTime() - start) / repeat;
            return new RunResult(0, "", (int) r0, r0, nanos, memory, new byte[0]);
        }

        private Executable load(
                byte[] insns,
                List<Case.MapReference> references,
                @Nullable Btf btf,
                Options options)
                throws LoadException, VerificationException {
            Code decoded =
                    unverified
                            ? Codec.decodeUnverified(insns, ByteOrder.LITTLE_ENDIAN)
                            : Codec.decodeProgram(insns, ByteOrder.LITTLE_ENDIAN);
            for (Case.MapReference reference : references) {
                int pc = reference.insn();
                if (pc < 0
                        || pc >= decoded.size()
                        || decoded.isSecondSlot(pc)
                        || !(decoded.at(pc) instanceof Insn.LoadImm64)) {
                    throw new LoadException("map_refs: insn " + pc + " is not a wide load");
                }
            }
            Code code = decoded.map(pc -> linked(decoded.at(pc), pc, references));
            ProgramSpec spec =
                    new ProgramSpec(
                            test.name(),
                            "",
                            ProgramTypes.of(test.programType(), test.attachType()),
                            test.license(),
                            code,
                            specs,
                            List.of(),
                            btf,
                            functions(),
                            List.of(),
                            flags(test.programFlags()));
            return unverified ? CheckedProgram.of(spec) : Verifier.verify(spec, policy, options);
        }

        private static Insn linked(Insn insn, int pc, List<Case.MapReference> references) {
            if (insn instanceof Insn.LoadImm64 load) {
                for (Case.MapReference reference : references) {
                    if (reference.insn() == pc) {
                        Integer offset = reference.valueOffset();
                        return new Insn.LoadImm64(
                                load.dst(),
                                offset == null ? WideKind.MAP : WideKind.MAP_VALUE,
                                reference.map(),
                                offset == null ? 0 : offset);
                    }
                }
            }
            return insn;
        }

        private List<ProgramSpec.Function> functions() {
            List<ProgramSpec.Function> functions = new ArrayList<>();
            ByteBuffer records = ByteBuffer.wrap(test.functions()).order(ByteOrder.LITTLE_ENDIAN);
            while (records.remaining() >= 8) {
                int pc = records.getInt();
                functions.add(new ProgramSpec.Function(pc, "func" + pc, records.getInt()));
            }
            return functions;
        }

        private static Set<ProgramSpec.Flag> flags(int bits) {
            Set<ProgramSpec.Flag> flags = EnumSet.noneOf(ProgramSpec.Flag.class);
            for (ProgramSpec.Flag flag : ProgramSpec.Flag.values()) {
                if ((bits & flag.bit()) != 0) {
                    flags.add(flag);
                }
            }
            return flags;
        }

        private MapSpec spec(Case.MapCase map) throws LoadException {
            MapSpec spec =
                    MapSpec.of(
                                    map.name(),
                                    MapType.of(map.type()),
                                    map.keySize(),
                                    map.valueSize(),
                                    map.maxEntries())
                            .withFlags(map.flags());
            if (map.inner() >= 0) {
                if (map.inner() >= specs.size()) {
                    throw new LoadException(
                            "map \"%s\": its template must stand before it".formatted(map.name()));
                }
                spec = spec.withInner(specs.get(map.inner()));
            }
            Case.MapTypes types = map.types();
            if (types != null) {
                Btf btf = Btf.parse(RawBtf.of(types.types(), types.strings()));
                spec = spec.withTypes(btf, types.key(), types.value());
            }
            if (map.freeze()) {
                List<MapSpec.Entry> entries = new ArrayList<>();
                for (Case.Entry entry : map.entries()) {
                    byte[] value = entry.value();
                    if (value != null) {
                        entries.add(
                                new MapSpec.Entry(entry.key(), new MapSpec.Content.Bytes(value)));
                    }
                }
                spec = spec.withInitial(entries).freeze();
            }
            return spec;
        }

        private void fill(BpfMap map, Case.MapCase spec) throws LoadException {
            for (Case.Entry entry : spec.entries()) {
                MemorySegment key = sized(entry.key(), spec.keySize());
                byte[] value = entry.value();
                int result = 0;
                if (value == null) {
                    if (!(map instanceof MapOfMaps outer)) {
                        throw new LoadException("map \"%s\": holds no maps".formatted(spec.name()));
                    }
                    result = outer.put(key, 0, maps.get(entry.map()), BpfMap.ANY);
                } else {
                    for (int cpu = 0; cpu < map.cpus() && result == 0; cpu++) {
                        result =
                                map.update(
                                        cpu,
                                        key,
                                        0,
                                        sized(
                                                ofCpu(value, spec.valueSize(), cpu),
                                                spec.valueSize()),
                                        0,
                                        BpfMap.ANY);
                    }
                }
                if (result < 0) {
                    throw new MapException(spec.name(), -result, "an entry cannot be stored");
                }
            }
            for (Case.ProgramEntry entry : spec.programs()) {
                if (!(map instanceof ProgramArrayMap array)) {
                    throw new LoadException(
                            "map \"%s\": only a prog_array takes programs".formatted(spec.name()));
                }
                try {
                    Executable program =
                            load(entry.insns(), entry.mapReferences(), null, Options.DEFAULT);
                    int index =
                            (int) bpf4j.runtime.Memory.INTS.get(Arrays.copyOf(entry.key(), 4), 0);
                    array.set(index, engine.load(program, bindings()));
                } catch (VerificationException e) {
                    throw new LoadException(
                            "map \"%s\": a program was refused: %s"
                                    .formatted(spec.name(), e.rejection().kernelText()),
                            e);
                }
            }
            if (spec.freeze()) {
                map.freeze();
            }
        }

        /// A value for one CPU from one for all or from the values of all.
        private static byte[] ofCpu(byte[] value, int size, int cpu) {
            int stride = size + 7 & ~7;
            int from = cpu * stride;
            return value.length > size && from + size <= value.length
                    ? Arrays.copyOfRange(value, from, from + size)
                    : value;
        }

        /// Bytes as a segment of just the size that a map expects.
        private static MemorySegment sized(byte[] bytes, int size) {
            return MemorySegment.ofArray(bytes.length == size ? bytes : Arrays.copyOf(bytes, size));
        }

        private List<CaseResult.MapDump> dumps() {
            List<CaseResult.MapDump> dumps = new ArrayList<>();
            for (int i = 0; i < maps.size(); i++) {
                if (test.maps().get(i).dump()) {
                    dumps.add(dump(maps.get(i)));
                }
            }
            return dumps;
        }

        private static CaseResult.MapDump dump(BpfMap map) {
            List<CaseResult.Entry> entries = new ArrayList<>();
            MapSpec spec = map.spec();
            byte[] key = new byte[spec.keySize()];
            byte[] next = new byte[spec.keySize()];
            long at = -1;
            while (map.nextKey(MemorySegment.ofArray(key), at, MemorySegment.ofArray(next), 0)
                    >= 0) {
                System.arraycopy(next, 0, key, 0, key.length);
                at = 0;
                byte[] value = value(map, key);
                if (value != null) {
                    entries.add(new CaseResult.Entry(key.clone(), value));
                }
            }
            if (spec.type() != MapType.ARRAY && spec.type() != MapType.PERCPU_ARRAY) {
                entries.sort((a, b) -> Arrays.compareUnsigned(a.key(), b.key()));
            }
            return new CaseResult.MapDump(spec.name(), entries);
        }

        private static byte @Nullable [] value(BpfMap map, byte[] key) {
            int size = map.spec().valueSize();
            int stride = map.spec().type().isPerCpu() ? size + 7 & ~7 : size;
            byte[] value = new byte[stride * map.cpus()];
            for (int cpu = 0; cpu < map.cpus(); cpu++) {
                long address = map.peek(cpu, MemorySegment.ofArray(key), 0);
                if (address == 0) {
                    return null;
                }
                MemorySegment.copy(
                        map.values(),
                        ValueLayout.JAVA_BYTE,
                        Integer.toUnsignedLong(Address.offset(address)),
                        value,
                        cpu * stride,
                        size);
            }
            return value;
        }
    }
}
