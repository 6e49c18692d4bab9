/* Accepts TCP over IPv4 to port 80 or 443: what `tcpdump 'ip and tcp and (dst port 80 or dst port 443)'` does. */
#include "perf.h"

PROGRAM(packet_filter) {
    if (data + 34 > end || be16(data + 12) != 0x0800 || data[23] != 6 || (be16(data + 20) & 0x1FFF) != 0) {
        return 0;
    }
    u8 *tcp = data + 14 + (data[14] & 15) * 4;
    if (tcp + 4 > end) {
        return 0;
    }
    u16 port = be16(tcp + 2);
    return port == 80 || port == 443;
}
