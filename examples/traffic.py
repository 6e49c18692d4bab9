# SPDX-License-Identifier: Apache-2.0
"""The two ends of the traffic in traffic.pcap; started by make-traffic.sh.

usage: traffic.py serve | ask | trunk
"""

import fcntl
import http.client
import http.server
import os
import random
import select
import socket
import struct
import sys
import threading
import time

CLIENT, SERVER = "10.10.0.1", "10.10.0.2"
CLIENT6, SERVER6 = "2001:db8:10::1", "2001:db8:10::2"
VLAN_SERVER, VLAN_SERVER6 = "10.10.100.2", "2001:db8:100::2"
MACS = bytes.fromhex("020000000002" "020000000001")  # to the server, from the client

A, PTR, MX, TXT, AAAA = 1, 12, 15, 16, 28


# The server's end


class Pages(http.server.BaseHTTPRequestHandler):
    """Answers /N with N bytes."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        size = int(self.path.strip("/") or 0)
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(size))
        self.end_headers()
        self.wfile.write((b"bpf4j " * (size // 6 + 1))[:size])

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True


class Server6(Server):
    address_family = socket.AF_INET6

    def server_bind(self):
        self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        super().server_bind()


def listen(family, address, port):
    sock = socket.socket(family, socket.SOCK_DGRAM)
    if family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    sock.bind((address, port))
    return sock


def answer_dns(family, address):
    sock = listen(family, address, 53)
    while True:
        query, sender = sock.recvfrom(4096)
        if len(query) < 17:
            continue
        kind = struct.unpack("!H", query[-4:-2])[0]
        data = {
            A: bytes([192, 0, 2, 1]),
            AAAA: bytes.fromhex("20010db8000000000000000000000001"),
            MX: b"\0\x0a\4mail\xc0\x0c",
            TXT: b"\x05bpf4j",
            PTR: b"\4host\7example\0",
        }.get(kind)
        answers = b"" if data is None else b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 300, len(data)) + data
        head = query[:2] + struct.pack("!HHHHH", 0x8180, 1, 1 if answers else 0, 0, 0)
        sock.sendto(head + query[12:] + answers, sender)


def echo(family, address):
    sock = listen(family, address, 7)
    while True:
        data, sender = sock.recvfrom(65535)
        sock.sendto(data, sender)


def serve():
    for run, arguments in [
        (Server(("0.0.0.0", 80), Pages).serve_forever, ()),
        (Server6(("::", 80), Pages).serve_forever, ()),
        (answer_dns, (socket.AF_INET, "0.0.0.0")),
        (answer_dns, (socket.AF_INET6, "::")),
        (echo, (socket.AF_INET, "0.0.0.0")),
        (echo, (socket.AF_INET6, "::")),
    ]:
        threading.Thread(target=run, args=arguments, daemon=True).start()
    threading.Event().wait()


# A VLAN at either end


def trunk():
    """Makes a device vlan100 whose frames are VLAN 100's on eth0."""
    device = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(device, 0x400454CA, struct.pack("16sH22x", b"vlan100", 0x1002))  # TUNSETIFF, IFF_TAP | IFF_NO_PI
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))  # ETH_P_ALL
    wire.bind(("eth0", 3))
    wire.setsockopt(263, 8, 1)  # SOL_PACKET, PACKET_AUXDATA: the kernel takes a tag off and tells of it there
    while True:
        for ready in select.select([device, wire], [], [])[0]:
            if ready == device:
                frame = os.read(device, 65535)
                wire.send(frame[:12] + struct.pack("!HH", 0x8100, 100) + frame[12:])
                continue
            frame, notes, _, sender = wire.recvmsg(65535, 256)
            for _, kind, data in notes:
                status, *_, tag, protocol = struct.unpack("=IIIHHHH", data[:20])
                outgoing = sender[2] == socket.PACKET_OUTGOING
                if kind == 8 and status & 0x10 and protocol == 0x8100 and tag & 0xFFF == 100 and not outgoing:
                    try:
                        os.write(device, frame)
                    except OSError:
                        pass  # the device is not up yet


# The client's end


def fetch(host, sizes):
    connection = http.client.HTTPConnection(host, 80, timeout=5)
    for size in sizes:
        connection.request("GET", f"/{size}")
        connection.getresponse().read()
    connection.close()


def udp(host, source=None, options=()):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.settimeout(0.05)
    if source:
        sock.bind((source, 0))
    for level, name, value in options:
        sock.setsockopt(level, name, value)
    return sock


def exchange(sock, data, host, port):
    sock.sendto(data, (host, port))
    try:
        sock.recv(65535)
    except OSError:
        pass


def dns_query(name, kind):
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack("!HHHHHH", random.getrandbits(16), 0x0100, 1, 0, 0, 0) + labels + struct.pack("!BHH", 0, kind, 1)


def ask_dns(host, count, source=None, options=()):
    for i in range(count):
        kind = (A, AAAA, A, MX, A, TXT, AAAA, PTR)[i % 8]
        name = ("www.example.com", "mail.example.org", "a.very.deep.name.in.a.zone.example")[i % 3]
        sock = udp(host, source, options)
        exchange(sock, dns_query(name, kind), host, 53)
        sock.close()


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ping(host, count, size, source=None):
    six = ":" in host
    sock = socket.socket(
        socket.AF_INET6 if six else socket.AF_INET,
        socket.SOCK_RAW,
        socket.IPPROTO_ICMPV6 if six else socket.IPPROTO_ICMP,
    )
    sock.settimeout(0.05)
    if source:
        sock.bind((source, 0))
    for i in range(count):
        body = struct.pack("!HH", 4242, i) + bytes(j & 0xFF for j in range(size))
        if six:
            packet = struct.pack("!BBH", 128, 0, 0) + body  # the kernel fills in the checksum
        else:
            packet = struct.pack("!BBH", 8, 0, checksum(b"\x08\0\0\0" + body)) + body
        exchange(sock, packet, host, 0)
    sock.close()


def knock(host, port):
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    sock.settimeout(0.2)
    sock.connect_ex((host, port))
    sock.close()


# Frames that no socket would send


def ip4(payload, protocol=17, *, ihl=5, total=None, version=4, source=CLIENT, fragment=0, options=b""):
    total = 20 + len(options) + len(payload) if total is None else total
    addresses = socket.inet_aton(source) + socket.inet_aton(SERVER)
    head = struct.pack("!BBHHHBBH", version << 4 | ihl, 0, total, 7, fragment, 64, protocol, 0) + addresses + options
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def ip6(payload, following=17, *, length=None, source=CLIENT6):
    length = len(payload) if length is None else length
    addresses = socket.inet_pton(socket.AF_INET6, source) + socket.inet_pton(socket.AF_INET6, SERVER6)
    return struct.pack("!IHBB", 6 << 28, length, following, 64) + addresses + payload


def udp_header(port, data, *, length=None):
    return struct.pack("!HHHH", 40000, port, 8 + len(data) if length is None else length, 0) + data


def tcp_header(port, flags, *, offset=5):
    return struct.pack("!HHIIBBHHH", 40001, port, 1, 0, offset << 4, flags, 1024, 0, 0)


def tagged(*tags):
    return b"".join(struct.pack("!HH", protocol, number) for protocol, number in tags)


def odd_frames():
    """Pairs of what follows the MAC addresses, and how often it is sent."""
    four, six = b"\x08\x00", b"\x86\xdd"
    good = udp_header(9, b"hello")
    fin, syn, rst, push, urgent = 1, 2, 4, 8, 32
    options = b"\0" * 6  # of an extension header: Pad1
    hop = lambda following: bytes([following, 0]) + options
    yield four + ip4(good)[:12], 12  # ends inside the IPv4 header
    yield four + ip4(good, ihl=3), 9
    yield four + ip4(good, total=900), 11
    yield four + ip4(good, total=12), 7
    yield four + ip4(good, version=5), 6
    yield four + ip4(udp_header(9, b"", length=4)), 8
    yield four + ip4(udp_header(9, b"")[:6]), 5  # ends inside the UDP header
    yield four + ip4(tcp_header(80, syn, offset=3), 6), 10
    yield four + ip4(tcp_header(80, syn)[:13], 6), 4
    yield four + ip4(tcp_header(80, syn | fin), 6), 13
    yield four + ip4(tcp_header(80, syn | rst), 6), 6
    yield four + ip4(tcp_header(80, fin | push | urgent), 6), 10  # strange, yet possible
    yield four + ip4(good, fragment=0x2000), 5  # the first fragment, and no other comes
    yield four + ip4(good, fragment=100), 5
    yield four + ip4(good, ihl=7, options=b"\x01" * 8), 9
    yield four + ip4(udp_header(1900, b"M-SEARCH")), 14
    yield four + ip4(udp_header(1900, b"M-SEARCH"), ihl=6, options=b"\x01" * 4), 6
    yield six + ip6(good)[:30], 6
    yield six + ip6(good, length=500), 8
    yield six + ip6(tcp_header(80, syn | fin), 6), 5
    yield six + ip6(hop(60) + hop(17) + good, 0), 12
    yield six + ip6(hop(60) + hop(17) + udp_header(445, b"x"), 0), 7
    yield six + ip6(hop(6) + tcp_header(23, syn), 60), 7
    yield six + ip6(hop(43) + hop(60) + hop(17) + good, 0), 6
    yield six + ip6(hop(60)[:4], 0), 5  # ends inside an extension header
    yield six + ip6(hop(60) * 8 + good, 60), 6  # more of them than anybody needs
    yield six + ip6(bytes([17, 0, 0, 1, 0, 0, 0, 9]) + good, 44), 5  # the first fragment
    yield six + ip6(bytes([17, 0, 1, 0, 0, 0, 0, 9]) + good, 44), 6  # a later one
    yield six + ip6(good, source="2001:db8:bad::9"), 5
    yield six + ip6(b"", 59), 4  # no next header
    yield tagged((0x8100, 7)) + four + ip4(good), 20
    yield tagged((0x8100, 7)) + four + ip4(udp_header(445, b"")), 6
    yield tagged((0x8100, 7)) + four + ip4(good, ihl=2), 5
    yield tagged((0x8100, 7)) + four + ip4(good, source="203.0.113.99"), 8
    yield tagged((0x8100, 7)) + six + ip6(good), 10
    yield tagged((0x88A8, 9), (0x8100, 7)) + four + ip4(good), 15
    yield tagged((0x88A8, 9), (0x8100, 7)) + six + ip6(good), 7
    yield tagged((0x88A8, 9), (0x8100, 7)) + four + ip4(udp_header(1900, b"M-SEARCH")), 4
    yield tagged((0x88A8, 9), (0x8100, 8), (0x8100, 7)) + four + ip4(good), 5  # a third tag is not looked through
    yield b"\x81\x00\x00", 5  # ends inside a VLAN tag
    yield b"\x88\xcc" + b"\x02\x07\x04" + MACS[:6] + b"\x04\x03\x05e0" + b"\x06\x02\0\x78\0\0", 6  # LLDP
    yield b"\x88\xb5" + b"local experiment", 5


def send_odd_frames():
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    sock.bind(("eth0", 0))
    frames = [MACS + rest for rest, times in odd_frames() for _ in range(times)]
    random.shuffle(frames)
    for frame in frames:
        sock.send(frame)
        time.sleep(0.001)


def ask():
    random.seed(1)
    fetch(SERVER, [200, 800, 3000, 12000])
    for i in range(24):
        fetch(SERVER, [random.choice((120, 900, 2500, 6000, 9000)) for _ in range(1 + i % 4)])
    for i in range(14):
        fetch(SERVER6, [random.choice((120, 900, 2500, 6000)) for _ in range(1 + i % 3)])
    for i in range(8):
        fetch(VLAN_SERVER, [500, 4000])
    fetch(VLAN_SERVER6, [500, 4000, 2000])

    ask_dns(SERVER, 160)
    ask_dns(SERVER6, 80)
    ask_dns(VLAN_SERVER, 40)
    ask_dns(SERVER, 30, source="203.0.113.7")
    ask_dns(SERVER, 12, source="198.51.100.77")
    ask_dns(SERVER, 12, source="198.51.100.7")  # outside of the blocked half
    ask_dns(SERVER6, 20, source="2001:db8:bad::7")
    ask_dns(SERVER, 16, options=[(socket.IPPROTO_IP, socket.IP_OPTIONS, b"\x07\x0b\x04" + b"\0" * 9)])
    pad = b"\0\0\1\4\0\0\0\0"
    ask_dns(SERVER6, 16, options=[(socket.IPPROTO_IPV6, socket.IPV6_HOPOPTS, pad)])
    ask_dns(
        SERVER6,
        16,
        options=[
            (socket.IPPROTO_IPV6, socket.IPV6_HOPOPTS, pad),
            (socket.IPPROTO_IPV6, socket.IPV6_DSTOPTS, pad),
        ],
    )

    ping(SERVER, 60, 56)
    ping(SERVER, 10, 4000)
    ping(SERVER, 15, 56, source="203.0.113.7")
    ping(SERVER6, 40, 56)
    ping(SERVER6, 10, 4000)
    ping(VLAN_SERVER, 20, 56)
    no_discovery = [(socket.IPPROTO_IP, 10, 0)]  # IP_MTU_DISCOVER: let the kernel fragment
    for size in (100, 700, 2000, 6000):
        for host in (SERVER, SERVER6):
            sock = udp(host, options=no_discovery if host == SERVER else ())
            for _ in range(6):
                exchange(sock, b"echo" * (size // 4), host, 7)
            sock.close()
    for port in (23, 445, 8080):
        for host in (SERVER, SERVER6):
            for _ in range(5):
                knock(host, port)
    send_odd_frames()


if __name__ == "__main__":
    {"serve": serve, "ask": ask, "trunk": trunk}[sys.argv[1]]()
