package bpf4j.verifier.state;

import bpf4j.spec.MapSpec;
import bpf4j.verifier.domain.Scalar;

import org.jspecify.annotations.Nullable;

/// What is known of a register: a number, or a pointer with a fixed and a variable offset.
/// Immutable.
///
/// The meaning of `size` depends on the kind: the packet range, the memory's size, the frame of a
/// stack pointer, the subprogram of a function pointer, the type of a dynptr, the state of an
/// iterator. `extra`: the id of the dynptr that memory is a slice of; 1 for the first slot of a
/// dynptr; the number of iterations seen of an iterator.
public final class Reg {
    /// May be null.
    public static final int OR_NULL = 1;

    /// May not be written.
    public static final int READ_ONLY = 2;

    /// A record of a ring buffer.
    public static final int RINGBUF = 4;

    /// A slice of a packet's dynptr: dies when the packet moves.
    public static final int PACKET_SLICE = 8;

    /// Nothing is known about whether it may be read.
    public static final int UNTRUSTED = 16;

    /// Made by adding a reference to a number: it ends with the reference, but cannot be given
    /// back.
    public static final int ADDED_TO_NUMBER = 32;

    /// The identity of a scalar says that it differs from others of that id by the constant `off`.
    public static final int ADDED = 1 << 31;

    /// Together with [#ADDED]: the constant was added in 32 bits to a number of 32 bits.
    public static final int ADDED_LOW = 1 << 30;

    /// A packet pointer that equals the end.
    public static final int AT_END = -1;

    /// A packet pointer behind the end.
    public static final int BEYOND_END = -2;

    /// Never written.
    public static final Reg NOT_INIT =
            new Reg(Kind.NOT_INIT, 0, Scalar.ZERO, 0, 0, 0, 0, 0, null, 0);

    /// Any number.
    public static final Reg UNKNOWN = scalar(Scalar.UNKNOWN);

    /// Zero.
    public static final Reg ZERO = scalar(Scalar.ZERO);

    public final Kind kind;
    public final int flags;

    /// The number, or the variable offset.
    public final Scalar var;

    /// The fixed offset; for a linked scalar the constant that was added.
    public final int off;

    /// Relates registers: 0 for none.
    public final int id;

    /// The reference held: 0 for none.
    public final int ref;

    public final int size;
    public final int extra;

    /// The map, for pointers to maps, their keys and values.
    public final @Nullable MapSpec map;

    /// Tells inner maps found by different lookups apart: 0 for a map that the program names.
    public final int mapId;

    private Reg(
            Kind kind,
            int flags,
            Scalar var,
            int off,
            int id,
            int ref,
            int size,
            int extra,
            @Nullable MapSpec map,
            int mapId) {
        this.kind = kind;
        this.flags = flags;
        this.var = var;
        this.off = off;
        this.id = id;
        this.ref = ref;
        this.size = size;
        this.extra = extra;
        this.map = map;
        this.mapId = mapId;
    }

    /// A number.
    public static Reg scalar(Scalar value) {
        return new Reg(Kind.SCALAR, 0, value, 0, 0, 0, 0, 0, null, 0);
    }

    /// One number.
    public static Reg constant(long value) {
        return value == 0 && ZERO != null ? ZERO : scalar(Scalar.constant(value));
    }

    /// A pointer without offset.
    public static Reg pointer(Kind kind) {
        return new Reg(kind, 0, Scalar.ZERO, 0, 0, 0, 0, 0, null, 0);
    }

    /// A pointer to memory of `size` bytes, into a frame, and so on.
    public static Reg pointer(Kind kind, int size) {
        return new Reg(kind, 0, Scalar.ZERO, 0, 0, 0, size, 0, null, 0);
    }

    /// A pointer to a map or into one.
    public static Reg ofMap(Kind kind, MapSpec map, int mapId) {
        return new Reg(kind, 0, Scalar.ZERO, 0, 0, 0, 0, 0, map, mapId);
    }

    public Reg withVar(Scalar value) {
        return value == var
                ? this
                : new Reg(kind, flags, value, off, id, ref, size, extra, map, mapId);
    }

    public Reg withOff(int value) {
        return value == off
                ? this
                : new Reg(kind, flags, var, value, id, ref, size, extra, map, mapId);
    }

    public Reg withId(int value) {
        return value == id
                ? this
                : new Reg(kind, flags, var, off, value, ref, size, extra, map, mapId);
    }

    public Reg withRef(int value) {
        return new Reg(kind, flags, var, off, id, value, size, extra, map, mapId);
    }

    public Reg withFlags(int value) {
        return value == flags
                ? this
                : new Reg(kind, value, var, off, id, ref, size, extra, map, mapId);
    }

    public Reg withSize(int value) {
        return value == size
                ? this
                : new Reg(kind, flags, var, off, id, ref, value, extra, map, mapId);
    }

    public Reg withExtra(int value) {
        return new Reg(kind, flags, var, off, id, ref, size, value, map, mapId);
    }

    public Reg withKind(Kind value) {
        return new Reg(value, flags, var, off, id, ref, size, extra, map, mapId);
    }

    /// A scalar that is linked to no other.
    public Reg unlinked() {
        return id == 0 && off == 0
                ? this
                : new Reg(kind, flags, var, 0, 0, ref, size, extra, map, mapId);
    }

    public boolean isScalar() {
        return kind == Kind.SCALAR;
    }

    /// A pointer, or nothing.
    public boolean isPointer() {
        return kind != Kind.SCALAR;
    }

    public boolean isNullable() {
        return (flags & OR_NULL) != 0;
    }

    public boolean is(int flag) {
        return (flags & flag) != 0;
    }

    /// Is the number zero.
    public boolean isNull() {
        return kind == Kind.SCALAR && var.isConst(0);
    }

    /// The id without the mark of an added constant.
    public int baseId() {
        return id & ~(ADDED | ADDED_LOW);
    }

    /// The number of bits that the number needs.
    public int width() {
        return 64 - Long.numberOfLeadingZeros(var.umax());
    }

    /// The map; only for kinds that have one.
    public MapSpec theMap() {
        if (map == null) {
            throw new AssertionError(kind + " has no map");
        }
        return map;
    }

    /// The kind with its flags, in Linux's words.
    public String typeName() {
        return typeName(kind, flags);
    }

    /// A kind with flags, in Linux's words.
    public static String typeName(Kind kind, int flags) {
        if (flags == 0) {
            return kind.label;
        }
        StringBuilder text = new StringBuilder();
        if ((flags & READ_ONLY) != 0) {
            text.append("rdonly_");
        }
        if ((flags & RINGBUF) != 0) {
            text.append("ringbuf_");
        }
        if ((flags & UNTRUSTED) != 0) {
            text.append("untrusted_");
        }
        text.append(kind.label);
        if ((flags & OR_NULL) != 0) {
            text.append(kind == Kind.KERNEL ? "or_null_" : "_or_null");
        }
        return text.toString();
    }

    /// Equal in everything.
    public boolean same(Reg other) {
        return this == other || (id == other.id && ref == other.ref && sameButIds(other));
    }

    /// Equal but for ids and references.
    public boolean sameButIds(Reg other) {
        return kind == other.kind
                && flags == other.flags
                && off == other.off
                && size == other.size
                && extra == other.extra
                && map == other.map
                && mapId == other.mapId
                && (var == other.var || var.equals(other.var));
    }
}
