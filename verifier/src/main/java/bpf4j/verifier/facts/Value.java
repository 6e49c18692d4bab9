package bpf4j.verifier.facts;

import bpf4j.verifier.domain.Scalar;

/// What a register holds at some place, on every run that comes there. Facts are about bits: they
/// hold for the register's 64 bits as the program sees them.
public sealed interface Value {
    /// Nothing is known.
    enum Any implements Value {
        /// Never written on any path, or not read before it is written again.
        UNSET,
        /// Written, and may be anything.
        MIXED
    }

    /// A number in a set. A pointer that the program treats as a number is in it too.
    record Number(Scalar scalar) implements Value {
        /// Any number.
        public static final Number UNKNOWN = new Number(Scalar.UNKNOWN);

        /// Exactly one number.
        public static Number constant(long x) {
            return new Number(Scalar.constant(x));
        }
    }

    /// An address in a region: that of its (or the object's) first byte plus `offset`.
    ///
    /// @param index for MAP_VALUE and MAP_HANDLE the index of the map in
    ///     [bpf4j.spec.ProgramSpec#maps], or -1 when it may be one of several or an inner map; for
    ///     FUNCTION the slot of its first instruction; else -1
    /// @param offset signed; it is unknown what an offset in PACKET counts from
    /// @param nullable whether the register may be 0 instead
    /// @param origin the slot of the instruction that gave a nullable pointer (two registers of the
    ///     same origin hold the same one), or -1
    record Pointer(Region region, int index, Scalar offset, boolean nullable, int origin)
            implements Value {
        /// A pointer that is not null, without origin.
        public static Pointer to(Region region, int index, long offset) {
            return new Pointer(region, index, Scalar.constant(offset), false, -1);
        }
    }

    /// Whether the register's 64 bits are never all zero.
    default boolean isNonZero() {
        return switch (this) {
            case Any _ -> false;
            case Number(Scalar scalar) -> !scalar.contains(0);
            case Pointer pointer -> !pointer.nullable();
        };
    }

    /// Whether the register's low 32 bits are never all zero.
    default boolean isLowNonZero() {
        return this instanceof Number(Scalar scalar) && scalar.u32min() != 0;
    }

    /// Whether the register's upper 32 bits are always zero.
    default boolean isU32() {
        return this instanceof Number(Scalar scalar) && scalar.isU32();
    }

    /// Whether the register is always between 0 and 2^31 - 1.
    default boolean isPositiveInt() {
        return this instanceof Number(Scalar scalar) && scalar.umax() >>> 31 == 0;
    }

    /// The numbers that the register's bits may be.
    default Scalar bits() {
        return this instanceof Number(Scalar scalar) ? scalar : Scalar.UNKNOWN;
    }
}
