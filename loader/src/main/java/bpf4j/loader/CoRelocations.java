package bpf4j.loader;

import bpf4j.btf.Btf;
import bpf4j.btf.BtfExt;
import bpf4j.btf.BtfType;
import bpf4j.spec.LoadException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Applies CO-RE relocations ("compile once, run everywhere"): the answers that the compiler took
/// from the object's types are replaced by those that the target's types give.
///
/// Without a target the object's own types are it, those with a flavour (`___old`) left out: there
/// is no kernel whose layout could differ, so what a program declares is what it gets, and the
/// alternatives that it declares for other kernels do not exist.
final class CoRelocations {
    /// The helper number that libbpf puts where a relocation has no answer ("bad relo"): an error
    /// only if the verifier reaches it.
    static final int POISON = 0xBAD2310;

    private final ObjectFile object;
    private final @Nullable Btf local;
    private final @Nullable Btf target;
    private final boolean own;
    private boolean indexed;
    private final Map<String, List<Integer>> targetNames = new HashMap<>();
    private final Map<BtfExt.Relocation, Result> solved = new HashMap<>();

    /// The answers for the object's types and for the target's.
    private record Result(CoreValue before, CoreValue after) {}

    private CoRelocations(ObjectFile object, @Nullable Btf target) {
        this.object = object;
        this.local = object.btf();
        this.own = target == null;
        this.target = target == null ? local : target;
    }

    static CoRelocations of(ObjectFile object, @Nullable Btf target) {
        return new CoRelocations(object, target);
    }

    private void indexTarget() {
        if (target == null || indexed) {
            return;
        }
        indexed = true;
        for (int id = 1; id < target.size(); id++) {
            String name = target.name(id);
            String essential = CoreMatch.essential(name);
            if (!name.isEmpty() && !(own && !essential.equals(name))) {
                targetNames.computeIfAbsent(essential, _ -> new ArrayList<>(1)).add(id);
            }
        }
    }

    /// Relocates the slots of a function, which begin at `base`.
    void apply(FunctionSymbol function, List<BtfExt.Relocation> relocations, long[] slots, int base)
            throws LoadException {
        for (BtfExt.Relocation relocation : relocations) {
            int index = (relocation.byteOffset() - function.start()) / 8;
            try {
                if (relocation.byteOffset() % 8 != 0) {
                    throw new LoadException("is not aligned to an instruction");
                }
                Result result = solve(relocation);
                patch(slots, base + index, base + function.slots(), result);
            } catch (LoadException e) {
                throw new LoadException(
                        "function '"
                                + function.name()
                                + "': the CO-RE relocation of instruction "
                                + index
                                + " "
                                + e.getMessage(),
                        e);
            }
        }
    }

    private Result solve(BtfExt.Relocation relocation) throws LoadException {
        BtfExt.Relocation key =
                new BtfExt.Relocation(0, relocation.type(), relocation.access(), relocation.kind());
        Result known = solved.get(key);
        if (known == null) {
            known = compute(key);
            solved.put(key, known);
        }
        return known;
    }

    private Result compute(BtfExt.Relocation relocation) throws LoadException {
        Btf btf = local;
        Btf to = target;
        if (btf == null || to == null) {
            throw new AssertionError("relocations without types");
        }
        if (relocation.kind() < 0 || relocation.kind() >= CoreKind.values().length) {
            throw new LoadException("is of unknown kind " + relocation.kind());
        }
        CoreKind kind = CoreKind.values()[relocation.kind()];
        CoreSpec spec = CoreSpec.parse(btf, relocation.type(), relocation.access(), kind);
        CoreValue before = CoreValue.of(kind, spec, object.elf().order());
        if (kind == CoreKind.TYPE_ID_LOCAL) {
            return new Result(before, before);
        }
        String name = btf.name(relocation.type());
        if (name.isEmpty()) {
            throw new LoadException("speaks of a type without name");
        }
        indexTarget();
        CoreMatch match = new CoreMatch(btf, to);
        CoreSpec found = null;
        CoreValue after = null;
        for (int candidate : targetNames.getOrDefault(CoreMatch.essential(name), List.of())) {
            if (!CoreMatch.sameKind(btf.type(relocation.type()), to.type(candidate))) {
                continue;
            }
            CoreSpec path = match.match(spec, kind, candidate);
            if (path == null) {
                continue;
            }
            CoreValue value = CoreValue.of(kind, path, object.elf().order());
            if (found == null || after == null) {
                found = path;
                after = value;
            } else if (path.bitOffset() != found.bitOffset() || value.value() != after.value()) {
                throw new LoadException(
                        "is ambiguous: the target has several types '"
                                + name
                                + "' that give different answers");
            }
        }
        return new Result(
                before, after == null ? CoreValue.of(kind, null, object.elf().order()) : after);
    }

    private void patch(long[] slots, int pc, int end, Result result) throws LoadException {
        long slot = slots[pc];
        int opcode = Slot.opcode(slot);
        boolean validate = result.before.certain();
        long before = result.before.value();
        long after = result.after.value();
        switch (opcode & 7) {
            case 4, 7 -> {
                if ((opcode & 8) != 0) {
                    throw new LoadException("applies to arithmetic on a register");
                }
                if (result.after.absent()) {
                    poison(slots, pc);
                    return;
                }
                expect(validate, Slot.imm(slot) == before, Slot.imm(slot), before);
                slots[pc] = Slot.withImm(slot, (int) after);
            }
            case 1, 2, 3 -> {
                if (result.after.absent()) {
                    poison(slots, pc);
                    return;
                }
                expect(validate, Slot.offset(slot) == before, Slot.offset(slot), before);
                if (Long.compareUnsigned(after, Short.MAX_VALUE) > 0) {
                    throw new LoadException("gives the offset " + after + ", too large for a load");
                }
                if (!resizable(result)) {
                    poison(slots, pc);
                    return;
                }
                slots[pc] = resized(Slot.withOffset(slot, (int) after), result);
            }
            case 0 -> {
                if (!Slot.isWide(slot)
                        || Slot.source(slot) != 0
                        || pc + 1 >= end
                        || (slots[pc + 1] & 0xFFFF_FFFFL) != 0) {
                    throw new LoadException("applies to no load of a constant");
                }
                if (result.after.absent()) {
                    poison(slots, pc);
                    poison(slots, pc + 1);
                    return;
                }
                long held =
                        Integer.toUnsignedLong(Slot.imm(slot))
                                | (long) Slot.imm(slots[pc + 1]) << 32;
                expect(validate, held == before, held, before);
                slots[pc] = Slot.withImm(slot, (int) after);
                slots[pc + 1] = Slot.withImm(slots[pc + 1], (int) (after >>> 32));
            }
            default -> throw new LoadException("applies to a jump");
        }
    }

    private static void expect(boolean validate, boolean same, long held, long expected)
            throws LoadException {
        if (validate && !same) {
            throw new LoadException(
                    "expects "
                            + expected
                            + " in the instruction, which holds "
                            + held
                            + "; the object is inconsistent");
        }
    }

    /// Whether a load may take another number of bytes: pointers and unsigned integers keep their
    /// values.
    private boolean resizable(Result result) {
        if (result.before.size() == result.after.size() || local == null || target == null) {
            return true;
        }
        BtfType one = local.type(result.before.type());
        BtfType two = target.type(result.after.type());
        return (one instanceof BtfType.Ptr && two instanceof BtfType.Ptr)
                || (one instanceof BtfType.Int a
                        && two instanceof BtfType.Int b
                        && !isPlainSigned(a)
                        && !isPlainSigned(b));
    }

    private static boolean isPlainSigned(BtfType.Int type) {
        return type.signed() && !type.isChar() && !type.isBool();
    }

    private static long resized(long slot, Result result) throws LoadException {
        if (result.before.size() == result.after.size()) {
            return slot;
        }
        int opcode = Slot.opcode(slot);
        int bytes =
                switch (opcode & 0x18) {
                    case 0x00 -> 4;
                    case 0x08 -> 2;
                    case 0x10 -> 1;
                    default -> 8;
                };
        if (bytes != result.before.size()) {
            throw new LoadException(
                    "expects a load of " + result.before.size() + " bytes, not of " + bytes);
        }
        int size =
                switch (result.after.size()) {
                    case 1 -> 0x10;
                    case 2 -> 0x08;
                    case 4 -> 0x00;
                    case 8 -> 0x18;
                    default ->
                            throw new LoadException(
                                    "gives a field of "
                                            + result.after.size()
                                            + " bytes, which no load takes at once");
                };
        return Slot.withOpcode(slot, (opcode & ~0x18) | size);
    }

    private static void poison(long[] slots, int pc) {
        slots[pc] = Slot.of(Slot.CALL, 0, 0, 0, POISON);
    }
}
