/* The Internet checksum (RFC 1071) of up to 1500 bytes. */
#include "perf.h"

PROGRAM(checksum) {
    u32 sum = 0;
    for (u32 i = 0; i < 1500; i += 2) {
        if (data + i + 2 > end) {
            break;
        }
        sum += be16(data + i);
    }
    sum = (sum & 0xFFFF) + (sum >> 16);
    sum = (sum & 0xFFFF) + (sum >> 16);
    return ~sum & 0xFFFF;
}
