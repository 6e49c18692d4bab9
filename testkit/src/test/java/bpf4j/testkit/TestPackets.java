package bpf4j.testkit;

import java.util.HexFormat;

/// Ethernet frames to run programs on.
enum TestPackets {
    IPV4_TCP(
            "020000000001"
                    + "020000000002"
                    + "0800"
                    + "45000034abcd40004006"
                    + "b1e6"
                    + "0a000001c0a80001"
                    + "1f90005001020304a1a2a3a480181000beef0000"
                    + "0101080a000102030405060748656c6c6f"),
    IPV6_UDP(
            "333300000001"
                    + "020000000002"
                    + "86dd"
                    + "6020000000141140"
                    + "20010db8000000000000000000000001"
                    + "20010db8000000000000000000000002"
                    + "0035d43100140000"
                    + "00112233445566778899aabb"),
    VLAN(
            "ffffffffffff"
                    + "020000000002"
                    + "8100"
                    + "2064"
                    + "0800"
                    + "4502001c0001000040110000"
                    + "0a0000010a000002"
                    + "1234567800080000"),
    ARP(
            "000000000000"
                    + "020000000002"
                    + "0806"
                    + "0001080006040001020000000002"
                    + "0a0000010000000000000a000002");

    private final byte[] bytes;

    TestPackets(String hex) {
        bytes = HexFormat.of().parseHex(hex);
    }

    byte[] bytes() {
        return bytes.clone();
    }
}
