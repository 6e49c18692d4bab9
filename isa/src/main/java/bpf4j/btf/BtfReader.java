package bpf4j.btf;

import bpf4j.spec.LoadException;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// Reads a `.BTF` section (Linux `Documentation/bpf/btf.rst`, section 2). Memory is bounded by a
/// small multiple of the section's size, whatever it claims.
final class BtfReader {
    /// Bound on types nested by value; Linux refuses more than 32.
    static final int MAX_DEPTH = 64;

    static final int MAGIC = 0xEB9F;

    private static final int HEADER = 24;

    private final ByteBuffer in;
    private final int size;
    private BtfStrings strings = BtfStrings.EMPTY;
    private int id;
    private int start;
    private int at;
    private int end;

    BtfReader(byte[] section) {
        this.in = ByteBuffer.wrap(section);
        this.size = section.length;
    }

    Btf read() throws LoadException {
        if (size < HEADER) {
            throw new LoadException("BTF of " + size + " bytes is shorter than its header");
        }
        in.order(order(in.getShort(0)));
        if (in.get(2) != 1) {
            throw new LoadException("BTF version " + in.get(2) + " is unknown (known: 1)");
        }
        long header = unsigned(4);
        long typeStart = header + unsigned(8);
        long typeEnd = typeStart + unsigned(12);
        long stringStart = header + unsigned(16);
        long stringEnd = stringStart + unsigned(20);
        if (header < HEADER || typeEnd > size || stringEnd > size) {
            throw new LoadException(
                    "BTF of "
                            + size
                            + " bytes ends before its types (to byte "
                            + typeEnd
                            + ") or strings (to byte "
                            + stringEnd
                            + ")");
        }
        if (stringEnd == stringStart || in.get((int) stringStart) != 0) {
            throw new LoadException("BTF strings do not begin with the empty string");
        }
        strings = new BtfStrings(in, (int) stringStart, (int) stringEnd);
        at = (int) typeStart;
        end = (int) typeEnd;
        List<BtfType> types = new ArrayList<>();
        types.add(new BtfType.Void());
        while (at < end) {
            id = types.size();
            start = at;
            types.add(type());
        }
        BtfCheck.check(types);
        return new Btf(types);
    }

    private BtfType type() throws LoadException {
        String name = string(next());
        int info = next();
        int third = next();
        int count = info & 0xFFFF;
        boolean flag = info < 0;
        return switch ((info >>> 24) & 0x1F) {
            case 1 -> integer(name, third);
            case 2 -> new BtfType.Ptr(third);
            case 3 -> new BtfType.Array(next(), next(), next());
            case 4 -> new BtfType.Struct(name, false, third, members(count, flag));
            case 5 -> new BtfType.Struct(name, true, third, members(count, flag));
            case 6 -> new BtfType.Enum(name, enumSize(third), flag, false, values(count, flag));
            case 7 -> new BtfType.Fwd(name, flag);
            case 8 -> new BtfType.Typedef(name, third);
            case 9 -> new BtfType.Volatile(third);
            case 10 -> new BtfType.Const(third);
            case 11 -> new BtfType.Restrict(third);
            case 12 -> new BtfType.Func(name, third, count);
            case 13 -> new BtfType.FuncProto(third, params(count));
            case 14 -> new BtfType.Var(name, third, next());
            case 15 -> new BtfType.DataSec(name, third, entries(count));
            case 16 -> new BtfType.Float(name, third);
            case 17 -> new BtfType.DeclTag(name, third, next());
            case 18 -> new BtfType.TypeTag(name, third);
            case 19 -> new BtfType.Enum(name, enumSize(third), flag, true, values64(count));
            default -> throw fail("has unknown kind " + ((info >>> 24) & 0x1F));
        };
    }

    private BtfType integer(String name, int bytes) throws LoadException {
        int data = next();
        int bits = data & 0xFF;
        int offset = (data >>> 16) & 0xFF;
        if (bytes < 1 || bytes > 16 || Integer.bitCount(bytes) != 1) {
            throw fail("is an integer of " + Integer.toUnsignedString(bytes) + " bytes");
        }
        if (bits + offset > bytes * 8) {
            throw fail("is an integer of " + bits + " bits in " + bytes + " bytes");
        }
        int encoding = (data >>> 24) & 0xF;
        return new BtfType.Int(
                name,
                bytes,
                bits,
                offset,
                (encoding & 1) != 0,
                (encoding & 2) != 0,
                (encoding & 4) != 0);
    }

    private List<BtfType.Member> members(int count, boolean bitfields) throws LoadException {
        List<BtfType.Member> members = list(count, 12);
        for (int i = 0; i < count; i++) {
            String name = string(next());
            int type = next();
            int offset = next();
            members.add(
                    bitfields
                            ? new BtfType.Member(name, type, offset & 0xFF_FFFF, offset >>> 24)
                            : new BtfType.Member(name, type, offset, 0));
        }
        return List.copyOf(members);
    }

    private List<BtfType.Value> values(int count, boolean signed) throws LoadException {
        List<BtfType.Value> values = list(count, 8);
        for (int i = 0; i < count; i++) {
            String name = string(next());
            int value = next();
            values.add(new BtfType.Value(name, signed ? value : Integer.toUnsignedLong(value)));
        }
        return List.copyOf(values);
    }

    private List<BtfType.Value> values64(int count) throws LoadException {
        List<BtfType.Value> values = list(count, 12);
        for (int i = 0; i < count; i++) {
            String name = string(next());
            long low = Integer.toUnsignedLong(next());
            values.add(new BtfType.Value(name, low | (long) next() << 32));
        }
        return List.copyOf(values);
    }

    private List<BtfType.Param> params(int count) throws LoadException {
        List<BtfType.Param> params = list(count, 8);
        for (int i = 0; i < count; i++) {
            params.add(new BtfType.Param(string(next()), next()));
        }
        return List.copyOf(params);
    }

    private List<BtfType.Entry> entries(int count) throws LoadException {
        List<BtfType.Entry> entries = list(count, 12);
        for (int i = 0; i < count; i++) {
            entries.add(new BtfType.Entry(next(), next(), next()));
        }
        return List.copyOf(entries);
    }

    private int enumSize(int bytes) throws LoadException {
        if (bytes < 1 || bytes > 8 || Integer.bitCount(bytes) != 1) {
            throw fail("is an enum of " + Integer.toUnsignedString(bytes) + " bytes");
        }
        return bytes;
    }

    private <T> List<T> list(int count, int bytesEach) throws LoadException {
        if ((long) count * bytesEach > end - at) {
            throw fail("ends behind the types: " + count + " parts");
        }
        return new ArrayList<>(count);
    }

    private String string(int offset) throws LoadException {
        String string = strings.at(offset);
        if (string == null) {
            throw fail("has its name at " + Integer.toUnsignedString(offset) + strings.complaint());
        }
        return string;
    }

    private int next() throws LoadException {
        if (end - at < 4) {
            throw fail("is cut off");
        }
        int value = in.getInt(at);
        at += 4;
        return value;
    }

    /// The string table of a section that [#read] accepted.
    BtfStrings strings() {
        return strings;
    }

    private long unsigned(int offset) {
        return Integer.toUnsignedLong(in.getInt(offset));
    }

    private LoadException fail(String what) {
        return new LoadException("BTF type " + id + " at byte " + start + " " + what);
    }

    /// The byte order of BTF that begins with this magic number.
    static ByteOrder order(short magic) throws LoadException {
        if ((magic & 0xFFFF) == MAGIC) {
            return ByteOrder.BIG_ENDIAN;
        }
        if ((Short.reverseBytes(magic) & 0xFFFF) == MAGIC) {
            return ByteOrder.LITTLE_ENDIAN;
        }
        throw new LoadException(
                "BTF begins with " + Integer.toHexString(magic & 0xFFFF) + " instead of eb9f");
    }
}
