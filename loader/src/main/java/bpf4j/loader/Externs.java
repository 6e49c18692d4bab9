package bpf4j.loader;

import bpf4j.btf.Btf;
import bpf4j.btf.BtfType;
import bpf4j.spec.LoadException;
import bpf4j.spec.MapSpec;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What an object expects from the kernel: configuration values (`.kconfig`), laid out in a map of
/// their own, and symbols (`.ksyms`).
final class Externs {
    private final Map<String, Extern> byName = new HashMap<>();
    private final List<Extern> kconfig = new ArrayList<>();
    private int kconfigSize;

    /// An external name.
    ///
    /// @param type the type of the variable or function, a BTF id
    /// @param offset of a configuration value in its map
    record Extern(String name, Kind kind, boolean weak, int type, int offset, int size) {}

    enum Kind {
        KCONFIG,
        /// A kernel variable, typed or of type `void`.
        VARIABLE,
        /// A kernel function.
        FUNCTION
    }

    static Externs of(Elf elf, @Nullable Btf btf) throws LoadException {
        Externs externs = new Externs();
        if (btf != null) {
            Map<String, Elf.Symbol> undefined = new HashMap<>();
            for (Elf.Symbol symbol : elf.symbols()) {
                if (symbol.isUndefined() && !symbol.name().isEmpty()) {
                    undefined.putIfAbsent(symbol.name(), symbol);
                }
            }
            externs.read(btf, ".kconfig", undefined);
            externs.read(btf, ".ksyms", undefined);
            externs.layOut(btf);
        }
        return externs;
    }

    /// The extern with this name, or null.
    @Nullable Extern get(String name) {
        return byName.get(name);
    }

    List<Extern> kconfig() {
        return kconfig;
    }

    private void read(Btf btf, String section, Map<String, Elf.Symbol> undefined)
            throws LoadException {
        int id = btf.find(section, BtfType.DataSec.class);
        if (id < 0 || !(btf.type(id) instanceof BtfType.DataSec variables)) {
            return;
        }
        boolean config = section.equals(".kconfig");
        for (BtfType.Entry entry : variables.entries()) {
            String name = btf.name(entry.var());
            Elf.Symbol symbol = undefined.get(name);
            if (symbol == null) {
                continue;
            }
            boolean weak = symbol.binding() == Elf.Binding.WEAK;
            Extern extern;
            if (btf.type(entry.var()) instanceof BtfType.Var variable) {
                long size = config ? btf.sizeOf(variable.type()) : 0;
                if (size < 0 || size > 1 << 20) {
                    throw new LoadException("extern '" + name + "' in .kconfig has no size");
                }
                extern =
                        new Extern(
                                name,
                                config ? Kind.KCONFIG : Kind.VARIABLE,
                                weak,
                                variable.type(),
                                0,
                                (int) size);
            } else {
                extern = new Extern(name, Kind.FUNCTION, weak, entry.var(), 0, 0);
            }
            if (byName.putIfAbsent(name, extern) == null && config) {
                kconfig.add(extern);
            }
        }
    }

    /// Places configuration values as libbpf does: by alignment, size and name.
    private void layOut(Btf btf) throws LoadException {
        kconfig.sort(
                Comparator.comparingInt((Extern extern) -> -btf.alignOf(extern.type()))
                        .thenComparingInt(Extern::size)
                        .thenComparing(Extern::name));
        long offset = 0;
        for (int i = 0; i < kconfig.size(); i++) {
            Extern extern = kconfig.get(i);
            int alignment = btf.alignOf(extern.type());
            offset = (offset + alignment - 1) / alignment * alignment;
            Extern placed =
                    new Extern(
                            extern.name(),
                            extern.kind(),
                            extern.weak(),
                            extern.type(),
                            (int) offset,
                            extern.size());
            offset += extern.size();
            if (offset > 1 << 20) {
                throw new LoadException("externs in .kconfig take more than 1 MB");
            }
            kconfig.set(i, placed);
            byName.put(placed.name(), placed);
        }
        kconfigSize = (int) offset;
    }

    /// The map that holds the configuration values, or null where the object asks for none.
    ///
    /// @param values by name, written as in a kernel's `.config`
    @Nullable ObjectMap kconfigMap(
            DataSections sections, @Nullable Btf btf, Map<String, String> values, ByteOrder order)
            throws LoadException {
        if (kconfig.isEmpty() || btf == null) {
            return null;
        }
        ByteBuffer data = ByteBuffer.allocate(kconfigSize).order(order);
        for (Extern extern : kconfig) {
            String value = values.get(extern.name());
            if (value != null) {
                write(btf, extern, value, data);
            }
        }
        MapSpec spec =
                sections.map(".kconfig", kconfigSize, true)
                        .withInitial(List.of(DataSections.entry(data.array())));
        return new ObjectMap(
                spec.withTypes(placed(btf, spec.valueType()), 0, spec.valueType()).freeze(),
                -1,
                0,
                ObjectMap.Origin.KCONFIG);
    }

    /// The object's types with the places of the values in `.kconfig`, which compilers leave out.
    private Btf placed(Btf btf, int section) {
        if (!(btf.type(section) instanceof BtfType.DataSec declared)) {
            return btf;
        }
        List<BtfType.Entry> entries = new ArrayList<>();
        for (BtfType.Entry entry : declared.entries()) {
            Extern extern = byName.get(btf.name(entry.var()));
            if (extern != null && extern.kind() == Kind.KCONFIG) {
                entries.add(new BtfType.Entry(entry.var(), extern.offset(), extern.size()));
            }
        }
        entries.sort(Comparator.comparingInt(BtfType.Entry::offset));
        List<BtfType> types = new ArrayList<>(btf.types());
        types.set(section, new BtfType.DataSec(declared.name(), kconfigSize, List.copyOf(entries)));
        return new Btf(types);
    }

    private static void write(Btf btf, Extern extern, String value, ByteBuffer data)
            throws LoadException {
        BtfType type = btf.type(btf.resolve(extern.type()));
        int at = extern.offset();
        if (value.startsWith("\"") && value.endsWith("\"") && value.length() >= 2) {
            if (!(type instanceof BtfType.Array)) {
                throw mismatch(extern, value);
            }
            byte[] text = value.substring(1, value.length() - 1).getBytes(StandardCharsets.UTF_8);
            data.put(at, text, 0, Math.max(0, Math.min(text.length, extern.size() - 1)));
            return;
        }
        long number;
        if (value.length() == 1 && "ymn".contains(value)) {
            if (type instanceof BtfType.Int integer && integer.isChar()) {
                number = value.charAt(0);
            } else if (type instanceof BtfType.Int integer && integer.isBool()) {
                number = value.equals("y") ? 1 : 0;
            } else if (type instanceof BtfType.Enum) {
                number = value.equals("y") ? 1 : value.equals("m") ? 2 : 0;
            } else if (type instanceof BtfType.Int && extern.size() == 1) {
                number = value.charAt(0);
            } else {
                throw mismatch(extern, value);
            }
        } else {
            try {
                number = Long.decode(value);
            } catch (NumberFormatException e) {
                throw mismatch(extern, value);
            }
            if (!(type instanceof BtfType.Int)) {
                throw mismatch(extern, value);
            }
        }
        switch (extern.size()) {
            case 1 -> data.put(at, (byte) number);
            case 2 -> data.putShort(at, (short) number);
            case 4 -> data.putInt(at, (int) number);
            case 8 -> data.putLong(at, number);
            default -> throw mismatch(extern, value);
        }
    }

    private static LoadException mismatch(Extern extern, String value) {
        return new LoadException(
                "extern '" + extern.name() + "' in .kconfig cannot hold the value " + value);
    }
}
