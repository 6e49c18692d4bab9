package bpf4j.isa;

/// What every operation computes, once for all engines: the interpreter calls it, the verifier
/// folds constants with it, the JIT emits the bare JVM instruction where that is identical and
/// calls it otherwise. 64-bit methods take and give whole registers; the result of a 32-bit method
/// is the low half, the upper half of the register becomes zero (RFC 9669 section 4.1).
///
/// Shift counts are masked and divisions by zero are defined, so nothing here can fail.
public final class Semantics {
    private Semantics() {}

    /// The result of a 64-bit operation; an immediate source is sign-extended before.
    public static long alu64(AluOp op, long dst, long src) {
        return switch (op) {
            case ADD -> add64(dst, src);
            case SUB -> sub64(dst, src);
            case MUL -> mul64(dst, src);
            case DIV -> div64(dst, src);
            case SDIV -> sdiv64(dst, src);
            case OR -> or64(dst, src);
            case AND -> and64(dst, src);
            case LSH -> lsh64(dst, src);
            case RSH -> rsh64(dst, src);
            case MOD -> mod64(dst, src);
            case SMOD -> smod64(dst, src);
            case XOR -> xor64(dst, src);
            case MOV -> src;
            case ARSH -> arsh64(dst, src);
        };
    }

    /// The low half that a 32-bit operation leaves; the upper half becomes zero.
    public static int alu32(AluOp op, int dst, int src) {
        return switch (op) {
            case ADD -> add32(dst, src);
            case SUB -> sub32(dst, src);
            case MUL -> mul32(dst, src);
            case DIV -> div32(dst, src);
            case SDIV -> sdiv32(dst, src);
            case OR -> or32(dst, src);
            case AND -> and32(dst, src);
            case LSH -> lsh32(dst, src);
            case RSH -> rsh32(dst, src);
            case MOD -> mod32(dst, src);
            case SMOD -> smod32(dst, src);
            case XOR -> xor32(dst, src);
            case MOV -> src;
            case ARSH -> arsh32(dst, src);
        };
    }

    /// RFC 9669 section 4.1: underflow and overflow wrap around.
    public static long add64(long dst, long src) {
        return dst + src;
    }

    /// RFC 9669 section 4.1: underflow and overflow wrap around.
    public static int add32(int dst, int src) {
        return dst + src;
    }

    /// RFC 9669 section 4.1: underflow and overflow wrap around.
    public static long sub64(long dst, long src) {
        return dst - src;
    }

    /// RFC 9669 section 4.1: underflow and overflow wrap around.
    public static int sub32(int dst, int src) {
        return dst - src;
    }

    /// RFC 9669 section 4.1: underflow and overflow wrap around.
    public static long mul64(long dst, long src) {
        return dst * src;
    }

    /// RFC 9669 section 4.1: underflow and overflow wrap around.
    public static int mul32(int dst, int src) {
        return dst * src;
    }

    /// RFC 9669 section 4.1: unsigned; division by zero gives 0.
    public static long div64(long dst, long src) {
        return src == 0 ? 0 : Long.divideUnsigned(dst, src);
    }

    /// RFC 9669 section 4.1: unsigned; division by zero gives 0.
    public static int div32(int dst, int src) {
        return src == 0 ? 0 : Integer.divideUnsigned(dst, src);
    }

    /// RFC 9669 section 4.1: signed, rounding towards zero; division by zero gives 0 and
    /// LLONG_MIN / -1 gives LLONG_MIN, as Java's division does.
    public static long sdiv64(long dst, long src) {
        return src == 0 ? 0 : dst / src;
    }

    /// RFC 9669 section 4.1: signed, rounding towards zero; division by zero gives 0 and
    /// INT_MIN / -1 gives INT_MIN, as Java's division does.
    public static int sdiv32(int dst, int src) {
        return src == 0 ? 0 : dst / src;
    }

    /// RFC 9669 section 4.1: unsigned; modulo zero leaves the destination.
    public static long mod64(long dst, long src) {
        return src == 0 ? dst : Long.remainderUnsigned(dst, src);
    }

    /// RFC 9669 section 4.1: unsigned; modulo zero leaves the destination's low half.
    public static int mod32(int dst, int src) {
        return src == 0 ? dst : Integer.remainderUnsigned(dst, src);
    }

    /// RFC 9669 section 4.1: signed, with the sign of the dividend (truncated division); modulo
    /// zero leaves the destination and LLONG_MIN % -1 gives 0, as Java's remainder does.
    public static long smod64(long dst, long src) {
        return src == 0 ? dst : dst % src;
    }

    /// RFC 9669 section 4.1: signed, with the sign of the dividend (truncated division); modulo
    /// zero leaves the destination's low half and INT_MIN % -1 gives 0, as Java's remainder does.
    public static int smod32(int dst, int src) {
        return src == 0 ? dst : dst % src;
    }

    /// RFC 9669 section 4.1.
    public static long or64(long dst, long src) {
        return dst | src;
    }

    /// RFC 9669 section 4.1.
    public static int or32(int dst, int src) {
        return dst | src;
    }

    /// RFC 9669 section 4.1.
    public static long and64(long dst, long src) {
        return dst & src;
    }

    /// RFC 9669 section 4.1.
    public static int and32(int dst, int src) {
        return dst & src;
    }

    /// RFC 9669 section 4.1.
    public static long xor64(long dst, long src) {
        return dst ^ src;
    }

    /// RFC 9669 section 4.1.
    public static int xor32(int dst, int src) {
        return dst ^ src;
    }

    /// RFC 9669 section 4.1: the count is masked with 0x3f, as Java's shifts mask it.
    public static long lsh64(long dst, long src) {
        return dst << src;
    }

    /// RFC 9669 section 4.1: the count is masked with 0x1f, as Java's shifts mask it.
    public static int lsh32(int dst, int src) {
        return dst << src;
    }

    /// RFC 9669 section 4.1: zeros come in from above; the count is masked with 0x3f.
    public static long rsh64(long dst, long src) {
        return dst >>> src;
    }

    /// RFC 9669 section 4.1: zeros come in from above; the count is masked with 0x1f.
    public static int rsh32(int dst, int src) {
        return dst >>> src;
    }

    /// RFC 9669 section 4.1: copies of the sign come in from above; the count is masked with 0x3f.
    public static long arsh64(long dst, long src) {
        return dst >> src;
    }

    /// RFC 9669 section 4.1: copies of bit 31 come in from above; the count is masked with 0x1f.
    public static int arsh32(int dst, int src) {
        return dst >> src;
    }

    /// RFC 9669 section 4.1: two's complement; LLONG_MIN stays.
    public static long neg64(long dst) {
        return -dst;
    }

    /// RFC 9669 section 4.1: two's complement; INT_MIN stays.
    public static int neg32(int dst) {
        return -dst;
    }

    /// RFC 9669 section 4.1 (MOVSX): the low `bits` (8, 16 or 32) of the source, sign-extended to
    /// 64 bits.
    public static long movsx64(int bits, long src) {
        return switch (bits) {
            case 8 -> (byte) src;
            case 16 -> (short) src;
            case 32 -> (int) src;
            default -> throw new IllegalArgumentException("movsx of " + bits + " bits");
        };
    }

    /// RFC 9669 section 4.1 (MOVSX): the low `bits` (8 or 16) of the source, sign-extended to 32
    /// bits.
    public static int movsx32(int bits, int src) {
        return switch (bits) {
            case 8 -> (byte) src;
            case 16 -> (short) src;
            default -> throw new IllegalArgumentException("movsx of " + bits + " bits");
        };
    }

    /// RFC 9669 section 4.2: swaps or only truncates the low `bits` (16, 32 or 64); the bits above
    /// become zero. The machine is little endian: a conversion to little endian only truncates.
    public static long byteSwap(Insn.ByteSwap.Kind kind, int bits, long dst) {
        return switch (kind) {
            case LE -> truncate(bits, dst);
            case BE, SWAP ->
                    switch (bits) {
                        case 16 -> bswap16(dst);
                        case 32 -> bswap32(dst);
                        case 64 -> bswap64(dst);
                        default -> throw new IllegalArgumentException("swap of " + bits + " bits");
                    };
        };
    }

    /// RFC 9669 section 4.2: the low two bytes swapped, zero above.
    public static long bswap16(long dst) {
        return Short.reverseBytes((short) dst) & 0xffffL;
    }

    /// RFC 9669 section 4.2: the low four bytes in reverse order, zero above.
    public static long bswap32(long dst) {
        return Integer.toUnsignedLong(Integer.reverseBytes((int) dst));
    }

    /// RFC 9669 section 4.2: all eight bytes in reverse order.
    public static long bswap64(long dst) {
        return Long.reverseBytes(dst);
    }

    private static long truncate(int bits, long value) {
        return switch (bits) {
            case 16 -> value & 0xffffL;
            case 32 -> value & 0xffff_ffffL;
            case 64 -> value;
            default -> throw new IllegalArgumentException("swap of " + bits + " bits");
        };
    }

    /// RFC 9669 section 4.3: whether a 64-bit conditional jump is taken; an immediate source is
    /// sign-extended before.
    public static boolean test64(Cond cond, long dst, long src) {
        return switch (cond) {
            case JEQ -> dst == src;
            case JNE -> dst != src;
            case JSET -> (dst & src) != 0;
            case JGT -> Long.compareUnsigned(dst, src) > 0;
            case JGE -> Long.compareUnsigned(dst, src) >= 0;
            case JLT -> Long.compareUnsigned(dst, src) < 0;
            case JLE -> Long.compareUnsigned(dst, src) <= 0;
            case JSGT -> dst > src;
            case JSGE -> dst >= src;
            case JSLT -> dst < src;
            case JSLE -> dst <= src;
        };
    }

    /// RFC 9669 section 4.3: whether a 32-bit conditional jump is taken; it looks at the low halves
    /// only.
    public static boolean test32(Cond cond, int dst, int src) {
        return switch (cond) {
            case JEQ -> dst == src;
            case JNE -> dst != src;
            case JSET -> (dst & src) != 0;
            case JGT -> Integer.compareUnsigned(dst, src) > 0;
            case JGE -> Integer.compareUnsigned(dst, src) >= 0;
            case JLT -> Integer.compareUnsigned(dst, src) < 0;
            case JLE -> Integer.compareUnsigned(dst, src) <= 0;
            case JSGT -> dst > src;
            case JSGE -> dst >= src;
            case JSLT -> dst < src;
            case JSLE -> dst <= src;
        };
    }

    /// RFC 9669 section 5.1: the low bytes of a value, zero above: what a load gives and a store
    /// keeps.
    public static long zeroExtend(Size size, long value) {
        return switch (size) {
            case B -> value & 0xffL;
            case H -> value & 0xffffL;
            case W -> value & 0xffff_ffffL;
            case DW -> value;
        };
    }

    /// RFC 9669 section 5.2: the low bytes of a value with copies of their sign above: what a
    /// sign-extending load gives.
    public static long signExtend(Size size, long value) {
        return switch (size) {
            case B -> (byte) value;
            case H -> (short) value;
            case W -> (int) value;
            case DW -> value;
        };
    }

    /// RFC 9669 section 5.5: what a legacy packet load gives for `size` bytes that were read in the
    /// machine's (little-endian) order: they are in network order.
    public static long fromNetwork(Size size, long value) {
        return switch (size) {
            case B -> value & 0xffL;
            case H -> bswap16(value);
            case W -> bswap32(value);
            case DW -> bswap64(value);
        };
    }

    /// RFC 9669 section 5.3: what memory of 64 bits holds after an atomic operation that found
    /// `old`; `r0` matters to `CMPXCHG` alone.
    public static long atomic64(AtomicOp op, long old, long src, long r0) {
        return switch (op) {
            case ADD -> old + src;
            case OR -> old | src;
            case AND -> old & src;
            case XOR -> old ^ src;
            case XCHG -> src;
            case CMPXCHG -> old == r0 ? src : old;
        };
    }

    /// RFC 9669 section 5.3: what memory of 32 bits holds after an atomic operation that found
    /// `old`; it looks at the low halves of the registers. What is fetched is zero-extended.
    public static int atomic32(AtomicOp op, int old, int src, int r0) {
        return switch (op) {
            case ADD -> old + src;
            case OR -> old | src;
            case AND -> old & src;
            case XOR -> old ^ src;
            case XCHG -> src;
            case CMPXCHG -> old == r0 ? src : old;
        };
    }
}
