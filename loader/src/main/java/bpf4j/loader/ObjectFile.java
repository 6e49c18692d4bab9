package bpf4j.loader;

import bpf4j.btf.Btf;
import bpf4j.btf.BtfExt;
import bpf4j.btf.BtfSections;
import bpf4j.spec.LoadException;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// An object file as read: everything that linking its programs needs. Never changed after
/// [#parse].
final class ObjectFile {
    private final String name;
    private final Elf elf;
    private final @Nullable Btf btf;
    private final BtfExt ext;
    private final Functions functions;
    private final Externs externs;
    private final Map<Integer, List<Elf.Relocation>> relocations;
    private final List<ObjectMap> maps;
    private final Map<Integer, RelocationIndex> indexes = new ConcurrentHashMap<>();
    private final String license;
    private final int version;

    private ObjectFile(String name, Elf elf) throws LoadException {
        this.name = name;
        this.elf = elf;
        this.relocations = elf.relocations();
        this.functions = Functions.of(elf);
        BtfSections sections = new ObjectBtf(elf, relocations).read(functions);
        this.btf = sections == null ? null : sections.types();
        this.ext = sections == null ? BtfExt.NONE : sections.ext();
        this.externs = Externs.of(elf, btf);
        this.maps = readMaps();
        this.license = readLicense();
        this.version = readVersion();
    }

    /// Reads an object file; `name` is the file's, without its folder.
    static ObjectFile parse(byte[] file, String name) throws LoadException {
        return new ObjectFile(DataSections.objectName(name), Elf.parse(file));
    }

    String name() {
        return name;
    }

    Elf elf() {
        return elf;
    }

    @Nullable Btf btf() {
        return btf;
    }

    BtfExt ext() {
        return ext;
    }

    Functions functions() {
        return functions;
    }

    Externs externs() {
        return externs;
    }

    /// The relocations of a section in ascending order of place.
    List<Elf.Relocation> relocations(int section) {
        return relocations.getOrDefault(section, List.of());
    }

    /// What is said about the instructions of a section of code, sorted.
    RelocationIndex index(int section) {
        return indexes.computeIfAbsent(section, at -> new RelocationIndex(this, at));
    }

    /// The maps in the order of libbpf: defined ones, then sections of variables; without
    /// `.kconfig`, whose contents depend on values.
    List<ObjectMap> maps() {
        return maps;
    }

    DataSections dataSections() {
        return new DataSections(name, elf, btf);
    }

    String license() {
        return license;
    }

    int version() {
        return version;
    }

    private List<ObjectMap> readMaps() throws LoadException {
        List<ObjectMap> found = new ArrayList<>(new LegacyMaps(elf, btf).read());
        if (btf != null) {
            found.addAll(new BtfMaps(elf, btf, relocations).read());
        } else if (elf.section(".maps").isPresent()) {
            throw new LoadException("section '.maps' needs BTF; compile with -g");
        }
        found.addAll(new DataSections(name, elf, btf).read());
        Set<String> names = new HashSet<>();
        for (int i = 0; i < found.size(); i++) {
            ObjectMap map = found.get(i);
            if (!names.add(map.spec().name())) {
                throw new LoadException("two maps are named '" + map.spec().name() + "'");
            }
        }
        return List.copyOf(found);
    }

    private String readLicense() throws LoadException {
        Elf.Section section = elf.section("license").orElse(null);
        if (section == null || section.type() == Elf.SHT_NOBITS) {
            return "";
        }
        ByteBuffer data = elf.data(section);
        int length = 0;
        while (length < data.capacity() && length < 127 && data.get(length) != 0) {
            length++;
        }
        byte[] text = new byte[length];
        data.get(0, text);
        return new String(text, StandardCharsets.UTF_8);
    }

    private int readVersion() throws LoadException {
        Elf.Section section = elf.section("version").orElse(null);
        return section == null || section.size() != 4 || section.type() == Elf.SHT_NOBITS
                ? 0
                : elf.data(section).getInt(0);
    }
}
