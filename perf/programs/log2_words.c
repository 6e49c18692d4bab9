/* Adds up the binary logarithms of 16 words, each found by shifting. */
#include "perf.h"

PROGRAM(log2_words) {
    u32 sum = 0;
    for (u32 i = 0; i < 16; i++) {
        u8 *at = data + 4 * i;
        if (at + 4 > end) {
            break;
        }
        u32 value = *(u32 *) at;
        u32 bits = 0;
        while (bits < 31 && value > 1) {
            value >>= 1;
            bits++;
        }
        sum += bits;
    }
    return sum;
}
