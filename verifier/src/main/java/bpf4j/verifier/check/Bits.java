package bpf4j.verifier.check;

import bpf4j.verifier.domain.Tnum;

/// Known bits as Linux writes them in messages.
final class Bits {
    private static final int DECIMAL = 0xffff;

    private Bits() {}

    static String text(Tnum bits) {
        if (bits.mask() != 0) {
            return "(" + hex(bits.value()) + "; " + hex(bits.mask()) + ")";
        }
        long value = bits.value();
        return Long.compareUnsigned(value, DECIMAL) <= 0 ? Long.toString(value) : hex(value);
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}
