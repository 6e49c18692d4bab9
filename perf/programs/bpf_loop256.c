/* Calls a function 256 times through bpf_loop. uBPF has no callbacks. */
#include "perf.h"

struct state {
    u32 sum;
};

static long step(u32 index, void *context) {
    struct state *state = context;
    state->sum = state->sum * 31 + index;
    return 0;
}

PROGRAM(bpf_loop256) {
    if (data + 1 > end) {
        return 0;
    }
    struct state state = {.sum = data[0]};
    loop(256, step, &state);
    return state.sum;
}
