package bpf4j.btf;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;

/// Recognises network addresses by how a program declares them, and writes and reads them as people
/// do.
enum BtfAddress {
    IPV4(4),
    IPV6(16),
    MAC(6);

    private static final Set<String> NO_ADDRESS =
            Set.of(
                    "seq",
                    "ack",
                    "ack_seq",
                    "vni",
                    "spi",
                    "label",
                    "flowlabel",
                    "flow_lbl",
                    "mark",
                    "id",
                    "teid",
                    "flowinfo",
                    "mask_len",
                    "csum");

    private final int bytes;

    BtfAddress(int bytes) {
        this.bytes = bytes;
    }

    int bytes() {
        return bytes;
    }

    /// What kind of address a value is: `__be32` and `struct in_addr`, `struct in6_addr` and
    /// `__be32[4]`, and arrays of 6, 4 or 16 bytes with a name that says so; or null.
    ///
    /// @param name of the member or variable, empty where it has none
    static @Nullable BtfAddress of(Btf btf, int type, String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        int at = btf.strip(type);
        while (btf.type(at) instanceof BtfType.Typedef typedef) {
            if (typedef.name().equals("__be32") || typedef.name().equals("in_addr_t")) {
                return NO_ADDRESS.contains(lower) ? null : IPV4;
            }
            at = btf.strip(typedef.type());
        }
        return switch (btf.type(at)) {
            case BtfType.Struct struct when struct.name().equals("in_addr") && struct.size() == 4 ->
                    IPV4;
            case BtfType.Struct struct
                    when struct.name().equals("in6_addr") && struct.size() == 16 ->
                    IPV6;
            case BtfType.Array array -> ofArray(btf, array, lower);
            default -> null;
        };
    }

    private static @Nullable BtfAddress ofArray(Btf btf, BtfType.Array array, String name) {
        if (array.length() == 4 && isBe32(btf, array.element())) {
            return IPV6;
        }
        boolean bytes =
                btf.sizeOf(array.element()) == 1
                        && btf.type(btf.resolve(array.element())) instanceof BtfType.Int integer
                        && !integer.signed()
                        && !integer.isBool();
        boolean words = btf.sizeOf(array.element()) == 4;
        boolean address =
                name.contains("ip")
                        || name.contains("addr")
                        || name.contains("saddr")
                        || name.equals("src")
                        || name.equals("dst")
                        || name.equals("data");
        if (bytes && array.length() == 6 && isMac(name)) {
            return MAC;
        }
        if (bytes && array.length() == 4 && address) {
            return IPV4;
        }
        if (address && ((bytes && array.length() == 16) || (words && array.length() == 4))) {
            return IPV6;
        }
        return null;
    }

    private static boolean isMac(String name) {
        return name.contains("mac")
                || name.contains("eth")
                || name.contains("lladdr")
                || name.equals("h_dest")
                || name.equals("h_source")
                || name.equals("addr")
                || name.equals("src")
                || name.equals("dst")
                || name.equals("smac");
    }

    private static boolean isBe32(Btf btf, int type) {
        int at = btf.strip(type);
        while (btf.type(at) instanceof BtfType.Typedef typedef) {
            if (typedef.name().equals("__be32")) {
                return true;
            }
            at = btf.strip(typedef.type());
        }
        return false;
    }

    /// Whether a type is an integer in network byte order, such as a port.
    static boolean isBigEndian(Btf btf, int type) {
        int at = btf.strip(type);
        while (btf.type(at) instanceof BtfType.Typedef typedef) {
            if (typedef.name().startsWith("__be")) {
                return true;
            }
            at = btf.strip(typedef.type());
        }
        return false;
    }

    /// The address in these bytes as text; IPv6 as RFC 5952 recommends.
    String write(byte[] address) {
        return switch (this) {
            case IPV4 ->
                    (address[0] & 0xFF)
                            + "."
                            + (address[1] & 0xFF)
                            + "."
                            + (address[2] & 0xFF)
                            + "."
                            + (address[3] & 0xFF);
            case MAC -> HexFormat.ofDelimiter(":").formatHex(address);
            case IPV6 -> writeIpv6(address);
        };
    }

    /// Whether this is an IPv4 address in an IPv6 one (RFC 4291 section 2.5.5.2).
    private static boolean isMapped(byte[] address) {
        for (int i = 0; i < 12; i++) {
            if (address[i] != (i < 10 ? 0 : (byte) 0xFF)) {
                return false;
            }
        }
        return true;
    }

    private static String writeIpv6(byte[] address) {
        if (isMapped(address)) {
            return "::ffff:" + IPV4.write(Arrays.copyOfRange(address, 12, 16));
        }
        int[] groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = (address[2 * i] & 0xFF) << 8 | (address[2 * i + 1] & 0xFF);
        }
        int best = -1;
        int length = 1;
        for (int i = 0; i < 8; i++) {
            int end = i;
            while (end < 8 && groups[end] == 0) {
                end++;
            }
            if (end - i > length) {
                best = i;
                length = end - i;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == best) {
                text.append("::");
                i += length - 1;
            } else {
                if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                    text.append(':');
                }
                text.append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }

    /// The bytes of an address, or null where the text is none.
    byte @Nullable [] read(String text) {
        return switch (this) {
            case IPV4 -> readGroups(text.split("\\.", -1), 10, 1);
            case MAC -> readGroups(text.split(":", -1), 16, 1);
            case IPV6 -> readIpv6(text);
        };
    }

    private byte @Nullable [] readGroups(String[] groups, int radix, int each) {
        byte[] address = new byte[bytes];
        if (groups.length * each != bytes) {
            return null;
        }
        for (int i = 0; i < groups.length; i++) {
            int value;
            try {
                value = Integer.parseUnsignedInt(groups[i], radix);
            } catch (NumberFormatException e) {
                return null;
            }
            if (value < 0 || value >= 1 << (8 * each)) {
                return null;
            }
            for (int j = 0; j < each; j++) {
                address[i * each + j] = (byte) (value >>> (8 * (each - 1 - j)));
            }
        }
        return address;
    }

    private byte @Nullable [] readIpv6(String text) {
        int gap = text.indexOf("::");
        if (gap < 0) {
            return readGroups(text.split(":", -1), 16, 2);
        }
        String head = text.substring(0, gap);
        String tail = text.substring(gap + 2);
        int before = head.isEmpty() ? 0 : head.split(":", -1).length;
        int after = tail.isEmpty() ? 0 : tail.split(":", -1).length;
        int missing = 8 - before - after;
        if (missing < 1) {
            return null;
        }
        String middle = "0:".repeat(missing);
        String full =
                (head.isEmpty() ? "" : head + ":")
                        + (tail.isEmpty()
                                ? middle.substring(0, middle.length() - 1)
                                : middle + tail);
        return readGroups(full.split(":", -1), 16, 2);
    }
}
