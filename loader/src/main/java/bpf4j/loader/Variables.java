package bpf4j.loader;

import bpf4j.btf.Btf;
import bpf4j.btf.BtfPath;
import bpf4j.btf.BtfText;
import bpf4j.btf.BtfType;
import bpf4j.spec.LoadException;
import bpf4j.spec.MapSpec;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Finds and sets the global variables of an object.
final class Variables {
    /// The most bytes of zeroes that are kept because one of them was set.
    private static final int MOST_BYTES = 64 << 20;

    private Variables() {}

    static List<Variable> of(ObjectFile file, List<ObjectMap> maps) {
        List<Variable> found = new ArrayList<>();
        for (ObjectMap map : maps) {
            if (map.origin() == ObjectMap.Origin.DATA) {
                add(file, map, found);
            }
        }
        return List.copyOf(found);
    }

    private static void add(ObjectFile file, ObjectMap map, List<Variable> found) {
        Elf.Section data = file.elf().sections().get(map.section());
        String section = data.name();
        boolean constant = DataSections.isReadOnly(section);
        String name = map.spec().name();
        Btf btf = file.btf();
        int types = btf == null ? -1 : btf.find(section, BtfType.DataSec.class);
        if (btf != null && types > 0 && btf.type(types) instanceof BtfType.DataSec variables) {
            for (BtfType.Entry entry : variables.entries()) {
                if (btf.type(entry.var()) instanceof BtfType.Var variable) {
                    found.add(
                            new Variable(
                                    variable.name(),
                                    name,
                                    section,
                                    entry.offset(),
                                    entry.size(),
                                    variable.type(),
                                    constant));
                }
            }
            return;
        }
        for (Elf.Symbol symbol : file.elf().symbols(data)) {
            if (symbol.kind() == Elf.Kind.OBJECT
                    && symbol.value() >= 0
                    && symbol.value() <= map.spec().valueSize()
                    && symbol.size() >= 0
                    && symbol.size() <= map.spec().valueSize() - symbol.value()) {
                found.add(
                        new Variable(
                                symbol.name(),
                                name,
                                section,
                                (int) symbol.value(),
                                (int) symbol.size(),
                                0,
                                constant));
            }
        }
    }

    /// The maps with a variable, or a part of one, set to a value written as text.
    static List<ObjectMap> set(ObjectFile file, List<ObjectMap> maps, String path, String text)
            throws LoadException {
        int end = 0;
        while (end < path.length() && path.charAt(end) != '.' && path.charAt(end) != '[') {
            end++;
        }
        Variable variable = find(file, maps, path.substring(0, end));
        Btf btf = file.btf();
        if (btf == null || variable.type() == 0) {
            throw new LoadException(
                    "variable '" + variable.name() + "' has no type; compile with -g");
        }
        BtfPath place = BtfPath.resolve(btf, variable.type(), path.substring(end));
        byte[] value = contents(maps, variable);
        BtfText.write(
                btf,
                place,
                path,
                text,
                ByteBuffer.wrap(value).order(file.elf().order()),
                variable.byteOffset());
        return with(maps, variable, value);
    }

    /// The maps with the bytes of a variable.
    static List<ObjectMap> set(ObjectFile file, List<ObjectMap> maps, String name, byte[] bytes)
            throws LoadException {
        Variable variable = find(file, maps, name);
        if (bytes.length != variable.size()) {
            throw new LoadException(
                    "variable '"
                            + name
                            + "' has "
                            + variable.size()
                            + " bytes, not "
                            + bytes.length);
        }
        byte[] value = contents(maps, variable);
        System.arraycopy(bytes, 0, value, variable.byteOffset(), bytes.length);
        return with(maps, variable, value);
    }

    private static Variable find(ObjectFile file, List<ObjectMap> maps, String name)
            throws LoadException {
        List<Variable> variables = of(file, maps);
        for (Variable variable : variables) {
            if (variable.name().equals(name)) {
                if (variable.byteOffset() < 0
                        || variable.size() < 0
                        || (long) variable.byteOffset() + variable.size()
                                > map(maps, variable).spec().valueSize()) {
                    throw new LoadException(
                            "variable '"
                                    + name
                                    + "' lies outside section '"
                                    + variable.section()
                                    + "'");
                }
                return variable;
            }
        }
        throw new LoadException(
                "the object has no variable '"
                        + name
                        + "'; it has "
                        + Names.list(variables.stream().map(Variable::name).toList()));
    }

    private static ObjectMap map(List<ObjectMap> maps, Variable variable) {
        for (ObjectMap map : maps) {
            if (map.spec().name().equals(variable.map())) {
                return map;
            }
        }
        throw new AssertionError("no map " + variable.map());
    }

    private static byte[] contents(List<ObjectMap> maps, Variable variable) throws LoadException {
        MapSpec spec = map(maps, variable).spec();
        if (spec.valueSize() > MOST_BYTES) {
            throw new LoadException(
                    "section '"
                            + variable.section()
                            + "' of "
                            + spec.valueSize()
                            + " bytes is too large to be set");
        }
        byte[] value = new byte[spec.valueSize()];
        if (!spec.initial().isEmpty()
                && spec.initial().getFirst().content() instanceof MapSpec.Content.Bytes bytes) {
            System.arraycopy(
                    bytes.value(), 0, value, 0, Math.min(value.length, bytes.value().length));
        }
        return value;
    }

    private static List<ObjectMap> with(List<ObjectMap> maps, Variable variable, byte[] value) {
        List<ObjectMap> changed = new ArrayList<>(maps);
        changed.replaceAll(
                map ->
                        map.spec().name().equals(variable.map())
                                ? map.with(
                                        map.spec().withInitial(List.of(DataSections.entry(value))))
                                : map);
        return List.copyOf(changed);
    }
}
