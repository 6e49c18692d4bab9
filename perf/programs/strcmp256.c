/* Compares two strings of at most 256 bytes, which lie one after the other in the packet. */
#include "perf.h"

#define LENGTH 256

PROGRAM(strcmp256) {
    for (u32 i = 0; i < LENGTH; i++) {
        if (data + LENGTH + i + 1 > end) {
            return 2;
        }
        u8 left = data[i];
        u8 right = data[LENGTH + i];
        if (left != right) {
            return left < right ? 3 : 4;
        }
        if (left == 0) {
            break;
        }
    }
    return 1;
}
