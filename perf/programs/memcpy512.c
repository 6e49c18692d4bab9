/* Copies the first 512 bytes of the packet over the next 512, word by word. */
#include "perf.h"

#define LENGTH 512

PROGRAM(memcpy512) {
    u32 copied = 0;
    for (; copied < LENGTH; copied += 8) {
        if (data + LENGTH + copied + 8 > end) {
            break;
        }
        *(u64 *) (data + LENGTH + copied) = *(u64 *) (data + copied);
    }
    return copied;
}
