package bpf4j.loader;

import bpf4j.btf.BtfExt;
import bpf4j.spec.LoadException;
import bpf4j.spec.MapSpec;
import bpf4j.spec.ProgramSpec;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/// Links one program: its entry first, then each subprogram where it is first referred to, depth
/// first, as libbpf does; every relocation applied.
final class Linker {
    /// Linux's bound on the instructions of a program.
    static final int MOST_SLOTS = 1_000_000;

    /// What libbpf puts in place of a call of a weak kernel function that does not exist.
    static final int POISON_KFUNC = 2002000000;

    private static final int R_NONE = 0;

    private final ObjectFile object;
    private final Map<Place, ObjectMap> maps = new HashMap<>();
    private final Set<String> config;
    private final Predicate<String> kfuncs;
    private final CoRelocations core;

    /// @param maps the maps as they will be created; those of the object file, and `.kconfig`
    /// @param config the names of the configuration values that are known
    /// @param kfuncs whether a kernel function of a name exists
    Linker(
            ObjectFile object,
            List<ObjectMap> maps,
            Set<String> config,
            Predicate<String> kfuncs,
            CoRelocations core) {
        this.object = object;
        for (ObjectMap map : maps) {
            this.maps.put(new Place(map.section(), map.offset()), map);
        }
        this.config = config;
        this.kfuncs = kfuncs;
        this.core = core;
    }

    /// A linked program.
    ///
    /// @param slots normalised: opcode, destination, source, offset and immediate from the lowest
    ///     byte up
    record Linked(
            long[] slots,
            List<MapSpec> maps,
            List<String> externs,
            List<ProgramSpec.Function> functions,
            List<ProgramSpec.Line> lines) {

        /// The slots as little-endian bytes.
        byte[] bytes() {
            ByteBuffer bytes = ByteBuffer.allocate(slots.length * 8).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asLongBuffer().put(slots);
            return bytes.array();
        }
    }

    Linked link(FunctionSymbol entry) throws LoadException {
        return new Run().link(entry);
    }

    /// A slot of a section of code, normalised.
    static long slot(ByteBuffer code, int byteOffset) {
        if (code.order() == ByteOrder.LITTLE_ENDIAN) {
            return code.getLong(byteOffset);
        }
        int registers = code.get(byteOffset + 1) & 0xFF;
        return Slot.of(
                code.get(byteOffset),
                registers >> 4,
                registers & 0xF,
                code.getShort(byteOffset + 2),
                code.getInt(byteOffset + 4));
    }

    /// The linking of one program.
    private final class Run {
        private long[] out = new long[64];
        private int size;
        private final IdentityHashMap<FunctionSymbol, Integer> placed = new IdentityHashMap<>();
        private final List<MapSpec> used = new ArrayList<>();
        private final IdentityHashMap<ObjectMap, Integer> usedIndex = new IdentityHashMap<>();
        private final Map<String, Integer> externs = new LinkedHashMap<>();
        private final List<ProgramSpec.Function> functions = new ArrayList<>();
        private final List<ProgramSpec.Line> lines = new ArrayList<>();
        private final Deque<Position> open = new ArrayDeque<>();

        private final class Position {
            final FunctionSymbol function;
            final int base;
            final Elf.@Nullable Relocation[] relocations;
            int next;

            Position(FunctionSymbol function, int base) throws LoadException {
                this.function = function;
                this.base = base;
                this.relocations = relocationsOf(function);
            }
        }

        Linked link(FunctionSymbol entry) throws LoadException {
            append(entry);
            while (!open.isEmpty()) {
                Position position = open.peek();
                if (position.next >= position.function.slots()) {
                    open.pop();
                } else {
                    step(position);
                }
            }
            return new Linked(
                    Arrays.copyOf(out, size),
                    used,
                    List.copyOf(externs.keySet()),
                    List.copyOf(functions),
                    List.copyOf(lines));
        }

        /// Relocates the next instruction of a function, unless it refers to a function that is not
        /// there yet: then that one comes first.
        private void step(Position position) throws LoadException {
            int pc = position.base + position.next;
            Elf.Relocation relocation = position.relocations[position.next];
            long slot = out[pc];
            if (Slot.isWide(slot)) {
                if (position.next + 1 >= position.function.slots()) {
                    throw fail(position, "is half a wide load");
                }
                if (!wide(position, pc, relocation)) {
                    return;
                }
                position.next += 2;
                return;
            }
            if (Slot.opcode(slot) == Slot.CALL) {
                if (!call(position, pc, relocation)) {
                    return;
                }
            } else if (relocation != null) {
                throw fail(
                        position,
                        "has a relocation to "
                                + relocation.symbol().label()
                                + " but is no call and no wide load");
            }
            position.next++;
        }

        private boolean call(Position position, int pc, Elf.@Nullable Relocation relocation)
                throws LoadException {
            long slot = out[pc];
            if (relocation != null && relocation.symbol().isUndefined()) {
                callExtern(position, pc, relocation.symbol().name());
                return true;
            }
            if (Slot.source(slot) == Slot.PSEUDO_KFUNC) {
                throw fail(
                        position, "calls a kernel function by number; only a symbol can name it");
            }
            if (Slot.source(slot) != Slot.PSEUDO_CALL) {
                if (relocation != null) {
                    throw fail(
                            position,
                            "calls " + relocation.symbol().label() + " as if it were a helper");
                }
                return true;
            }
            FunctionSymbol function = position.function;
            long target;
            int section;
            if (relocation != null) {
                Elf.Section in = object.elf().sectionOf(relocation.symbol());
                section = in.index();
                target = relocation.symbol().value() + (Slot.imm(slot) + 1L) * 8;
                if (!in.isCode()) {
                    throw fail(
                            position,
                            "calls "
                                    + relocation.symbol().label()
                                    + " in section '"
                                    + in.name()
                                    + "', which is no code");
                }
            } else {
                section = function.section();
                target = function.start() + (position.next + 1L + Slot.imm(slot)) * 8;
                if (target >= function.start() && target < function.end()) {
                    return true;
                }
            }
            FunctionSymbol callee = function(position, section, target);
            Integer place = placed.get(callee);
            if (place == null) {
                append(callee);
                return false;
            }
            out[pc] = Slot.withImm(slot, place - pc - 1);
            return true;
        }

        private void callExtern(Position position, int pc, String name) throws LoadException {
            Externs.Extern extern = object.externs().get(name);
            if (extern == null || extern.kind() != Externs.Kind.FUNCTION) {
                throw fail(
                        position,
                        "calls '"
                                + name
                                + "', which the object neither defines nor declares __ksym");
            }
            if (extern.weak() && !kfuncs.test(name)) {
                out[pc] = Slot.of(Slot.CALL, 0, 0, 0, POISON_KFUNC + externIndex(name));
                return;
            }
            out[pc] = Slot.of(Slot.CALL, 0, Slot.PSEUDO_KFUNC, 0, externIndex(name));
        }

        private boolean wide(Position position, int pc, Elf.@Nullable Relocation relocation)
                throws LoadException {
            long slot = out[pc];
            if (relocation == null) {
                if (Slot.source(slot) != 0 && Slot.source(slot) != Slot.PSEUDO_FUNC) {
                    throw fail(
                            position,
                            Slot.source(slot) == Slot.PSEUDO_BTF_ID
                                    ? "names a kernel variable by number; only a symbol can"
                                    : "names a map by number: fd "
                                            + Slot.imm(slot)
                                            + " is not pointing to valid bpf_map");
                }
                return true;
            }
            Elf.Symbol symbol = relocation.symbol();
            if (symbol.isUndefined()) {
                wideExtern(position, pc, symbol);
                return true;
            }
            Elf.Section section = object.elf().sectionOf(symbol);
            if (section.isCode()) {
                FunctionSymbol target =
                        function(position, section.index(), symbol.value() + Slot.imm(slot));
                Integer place = placed.get(target);
                if (place == null) {
                    append(target);
                    return false;
                }
                put(pc, Slot.PSEUDO_FUNC, place - pc - 1, 0);
                return true;
            }
            boolean data = DataSections.isData(section);
            long at = data ? 0 : symbol.value();
            if (symbol.kind() == Elf.Kind.SECTION && !data) {
                at += Slot.imm(slot);
            }
            ObjectMap map = mapAt(section.index(), at);
            if (map == null) {
                throw fail(
                        position,
                        "loads the address of "
                                + symbol.label()
                                + " in section '"
                                + section.name()
                                + "', which holds no map and no variables");
            }
            if (data) {
                put(pc, Slot.PSEUDO_MAP_VALUE, use(map), (int) (Slot.imm(slot) + symbol.value()));
            } else {
                put(pc, Slot.PSEUDO_MAP, use(map), 0);
            }
            return true;
        }

        private void wideExtern(Position position, int pc, Elf.Symbol symbol) throws LoadException {
            Externs.Extern extern = object.externs().get(symbol.name());
            if (extern == null) {
                throw fail(
                        position,
                        "loads the address of '"
                                + symbol.name()
                                + "', which the object neither defines nor declares __ksym or"
                                + " __kconfig");
            }
            switch (extern.kind()) {
                case KCONFIG -> {
                    if (!extern.weak() && !config.contains(extern.name())) {
                        throw fail(
                                position,
                                "needs the configuration value '"
                                        + extern.name()
                                        + "', which is not known; give it one or declare it"
                                        + " __weak");
                    }
                    ObjectMap map = mapAt(-1, 0);
                    if (map == null) {
                        throw new AssertionError("no .kconfig map for " + extern);
                    }
                    put(pc, Slot.PSEUDO_MAP_VALUE, use(map), extern.offset());
                }
                case FUNCTION -> {
                    if (kfuncs.test(extern.name())) {
                        put(pc, Slot.PSEUDO_BTF_ID, externIndex(extern.name()), 0);
                    } else if (extern.weak()) {
                        put(pc, 0, 0, 0);
                    } else {
                        throw unresolved(position, extern);
                    }
                }
                case VARIABLE -> {
                    if (!extern.weak()) {
                        throw unresolved(position, extern);
                    }
                    put(pc, 0, 0, 0);
                }
            }
        }

        private LoadException unresolved(Position position, Externs.Extern extern) {
            return fail(
                    position,
                    "needs the kernel symbol '"
                            + extern.name()
                            + "', which does not exist here; declare it __weak and test its"
                            + " address");
        }

        private void put(int pc, int source, int first, int second) {
            out[pc] = Slot.of(Slot.WIDE, Slot.destination(out[pc]), source, 0, first);
            out[pc + 1] = Slot.of(0, 0, 0, 0, second);
        }

        private int use(ObjectMap map) {
            return usedIndex.computeIfAbsent(
                    map,
                    one -> {
                        used.add(one.spec());
                        return used.size() - 1;
                    });
        }

        private int externIndex(String name) {
            return externs.computeIfAbsent(name, _ -> externs.size());
        }

        private FunctionSymbol function(Position position, int section, long byteOffset)
                throws LoadException {
            FunctionSymbol found = object.functions().at(section, byteOffset);
            if (found == null) {
                throw fail(
                        position,
                        "refers to byte "
                                + byteOffset
                                + " of section '"
                                + object.elf().sections().get(section).name()
                                + "', where no function begins");
            }
            return found;
        }

        private void append(FunctionSymbol function) throws LoadException {
            if ((long) size + function.slots() > MOST_SLOTS) {
                throw new LoadException(
                        "function '"
                                + function.name()
                                + "' makes the program longer than "
                                + MOST_SLOTS
                                + " instructions");
            }
            int base = size;
            ByteBuffer code = object.elf().data(object.elf().sections().get(function.section()));
            if (size + function.slots() > out.length) {
                out = Arrays.copyOf(out, Math.max(out.length * 2, size + function.slots()));
            }
            for (int i = 0; i < function.slots(); i++) {
                out[size++] = slot(code, function.start() + i * 8);
            }
            placed.put(function, base);
            describe(function, base);
            core.apply(function, index(function.section()).core(function), out, base);
            open.push(new Position(function, base));
        }

        /// Adds what BTF says about the instructions of a function.
        private void describe(FunctionSymbol function, int base) {
            RelocationIndex index = index(function.section());
            int type = 0;
            for (BtfExt.FuncInfo info : index.functions(function)) {
                if (info.byteOffset() == function.start()) {
                    type = info.type();
                }
            }
            functions.add(new ProgramSpec.Function(base, function.name(), type));
            for (BtfExt.LineInfo line : index.lines(function)) {
                lines.add(
                        new ProgramSpec.Line(
                                base + (line.byteOffset() - function.start()) / 8,
                                line.file(),
                                line.line(),
                                line.column(),
                                line.text()));
            }
        }

        private LoadException fail(Position position, String what) {
            FunctionSymbol function = position.function;
            return new LoadException(
                    "function '"
                            + function.name()
                            + "' in section '"
                            + object.elf().sections().get(function.section()).name()
                            + "': instruction "
                            + position.next
                            + " "
                            + what);
        }
    }

    private @Nullable ObjectMap mapAt(int section, long offset) {
        return maps.get(new Place(section, offset));
    }

    private record Place(int section, long offset) {}

    private RelocationIndex index(int section) {
        return object.index(section);
    }

    private Elf.@Nullable Relocation[] relocationsOf(FunctionSymbol function) throws LoadException {
        Elf.@Nullable Relocation[] found = new Elf.Relocation[function.slots()];
        for (Elf.Relocation relocation : index(function.section()).relocations(function)) {
            // Old compilers give their relocations no type; those that mean nothing name nothing.
            if (relocation.type() == R_NONE && relocation.symbol().name().isEmpty()) {
                continue;
            }
            long place = relocation.offset() - function.start();
            if (place % 8 != 0) {
                throw new LoadException(
                        "function '"
                                + function.name()
                                + "': the relocation at byte "
                                + relocation.offset()
                                + " is not aligned to an instruction");
            }
            found[(int) (place / 8)] = relocation;
        }
        return found;
    }
}
