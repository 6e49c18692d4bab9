/* Interprets 32 operations of one byte each on one number. */
#include "perf.h"

PROGRAM(switch32) {
    u32 value = 1;
    for (u32 i = 0; i < 32; i++) {
        if (data + i + 1 > end) {
            break;
        }
        switch (data[i]) {
            case 0: value += 3; break;
            case 1: value *= 5; break;
            case 2: value ^= 0x55; break;
            case 3: value = ~value; break;
            case 4: value >>= 1; break;
            case 5: value <<= 2; break;
            case 6: value -= i; break;
            case 7: value |= 1; break;
            case 8: value &= 0xFFFFFF; break;
            case 9: value = -value; break;
            case 10: value += value >> 3; break;
            case 11: return value;
            default: value = 0;
        }
    }
    return value;
}
