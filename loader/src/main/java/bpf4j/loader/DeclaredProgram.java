package bpf4j.loader;

import bpf4j.spec.LoadException;
import bpf4j.spec.ProgramType;
import bpf4j.spec.ProgramTypes;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A program of an object with the function that it is.
record DeclaredProgram(Program program, FunctionSymbol function, boolean sleepable, boolean frags) {

    /// The programs of an object: every function that is not local and not in `.text`; when there
    /// is none, the only function in `.text`.
    static List<DeclaredProgram> of(ObjectFile object, ObjectSpec.Settings settings)
            throws LoadException {
        List<FunctionSymbol> entries = new ArrayList<>();
        List<FunctionSymbol> text = new ArrayList<>();
        for (FunctionSymbol function : object.functions().all()) {
            if (section(object, function).equals(".text")) {
                text.add(function);
            } else if (function.global()) {
                entries.add(function);
            }
        }
        if (entries.isEmpty() && text.size() == 1) {
            entries = text;
        }
        TypeGuess guess = new TypeGuess(object);
        Map<Integer, Optional<ProgramKind>> bySection = new HashMap<>();
        List<FunctionSymbol> unknown = new ArrayList<>();
        for (FunctionSymbol function : entries) {
            bySection.computeIfAbsent(function.section(), _ -> byName(object, function));
            if (byName(bySection, function) == null && guess.byContext(function) == null) {
                unknown.add(function);
            }
        }
        ProgramKind common = unknown.isEmpty() ? null : guess.byHelpers(unknown);
        List<DeclaredProgram> programs = new ArrayList<>();
        for (FunctionSymbol function : entries) {
            ProgramKind named = byName(bySection, function);
            programs.add(declare(object, function, settings, named, guess, common));
        }
        return List.copyOf(programs);
    }

    private static DeclaredProgram declare(
            ObjectFile object,
            FunctionSymbol function,
            ObjectSpec.Settings settings,
            @Nullable ProgramKind named,
            TypeGuess guess,
            @Nullable ProgramKind common)
            throws LoadException {
        String section = section(object, function);
        String source = "section";
        ProgramKind kind = named;
        if (kind == null) {
            kind = guess.byContext(function);
            source = "context";
        }
        if (kind == null) {
            kind = common;
            source = "helpers";
        }
        if (kind == null) {
            throw new AssertionError("no type for " + function);
        }
        String unsupported =
                switch (kind.type()) {
                    case ProgramKind.EXT ->
                            "freplace replaces a function of a program in a kernel; unsupported";
                    case ProgramKind.STRUCT_OPS ->
                            "struct_ops implements a struct of the kernel; unsupported";
                    default -> null;
                };
        ProgramType type = settings.types().get(function.name());
        if (type != null) {
            source = "user";
            unsupported = null;
        } else if (unsupported == null) {
            try {
                type = ProgramTypes.of(kind.type(), kind.attachType());
            } catch (LoadException e) {
                unsupported = e.getMessage();
            }
        }
        Set<String> wanted = settings.wanted();
        Program program =
                new Program(
                        function.name(),
                        section,
                        type,
                        source,
                        wanted == null
                                ? !section.startsWith("?")
                                : wanted.contains(function.name()),
                        function.slots(),
                        unsupported);
        return new DeclaredProgram(program, function, kind.sleepable(), kind.frags());
    }

    private static @Nullable ProgramKind byName(
            Map<Integer, Optional<ProgramKind>> bySection, FunctionSymbol function) {
        return bySection.getOrDefault(function.section(), Optional.empty()).orElse(null);
    }

    private static Optional<ProgramKind> byName(ObjectFile object, FunctionSymbol function) {
        String section = section(object, function);
        return ProgramKind.of(section.startsWith("?") ? section.substring(1) : section);
    }

    private static String section(ObjectFile object, FunctionSymbol function) {
        return object.elf().sections().get(function.section()).name();
    }
}
