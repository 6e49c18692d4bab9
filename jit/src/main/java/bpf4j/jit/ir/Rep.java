package bpf4j.jit.ir;

/// How a value lives in a generated method. Choosing a narrow one is the largest gain of the
/// compiler: HotSpot's loop optimisations need `int` indexes.
public sealed interface Rep {
    /// Scalars in a local variable.
    enum Plain implements Rep {
        /// All 64 bits in a `long`.
        LONG,
        /// A value below 2^32 in an `int`.
        U32
    }

    /// A value that is the same always; it needs no local variable.
    record Constant(long value) implements Rep {}

    /// The address of the byte `offset` from the frame's r10; it needs no local variable.
    record InFrame(int offset) implements Rep {}

    /// The place in a known region, in an `int`: the offset in the region.
    ///
    /// @param nullable whether the value may be null (0), which is -1 here
    record Pointer(Region region, boolean nullable) implements Rep {}

    /// The narrowest representation that can hold the values of both.
    static Rep join(Rep a, Rep b) {
        if (a.equals(b)) {
            return a;
        }
        if (isWord(a) && isWord(b)) {
            return Plain.U32;
        }
        if (inStack(a) && inStack(b)) {
            return new Pointer(Region.Single.STACK, false);
        }
        if (a instanceof Pointer p && p.region instanceof Region.Values) {
            if (b instanceof Pointer q && q.region.equals(p.region)
                    || b instanceof Constant c && c.value == 0) {
                return new Pointer(p.region, true);
            }
        } else if (b instanceof Pointer q && q.region instanceof Region.Values) {
            return a instanceof Constant ? join(b, a) : Plain.LONG;
        }
        return Plain.LONG;
    }

    private static boolean isWord(Rep rep) {
        return rep == Plain.U32 || rep instanceof Constant(long value) && value >>> 32 == 0;
    }

    private static boolean inStack(Rep rep) {
        return rep instanceof InFrame
                || rep instanceof Pointer p && p.region == Region.Single.STACK;
    }
}
