/* Eight programs, each of which changes a word of the packet and calls the next. uBPF has no tail calls. */
#include "perf.h"

CHAIN(tail_chain_1, tail_chain_2, tail_chain_3, tail_chain_4, tail_chain_5, tail_chain_6, tail_chain_7);

INLINE u32 change(u8 *data, u8 *end, u32 by) {
    if (data + 20 > end) {
        return 0;
    }
    u32 *word = (u32 *) (data + 16);
    *word = *word * 3 + by;
    return *word;
}

PROGRAM(tail_chain) {
    if (data + 20 > end) {
        return 0;
    }
    *(u32 *) (data + 16) = data[15];
    TAIL_CALL(0);
    return 0;
}

#define LINK(name, number)                                                               \
    PROGRAM(name) {                                                                      \
        u32 word = change(data, end, number);                                            \
        if (word == 0) {                                                                 \
            return 0;                                                                    \
        }                                                                                \
        TAIL_CALL(number);                                                               \
        return word;                                                                     \
    }

#undef WASM_BATCH
#define WASM_BATCH(name)

LINK(tail_chain_1, 1)
LINK(tail_chain_2, 2)
LINK(tail_chain_3, 3)
LINK(tail_chain_4, 4)
LINK(tail_chain_5, 5)
LINK(tail_chain_6, 6)
LINK(tail_chain_7, 7)
