package bpf4j.loader;

import bpf4j.btf.Btf;
import bpf4j.btf.BtfExt;
import bpf4j.spec.LoadException;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// An instruction of an object that linking completes.
///
/// @param function the function that the instruction is in
/// @param pc its slot in that function
/// @param kind the relocation's name: `R_BPF_64_64`, or `field_byte_offset` and other kinds of
/// CO-RE
/// @param target what it refers to: a symbol, or a type and a path into it
public record Relocation(String function, int pc, String kind, String target) {

    static List<Relocation> of(ObjectFile file) {
        List<Relocation> found = new ArrayList<>();
        for (FunctionSymbol function : file.functions().all()) {
            RelocationIndex index = file.index(function.section());
            for (Elf.Relocation relocation : index.relocations(function)) {
                found.add(
                        new Relocation(
                                function.name(),
                                (int) (relocation.offset() - function.start()) / 8,
                                name(relocation.type()),
                                target(file, relocation.symbol())));
            }
            for (BtfExt.Relocation relocation : index.core(function)) {
                found.add(
                        new Relocation(
                                function.name(),
                                (relocation.byteOffset() - function.start()) / 8,
                                coreName(relocation.kind()),
                                coreTarget(file, relocation)));
            }
        }
        return List.copyOf(found);
    }

    private static String target(ObjectFile file, Elf.Symbol symbol) {
        if (symbol.kind() != Elf.Kind.SECTION) {
            return symbol.name();
        }
        try {
            return file.elf().sectionOf(symbol).name();
        } catch (LoadException e) {
            return symbol.label();
        }
    }

    private static String name(int type) {
        return switch (type) {
            case 0 -> "R_BPF_NONE";
            case 1 -> "R_BPF_64_64";
            case 2 -> "R_BPF_64_ABS64";
            case 3 -> "R_BPF_64_ABS32";
            case 4 -> "R_BPF_64_NODYLD32";
            case 10 -> "R_BPF_64_32";
            default -> "relocation type " + Integer.toUnsignedString(type);
        };
    }

    private static String coreName(int kind) {
        CoreKind[] kinds = CoreKind.values();
        return kind >= 0 && kind < kinds.length
                ? kinds[kind].name().toLowerCase(Locale.ROOT)
                : "CO-RE kind " + Integer.toUnsignedString(kind);
    }

    private static String coreTarget(ObjectFile file, BtfExt.Relocation relocation) {
        Btf btf = file.btf();
        if (btf == null) {
            return relocation.access();
        }
        String type = btf.type(relocation.type()).kind() + " " + btf.name(relocation.type());
        int kind = relocation.kind();
        if (kind < 0 || kind >= CoreKind.values().length || CoreKind.values()[kind].isType()) {
            return type;
        }
        try {
            CoreSpec spec =
                    CoreSpec.parse(
                            btf, relocation.type(), relocation.access(), CoreKind.values()[kind]);
            StringBuilder path = new StringBuilder(type);
            for (int i = 0; i < spec.steps().size(); i++) {
                CoreSpec.Step step = spec.steps().get(i);
                if (step.name() != null) {
                    path.append('.').append(step.name());
                } else if (i > 0 || step.index() > 0) {
                    path.append('[').append(step.index()).append(']');
                }
            }
            return path.toString();
        } catch (LoadException e) {
            return type + " (" + relocation.access() + ")";
        }
    }
}
