package bpf4j.btf;

import java.math.BigInteger;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// Reads memory through its type: fields by name, enumerators by name, characters as text, and
/// addresses as the program declares them (`__be32`, `struct in6_addr`, `__u8 mac[6]`). Never reads
/// outside the bytes it is given, whatever the type says.
public final class BtfRenderer {
    /// Bound on the parts of one value: a type may hold more than its size suggests.
    private static final int MOST_PARTS = 1_000_000;

    private static final BtfValue CUT = new BtfValue.Word("...");

    private final Btf btf;
    private final boolean little;

    /// A renderer of values in memory of some byte order.
    public BtfRenderer(Btf btf, ByteOrder order) {
        this.btf = btf;
        this.little = order == ByteOrder.LITTLE_ENDIAN;
    }

    /// The value of a type in these bytes; what the bytes do not cover is left out as `...`.
    public BtfValue value(int type, byte[] bytes) {
        return new Run(bytes).value(type, "", 0, 0);
    }

    /// The value as text.
    public String text(int type, byte[] bytes) {
        return value(type, bytes).toString();
    }

    /// Bytes without a type, in hexadecimal.
    public static String hex(byte[] bytes) {
        return HexFormat.ofDelimiter(" ").formatHex(bytes);
    }

    private final class Run {
        private final byte[] bytes;
        private int parts;

        Run(byte[] bytes) {
            this.bytes = bytes;
        }

        BtfValue value(int type, String name, long bitOffset, int bitWidth) {
            int resolved = btf.resolve(type);
            long size = btf.sizeOf(resolved);
            long last = bitWidth == 0 ? bitOffset / 8 + size : (bitOffset + bitWidth + 7) / 8;
            if (size < 0 || bitOffset < 0 || last > bytes.length || ++parts > MOST_PARTS) {
                return CUT;
            }
            int at = (int) (bitOffset / 8);
            BtfAddress address = bitWidth == 0 ? BtfAddress.of(btf, type, name) : null;
            if (address != null && address.bytes() == size) {
                byte[] copy = new byte[(int) size];
                System.arraycopy(bytes, at, copy, 0, copy.length);
                return new BtfValue.Word(address.write(copy));
            }
            return switch (btf.type(resolved)) {
                case BtfType.Int integer -> integer(type, integer, bitOffset, bitWidth);
                case BtfType.Enum values -> enumerator(values, bitOffset, bitWidth);
                case BtfType.Ptr _ -> {
                    long pointer = bits(bitOffset, 64, little);
                    yield new BtfValue.Word("0x" + Long.toHexString(pointer));
                }
                case BtfType.Float real -> real(real, bitOffset);
                case BtfType.Array array -> array(array, name, at, (int) size);
                case BtfType.Struct struct -> struct(struct, bitOffset);
                case BtfType.DataSec section -> section(section, bitOffset);
                case BtfType.Var variable -> value(variable.type(), name, bitOffset, 0);
                default -> CUT;
            };
        }

        private BtfValue integer(int type, BtfType.Int integer, long bitOffset, int bitWidth) {
            int width = bitWidth != 0 ? bitWidth : integer.bits();
            long from = bitWidth != 0 ? bitOffset : bitOffset + integer.offset();
            if (width > 64) {
                return new BtfValue.Wide(wide(bitOffset, integer));
            }
            boolean plain = bitWidth == 0 && integer.offset() == 0 && width % 8 == 0;
            boolean swapped = plain && little && BtfAddress.isBigEndian(btf, type);
            long bits = bits(from, width, little != swapped);
            if (integer.isBool()) {
                return new BtfValue.Truth(bits != 0);
            }
            if (integer.signed() && width > 0 && width < 64) {
                bits = bits << (64 - width) >> (64 - width);
            }
            return new BtfValue.Number(bits, !integer.signed());
        }

        private BigInteger wide(long bitOffset, BtfType.Int integer) {
            byte[] copy = new byte[integer.size()];
            for (int i = 0; i < copy.length; i++) {
                int from = little ? copy.length - 1 - i : i;
                copy[i] = bytes[(int) (bitOffset / 8) + from];
            }
            return integer.signed() ? new BigInteger(copy) : new BigInteger(1, copy);
        }

        private BtfValue enumerator(BtfType.Enum values, long bitOffset, int bitWidth) {
            int width = bitWidth != 0 ? bitWidth : values.size() * 8;
            long bits = bits(bitOffset, width, little);
            if (values.signed() && width < 64) {
                bits = bits << (64 - width) >> (64 - width);
            }
            for (BtfType.Value value : values.values()) {
                if (value.value() == bits) {
                    return new BtfValue.Word(value.name());
                }
            }
            return new BtfValue.Number(bits, !values.signed());
        }

        private BtfValue real(BtfType.Float real, long bitOffset) {
            return switch (real.size()) {
                case 4 ->
                        new BtfValue.Real(Float.intBitsToFloat((int) bits(bitOffset, 32, little)));
                case 8 -> new BtfValue.Real(Double.longBitsToDouble(bits(bitOffset, 64, little)));
                default -> CUT;
            };
        }

        private BtfValue array(BtfType.Array array, String name, int at, int size) {
            int element = btf.resolve(array.element());
            if (btf.type(element) instanceof BtfType.Int integer
                    && integer.size() == 1
                    && (integer.isChar() || integer.name().equals("char"))) {
                String text = text(at, size);
                if (text != null) {
                    return new BtfValue.Text(text);
                }
            }
            long each = btf.sizeOf(element);
            List<BtfValue> elements = new ArrayList<>();
            for (int i = 0; i < size / Math.max(1, each); i++) {
                if (parts > MOST_PARTS) {
                    elements.add(CUT);
                    break;
                }
                elements.add(value(array.element(), name, (at + i * each) * 8, 0));
            }
            return new BtfValue.Array(List.copyOf(elements));
        }

        /// The characters up to the first zero, or null where they are no text.
        private @org.jspecify.annotations.Nullable String text(int at, int size) {
            int length = 0;
            while (length < size && bytes[at + length] != 0) {
                int c = bytes[at + length] & 0xFF;
                if (c < 32 && c != '\n' && c != '\t' && c != '\r') {
                    return null;
                }
                length++;
            }
            return new String(bytes, at, length, StandardCharsets.UTF_8);
        }

        private BtfValue struct(BtfType.Struct struct, long bitOffset) {
            List<BtfValue.Member> members = new ArrayList<>(struct.members().size());
            for (BtfType.Member member : struct.members()) {
                if (parts > MOST_PARTS) {
                    break;
                }
                members.add(
                        new BtfValue.Member(
                                member.name(),
                                value(
                                        member.type(),
                                        member.name(),
                                        bitOffset + Integer.toUnsignedLong(member.bitOffset()),
                                        member.bitWidth())));
            }
            return new BtfValue.Struct(List.copyOf(members));
        }

        private BtfValue section(BtfType.DataSec section, long bitOffset) {
            List<BtfValue.Member> members = new ArrayList<>();
            for (BtfType.Entry entry : section.entries()) {
                String name = btf.name(entry.var());
                members.add(
                        new BtfValue.Member(
                                name,
                                value(
                                        entry.var(),
                                        name,
                                        bitOffset + 8 * Integer.toUnsignedLong(entry.offset()),
                                        0)));
            }
            return new BtfValue.Struct(List.copyOf(members));
        }

        /// Up to 64 bits from a bit on; bit 0 of a byte is its lowest in little-endian memory, its
        /// highest in big-endian.
        private long bits(long from, int width, boolean lowFirst) {
            long value = 0;
            if ((from & 7) == 0 && (width & 7) == 0) {
                int at = (int) (from / 8);
                for (int i = 0; i < width / 8; i++) {
                    int shift = 8 * (lowFirst ? i : width / 8 - 1 - i);
                    value |= (bytes[at + i] & 0xFFL) << shift;
                }
                return value;
            }
            for (int i = 0; i < width; i++) {
                long bit = from + i;
                int within = (int) (lowFirst ? bit & 7 : 7 - (bit & 7));
                long set = (long) bytes[(int) (bit / 8)] >>> within & 1;
                value |= set << (lowFirst ? i : width - 1 - i);
            }
            return value;
        }
    }
}
