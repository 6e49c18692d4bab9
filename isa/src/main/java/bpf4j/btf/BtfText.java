package bpf4j.btf;

import bpf4j.spec.LoadException;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Writes values given as text into memory through their types: numbers, names of enumerators,
/// strings into arrays of characters, addresses, `{1, 2}` into arrays and structs, `{port = 80}`
/// into members by name.
public final class BtfText {
    private final Btf btf;
    private final ByteBuffer out;
    private final ByteOrder order;

    private BtfText(Btf btf, ByteBuffer out) {
        this.btf = btf;
        this.out = out;
        this.order = out.order();
    }

    /// Writes a value of a type where `place` says, relative to byte `base` of `out`, in `out`'s
    /// byte
    /// order.
    ///
    /// @param name what the value is of, for recognising addresses and for messages
    /// @throws LoadException when the text is no value of the type, or too large for it
    public static void write(
            Btf btf, BtfPath place, String name, String text, ByteBuffer out, int base)
            throws LoadException {
        int dot = Math.max(name.lastIndexOf('.'), 0);
        new BtfText(btf, out)
                .value(
                        place.type(),
                        base * 8L + place.bitOffset(),
                        place.bitWidth(),
                        name.substring(dot),
                        text.strip());
    }

    private void value(int type, long bitOffset, int bitWidth, String name, String text)
            throws LoadException {
        int resolved = btf.resolve(type);
        long size = btf.sizeOf(resolved);
        if (size < 0 || bitOffset < 0 || bitOffset / 8 + (bitWidth == 0 ? size : 1) > out.limit()) {
            throw fail(name, text, "lies outside its section");
        }
        BtfAddress address = BtfAddress.of(btf, type, name);
        if (address != null) {
            byte[] bytes = address.read(text);
            if (bytes != null) {
                out.put((int) (bitOffset / 8), bytes);
                return;
            }
        }
        switch (btf.type(resolved)) {
            case BtfType.Int integer when bitWidth == 0 -> {
                boolean swapped =
                        BtfAddress.isBigEndian(btf, type) && order == ByteOrder.LITTLE_ENDIAN;
                BigInteger number = integer(integer, name, text);
                range(number, integer.size() * 8, integer.signed(), name, text);
                number(number, bitOffset, integer.size(), swapped);
            }
            case BtfType.Int integer -> {
                BigInteger number = integer(integer, name, text);
                range(number, bitWidth, integer.signed(), name, text);
                bits(number.longValue(), bitOffset, bitWidth);
            }
            case BtfType.Enum values -> {
                BigInteger number = enumerator(values, name, text);
                if (bitWidth != 0) {
                    range(number, bitWidth, values.signed(), name, text);
                    bits(number.longValue(), bitOffset, bitWidth);
                } else {
                    range(number, values.size() * 8, values.signed(), name, text);
                    number(number, bitOffset, values.size(), false);
                }
            }
            case BtfType.Ptr _ -> {
                BigInteger number = integer(name, text);
                range(number, 64, false, name, text);
                number(number, bitOffset, 8, false);
            }
            case BtfType.Float real -> real(real, bitOffset, name, text);
            case BtfType.Array array -> array(array, bitOffset, name, text);
            case BtfType.Struct struct -> struct(struct, bitOffset, name, text);
            default -> throw fail(name, text, "has a type without values");
        }
    }

    private void array(BtfType.Array array, long bitOffset, String name, String text)
            throws LoadException {
        long each = btf.sizeOf(array.element());
        if (!text.startsWith("{")
                && each == 1
                && btf.type(btf.resolve(array.element())) instanceof BtfType.Int) {
            byte[] bytes = unquote(text).getBytes(StandardCharsets.UTF_8);
            if (bytes.length > array.length()) {
                throw fail(
                        name, text, bytes.length + " bytes into " + array.length() + " characters");
            }
            clear(bitOffset, array.length());
            out.put((int) (bitOffset / 8), bytes);
            return;
        }
        List<String> parts = parts(name, text);
        if (parts.size() > Integer.toUnsignedLong(array.length())) {
            throw fail(name, text, parts.size() + " values into " + array.length() + " elements");
        }
        clear(bitOffset, each * array.length());
        for (int i = 0; i < parts.size(); i++) {
            value(array.element(), bitOffset + i * each * 8, 0, name, parts.get(i));
        }
    }

    private void struct(BtfType.Struct struct, long bitOffset, String name, String text)
            throws LoadException {
        List<String> parts = parts(name, text);
        clear(bitOffset, Integer.toUnsignedLong(struct.size()));
        for (int i = 0; i < parts.size(); i++) {
            String part = parts.get(i);
            int equals = part.indexOf('=');
            if (equals > 0 && part.substring(0, equals).strip().matches("\\.?\\w+")) {
                String member = part.substring(0, equals).strip();
                member = member.startsWith(".") ? member.substring(1) : member;
                BtfPath place = BtfPath.resolve(btf, structId(struct), "." + member);
                value(
                        place.type(),
                        bitOffset + place.bitOffset(),
                        place.bitWidth(),
                        member,
                        part.substring(equals + 1).strip());
            } else if (i < struct.members().size()) {
                BtfType.Member member = struct.members().get(i);
                value(
                        member.type(),
                        bitOffset + member.bitOffset(),
                        member.bitWidth(),
                        member.name(),
                        part);
            } else {
                throw fail(
                        name,
                        text,
                        parts.size() + " values into " + struct.members().size() + " members");
            }
        }
    }

    private int structId(BtfType.Struct struct) {
        for (int id = 1; id < btf.size(); id++) {
            if (btf.type(id) == struct) {
                return id;
            }
        }
        throw new AssertionError("struct of another BTF: " + struct.name());
    }

    private void clear(long bitOffset, long bytes) throws LoadException {
        if (bitOffset / 8 + bytes > out.limit()) {
            throw new LoadException("a value of " + bytes + " bytes lies outside its section");
        }
        for (long i = 0; i < bytes; i++) {
            out.put((int) (bitOffset / 8 + i), (byte) 0);
        }
    }

    /// The parts between the braces, at commas outside inner braces and quotes.
    private static List<String> parts(String name, String text) throws LoadException {
        if (!text.startsWith("{") || !text.endsWith("}")) {
            throw fail(name, text, "needs braces: {1, 2}");
        }
        List<String> parts = new ArrayList<>();
        int depth = 0;
        boolean quoted = false;
        int from = 1;
        for (int i = 1; i < text.length() - 1; i++) {
            char c = text.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && c == '{') {
                depth++;
            } else if (!quoted && c == '}') {
                depth--;
            } else if (!quoted && c == ',' && depth == 0) {
                parts.add(text.substring(from, i).strip());
                from = i + 1;
            }
        }
        String last = text.substring(from, text.length() - 1).strip();
        if (!last.isEmpty()) {
            parts.add(last);
        }
        if (depth != 0 || quoted) {
            throw fail(name, text, "has braces or quotes without end");
        }
        return parts;
    }

    private void real(BtfType.Float real, long bitOffset, String name, String text)
            throws LoadException {
        int at = (int) (bitOffset / 8);
        try {
            switch (real.size()) {
                case 4 -> out.putFloat(at, Float.parseFloat(text));
                case 8 -> out.putDouble(at, Double.parseDouble(text));
                default -> throw fail(name, text, "has " + real.size() + " bytes");
            }
        } catch (NumberFormatException e) {
            throw fail(name, text, "is no number");
        }
    }

    private static BigInteger integer(BtfType.Int type, String name, String text)
            throws LoadException {
        if (type.isBool() || text.equals("true") || text.equals("false")) {
            if (text.equals("true") || text.equals("1")) {
                return BigInteger.ONE;
            }
            if (text.equals("false") || text.equals("0")) {
                return BigInteger.ZERO;
            }
            throw fail(name, text, "is neither true nor false");
        }
        if (text.length() == 3 && text.startsWith("'") && text.endsWith("'")) {
            return BigInteger.valueOf(text.charAt(1));
        }
        return integer(name, text);
    }

    private static BigInteger integer(String name, String text) throws LoadException {
        boolean negative = text.startsWith("-");
        String digits = negative ? text.substring(1) : text;
        try {
            BigInteger value =
                    digits.startsWith("0x") || digits.startsWith("0X")
                            ? new BigInteger(digits.substring(2), 16)
                            : new BigInteger(digits);
            if (value.signum() < 0) {
                throw fail(name, text, "is no integer");
            }
            return negative ? value.negate() : value;
        } catch (NumberFormatException e) {
            throw fail(name, text, "is no integer");
        }
    }

    private static BigInteger enumerator(BtfType.Enum values, String name, String text)
            throws LoadException {
        for (BtfType.Value value : values.values()) {
            if (value.name().equals(text)) {
                return values.signed() || value.value() >= 0
                        ? BigInteger.valueOf(value.value())
                        : new BigInteger(Long.toUnsignedString(value.value()));
            }
        }
        try {
            return integer(name, text);
        } catch (LoadException e) {
            List<String> known = values.values().stream().map(BtfType.Value::name).toList();
            throw fail(
                    name,
                    text,
                    "is none of "
                            + String.join(", ", known.subList(0, Math.min(10, known.size()))));
        }
    }

    private static void range(BigInteger number, int bits, boolean signed, String name, String text)
            throws LoadException {
        BigInteger limit = BigInteger.ONE.shiftLeft(signed ? bits - 1 : bits);
        BigInteger least = signed ? limit.negate() : BigInteger.ZERO;
        if (number.compareTo(least) < 0 || number.compareTo(limit) >= 0) {
            throw fail(
                    name,
                    text,
                    "does not fit into " + bits + " bits " + (signed ? "signed" : "unsigned"));
        }
    }

    private void number(BigInteger number, long bitOffset, int size, boolean swapped) {
        int at = (int) (bitOffset / 8);
        boolean little = (order == ByteOrder.LITTLE_ENDIAN) != swapped;
        for (int i = 0; i < size; i++) {
            int shift = 8 * (little ? i : size - 1 - i);
            out.put(at + i, number.shiftRight(shift).byteValue());
        }
    }

    private void bits(long number, long bitOffset, int width) throws LoadException {
        if ((bitOffset + width + 7) / 8 > out.limit()) {
            throw new LoadException("a bitfield lies outside its section");
        }
        for (int i = 0; i < width; i++) {
            boolean little = order == ByteOrder.LITTLE_ENDIAN;
            long bit = bitOffset + i;
            boolean set = (number >>> (little ? i : width - 1 - i) & 1) != 0;
            int mask = 1 << (little ? bit & 7 : 7 - (bit & 7));
            byte old = out.get((int) (bit / 8));
            out.put((int) (bit / 8), (byte) (set ? old | mask : old & ~mask));
        }
    }

    private static String unquote(String text) {
        return text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"")
                ? text.substring(1, text.length() - 1)
                : text;
    }

    private static LoadException fail(String name, String text, String what) {
        return new LoadException("'" + name + "' cannot be set to '" + text + "': " + what);
    }
}
