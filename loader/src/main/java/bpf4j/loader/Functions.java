package bpf4j.loader;

import bpf4j.spec.LoadException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The functions in each section of code, found from the symbols.
final class Functions {
    private final Map<Integer, TreeMap<Integer, FunctionSymbol>> bySection = new HashMap<>();
    private final List<FunctionSymbol> all = new ArrayList<>();

    static Functions of(Elf elf) throws LoadException {
        Functions functions = new Functions();
        for (Elf.Section section : elf.sections()) {
            if (section.isCode()) {
                functions.add(section, elf.symbols(section));
            }
        }
        return functions;
    }

    /// All functions, section by section, in the order of the code.
    List<FunctionSymbol> all() {
        return all;
    }

    /// The function that begins at a byte of a section, or null.
    @Nullable FunctionSymbol at(int section, long byteOffset) {
        TreeMap<Integer, FunctionSymbol> found = bySection.get(section);
        return found == null || byteOffset != (int) byteOffset ? null : found.get((int) byteOffset);
    }

    private void add(Elf.Section section, List<Elf.Symbol> symbols) throws LoadException {
        if (section.size() % 8 != 0) {
            throw new LoadException(
                    "section '"
                            + section.name()
                            + "' of "
                            + section.size()
                            + " bytes is no whole number of instructions");
        }
        List<Elf.Symbol> starts = new ArrayList<>(of(symbols, Elf.Kind.FUNC));
        if (starts.isEmpty()) {
            // Compilers before LLVM 7 and assemblers leave functions without a type.
            for (Elf.Symbol symbol : of(symbols, Elf.Kind.NOTYPE)) {
                if (symbol.binding() == Elf.Binding.GLOBAL
                        || symbol.binding() == Elf.Binding.WEAK) {
                    starts.add(symbol);
                }
            }
        }
        starts.sort(Comparator.comparingLong(Elf.Symbol::value));
        long[] limits = new long[starts.size()];
        long limit = section.size();
        for (int i = starts.size() - 1; i >= 0; i--) {
            limits[i] = limit;
            if (i > 0 && starts.get(i - 1).value() < starts.get(i).value()) {
                limit = Math.min(limit, starts.get(i).value());
            }
        }
        TreeMap<Integer, FunctionSymbol> found = new TreeMap<>();
        for (int i = 0; i < starts.size(); i++) {
            Elf.Symbol symbol = starts.get(i);
            long size = symbol.size() != 0 ? symbol.size() : limits[i] - symbol.value();
            if (symbol.value() < 0
                    || symbol.value() >= section.size()
                    || size <= 0
                    || size > section.size() - symbol.value()) {
                throw new LoadException(
                        "function "
                                + symbol.label()
                                + " ("
                                + symbol.size()
                                + " bytes from byte "
                                + symbol.value()
                                + ") crosses the end of section '"
                                + section.name()
                                + "' of "
                                + section.size()
                                + " bytes");
            }
            if (symbol.value() % 8 != 0 || size % 8 != 0) {
                throw new LoadException(
                        "function "
                                + symbol.label()
                                + " ("
                                + symbol.size()
                                + " bytes from byte "
                                + symbol.value()
                                + " of section '"
                                + section.name()
                                + "') is not aligned to instructions");
            }
            FunctionSymbol function =
                    new FunctionSymbol(
                            symbol.name(),
                            section.index(),
                            (int) symbol.value(),
                            (int) (size / 8),
                            symbol.binding() != Elf.Binding.LOCAL,
                            symbol.binding() == Elf.Binding.WEAK,
                            symbol.hidden());
            if (found.putIfAbsent(function.start(), function) == null) {
                all.add(function);
            }
        }
        if (found.isEmpty()) {
            FunctionSymbol whole =
                    new FunctionSymbol(
                            section.name(),
                            section.index(),
                            0,
                            (int) (section.size() / 8),
                            true,
                            false,
                            false);
            found.put(0, whole);
            all.add(whole);
        }
        bySection.put(section.index(), found);
    }

    private static List<Elf.Symbol> of(List<Elf.Symbol> symbols, Elf.Kind kind) {
        return symbols.stream().filter(symbol -> symbol.kind() == kind).toList();
    }
}
