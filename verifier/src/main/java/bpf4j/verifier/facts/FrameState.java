package bpf4j.verifier.facts;

import bpf4j.isa.AluOp;
import bpf4j.verifier.domain.Scalar;
import bpf4j.verifier.facts.Value.Any;
import bpf4j.verifier.facts.Value.Number;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// What registers and stack of one frame hold, under construction. The stack is kept in granules of
/// 4 bytes; a value of 8 bytes takes two.
final class FrameState {
    private static final int SIZE = 512;

    /// What the second granule of a value of 8 bytes holds.
    private static final Value REST = new Number(Scalar.UNKNOWN);

    final Value[] regs;

    /// Whether a value that is not typed may be an address in this frame.
    final boolean leaky;

    /// Which registers differ by constants, or null when none do.
    @Nullable Links links;

    /// Whether a live register that held an address in this frame lost its type where paths met.
    boolean lostStack;

    private @Nullable Value @Nullable [] stack;

    /// Whether another state has the same stack.
    private boolean shared;

    /// One bit for the origins of pointers, by slot modulo 64.
    private long origins;

    /// Nothing is known of the granules below this one.
    private int lowest = SIZE / 4;

    /// Nothing known but r10.
    FrameState(boolean leaky) {
        this.leaky = leaky;
        regs = new Value[11];
        Arrays.fill(regs, Any.UNSET);
        regs[10] = Value.Pointer.to(Region.STACK, -1, 0);
    }

    private FrameState(FrameState other) {
        leaky = other.leaky;
        regs = other.regs.clone();
        links = Links.copy(other.links);
        lostStack = other.lostStack;
        stack = other.stack;
        shared = true;
        other.shared = true;
        lowest = other.lowest;
        origins = other.origins;
    }

    FrameState copy() {
        return new FrameState(this);
    }

    /// Joins another state into this one. Registers that are not live become unset.
    ///
    /// @return whether this changed
    boolean join(FrameState other, int live, Values.Joiner joiner) {
        boolean changed = false;
        origins |= other.origins;
        lostStack |= other.lostStack;
        for (int reg = 0; reg < 10; reg++) {
            Value old = regs[reg];
            Value value = other.regs[reg];
            if ((live & 1 << reg) == 0) {
                changed |= old != Any.UNSET;
                regs[reg] = Any.UNSET;
            } else if (old != value) {
                Value joined = Values.join(old, value, joiner);
                if (!joined.equals(old)) {
                    changed = true;
                    regs[reg] = joined;
                }
                lostStack |=
                        (Values.isOwnStack(old) || Values.isOwnStack(value))
                                && !Values.isOwnStack(joined);
            }
        }
        if (links != null) {
            changed |= links.join(other.links);
        }
        return joinStack(other, joiner) || changed;
    }

    private boolean joinStack(FrameState other, Values.Joiner joiner) {
        @Nullable Value[] theirs = other.stack;
        if (stack == null || stack == theirs) {
            return false;
        }
        @Nullable Value[] mine = granules();
        boolean changed = false;
        boolean empty = true;
        for (int low = lowest; low < mine.length; low += 2) {
            boolean wide = mine[low + 1] == REST;
            if (theirs == null || wide != (theirs[low + 1] == REST)) {
                changed |= mine[low] != null || mine[low + 1] != null;
                mine[low] = null;
                mine[low + 1] = null;
                continue;
            }
            for (int granule = low; granule <= low + 1; granule++) {
                Value old = mine[granule];
                Value value = theirs[granule];
                if (old == null || old == value) {
                    empty &= old == null;
                    continue;
                }
                Value joined = value == null ? null : known(Values.join(old, value, joiner));
                if (!old.equals(joined)) {
                    mine[granule] = joined;
                    changed = true;
                }
                empty &= joined == null;
            }
            if (mine[low] == null && wide) {
                mine[low + 1] = null;
            }
        }
        if (empty) {
            stack = null;
        }
        return changed;
    }

    /// Null instead of a value that says nothing.
    private static @Nullable Value known(Value value) {
        return value instanceof Any || value.equals(Number.UNKNOWN) ? null : value;
    }

    /// Forgets registers that are not live.
    void keep(int live) {
        for (int reg = 0; reg < 10; reg++) {
            if ((live & 1 << reg) == 0) {
                regs[reg] = Any.UNSET;
            }
        }
    }

    /// Forgets that values of an origin are the same.
    void dropOrigin(int origin) {
        replaceOrigin(origin, null);
    }

    /// A pointer of an origin is put into a register.
    void hasOrigin(int origin) {
        origins |= 1L << origin;
    }

    /// Replaces all values of an origin: by null's constant, or the pointer that is not null.
    void resolve(int origin, boolean isNull) {
        if (origin >= 0) {
            replaceOrigin(origin, isNull);
        }
    }

    private void replaceOrigin(int origin, @Nullable Boolean isNull) {
        if ((origins & 1L << origin) == 0) {
            return;
        }
        for (int reg = 0; reg < 10; reg++) {
            if (regs[reg] instanceof Value.Pointer p && p.origin() == origin) {
                regs[reg] = replaced(p, isNull);
            }
        }
        @Nullable Value[] granules = stack;
        if (granules == null) {
            return;
        }
        for (int i = lowest; i < granules.length; i++) {
            if (granules[i] instanceof Value.Pointer p && p.origin() == origin) {
                granules = granules();
                granules[i] = replaced(p, isNull);
            }
        }
    }

    private static Value replaced(Value.Pointer p, @Nullable Boolean isNull) {
        if (isNull == null) {
            return Values.withoutOrigin(p);
        }
        return isNull ? Number.constant(0) : Values.nonNull(p);
    }

    /// Stores a value at an offset from r10.
    void store(long offset, int bytes, Value value) {
        if (offset < -SIZE || offset + bytes > 0 || offset % bytes != 0) {
            forget(offset, offset + bytes);
            return;
        }
        int granule = (int) (offset + SIZE) / 4;
        lowest = Math.min(lowest, granule & ~1);
        if (bytes == 8) {
            @Nullable Value[] granules = granules();
            granules[granule] = known(value);
            granules[granule + 1] = granules[granule] == null ? null : REST;
        } else if (bytes == 4) {
            split(granule);
            granules()[granule] = known(Values.number(value.bits().truncate(4)));
        } else {
            forget(offset, offset + bytes);
        }
    }

    /// The stack, to be changed.
    private @Nullable Value[] granules() {
        @Nullable Value[] granules = stack;
        if (granules == null || shared) {
            granules = granules == null ? new @Nullable Value[SIZE / 4] : granules.clone();
            stack = granules;
            shared = false;
        }
        return granules;
    }

    /// Turns a value of 8 bytes at a granule into two of 4.
    private void split(int granule) {
        @Nullable Value[] granules = granules();
        int low = granule & ~1;
        if (granules[low + 1] == REST) {
            Value value = granules[low];
            Scalar bits = value == null ? Scalar.UNKNOWN : value.bits();
            granules[low] = known(Values.number(bits.truncate(4)));
            granules[low + 1] = known(Values.number(shifted(bits, 32)));
        }
    }

    private static Scalar shifted(Scalar bits, int count) {
        return Scalar.alu64(AluOp.RSH, bits, Scalar.constant(count));
    }

    /// Forgets what bytes hold, from an offset to before another.
    void forget(long from, long to) {
        if (stack == null || to <= -SIZE || from >= 0) {
            return;
        }
        int first = (int) (Math.max(from, -SIZE) + SIZE) / 4;
        int last = (int) (Math.min(to, 0) + SIZE - 1) / 4;
        split(first);
        split(last);
        @Nullable Value[] granules = granules();
        for (int granule = first; granule <= last; granule++) {
            granules[granule] = null;
        }
    }

    /// Forgets what an access to an address that is not typed may change.
    void forgetIfLeaky() {
        if (leaky) {
            stack = null;
        }
    }

    /// Whether nothing is known of the 8 bytes at an aligned offset.
    boolean isUnknown(long offset) {
        @Nullable Value[] granules = stack;
        return granules == null
                || offset < -SIZE
                || offset + 8 > 0
                || offset % 8 != 0
                || granules[(int) (offset + SIZE) / 4] == null;
    }

    /// What a load at an offset from r10 gives.
    Value load(long offset, int bytes) {
        @Nullable Value[] granules = stack;
        if (granules == null || offset < -SIZE || offset + bytes > 0 || offset % bytes != 0) {
            return unknown(bytes);
        }
        int granule = (int) (offset + SIZE) / 4;
        Value value = granules[granule];
        if (bytes == 8) {
            Value upper = granules[granule + 1];
            if (value == null || upper == null) {
                return Any.MIXED;
            }
            return upper == REST ? value : Values.number(both(value.bits(), upper.bits()));
        }
        Scalar word = word(granules, granule);
        if (bytes == 4) {
            return Values.number(word);
        }
        return Values.number(shifted(word, (int) (offset & 3) * 8).truncate(bytes));
    }

    private static Scalar both(Scalar lower, Scalar upper) {
        return Scalar.alu64(AluOp.OR, lower, Scalar.alu64(AluOp.LSH, upper, Scalar.constant(32)));
    }

    private static Scalar word(@Nullable Value[] granules, int granule) {
        Value value = granules[granule];
        if (value == REST) {
            Value whole = granules[granule - 1];
            return whole == null ? Scalar.ofSize(4) : shifted(whole.bits(), 32);
        }
        return value == null ? Scalar.ofSize(4) : value.bits().truncate(4);
    }

    /// What a load of unknown memory of the stack gives.
    static Value unknown(int bytes) {
        return bytes == 8 ? Any.MIXED : new Number(Scalar.ofSize(bytes));
    }

    /// Whether an address in this frame that a live register holds is no longer typed as one in a
    /// state that this was joined into.
    boolean losesOwnStack(FrameState joined, int live) {
        for (int reg = 0; reg < 10; reg++) {
            if ((live & 1 << reg) != 0
                    && Values.isOwnStack(regs[reg])
                    && !Values.isOwnStack(joined.regs[reg])) {
                return true;
            }
        }
        return false;
    }
}
