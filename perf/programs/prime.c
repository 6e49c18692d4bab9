/* Whether the 16-bit number in front of the packet is prime, by trial division. */
#include "perf.h"

PROGRAM(prime) {
    if (data + 2 > end) {
        return 0;
    }
    u32 number = *(u16 *) data;
    if (number < 2) {
        return 0;
    }
    for (u32 divisor = 2; divisor < 256; divisor++) {
        if (divisor * divisor > number) {
            break;
        }
        if (number % divisor == 0) {
            return 0;
        }
    }
    return 1;
}
