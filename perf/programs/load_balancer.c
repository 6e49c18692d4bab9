/* Picks a backend for a connection by a hash of its 5-tuple, and counts packets and bytes of the backend in an
 * array. */
#include "perf.h"

#define BACKENDS 64

struct backend {
    u64 packets;
    u64 bytes;
};

MAP(1, backends, ARRAY, u32, struct backend, BACKENDS);

INLINE u32 rotate(u32 value, int by) { return value << by | value >> (32 - by); }

/* Bob Jenkins's mixing of three words (public domain, lookup3). */
INLINE u32 mix(u32 a, u32 b, u32 c) {
    a += 0xDEADBEEF, b += 0xDEADBEEF, c += 0xDEADBEEF;
    c ^= b, c -= rotate(b, 14);
    a ^= c, a -= rotate(c, 11);
    b ^= a, b -= rotate(a, 25);
    c ^= b, c -= rotate(b, 16);
    a ^= c, a -= rotate(c, 4);
    b ^= a, b -= rotate(a, 14);
    c ^= b, c -= rotate(b, 24);
    return c;
}

PROGRAM(load_balancer) {
    if (data + 38 > end || be16(data + 12) != 0x0800 || data[14] != 0x45) {
        return 0;
    }
    if (data[23] != 6 && data[23] != 17) {
        return 0;
    }
    u32 hash = mix(*(u32 *) (data + 26), *(u32 *) (data + 30), *(u32 *) (data + 34) ^ data[23]);
    u32 index = hash % BACKENDS;
    struct backend *backend = lookup(backends, &index);
    if (!backend) {
        return 0;
    }
    __sync_fetch_and_add(&backend->packets, 1);
    __sync_fetch_and_add(&backend->bytes, end - data);
    return index + 1;
}
