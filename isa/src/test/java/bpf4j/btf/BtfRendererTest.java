package bpf4j.btf;

import static bpf4j.btf.Types.bits;
import static bpf4j.btf.Types.member;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import bpf4j.spec.LoadException;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

final class BtfRendererTest {
    private final Types types = new Types();
    private final int u8 = types.integer("unsigned char", 1, false);
    private final int u16 = types.integer("unsigned short", 2, false);
    private final int u32 = types.integer("unsigned int", 4, false);
    private final int s32 = types.integer("int", 4, true);
    private final int u64 = types.integer("unsigned long long", 8, false);
    private final int character = types.integer("char", 1, true);
    private final int be16 = types.typedef("__be16", u16);
    private final int be32 = types.typedef("__be32", u32);

    private String render(int type, String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        return new BtfRenderer(types.build(), ByteOrder.LITTLE_ENDIAN).text(type, bytes);
    }

    @Test
    void structFieldsAreNamedAndAddressesAreWrittenAsDeclared() {
        int key =
                types.struct(
                        "key",
                        12,
                        member("saddr", be32, 0),
                        member("daddr", be32, 4),
                        member("sport", be16, 8),
                        member("proto", u8, 10));
        assertEquals(
                "{saddr = 10.0.0.1, daddr = 192.168.1.255, sport = 443, proto = 6}",
                render(key, "0a000001 c0a801ff 01bb 06 00"));
    }

    @Test
    void ipv6AndHardwareAddressesAreRecognised() {
        int in6 = types.struct("in6_addr", 16, member("bytes", types.array(u8, 16), 0));
        int flow =
                types.struct(
                        "flow",
                        38,
                        member("src", in6, 0),
                        member("ip6", types.array(u8, 16), 16),
                        member("dmac", types.array(u8, 6), 32));
        assertEquals(
                "{src = 2001:db8::1, ip6 = ::, dmac = 02:00:5e:10:00:ff}",
                render(
                        flow,
                        "20010db8000000000000000000000001" + "00".repeat(16) + "02005e1000ff"));
    }

    @Test
    void prefixesOfTriesAreReadable() {
        int key =
                types.struct(
                        "lpm",
                        8,
                        member("prefixlen", u32, 0),
                        member("data", types.array(u8, 4), 4));
        assertEquals("{prefixlen = 24, data = 10.1.2.0}", render(key, "18000000 0a010200"));
    }

    @Test
    void enumeratorsStringsPointersAndSigns() {
        int mode =
                types.add(
                        new BtfType.Enum(
                                "mode",
                                4,
                                false,
                                false,
                                List.of(new BtfType.Value("OFF", 0), new BtfType.Value("ON", 5))));
        int all =
                types.struct(
                        "all",
                        32,
                        member("mode", mode, 0),
                        member("other", mode, 4),
                        member("name", types.array(character, 8), 8),
                        member("next", types.add(new BtfType.Ptr(0)), 16),
                        member("count", s32, 24),
                        member("total", u32, 28));
        assertEquals(
                "{mode = ON, other = 7, name = \"eth0\", next = 0xdeadbeef, count = -1, total ="
                        + " 4294967295}",
                render(
                        all,
                        "05000000 07000000 6574683000000000 efbeadde00000000 ffffffff ffffffff"));
    }

    @Test
    void bitfieldsOfBothByteOrders() {
        int fields =
                types.struct(
                        "fields",
                        4,
                        bits("low", u32, 0, 3),
                        bits("high", s32, 3, 5),
                        bits("far", u32, 8, 12));
        assertEquals("{low = 5, high = -2, far = 2748}", render(fields, "f5bc0a00"));
        byte[] big = {(byte) 0b101_11110, (byte) 0xab, (byte) 0xc0, 0};
        assertEquals(
                "{low = 5, high = -2, far = 2748}",
                new BtfRenderer(types.build(), ByteOrder.BIG_ENDIAN).text(fields, big));
    }

    @Test
    void nestedArraysAndUnsignedExtremes() {
        int matrix = types.array(types.array(u16, 2), 2);
        assertEquals("[[1, 2], [3, 65535]]", render(matrix, "0100 0200 0300 ffff"));
        assertEquals("18446744073709551615", render(u64, "ffffffffffffffff"));
    }

    @Test
    void bytesThatAreMissingAreLeftOut() {
        int pair = types.struct("pair", 8, member("a", u32, 0), member("b", u32, 4));
        int outside = types.struct("outside", 4, member("a", u32, 0), member("b", u32, 4));
        assertEquals("...", render(pair, "01000000"));
        assertEquals("{a = 1, b = ...}", render(outside, "01000000"));
    }

    @Test
    void plainValuesForJson() {
        int inner = types.struct("", 4, member("x", u16, 0), member("y", u16, 2));
        int outer = types.struct("outer", 8, member("", inner, 0), member("z", be32, 4));
        BtfRenderer renderer = new BtfRenderer(types.build(), ByteOrder.LITTLE_ENDIAN);
        byte[] bytes = {1, 0, 2, 0, 127, 0, 0, 1};
        assertEquals(
                Map.of("x", 1L, "y", 2L, "z", "127.0.0.1"), renderer.value(outer, bytes).plain());
    }

    @Test
    void textIsWrittenBackThroughTheSameTypes() throws LoadException {
        int config =
                types.struct(
                        "config",
                        24,
                        member("peer", be32, 0),
                        member("port", be16, 4),
                        bits("flag", u16, 48, 3),
                        member("name", types.array(character, 8), 8),
                        member("limits", types.array(u32, 2), 16));
        Btf btf = types.build();
        ByteBuffer memory = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
        BtfPath whole = BtfPath.resolve(btf, config, "");
        BtfText.write(
                btf,
                whole,
                "config",
                "{10.1.2.3, 80, flag = 5, name = \"web\", limits = {1, 0x10}}",
                memory,
                0);
        assertEquals(
                "{peer = 10.1.2.3, port = 80, flag = 5, name = \"web\", limits = [1, 16]}",
                new BtfRenderer(btf, ByteOrder.LITTLE_ENDIAN).text(config, memory.array()));
        BtfText.write(
                btf,
                BtfPath.resolve(btf, config, ".limits[1]"),
                "config.limits[1]",
                "7",
                memory,
                0);
        assertEquals(7, memory.getInt(20));
        LoadException tooLarge =
                assertThrows(
                        LoadException.class,
                        () ->
                                BtfText.write(
                                        btf,
                                        BtfPath.resolve(btf, config, ".port"),
                                        "config.port",
                                        "70000",
                                        memory,
                                        0));
        assertEquals(
                "'.port' cannot be set to '70000': does not fit into 16 bits unsigned",
                tooLarge.getMessage());
    }
}
