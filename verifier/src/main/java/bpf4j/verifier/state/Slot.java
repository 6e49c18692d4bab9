package bpf4j.verifier.state;

import org.jspecify.annotations.Nullable;

/// Eight bytes of stack: what each byte is, and the register or object stored there. Immutable.
///
/// Bytes are numbered downwards from the frame pointer as Linux does: byte 7 has the lowest
/// address.
public final class Slot {
    public static final int INVALID = 0;
    public static final int SPILL = 1;
    public static final int MISC = 2;
    public static final int ZERO = 3;
    public static final int DYNPTR = 4;
    public static final int ITERATOR = 5;

    private static final long EACH = 0x0101_0101_0101_0101L;

    /// Nothing was written.
    public static final Slot EMPTY = new Slot(0, null);

    /// Something was written.
    public static final Slot ALL_MISC = new Slot(MISC * EACH, null);

    /// Zeros were written.
    public static final Slot ALL_ZERO = new Slot(ZERO * EACH, null);

    private final long types;

    /// What is stored, for spills, dynptrs and iterators.
    public final @Nullable Reg reg;

    private Slot(long types, @Nullable Reg reg) {
        this.types = types;
        this.reg = reg;
    }

    /// A register of `bytes` bytes stored at the low end; bytes above that were never written stay
    /// so.
    public static Slot spill(Slot before, Reg reg, int bytes) {
        if (bytes == 8) {
            return new Slot(SPILL * EACH, reg);
        }
        long types = 0;
        for (int i = 0; i < 8; i++) {
            int type = before.type(i);
            if (i >= 8 - bytes) {
                type = SPILL;
            } else if (type != ZERO && type != INVALID) {
                type = MISC;
            }
            types |= (long) type << (8 * i);
        }
        return new Slot(types, reg);
    }

    /// A part of an object.
    public static Slot of(int type, Reg reg) {
        return new Slot(type * EACH, reg);
    }

    /// What byte `index` is.
    public int type(int index) {
        return (int) (types >>> (8 * index)) & 0xff;
    }

    /// All bytes at once.
    public long types() {
        return types;
    }

    public boolean isSpill() {
        return type(7) == SPILL;
    }

    public boolean isSpilledScalar() {
        return isSpill() && reg != null && reg.isScalar();
    }

    /// A number of 8 bytes.
    public boolean isSpilledScalar64() {
        return type(0) == SPILL && reg != null && reg.isScalar();
    }

    /// Holds a register or an object.
    public boolean isSpecial() {
        int type = type(7);
        return type == SPILL || type == DYNPTR || type == ITERATOR;
    }

    public boolean isDynptr() {
        return type(0) == DYNPTR;
    }

    public boolean isIterator() {
        return type(0) == ITERATOR;
    }

    /// The register stored.
    public Reg stored() {
        return reg == null ? Reg.NOT_INIT : reg;
    }

    /// The bytes of the spill, counted from the lowest address.
    public int spillBytes() {
        int count = 0;
        while (count < 8 && type(7 - count) == SPILL) {
            count++;
        }
        return count;
    }

    /// The same with another register stored.
    public Slot withReg(Reg other) {
        return other == reg ? this : new Slot(types, other);
    }

    /// The same with one byte changed; whoever calls this forgets the register first.
    public Slot withType(int index, int type) {
        long changed = (types & ~(0xffL << (8 * index))) | ((long) type << (8 * index));
        return changed == types ? this : new Slot(changed, reg);
    }

    /// Without the register or object: its bytes are plain data from now on.
    public Slot scrubbed() {
        if (!isSpecial()) {
            return reg == null ? this : new Slot(types, null);
        }
        long changed = 0;
        for (int i = 0; i < 8; i++) {
            int type = type(i);
            changed |= (long) (type == INVALID ? INVALID : MISC) << (8 * i);
        }
        return new Slot(changed, null);
    }

    /// Whether every byte holds something unknown.
    public boolean isAllMisc(boolean allowInvalid) {
        for (int i = 0; i < 8; i++) {
            int type = type(i);
            if (type != MISC && !(type == INVALID && allowInvalid)) {
                return false;
            }
        }
        return true;
    }
}
