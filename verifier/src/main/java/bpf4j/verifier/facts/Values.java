package bpf4j.verifier.facts;

import bpf4j.verifier.domain.Scalar;
import bpf4j.verifier.facts.Value.Any;
import bpf4j.verifier.facts.Value.Number;
import bpf4j.verifier.facts.Value.Pointer;

/// Joins and changes of values.
final class Values {
    private Values() {}

    /// How to join scalars: the least upper bound, or a widening.
    interface Joiner {
        Scalar join(Scalar old, Scalar other);
    }

    /// A value that includes both.
    static Value join(Value old, Value other, Joiner joiner) {
        if (old.equals(other)) {
            return old;
        }
        if (old instanceof Number(Scalar a) && other instanceof Number(Scalar b)) {
            Scalar joined = joiner.join(a, b);
            return joined == a ? old : new Number(joined);
        }
        if (old instanceof Pointer p) {
            return join(p, other, joiner);
        }
        if (other instanceof Pointer p && old instanceof Number(Scalar a) && a.isConst(0)) {
            return p.nullable() && p.origin() < 0 ? p : nullable(p, -1);
        }
        return Any.MIXED;
    }

    private static Value join(Pointer p, Value other, Joiner joiner) {
        if (other instanceof Number(Scalar b) && b.isConst(0)) {
            return p.nullable() && p.origin() < 0 ? p : nullable(p, -1);
        }
        if (!(other instanceof Pointer q) || p.region() != q.region()) {
            return Any.MIXED;
        }
        return new Pointer(
                p.region(),
                p.index() == q.index() ? p.index() : -1,
                joiner.join(p.offset(), q.offset()),
                p.nullable() || q.nullable(),
                p.origin() == q.origin() ? p.origin() : -1);
    }

    static Pointer nullable(Pointer p, int origin) {
        return new Pointer(p.region(), p.index(), p.offset(), true, origin);
    }

    static Pointer withoutOrigin(Pointer p) {
        return p.origin() < 0
                ? p
                : new Pointer(p.region(), p.index(), p.offset(), p.nullable(), -1);
    }

    /// A pointer known not to be null; it keeps its origin.
    static Pointer nonNull(Pointer p) {
        return new Pointer(p.region(), p.index(), p.offset(), false, p.origin());
    }

    static Value withoutOrigin(Value value) {
        return value instanceof Pointer p ? withoutOrigin(p) : value;
    }

    /// A number, or what is as good: nothing known.
    static Value number(Scalar scalar) {
        return scalar.isUnknown() ? Number.UNKNOWN : new Number(scalar);
    }

    /// Whether the value is an address in the current frame.
    static boolean isOwnStack(Value value) {
        return value instanceof Pointer p && p.region() == Region.STACK;
    }

    /// Whether the value may be an address in the current frame: it is one, or untyped.
    static boolean mayBeOwnStack(Value value) {
        return switch (value) {
            case Any any -> any == Any.MIXED;
            case Number(Scalar scalar) -> !scalar.isConst() && scalar.umax() >>> 32 != 0;
            case Pointer p -> p.region() == Region.STACK;
        };
    }

    /// What an argument is to the callee.
    static Value toCallee(Value value) {
        if (!(value instanceof Pointer p)) {
            return value;
        }
        if (p.region() == Region.STACK || p.region() == Region.CALLER_STACK) {
            return new Pointer(Region.CALLER_STACK, -1, Scalar.UNKNOWN, p.nullable(), -1);
        }
        return withoutOrigin(p);
    }

    /// What a callee's r0 is to the caller.
    static Value toCaller(Value value) {
        if (value == Any.UNSET) {
            return Any.MIXED;
        }
        if (!(value instanceof Pointer p)) {
            return value;
        }
        if (p.region() == Region.STACK || p.region() == Region.CALLER_STACK) {
            return Any.MIXED;
        }
        return withoutOrigin(p);
    }
}
