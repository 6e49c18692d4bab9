package bpf4j.verifier.domain;

/// Scalars as Linux's verifier log writes them: `smin=0,smax=umax=255,var_off=(0x0; 0xff)`.
final class ScalarText {
    private ScalarText() {}

    private static final String[] NAMES = {
        "smin", "smax", "umin", "umax", "smin32", "smax32", "umin32", "umax32"
    };

    /// The bounds that are not the widest, equal ones joined, and the known bits if there are any.
    static String bounds(Scalar scalar) {
        long[] values = {
            scalar.smin(),
            scalar.smax(),
            scalar.umin(),
            scalar.umax(),
            scalar.s32min(),
            scalar.s32max(),
            Integer.toUnsignedLong(scalar.u32min()),
            Integer.toUnsignedLong(scalar.u32max())
        };
        boolean[] omit = {
            scalar.smin() == Long.MIN_VALUE,
            scalar.smax() == Long.MAX_VALUE,
            scalar.umin() == 0,
            scalar.umax() == -1,
            scalar.s32min() == Integer.MIN_VALUE,
            scalar.s32max() == Integer.MAX_VALUE,
            scalar.u32min() == 0,
            scalar.u32max() == -1
        };
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < NAMES.length; i++) {
            if (omit[i]) {
                continue;
            }
            separate(text).append(NAMES[i]).append('=');
            for (int j = i + 2; j < NAMES.length; j += 2) {
                if (!omit[j]
                        && values[j] == values[i]
                        && isNegative(j, values[j]) == isNegative(i, values[i])) {
                    omit[j] = true;
                    text.append(NAMES[j]).append('=');
                }
            }
            text.append(isSigned(i) ? signed(values[i]) : unsigned(values[i]));
        }
        if (scalar.tnum().mask() != -1) {
            separate(text).append("var_off=").append(scalar.tnum());
        }
        return text.toString();
    }

    private static StringBuilder separate(StringBuilder text) {
        return text.isEmpty() ? text : text.append(',');
    }

    private static boolean isSigned(int index) {
        return NAMES[index].charAt(0) == 's';
    }

    private static boolean isNegative(int index, long value) {
        return isSigned(index) && value < 0;
    }

    /// Decimal when it fits in 16 bits, else hexadecimal.
    static String signed(long x) {
        return x == (short) x ? Long.toString(x) : "0x" + Long.toHexString(x);
    }

    private static String unsigned(long x) {
        return x >>> 16 == 0 ? Long.toString(x) : "0x" + Long.toHexString(x);
    }
}
