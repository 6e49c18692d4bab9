package bpf4j.loader;

import bpf4j.btf.Btf;
import bpf4j.btf.BtfType;
import bpf4j.spec.LoadException;
import bpf4j.spec.MapSpec;
import bpf4j.spec.MapType;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Makes an array map of one entry from each section of global variables, as libbpf does.
final class DataSections {
    private static final int F_RDONLY_PROG = 1 << 7;
    private static final int F_MMAPABLE = 1 << 10;
    private static final int NAME_LENGTH = 15;

    private final String object;
    private final Elf elf;
    private final @Nullable Btf btf;

    DataSections(String object, Elf elf, @Nullable Btf btf) {
        this.object = object;
        this.elf = elf;
        this.btf = btf;
    }

    List<ObjectMap> read() throws LoadException {
        List<ObjectMap> maps = new ArrayList<>();
        for (Elf.Section section : elf.sections()) {
            if (!isData(section)) {
                continue;
            }
            boolean zero = section.type() == Elf.SHT_NOBITS;
            MapSpec spec =
                    map(section.name(), (int) section.size(), isReadOnly(section.name()))
                            .withInitial(zero ? List.of() : List.of(entry(elf.bytes(section))));
            maps.add(
                    new ObjectMap(
                            isReadOnly(section.name()) ? spec.freeze() : spec,
                            section.index(),
                            0,
                            ObjectMap.Origin.DATA));
        }
        return maps;
    }

    /// The array map of a section of variables, still empty.
    MapSpec map(String section, int size, boolean readOnly) {
        int types = btf == null ? -1 : btf.find(section, BtfType.DataSec.class);
        int flags = readOnly ? F_RDONLY_PROG : 0;
        if (btf != null
                && types > 0
                && btf.type(types) instanceof BtfType.DataSec variables
                && hasVisible(btf, variables)) {
            flags |= F_MMAPABLE;
        }
        MapSpec spec =
                MapSpec.of(name(object, section), MapType.ARRAY, 4, size, 1).withFlags(flags);
        return btf == null || types < 0 ? spec : spec.withTypes(btf, 0, types);
    }

    /// The entry under key 0.
    static MapSpec.Entry entry(byte[] value) {
        return new MapSpec.Entry(new byte[4], new MapSpec.Content.Bytes(value));
    }

    static boolean isData(Elf.Section section) {
        if (section.size() == 0) {
            return false;
        }
        String name = section.name();
        if (section.type() == Elf.SHT_NOBITS) {
            return isOf(name, ".bss");
        }
        return section.type() == Elf.SHT_PROGBITS
                && !section.isCode()
                && (isOf(name, ".data") || isOf(name, ".rodata"));
    }

    static boolean isReadOnly(String section) {
        return isOf(section, ".rodata");
    }

    private static boolean isOf(String name, String kind) {
        return name.equals(kind) || name.startsWith(kind + ".");
    }

    private static boolean hasVisible(Btf btf, BtfType.DataSec variables) {
        for (BtfType.Entry entry : variables.entries()) {
            if (btf.type(entry.var()) instanceof BtfType.Var variable && variable.linkage() != 0) {
                return true;
            }
        }
        return false;
    }

    /// The name of a section's map: Linux keeps 15 characters, of which the section takes what it
    /// needs and at least 7, and the object's name the rest; a section with a name of its own
    /// (`.rodata.x`) stands alone.
    static String name(String object, String section) {
        int suffix = Math.min(NAME_LENGTH, Math.max(7, section.length()));
        int prefix =
                section.indexOf('.', 1) >= 0 ? 0 : Math.min(NAME_LENGTH - suffix, object.length());
        String joined =
                object.substring(0, prefix)
                        + section.substring(0, Math.min(suffix, section.length()));
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < joined.length(); i++) {
            char c = joined.charAt(i);
            boolean kept = (c < 128 && Character.isLetterOrDigit(c)) || c == '_' || c == '.';
            name.append(kept ? c : '_');
        }
        return name.toString();
    }

    /// The name that libbpf gives an object from its file: up to the first dot, 15 characters.
    static String objectName(String file) {
        int dot = file.indexOf('.');
        String stem = dot < 0 ? file : file.substring(0, dot);
        return stem.substring(0, Math.min(NAME_LENGTH, stem.length()));
    }
}
