package bpf4j.testkit.cases;

import bpf4j.kernel.KernelBtf;
import bpf4j.kernel.KernelException;
import bpf4j.kernel.KernelMap;
import bpf4j.kernel.KernelProgram;
import bpf4j.kernel.LoadRequest;
import bpf4j.spec.LoadException;
import bpf4j.spec.MapSpec;
import bpf4j.spec.MapType;
import bpf4j.testkit.cases.CaseResult.RunResult;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/// Linux as an engine: programs are loaded and run on given data, never attached, and everything
/// that
/// a case creates is closed with it.
public final class KernelEngine implements CaseEngine {
    private static final int STATISTICS = 4;
    private static final int PSEUDO_MAP = 1;
    private static final int PSEUDO_MAP_VALUE = 2;

    /// The kernel of this machine; see [KernelProgram#unavailable].
    public KernelEngine() {}

    @Override
    public String name() {
        return "kernel";
    }

    @Override
    public CaseResult run(Case test, int logLevel) {
        try (Session session = new Session(test)) {
            return session.run(logLevel);
        } catch (KernelException e) {
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

    /// One case inside Linux.
    private static final class Session implements AutoCloseable {
        private final Case test;
        private final List<KernelMap> maps = new ArrayList<>();
        private final Deque<AutoCloseable> open = new ArrayDeque<>();

        Session(Case test) {
            this.test = test;
        }

        CaseResult run(int logLevel) throws KernelException, LoadException {
            KernelBtf btf = test.btf().length == 0 ? null : closing(KernelBtf.load(test.btf()));
            for (Case.MapCase map : test.maps()) {
                maps.add(create(map));
            }
            for (int i = 0; i < maps.size(); i++) {
                fill(maps.get(i), test.maps().get(i));
            }
            KernelProgram.Verdict verdict =
                    KernelProgram.load(
                            request(test.insns(), test.mapReferences(), btf, test.functions()),
                            logLevel | STATISTICS);
            KernelProgram program = verdict.program();
            if (program == null) {
                return CaseResult.rejected(
                        test.name(), verdict.errno(), verdict.log(), verdict.processed());
            }
            closing(program);
            List<RunResult> runs = new ArrayList<>();
            for (Case.Run run : test.runs()) {
                KernelProgram.Run result =
                        program.run(run.data(), run.context(), Math.max(1, run.repeat()));
                runs.add(
                        new RunResult(
                                result.errno(),
                                "",
                                result.retval(),
                                Integer.toUnsignedLong(result.retval()),
                                result.duration(),
                                result.data(),
                                result.context()));
            }
            return new CaseResult(
                    test.name(),
                    CaseResult.Load.ACCEPT,
                    0,
                    "",
                    verdict.processed(),
                    verdict.log(),
                    runs,
                    dumps());
        }

        private KernelMap create(Case.MapCase map) throws KernelException, LoadException {
            KernelMap inner = null;
            if (map.inner() >= 0) {
                if (map.inner() >= maps.size()) {
                    throw new LoadException(
                            "map \"%s\": its template must stand before it".formatted(map.name()));
                }
                inner = maps.get(map.inner());
            }
            MapSpec spec =
                    MapSpec.of(
                                    map.name(),
                                    MapType.of(map.type()),
                                    map.keySize(),
                                    map.valueSize(),
                                    map.maxEntries())
                            .withFlags(map.flags());
            KernelBtf types = null;
            Case.MapTypes declared = map.types();
            if (declared != null) {
                types = closing(KernelBtf.load(RawBtf.of(declared.types(), declared.strings())));
                spec = spec.withTypeIds(declared.key(), declared.value());
            }
            return closing(KernelMap.create(spec, inner, types));
        }

        private void fill(KernelMap map, Case.MapCase spec) throws KernelException, LoadException {
            for (Case.Entry entry : spec.entries()) {
                byte[] value = entry.value();
                int result;
                if (value == null) {
                    result = map.update(entry.key(), maps.get(entry.map()));
                } else {
                    result = map.update(entry.key(), spread(value, map), 0);
                }
                check(result, spec.name());
            }
            for (Case.ProgramEntry entry : spec.programs()) {
                KernelProgram.Verdict verdict =
                        KernelProgram.load(
                                request(entry.insns(), entry.mapReferences(), null, new byte[0]),
                                1);
                KernelProgram program = verdict.program();
                if (program == null) {
                    throw KernelException.refused(
                            "a program of map \"%s\" (%s)"
                                    .formatted(spec.name(), lastLine(verdict.log())),
                            verdict.errno());
                }
                check(map.update(entry.key(), closing(program)), spec.name());
            }
            if (spec.freeze()) {
                map.freeze();
            }
        }

        /// A per-CPU map takes a value for each CPU: the same one for all unless the case gives
        /// all.
        private static byte[] spread(byte[] value, KernelMap map) {
            if (!map.spec().type().isPerCpu() || value.length == map.valueBytes()) {
                return value;
            }
            byte[] all = new byte[map.valueBytes()];
            int stride = value.length + 7 & ~7;
            for (int at = 0; at + value.length <= all.length; at += stride) {
                System.arraycopy(value, 0, all, at, value.length);
            }
            return all;
        }

        private static void check(int result, String map) throws KernelException {
            if (result < 0) {
                throw KernelException.refused("an entry of map \"" + map + "\"", -result);
            }
        }

        private LoadRequest request(
                byte[] insns,
                List<Case.MapReference> references,
                @Nullable KernelBtf btf,
                byte[] functions)
                throws LoadException {
            byte[] linked = insns.clone();
            for (Case.MapReference reference : references) {
                int at = reference.insn() * 8;
                if (at < 0 || at + 16 > linked.length || reference.map() >= maps.size()) {
                    throw new LoadException(
                            "map_refs: insn %d or map %d is not there"
                                    .formatted(reference.insn(), reference.map()));
                }
                Integer offset = reference.valueOffset();
                int pseudo = offset == null ? PSEUDO_MAP : PSEUDO_MAP_VALUE;
                linked[at + 1] = (byte) (linked[at + 1] & 0x0F | pseudo << 4);
                int32(linked, at + 4, maps.get(reference.map()).fd());
                int32(linked, at + 12, offset == null ? 0 : offset);
            }
            return new LoadRequest(
                    test.name(),
                    test.programType(),
                    test.attachType(),
                    test.programFlags(),
                    test.license(),
                    linked,
                    functions.length == 0 ? null : btf,
                    functions);
        }

        private static void int32(byte[] bytes, int at, int value) {
            for (int i = 0; i < 4; i++) {
                bytes[at + i] = (byte) (value >>> 8 * i);
            }
        }

        private static String lastLine(String log) {
            String[] lines = log.strip().split("\n");
            return lines[Math.max(0, lines.length - 2)];
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

        private static CaseResult.MapDump dump(KernelMap map) {
            List<CaseResult.Entry> entries = new ArrayList<>();
            for (byte[] key : map.keys()) {
                byte[] value = map.lookup(key);
                if (value != null) {
                    entries.add(new CaseResult.Entry(key, value));
                }
            }
            if (map.spec().type() != MapType.ARRAY && map.spec().type() != MapType.PERCPU_ARRAY) {
                entries.sort((a, b) -> Arrays.compareUnsigned(a.key(), b.key()));
            }
            return new CaseResult.MapDump(map.spec().name(), entries);
        }

        private <T extends AutoCloseable> T closing(T resource) {
            open.push(resource);
            return resource;
        }

        @Override
        public void close() {
            for (AutoCloseable resource : open) {
                try {
                    resource.close();
                } catch (Exception e) {
                    throw new AssertionError("closing a descriptor cannot fail", e);
                }
            }
        }
    }
}
