/* Looks the source address up among prefixes, and returns what belongs to the longest one that fits. */
#include "perf.h"

struct prefix {
    u32 length;
    u32 address;
};

MAP(4, prefixes, LPM, struct prefix, u32, 1024);

PROGRAM(lpm_lookup) {
    if (data + 34 > end || be16(data + 12) != 0x0800) {
        return 0;
    }
    struct prefix key = {.length = 32, .address = *(u32 *) (data + 26)};
    u32 *value = lookup(prefixes, &key);
    return value ? *value : 1;
}
