package bpf4j.loader;

import bpf4j.btf.Btf;
import bpf4j.btf.BtfSections;
import bpf4j.btf.BtfType;
import bpf4j.spec.LoadException;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Reads the BTF of an object and completes it: compilers leave the sizes of data sections and the
/// places of variables in them to whoever loads the object.
final class ObjectBtf {
    private final Elf elf;
    private final Map<Integer, List<Elf.Relocation>> relocations;

    ObjectBtf(Elf elf, Map<Integer, List<Elf.Relocation>> relocations) {
        this.elf = elf;
        this.relocations = relocations;
    }

    /// The completed BTF, or null where the object has none.
    @Nullable BtfSections read(Functions functions) throws LoadException {
        Elf.Section types = elf.section(".BTF").orElse(null);
        if (types == null) {
            return null;
        }
        Elf.Section ext = elf.section(".BTF.ext").orElse(null);
        BtfSections read = BtfSections.parse(relocated(types), ext == null ? null : relocated(ext));
        return new BtfSections(complete(read.types(), functions), read.ext());
    }

    /// A section with its relocations applied, each to 4 bytes whatever its type: older compilers
    /// number them otherwise (`R_BPF_64_32` or 0 for `R_BPF_64_NODYLD32`).
    private byte[] relocated(Elf.Section section) throws LoadException {
        byte[] bytes = elf.bytes(section);
        ByteBuffer data = ByteBuffer.wrap(bytes).order(elf.order());
        for (Elf.Relocation relocation : relocations.getOrDefault(section.index(), List.of())) {
            if (relocation.symbol().isUndefined()) {
                continue;
            }
            long at = relocation.offset();
            if (at < 0 || at > bytes.length - 4) {
                throw new LoadException(
                        "a relocation at byte "
                                + at
                                + " lies outside section '"
                                + section.name()
                                + "' of "
                                + bytes.length
                                + " bytes");
            }
            data.putInt((int) at, (int) (data.getInt((int) at) + relocation.symbol().value()));
        }
        return bytes;
    }

    private Btf complete(Btf btf, Functions functions) {
        Set<String> hidden = new HashSet<>();
        for (FunctionSymbol function : functions.all()) {
            if (function.global() && function.hidden()) {
                hidden.add(function.name());
            }
        }
        List<BtfType> types = new ArrayList<>(btf.types());
        for (int id = 1; id < types.size(); id++) {
            BtfType type = types.get(id);
            if (type instanceof BtfType.DataSec section) {
                types.set(id, complete(btf, section));
            } else if (type instanceof BtfType.Func func
                    && func.linkage() == 1
                    && hidden.contains(func.name())) {
                // Hidden functions are verified in the context of their callers, as static ones.
                types.set(id, new BtfType.Func(func.name(), func.proto(), 0));
            }
        }
        return new Btf(types);
    }

    private BtfType.DataSec complete(Btf btf, BtfType.DataSec declared) {
        Elf.Section section = elf.section(declared.name()).orElse(null);
        if (section == null) {
            return declared;
        }
        List<BtfType.Entry> entries = new ArrayList<>(declared.entries());
        if (declared.size() == 0 && !elfRelocatesBtf()) {
            Map<String, Long> places = new HashMap<>();
            for (Elf.Symbol symbol : elf.symbols(section)) {
                if (symbol.kind() != Elf.Kind.SECTION) {
                    places.put(symbol.name(), symbol.value());
                }
            }
            entries.replaceAll(
                    entry -> {
                        Long place = places.get(btf.name(entry.var()));
                        return place == null
                                ? entry
                                : new BtfType.Entry(entry.var(), place.intValue(), entry.size());
                    });
        }
        entries.sort(Comparator.comparingInt(BtfType.Entry::offset));
        return new BtfType.DataSec(declared.name(), (int) section.size(), List.copyOf(entries));
    }

    private boolean elfRelocatesBtf() {
        return elf.section(".BTF")
                .map(section -> relocations.containsKey(section.index()))
                .orElse(false);
    }
}
