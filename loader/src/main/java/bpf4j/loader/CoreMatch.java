package bpf4j.loader;

import bpf4j.btf.Btf;
import bpf4j.btf.BtfType;
import bpf4j.spec.LoadException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Finds in the target's types what a path means in the object's, by the rules of libbpf: names
/// decide, without what follows `___`; integers, pointers and structs may differ in size.
final class CoreMatch {
    private static final int MOST_DEPTH = 32;
    private static final int MOST_WORK = 1_000_000;

    private final Btf local;
    private final Btf target;
    private int work;

    CoreMatch(Btf local, Btf target) {
        this.local = local;
        this.target = target;
    }

    /// A name without its flavour: `task_struct___old` is `task_struct`.
    static String essential(String name) {
        for (int i = name.length() - 5; i >= 0; i--) {
            if (name.charAt(i) != '_'
                    && name.startsWith("___", i + 1)
                    && name.charAt(i + 4) != '_') {
                return name.substring(0, i + 1);
            }
        }
        return name;
    }

    /// Whether two types are of one kind, so that one can stand for the other.
    static boolean sameKind(BtfType a, BtfType b) {
        return a.kind().equals(b.kind())
                || (a instanceof BtfType.Enum && b instanceof BtfType.Enum);
    }

    /// The path in a candidate type that corresponds to a path of the object, or null.
    @Nullable CoreSpec match(CoreSpec spec, CoreKind kind, int candidate) throws LoadException {
        if (kind.isType()) {
            boolean fits =
                    kind == CoreKind.TYPE_MATCHES
                            ? typesMatch(spec.root(), candidate, false, MOST_DEPTH)
                            : typesCompatible(spec.root(), candidate, MOST_DEPTH);
            return fits ? new CoreSpec(target, candidate, List.of(), 0) : null;
        }
        if (kind.isEnumerator()) {
            return enumerator(spec, candidate);
        }
        return new FieldPath(spec, candidate).find();
    }

    private @Nullable CoreSpec enumerator(CoreSpec spec, int candidate) {
        int id = target.resolve(candidate);
        String wanted = essential(java.util.Objects.requireNonNull(spec.steps().getFirst().name()));
        if (target.type(id) instanceof BtfType.Enum values) {
            for (int i = 0; i < values.values().size(); i++) {
                String name = values.values().get(i).name();
                if (essential(name).equals(wanted)) {
                    return new CoreSpec(
                            target, candidate, List.of(new CoreSpec.Step(id, i, name)), 0);
                }
            }
        }
        return null;
    }

    /// The search for a field.
    private final class FieldPath {
        private final CoreSpec spec;
        private final int candidate;
        private final List<CoreSpec.Step> steps = new ArrayList<>();
        private long bits;
        private int length;
        private int at;

        FieldPath(CoreSpec spec, int candidate) {
            this.spec = spec;
            this.candidate = candidate;
            this.at = candidate;
        }

        @Nullable CoreSpec find() throws LoadException {
            for (int i = 0; i < spec.steps().size(); i++) {
                CoreSpec.Step step = spec.steps().get(i);
                at = target.resolve(at);
                if (step.name() != null) {
                    if (!member(step, at, 0)) {
                        return null;
                    }
                    continue;
                }
                if (i > 0) {
                    if (!(target.type(at) instanceof BtfType.Array array)) {
                        return null;
                    }
                    boolean open = CoreSpec.isFlexible(target, steps.getLast(), array);
                    if (!open && Integer.compareUnsigned(step.index(), array.length()) >= 0) {
                        return null;
                    }
                    at = target.resolve(array.element());
                }
                lengthen();
                steps.add(new CoreSpec.Step(at, step.index(), null));
                bits += step.index() * CoreSpec.bits(target, at);
            }
            return new CoreSpec(target, candidate, List.copyOf(steps), bits);
        }

        /// Looks for the member that a step names in a struct and in the anonymous ones inside.
        private boolean member(CoreSpec.Step step, int id, int depth) throws LoadException {
            if (!(target.type(target.resolve(id)) instanceof BtfType.Struct struct)) {
                return false;
            }
            for (int i = 0; i < struct.members().size(); i++) {
                BtfType.Member member = struct.members().get(i);
                spend();
                if (member.name().isEmpty()) {
                    if (length + depth >= CoreSpec.MOST_STEPS) {
                        throw new LoadException("leads too deep into type " + id);
                    }
                    bits += Integer.toUnsignedLong(member.bitOffset());
                    if (member(step, member.type(), depth + 1)) {
                        return true;
                    }
                    bits -= Integer.toUnsignedLong(member.bitOffset());
                } else if (member.name().equals(step.name())) {
                    BtfType.Struct holder = (BtfType.Struct) local.type(step.type());
                    int own = holder.members().get(step.index()).type();
                    if (!fieldsCompatible(own, member.type())) {
                        return false;
                    }
                    lengthen();
                    steps.add(new CoreSpec.Step(target.resolve(id), i, member.name()));
                    bits += Integer.toUnsignedLong(member.bitOffset());
                    at = member.type();
                    return true;
                }
            }
            return false;
        }

        private void lengthen() throws LoadException {
            if (++length > CoreSpec.MOST_STEPS) {
                throw new LoadException("leads too deep into type " + candidate);
            }
        }
    }

    private boolean fieldsCompatible(int own, int other) {
        int a = local.resolve(own);
        int b = target.resolve(other);
        for (; ; ) {
            BtfType ours = local.type(a);
            BtfType theirs = target.type(b);
            if (ours instanceof BtfType.Struct && theirs instanceof BtfType.Struct) {
                return true;
            }
            if (!sameKind(ours, theirs)) {
                return false;
            }
            switch (ours) {
                case BtfType.Ptr _, BtfType.Float _ -> {
                    return true;
                }
                case BtfType.Fwd _, BtfType.Enum _ -> {
                    String one = essential(ours.label());
                    String two = essential(theirs.label());
                    return one.isEmpty() || two.isEmpty() || one.equals(two);
                }
                case BtfType.Int integer -> {
                    return integer.offset() == 0
                            && theirs instanceof BtfType.Int that
                            && that.offset() == 0;
                }
                case BtfType.Array array -> {
                    a = local.resolve(array.element());
                    b = target.resolve(((BtfType.Array) theirs).element());
                }
                default -> {
                    return false;
                }
            }
        }
    }

    /// Whether two types are of the same shape (`bpf_core_type_exists`): members do not matter.
    private boolean typesCompatible(int own, int other, int depth) throws LoadException {
        if (!sameKind(local.type(own), target.type(other))) {
            return false;
        }
        return shapesCompatible(own, other, depth);
    }

    private boolean shapesCompatible(int own, int other, int depth) throws LoadException {
        spend();
        if (depth <= 0) {
            throw new LoadException("compares types that are nested too deep");
        }
        int a = local.resolve(own);
        int b = target.resolve(other);
        BtfType ours = local.type(a);
        BtfType theirs = target.type(b);
        if (!sameKind(ours, theirs)) {
            return false;
        }
        return switch (ours) {
            case BtfType.Void _, BtfType.Struct _, BtfType.Enum _, BtfType.Fwd _ -> true;
            case BtfType.Int integer ->
                    integer.offset() == 0
                            && theirs instanceof BtfType.Int that
                            && that.offset() == 0;
            case BtfType.Ptr ptr ->
                    shapesCompatible(ptr.type(), ((BtfType.Ptr) theirs).type(), depth - 1);
            case BtfType.Array array ->
                    shapesCompatible(
                            array.element(), ((BtfType.Array) theirs).element(), depth - 1);
            case BtfType.FuncProto proto -> {
                BtfType.FuncProto that = (BtfType.FuncProto) theirs;
                if (proto.params().size() != that.params().size()) {
                    yield false;
                }
                for (int i = 0; i < proto.params().size(); i++) {
                    int mine = local.resolve(proto.params().get(i).type());
                    int yours = target.resolve(that.params().get(i).type());
                    if (!shapesCompatible(mine, yours, depth - 1)) {
                        yield false;
                    }
                }
                yield shapesCompatible(proto.returns(), that.returns(), depth - 1);
            }
            default -> false;
        };
    }

    /// Whether a type of the object agrees with the target's member for member
    /// (`bpf_core_type_matches`); behind pointers names and kinds suffice.
    private boolean typesMatch(int own, int other, boolean behindPointer, int depth)
            throws LoadException {
        spend();
        if (depth <= 0) {
            throw new LoadException("compares types that are nested too deep");
        }
        BtfType ours = local.type(local.resolve(own));
        BtfType theirs = target.type(target.resolve(other));
        if (!namesMatch(ours.label(), theirs.label())) {
            return false;
        }
        return switch (ours) {
            case BtfType.Void _ -> theirs instanceof BtfType.Void;
            case BtfType.Fwd fwd -> forwardMatches(fwd, theirs, behindPointer);
            case BtfType.Enum values ->
                    theirs instanceof BtfType.Enum that && enumerationsMatch(values, that);
            case BtfType.Struct struct when behindPointer ->
                    (theirs instanceof BtfType.Struct that && struct.union() == that.union())
                            || (theirs instanceof BtfType.Fwd fwd && struct.union() == fwd.union());
            case BtfType.Struct struct ->
                    theirs instanceof BtfType.Struct that
                            && struct.union() == that.union()
                            && membersMatch(struct, that, depth);
            case BtfType.Int integer ->
                    theirs instanceof BtfType.Int that
                            && integer.size() == that.size()
                            && integer.signed() == that.signed();
            case BtfType.Ptr ptr ->
                    theirs instanceof BtfType.Ptr that
                            && typesMatch(ptr.type(), that.type(), true, depth - 1);
            case BtfType.Array array ->
                    theirs instanceof BtfType.Array that
                            && array.length() == that.length()
                            && typesMatch(
                                    array.element(), that.element(), behindPointer, depth - 1);
            case BtfType.FuncProto proto ->
                    theirs instanceof BtfType.FuncProto that
                            && prototypesMatch(proto, that, behindPointer, depth);
            default -> false;
        };
    }

    private static boolean forwardMatches(BtfType.Fwd fwd, BtfType theirs, boolean behindPointer) {
        if (theirs instanceof BtfType.Fwd that) {
            return fwd.union() == that.union();
        }
        return behindPointer
                && theirs instanceof BtfType.Struct that
                && fwd.union() == that.union();
    }

    private boolean enumerationsMatch(BtfType.Enum ours, BtfType.Enum theirs) throws LoadException {
        if (ours.size() != theirs.size() || ours.values().size() > theirs.values().size()) {
            return false;
        }
        for (BtfType.Value value : ours.values()) {
            boolean found = false;
            for (BtfType.Value candidate : theirs.values()) {
                spend();
                found |= namesMatch(value.name(), candidate.name());
            }
            if (!found) {
                return false;
            }
        }
        return true;
    }

    private boolean membersMatch(BtfType.Struct ours, BtfType.Struct theirs, int depth)
            throws LoadException {
        if (ours.members().size() > theirs.members().size()) {
            return false;
        }
        for (BtfType.Member member : ours.members()) {
            boolean found = false;
            for (int i = 0; i < theirs.members().size() && !found; i++) {
                BtfType.Member candidate = theirs.members().get(i);
                spend();
                found =
                        namesMatch(member.name(), candidate.name())
                                && typesMatch(member.type(), candidate.type(), false, depth - 1);
            }
            if (!found) {
                return false;
            }
        }
        return true;
    }

    private boolean prototypesMatch(
            BtfType.FuncProto ours, BtfType.FuncProto theirs, boolean behindPointer, int depth)
            throws LoadException {
        if (ours.params().size() != theirs.params().size()) {
            return false;
        }
        for (int i = 0; i < ours.params().size(); i++) {
            if (!typesMatch(
                    ours.params().get(i).type(),
                    theirs.params().get(i).type(),
                    behindPointer,
                    depth - 1)) {
                return false;
            }
        }
        return typesMatch(ours.returns(), theirs.returns(), behindPointer, depth - 1);
    }

    private static boolean namesMatch(String ours, String theirs) {
        return theirs.isEmpty() ? ours.isEmpty() : essential(ours).equals(essential(theirs));
    }

    /// Bounds the search in types that are made to take forever.
    private void spend() throws LoadException {
        if (++work > MOST_WORK) {
            throw new LoadException("compares types that are too complex");
        }
    }
}
