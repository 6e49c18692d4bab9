package bpf4j.loader;

import bpf4j.btf.Btf;
import bpf4j.isa.Code;
import bpf4j.isa.Codec;
import bpf4j.spec.Kfuncs;
import bpf4j.spec.LoadException;
import bpf4j.spec.MapSpec;
import bpf4j.spec.ProgramSpec;
import bpf4j.spec.ProgramType;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/// An object file that clang compiled for BPF, as data: what it declares, and its programs linked
/// on
/// demand. Immutable; the `with` methods give changed copies. Nothing is live: maps and programs
/// are
/// created from the specs.
public final class ObjectSpec {
    /// The largest file that is read.
    private static final long MOST_BYTES = 256L << 20;

    private final ObjectFile file;
    private final List<ObjectMap> maps;
    private final List<ObjectMap> allMaps;
    private final List<DeclaredProgram> programs;
    private final Settings settings;
    private final Linker linker;

    /// What a user chose.
    record Settings(
            @Nullable Set<String> wanted,
            @Nullable Btf target,
            Map<String, String> config,
            Predicate<String> kfuncs,
            Map<String, ProgramType> types) {
        static final Settings DEFAULT =
                new Settings(
                        null, null, Platform.CONFIG, name -> Kfuncs.byName(name) != null, Map.of());
    }

    private ObjectSpec(ObjectFile file, List<ObjectMap> maps, Settings settings)
            throws LoadException {
        this.file = file;
        this.maps = maps;
        this.settings = settings;
        this.allMaps = withConfig(file, maps, settings);
        this.programs = DeclaredProgram.of(file, settings);
        this.linker =
                new Linker(
                        file,
                        allMaps,
                        settings.config.keySet(),
                        settings.kfuncs,
                        CoRelocations.of(file, settings.target));
    }

    /// Reads an object file.
    ///
    /// @throws LoadException with one line that says what is wrong with it and where
    public static ObjectSpec load(Path path) throws LoadException {
        Path name = path.getFileName();
        try {
            if (Files.isDirectory(path)) {
                throw new LoadException(path + ": is a directory, not an object file");
            }
            long size = Files.size(path);
            if (size > MOST_BYTES) {
                throw new LoadException(
                        path
                                + ": "
                                + size
                                + " bytes are too many for an object file (at most "
                                + MOST_BYTES
                                + ")");
            }
            return parse(Files.readAllBytes(path), name == null ? "" : name.toString());
        } catch (NoSuchFileException e) {
            throw new LoadException(path + ": no such file", e);
        } catch (IOException e) {
            throw new LoadException(path + ": cannot be read: " + e.getMessage(), e);
        } catch (LoadException e) {
            throw e.getMessage() != null && e.getMessage().startsWith(path.toString())
                    ? e
                    : new LoadException(path + ": " + e.getMessage(), e);
        }
    }

    /// Reads an object file from memory.
    ///
    /// @param name the name of the file, from which those of data maps are made
    public static ObjectSpec parse(byte[] object, String name) throws LoadException {
        ObjectFile file = ObjectFile.parse(object, name);
        return new ObjectSpec(file, file.maps(), Settings.DEFAULT);
    }

    /// Reads several object files and links them into one, by the rules of `bpftool gen object`.
    public static ObjectSpec link(List<Path> paths) throws LoadException {
        if (paths.size() == 1) {
            return load(paths.getFirst());
        }
        List<ObjectFile> files = new ArrayList<>();
        for (Path path : paths) {
            files.add(load(path).file);
        }
        return parse(ObjectLinker.link(files), files.getFirst().name());
    }

    /// The object's name: its file's up to the first dot, at most 15 characters.
    public String name() {
        return file.name();
    }

    /// The byte order that the object was compiled for.
    public ByteOrder order() {
        return file.elf().order();
    }

    /// The licence that the object declares, empty where it declares none.
    public String license() {
        return file.license();
    }

    /// The kernel version that the object was compiled for, 0 where it does not say.
    public int kernelVersion() {
        return file.version();
    }

    /// The object's types, or null.
    public @Nullable Btf btf() {
        return file.btf();
    }

    /// The sections of code as they are in the file, for a disassembler.
    public List<CodeSection> sections() throws LoadException {
        return CodeSection.of(file);
    }

    /// The programs that the object declares, in the order of their sections.
    public List<Program> declared() {
        return programs.stream().map(DeclaredProgram::program).toList();
    }

    /// All maps: defined ones in the order of the object, then one for each section of global
    /// variables.
    public List<MapSpec> maps() {
        return allMaps.stream().map(ObjectMap::spec).toList();
    }

    /// The map with this name.
    public MapSpec map(String name) throws LoadException {
        for (ObjectMap map : allMaps) {
            if (map.spec().name().equals(name)) {
                return map.spec();
            }
        }
        throw new LoadException(
                "the object has no map '"
                        + name
                        + "'; it has "
                        + Names.list(allMaps.stream().map(map -> map.spec().name()).toList()));
    }

    /// The global variables, section by section in the order of their places.
    public List<Variable> variables() {
        return Variables.of(file, maps);
    }

    /// The instructions that linking completes, function by function.
    public List<Relocation> relocations() {
        return Relocation.of(file);
    }

    /// What the object holds that is left out, one line each.
    public List<String> unsupported() {
        List<String> notes = new ArrayList<>();
        for (DeclaredProgram program : programs) {
            String reason = program.program().unsupported();
            if (reason != null) {
                notes.add("program '" + program.program().name() + "': " + reason);
            }
        }
        for (Elf.Section section : file.elf().sections()) {
            if (DataSections.isData(section) && !file.relocations(section.index()).isEmpty()) {
                notes.add(
                        "section '"
                                + section.name()
                                + "': addresses in initial values stay 0, as with libbpf");
            } else if (section.name().startsWith(".struct_ops")) {
                notes.add(
                        "section '"
                                + section.name()
                                + "': struct_ops implements a struct of the kernel; unsupported");
            }
        }
        return notes;
    }

    /// The wanted programs that are supported, linked.
    ///
    /// @throws LoadException when one of them cannot be linked
    public List<ProgramSpec> programs() throws LoadException {
        List<ProgramSpec> linked = new ArrayList<>();
        long slots = 0;
        for (DeclaredProgram program : programs) {
            if (program.program().wanted() && program.program().unsupported() == null) {
                ProgramSpec spec = link(program);
                slots += spec.code().size();
                if (slots > 2L * Linker.MOST_SLOTS) {
                    throw new LoadException(
                            "the programs are longer than "
                                    + 2L * Linker.MOST_SLOTS
                                    + " instructions together");
                }
                linked.add(spec);
            }
        }
        return List.copyOf(linked);
    }

    /// A program by its function's name, linked, wanted or not.
    public ProgramSpec link(String program) throws LoadException {
        for (DeclaredProgram candidate : programs) {
            if (candidate.program().name().equals(program)) {
                String reason = candidate.program().unsupported();
                if (reason != null) {
                    throw new LoadException("program '" + program + "': " + reason);
                }
                return link(candidate);
            }
        }
        throw new LoadException(
                "the object has no program '"
                        + program
                        + "'; it has "
                        + Names.list(programs.stream().map(p -> p.program().name()).toList()));
    }

    /// The same object with a map changed; its name and place stay.
    public ObjectSpec withMap(String name, UnaryOperator<MapSpec> change) throws LoadException {
        List<ObjectMap> changed = new ArrayList<>(maps);
        for (int i = 0; i < changed.size(); i++) {
            ObjectMap map = changed.get(i);
            if (map.spec().name().equals(name)) {
                changed.set(i, map.with(change.apply(map.spec())));
                return new ObjectSpec(file, List.copyOf(changed), settings);
            }
        }
        throw new LoadException(
                "the object has no map '"
                        + name
                        + "'; it has "
                        + Names.list(maps.stream().map(map -> map.spec().name()).toList()));
    }

    /// The same object with another size of a map.
    public ObjectSpec withMaxEntries(String map, int entries) throws LoadException {
        return withMap(map, spec -> spec.withMaxEntries(entries));
    }

    /// The same object with a global variable, or a part of one (`config.port`, `ports[2]`), set to
    /// a value written as text and understood through the variable's type.
    public ObjectSpec withVariable(String path, String value) throws LoadException {
        return new ObjectSpec(file, Variables.set(file, maps, path, value), settings);
    }

    /// The same object with a global integer variable set.
    public ObjectSpec withVariable(String path, long value) throws LoadException {
        return withVariable(path, Long.toString(value));
    }

    /// The same object with the bytes of a global variable.
    public ObjectSpec withVariable(String name, byte[] value) throws LoadException {
        return new ObjectSpec(file, Variables.set(file, maps, name, value), settings);
    }

    /// The same object with just these programs wanted.
    public ObjectSpec withPrograms(Collection<String> wanted) throws LoadException {
        Set<String> known = new HashSet<>();
        programs.forEach(program -> known.add(program.program().name()));
        for (String name : wanted) {
            if (!known.contains(name)) {
                link(name);
            }
        }
        return with(
                new Settings(
                        Set.copyOf(wanted),
                        settings.target,
                        settings.config,
                        settings.kfuncs,
                        settings.types));
    }

    /// The same object with the type of a program given, for sections whose name says nothing.
    public ObjectSpec withProgramType(String program, ProgramType type) throws LoadException {
        Map<String, ProgramType> types = new java.util.HashMap<>(settings.types);
        types.put(program, type);
        return with(
                new Settings(
                        settings.wanted,
                        settings.target,
                        settings.config,
                        settings.kfuncs,
                        Map.copyOf(types)));
    }

    /// The same object, relocated to the types of another kernel or platform (CO-RE).
    public ObjectSpec withTarget(Btf target) throws LoadException {
        return with(
                new Settings(
                        settings.wanted, target, settings.config, settings.kfuncs, settings.types));
    }

    /// The same object with a configuration value (`CONFIG_HZ`), written as in a kernel's
    /// `.config`.
    public ObjectSpec withConfig(String name, String value) throws LoadException {
        Map<String, String> config = new java.util.HashMap<>(settings.config);
        config.put(name, value);
        return with(
                new Settings(
                        settings.wanted,
                        settings.target,
                        Map.copyOf(config),
                        settings.kfuncs,
                        settings.types));
    }

    /// The same object for a platform that has these kernel functions, instead of those of
    /// [Kfuncs]: weak references to others become 0.
    public ObjectSpec withKernelFunctions(Set<String> names) throws LoadException {
        return with(
                new Settings(
                        settings.wanted,
                        settings.target,
                        settings.config,
                        Set.copyOf(names)::contains,
                        settings.types));
    }

    /// Whether the object has CO-RE relocations, so that [#withTarget] matters.
    public boolean hasRelocations() {
        return !file.ext().relocations().isEmpty();
    }

    private ObjectSpec with(Settings changed) throws LoadException {
        return new ObjectSpec(file, maps, changed);
    }

    /// The maps and, where the object asks for configuration values, that of `.kconfig`.
    private static List<ObjectMap> withConfig(
            ObjectFile file, List<ObjectMap> maps, Settings settings) throws LoadException {
        ObjectMap config =
                file.externs()
                        .kconfigMap(
                                file.dataSections(),
                                file.btf(),
                                settings.config,
                                file.elf().order());
        if (config == null) {
            return maps;
        }
        List<ObjectMap> all = new ArrayList<>(maps);
        all.add(config);
        return List.copyOf(all);
    }

    /// The linked slots of a program, for comparison with other loaders.
    Linker.Linked linked(String program) throws LoadException {
        for (DeclaredProgram candidate : programs) {
            if (candidate.program().name().equals(program)) {
                return linker.link(candidate.function());
            }
        }
        throw new LoadException("the object has no program '" + program + "'");
    }

    private ProgramSpec link(DeclaredProgram declared) throws LoadException {
        Program program = declared.program();
        Linker.Linked linked = linker.link(declared.function());
        Code code;
        try {
            code = Codec.decode(linked.bytes(), ByteOrder.LITTLE_ENDIAN);
        } catch (LoadException e) {
            throw new LoadException("program '" + program.name() + "': " + e.getMessage(), e);
        }
        Set<ProgramSpec.Flag> flags = EnumSet.noneOf(ProgramSpec.Flag.class);
        if (declared.sleepable()) {
            flags.add(ProgramSpec.Flag.SLEEPABLE);
        }
        if (declared.frags()) {
            flags.add(ProgramSpec.Flag.XDP_HAS_FRAGS);
        }
        return new ProgramSpec(
                program.name(),
                program.section(),
                java.util.Objects.requireNonNull(program.type()),
                license(),
                code,
                linked.maps(),
                linked.externs(),
                btf(),
                linked.functions(),
                linked.lines(),
                flags);
    }
}
