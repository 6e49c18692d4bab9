package bpf4j.loader;

import bpf4j.btf.BtfExt;
import bpf4j.spec.LoadException;
import bpf4j.spec.ProgramSpec;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A section of code as it is in the object file: not linked, nothing relocated.
///
/// @param bytes the instructions in the object's byte order
/// @param labels the named places in ascending order of pc, functions and local labels
/// @param lines source lines in ascending order of pc
/// @param symbols what the instruction at a slot refers to once it is relocated
public record CodeSection(
        String name,
        byte[] bytes,
        List<ProgramSpec.Function> labels,
        List<ProgramSpec.Line> lines,
        Map<Integer, String> symbols) {

    static List<CodeSection> of(ObjectFile file) throws LoadException {
        List<CodeSection> sections = new ArrayList<>();
        for (Elf.Section section : file.elf().sections()) {
            if (section.isCode()) {
                sections.add(
                        new CodeSection(
                                section.name(),
                                file.elf().bytes(section),
                                labels(file.elf(), section),
                                lines(file, section),
                                symbols(file, section)));
            }
        }
        return List.copyOf(sections);
    }

    private static List<ProgramSpec.Function> labels(Elf elf, Elf.Section section) {
        Map<Integer, ProgramSpec.Function> labels = new LinkedHashMap<>();
        for (Elf.Symbol symbol : elf.symbols()) {
            boolean named =
                    !symbol.name().isEmpty()
                            && (symbol.kind() == Elf.Kind.FUNC || symbol.kind() == Elf.Kind.NOTYPE);
            if (named && symbol.section() == section.index()) {
                int pc = (int) (symbol.value() / 8);
                ProgramSpec.Function label = new ProgramSpec.Function(pc, symbol.name(), 0);
                if (symbol.kind() == Elf.Kind.FUNC) {
                    labels.put(pc, label);
                } else {
                    labels.putIfAbsent(pc, label);
                }
            }
        }
        return labels.values().stream()
                .sorted(Comparator.comparingInt(ProgramSpec.Function::pc))
                .toList();
    }

    private static List<ProgramSpec.Line> lines(ObjectFile file, Elf.Section section) {
        return file.ext().lines().getOrDefault(section.name(), List.<BtfExt.LineInfo>of()).stream()
                .map(
                        line ->
                                new ProgramSpec.Line(
                                        line.byteOffset() / 8,
                                        line.file(),
                                        line.line(),
                                        line.column(),
                                        line.text()))
                .sorted(Comparator.comparingInt(ProgramSpec.Line::pc))
                .toList();
    }

    private static Map<Integer, String> symbols(ObjectFile file, Elf.Section section) {
        Map<Integer, String> symbols = new LinkedHashMap<>();
        for (Elf.Relocation relocation : file.relocations(section.index())) {
            String name = relocation.symbol().name();
            if (name.isEmpty() && relocation.symbol().kind() == Elf.Kind.SECTION) {
                name = file.elf().sections().get(relocation.symbol().section()).name();
            }
            symbols.put((int) (relocation.offset() / 8), name);
        }
        return symbols;
    }
}
