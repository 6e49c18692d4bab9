package bpf4j.testkit.cases;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// A program, its maps, its runs and what is expected of them: the form in which findings,
/// regressions
/// and outside suites are kept and exchanged. See `docs/cases.md` for the file format.
///
/// @param programType Linux's number
/// @param insns 8 bytes a slot, little endian
/// @param btf the binary form, empty without
/// @param functions `struct bpf_func_info` records of 8 bytes, little endian
public record Case(
        String name,
        int programType,
        int attachType,
        int programFlags,
        String license,
        byte[] insns,
        List<MapCase> maps,
        List<MapReference> mapReferences,
        byte[] btf,
        byte[] functions,
        List<Run> runs,
        Expect expect) {

    public Case {
        maps = List.copyOf(maps);
        mapReferences = List.copyOf(mapReferences);
        runs = List.copyOf(runs);
    }

    /// A map of a case.
    ///
    /// @param inner the index of the template in the case's maps, or -1
    /// @param dump whether the result lists the map's entries
    public record MapCase(
            String name,
            int type,
            int keySize,
            int valueSize,
            int maxEntries,
            int flags,
            int inner,
            boolean freeze,
            boolean dump,
            @Nullable MapTypes types,
            List<Entry> entries,
            List<ProgramEntry> programs) {
        public MapCase {
            entries = List.copyOf(entries);
            programs = List.copyOf(programs);
        }
    }

    /// The types of a map: ids in BTF that is given as its type and string sections.
    public record MapTypes(int key, int value, byte[] types, byte[] strings) {}

    /// An initial entry: bytes, or the map with an index.
    public record Entry(byte[] key, byte @Nullable [] value, int map) {}

    /// An entry of a program array: a program of the case's type.
    public record ProgramEntry(byte[] key, byte[] insns, List<MapReference> mapReferences) {
        public ProgramEntry {
            mapReferences = List.copyOf(mapReferences);
        }
    }

    /// The wide load at slot `insn` refers to the map with an index; to the byte `valueOffset` of
    /// its
    /// value unless that is null.
    public record MapReference(int insn, int map, @Nullable Integer valueOffset) {}

    /// A run on a packet and a context, each empty where not given.
    ///
    /// @param retval the expected result, or null
    public record Run(byte[] data, byte[] context, int repeat, @Nullable Integer retval) {}

    /// What is expected; null where the case says nothing.
    ///
    /// @param message substrings in order, separated by tabs
    public record Expect(
            @Nullable Boolean accepted,
            @Nullable Boolean acceptedUnprivileged,
            @Nullable String message,
            @Nullable String messageUnprivileged) {
        /// Nothing is expected.
        public static final Expect NOTHING = new Expect(null, null, null, null);
    }
}
