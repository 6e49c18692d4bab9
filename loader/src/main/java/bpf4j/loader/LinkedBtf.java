package bpf4j.loader;

import bpf4j.btf.Btf;
import bpf4j.btf.BtfExt;
import bpf4j.btf.BtfSections;
import bpf4j.btf.BtfType;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/// The types of several objects one after the other, sections of variables joined by name; what is
/// said about instructions moves with the code.
final class LinkedBtf {
    private static final int SHF_NONE = 0;

    private final List<BtfType> types = new ArrayList<>(List.of(new BtfType.Void()));
    private final Map<String, List<BtfType.Entry>> sections = new LinkedHashMap<>();
    private final Map<String, Set<String>> members = new LinkedHashMap<>();
    private final Map<String, List<BtfExt.FuncInfo>> functions = new LinkedHashMap<>();
    private final Map<String, List<BtfExt.LineInfo>> lines = new LinkedHashMap<>();
    private final Map<String, List<BtfExt.Relocation>> relocations = new LinkedHashMap<>();

    /// Adds the types of an object.
    ///
    /// @param starts where its part of each section begins
    /// @param wins whether the object's variable or function of a name is the one that is kept
    void add(ObjectFile file, Map<String, Long> starts, Predicate<String> wins) {
        Btf btf = file.btf();
        if (btf == null) {
            return;
        }
        int shift = types.size() - 1;
        for (int id = 1; id < btf.size(); id++) {
            BtfType type = btf.type(id);
            if (type instanceof BtfType.DataSec section) {
                // Ids stay in step; the joined section follows all types.
                types.add(new BtfType.Fwd(section.name(), false));
                join(btf, section, shift, starts.getOrDefault(section.name(), 0L), wins);
            } else {
                types.add(shifted(type, shift));
            }
        }
        BtfExt ext = file.ext();
        ext.functions()
                .forEach(
                        (name, list) -> {
                            int start = start(starts, name);
                            for (BtfExt.FuncInfo info : list) {
                                functions
                                        .computeIfAbsent(name, _ -> new ArrayList<>())
                                        .add(
                                                new BtfExt.FuncInfo(
                                                        info.byteOffset() + start,
                                                        info.type() + shift));
                            }
                        });
        ext.lines()
                .forEach(
                        (name, list) -> {
                            int start = start(starts, name);
                            for (BtfExt.LineInfo info : list) {
                                lines.computeIfAbsent(name, _ -> new ArrayList<>())
                                        .add(
                                                new BtfExt.LineInfo(
                                                        info.byteOffset() + start,
                                                        info.file(),
                                                        info.text(),
                                                        info.line(),
                                                        info.column()));
                            }
                        });
        ext.relocations()
                .forEach(
                        (name, list) -> {
                            int start = start(starts, name);
                            for (BtfExt.Relocation info : list) {
                                relocations
                                        .computeIfAbsent(name, _ -> new ArrayList<>())
                                        .add(
                                                new BtfExt.Relocation(
                                                        info.byteOffset() + start,
                                                        info.type() + shift,
                                                        info.access(),
                                                        info.kind()));
                            }
                        });
    }

    private static int start(Map<String, Long> starts, String name) {
        return starts.getOrDefault(name, 0L).intValue();
    }

    private void join(
            Btf btf, BtfType.DataSec section, int shift, long start, Predicate<String> wins) {
        // Externs without a section of their own are resolved, or remain without.
        if (section.name().equals(".extern")) {
            return;
        }
        Set<String> seen = members.computeIfAbsent(section.name(), _ -> new HashSet<>());
        for (BtfType.Entry entry : section.entries()) {
            String name = btf.name(entry.var());
            boolean isStatic =
                    btf.type(entry.var()) instanceof BtfType.Var variable
                            && variable.linkage() == 0;
            if (isStatic || (wins.test(name) && seen.add(name))) {
                sections.computeIfAbsent(section.name(), _ -> new ArrayList<>())
                        .add(
                                new BtfType.Entry(
                                        entry.var() + shift,
                                        (int) (entry.offset() + start),
                                        entry.size()));
            }
        }
    }

    /// Writes `.BTF` and `.BTF.ext`, where any object had them.
    void write(ElfWriter out, ByteOrder order, Map<String, Long> sizes) {
        if (types.size() == 1) {
            return;
        }
        sections.forEach(
                (name, entries) -> {
                    entries.sort(Comparator.comparingInt(BtfType.Entry::offset));
                    int size = sizes.getOrDefault(name, 0L).intValue();
                    types.add(new BtfType.DataSec(name, size, List.copyOf(entries)));
                });
        BtfSections.Encoded encoded =
                new BtfSections(new Btf(types), new BtfExt(functions, lines, relocations))
                        .encode(order);
        byte[] btf = encoded.types();
        out.section(".BTF", Elf.SHT_PROGBITS, SHF_NONE, btf, btf.length, 4);
        byte[] ext = encoded.ext();
        out.section(".BTF.ext", Elf.SHT_PROGBITS, SHF_NONE, ext, ext.length, 4);
    }

    private static BtfType shifted(BtfType type, int by) {
        return switch (type) {
            case BtfType.Void t -> t;
            case BtfType.Int t -> t;
            case BtfType.Float t -> t;
            case BtfType.Enum t -> t;
            case BtfType.Fwd t -> t;
            case BtfType.Ptr t -> new BtfType.Ptr(id(t.type(), by));
            case BtfType.Array t ->
                    new BtfType.Array(id(t.element(), by), id(t.index(), by), t.length());
            case BtfType.Struct t ->
                    new BtfType.Struct(
                            t.name(),
                            t.union(),
                            t.size(),
                            t.members().stream()
                                    .map(
                                            member ->
                                                    new BtfType.Member(
                                                            member.name(),
                                                            id(member.type(), by),
                                                            member.bitOffset(),
                                                            member.bitWidth()))
                                    .toList());
            case BtfType.Typedef t -> new BtfType.Typedef(t.name(), id(t.type(), by));
            case BtfType.Volatile t -> new BtfType.Volatile(id(t.type(), by));
            case BtfType.Const t -> new BtfType.Const(id(t.type(), by));
            case BtfType.Restrict t -> new BtfType.Restrict(id(t.type(), by));
            case BtfType.Func t -> new BtfType.Func(t.name(), id(t.proto(), by), t.linkage());
            case BtfType.FuncProto t ->
                    new BtfType.FuncProto(
                            id(t.returns(), by),
                            t.params().stream()
                                    .map(
                                            param ->
                                                    new BtfType.Param(
                                                            param.name(), id(param.type(), by)))
                                    .toList());
            case BtfType.Var t -> new BtfType.Var(t.name(), id(t.type(), by), t.linkage());
            case BtfType.DataSec t -> t;
            case BtfType.DeclTag t -> new BtfType.DeclTag(t.tag(), id(t.type(), by), t.component());
            case BtfType.TypeTag t -> new BtfType.TypeTag(t.tag(), id(t.type(), by));
        };
    }

    private static int id(int id, int by) {
        return id == 0 ? 0 : id + by;
    }
}
