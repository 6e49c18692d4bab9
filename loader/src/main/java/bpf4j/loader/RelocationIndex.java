package bpf4j.loader;

import bpf4j.btf.BtfExt;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;

/// What the object says about the instructions of one section of code, sorted by place, so that the
/// part of a function is found at once.
final class RelocationIndex {
    private final List<Elf.Relocation> relocations;
    private final List<BtfExt.FuncInfo> functions;
    private final List<BtfExt.LineInfo> lines;
    private final List<BtfExt.Relocation> core;

    RelocationIndex(ObjectFile object, int section) {
        String name = object.elf().sections().get(section).name();
        BtfExt ext = object.ext();
        relocations = sorted(object.relocations(section), Elf.Relocation::offset);
        functions =
                sorted(ext.functions().getOrDefault(name, List.of()), RelocationIndex::function);
        lines = sorted(ext.lines().getOrDefault(name, List.of()), RelocationIndex::line);
        core = sorted(ext.relocations().getOrDefault(name, List.of()), RelocationIndex::core);
    }

    List<Elf.Relocation> relocations(FunctionSymbol function) {
        return within(relocations, Elf.Relocation::offset, function);
    }

    List<BtfExt.FuncInfo> functions(FunctionSymbol function) {
        return within(functions, RelocationIndex::function, function);
    }

    List<BtfExt.LineInfo> lines(FunctionSymbol function) {
        return within(lines, RelocationIndex::line, function);
    }

    List<BtfExt.Relocation> core(FunctionSymbol function) {
        return within(core, RelocationIndex::core, function);
    }

    private static long function(BtfExt.FuncInfo info) {
        return Integer.toUnsignedLong(info.byteOffset());
    }

    private static long line(BtfExt.LineInfo info) {
        return Integer.toUnsignedLong(info.byteOffset());
    }

    private static long core(BtfExt.Relocation relocation) {
        return Integer.toUnsignedLong(relocation.byteOffset());
    }

    private static <T> List<T> sorted(List<T> list, ToLongFunction<T> place) {
        List<T> sorted = new ArrayList<>(list);
        sorted.sort(Comparator.comparingLong(place));
        return sorted;
    }

    private static <T> List<T> within(
            List<T> list, ToLongFunction<T> place, FunctionSymbol function) {
        return list.subList(
                first(list, place, function.start()), first(list, place, function.end()));
    }

    /// The index of the first element at or behind a place.
    private static <T> int first(List<T> list, ToLongFunction<T> place, long from) {
        int low = 0;
        int high = list.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (place.applyAsLong(list.get(middle)) < from) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
