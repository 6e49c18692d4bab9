package bpf4j.btf;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads memory through its BTF type into plain values that print well:
///
/// - integers as [Long] (unsigned ones beyond its range as [java.math.BigInteger]), `bool` as
/// [Boolean],
///   floating point as [Double];
/// - enumerators by name, addresses and strings as text, pointers as hexadecimal text;
/// - arrays as [List], structs and unions as [Map] in the order of their members. Anonymous members
///   stand among those around them.
public final class BtfValues {
    private static final int MAX_DEPTH = 32;
    private static final int MAX_ELEMENTS = 1 << 16;

    private final Btf btf;
    private final ByteBuffer memory;

    private BtfValues(Btf btf, ByteBuffer memory) {
        this.btf = btf;
        this.memory = memory;
    }

    /// The value of a type at the beginning of `bytes`. What lies beyond their end reads as
    /// missing:
    /// the bytes there are are given as hexadecimal text.
    ///
    /// @param name what the value is of, which tells addresses from other arrays; may be empty
    public static Object read(Btf btf, int type, String name, byte[] bytes, ByteOrder order) {
        return new BtfValues(btf, ByteBuffer.wrap(bytes).order(order)).value(type, name, 0, 0);
    }

    private Object value(int type, String name, long bit, int depth) {
        int at = (int) (bit / 8);
        long size = btf.sizeOf(type);
        if (depth > MAX_DEPTH || size < 0 || at + size > memory.capacity()) {
            return hex(at, memory.capacity() - at);
        }
        BtfAddress address = BtfAddress.of(btf, type, name);
        if (address != null && size == address.bytes()) {
            byte[] bytes = new byte[address.bytes()];
            memory.get(at, bytes);
            return address.write(bytes);
        }
        return switch (btf.type(btf.resolve(type))) {
            case BtfType.Int integer -> integer(integer, type, at);
            case BtfType.Enum enumeration ->
                    enumerator(
                            enumeration, bits(bit, enumeration.size() * 8), enumeration.size() * 8);
            case BtfType.Ptr _ -> "0x" + Long.toHexString(bits(bit, 64));
            case BtfType.Array array -> array(array, name, bit, depth);
            case BtfType.Struct struct -> {
                Map<String, Object> members = new LinkedHashMap<>();
                members(struct, bit, depth, members);
                yield members;
            }
            case BtfType.DataSec section -> {
                Map<String, Object> variables = new LinkedHashMap<>();
                for (BtfType.Entry entry : section.entries()) {
                    if (btf.type(entry.var()) instanceof BtfType.Var variable) {
                        long place = bit + entry.offset() * 8L;
                        String of = variable.name();
                        variables.put(of, value(variable.type(), of, place, depth + 1));
                    }
                }
                yield variables;
            }
            case BtfType.Float number ->
                    switch (number.size()) {
                        case 4 -> (Object) (double) memory.getFloat(at);
                        case 8 -> memory.getDouble(at);
                        default -> hex(at, number.size());
                    };
            default -> hex(at, (int) Math.max(size, 0));
        };
    }

    private Object integer(BtfType.Int integer, int type, int at) {
        int size = integer.size();
        if (size > 8) {
            return hex(at, size);
        }
        ByteOrder order = memory.order();
        if (BtfAddress.isBigEndian(btf, type)) {
            memory.order(ByteOrder.BIG_ENDIAN);
        }
        long raw = bits(at * 8L, size * 8);
        memory.order(order);
        return number(raw, size * 8, integer.signed(), integer.isBool());
    }

    private static Object number(long raw, int bits, boolean signed, boolean bool) {
        if (bool) {
            return raw != 0;
        }
        int shift = 64 - bits;
        if (signed) {
            return raw << shift >> shift;
        }
        return raw < 0 ? new java.math.BigInteger(Long.toUnsignedString(raw)) : (Object) raw;
    }

    private static Object enumerator(BtfType.Enum enumeration, long raw, int bits) {
        int shift = 64 - bits;
        long value = enumeration.signed() ? raw << shift >> shift : raw;
        for (BtfType.Value candidate : enumeration.values()) {
            long known =
                    enumeration.signed() ? candidate.value() : candidate.value() << shift >>> shift;
            if (known == value) {
                return candidate.name();
            }
        }
        return value;
    }

    private Object array(BtfType.Array array, String name, long bit, int depth) {
        long element = btf.sizeOf(array.element());
        int at = (int) (bit / 8);
        boolean characters =
                element == 1
                        && btf.type(btf.resolve(array.element())) instanceof BtfType.Int integer
                        && (integer.isChar() || integer.name().equals("char"));
        if (characters) {
            String text = text(at, array.length());
            if (text != null) {
                return text;
            }
        }
        if (array.length() > MAX_ELEMENTS || element <= 0) {
            return hex(at, (int) Math.min(array.length() * Math.max(element, 0), MAX_ELEMENTS));
        }
        List<Object> elements = new ArrayList<>();
        for (int i = 0; i < array.length(); i++) {
            elements.add(value(array.element(), name, bit + i * element * 8, depth + 1));
        }
        return elements;
    }

    /// The printable text before the first zero, or null when the bytes are none.
    private @Nullable String text(int at, int length) {
        int end = at;
        while (end < at + length && memory.get(end) != 0) {
            if (memory.get(end) < ' ' || memory.get(end) == 127) {
                return null;
            }
            end++;
        }
        byte[] bytes = new byte[end - at];
        memory.get(at, bytes);
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    private void members(BtfType.Struct struct, long bit, int depth, Map<String, Object> into) {
        for (BtfType.Member member : struct.members()) {
            long place = bit + member.bitOffset();
            boolean inside = depth < MAX_DEPTH;
            if (inside
                    && member.name().isEmpty()
                    && btf.type(btf.resolve(member.type())) instanceof BtfType.Struct anonymous) {
                members(anonymous, place, depth + 1, into);
            } else if (member.bitWidth() > 0) {
                into.put(member.name(), bitfield(member, place));
            } else if (!member.name().isEmpty()) {
                into.put(member.name(), value(member.type(), member.name(), place, depth + 1));
            }
        }
    }

    private Object bitfield(BtfType.Member member, long place) {
        if ((place + member.bitWidth() + 7) / 8 > memory.capacity() || member.bitWidth() > 64) {
            return hex((int) (place / 8), 0);
        }
        long raw = bits(place, member.bitWidth());
        return switch (btf.type(btf.resolve(member.type()))) {
            case BtfType.Int integer ->
                    number(raw, member.bitWidth(), integer.signed(), integer.isBool());
            case BtfType.Enum enumeration -> enumerator(enumeration, raw, member.bitWidth());
            default -> raw;
        };
    }

    /// Up to 64 bits from a bit on, numbered as in the byte order: from the least significant bit
    /// of the
    /// first byte in little endian, from the most significant in big endian.
    private long bits(long place, int width) {
        boolean big = memory.order() == ByteOrder.BIG_ENDIAN;
        long value = 0;
        for (int i = 0; i < width; i++) {
            long bit = place + i;
            int inByte = big ? 7 - (int) (bit % 8) : (int) (bit % 8);
            long set = memory.get((int) (bit / 8)) >>> inByte & 1;
            value |= set << (big ? width - 1 - i : i);
        }
        return value;
    }

    private String hex(int at, int length) {
        if (length <= 0 || at >= memory.capacity()) {
            return "";
        }
        byte[] bytes = new byte[Math.min(length, memory.capacity() - at)];
        memory.get(at, bytes);
        return HexFormat.ofDelimiter(" ").formatHex(bytes);
    }
}
