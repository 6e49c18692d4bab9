/* Keeps the backend of every connection in a hash map by its 5-tuple, and counts the packets of the backend. */
#include "perf.h"

#define BACKENDS 64

struct flow {
    u32 source;
    u32 destination;
    u32 ports;
    u32 protocol;
};

struct state {
    u64 packets;
    u32 backend;
    u32 unused;
};

MAP(2, flows, HASH, struct flow, struct state, 1024);
MAP(3, counters, ARRAY, u32, u64, BACKENDS);

PROGRAM(flow_table) {
    if (data + 38 > end || be16(data + 12) != 0x0800 || data[14] != 0x45) {
        return 0;
    }
    struct flow flow = {
        .source = *(u32 *) (data + 26),
        .destination = *(u32 *) (data + 30),
        .ports = *(u32 *) (data + 34),
        .protocol = data[23],
    };
    struct state *state = lookup(flows, &flow);
    if (!state) {
        struct state fresh = {.packets = 0, .backend = (flow.source ^ flow.ports) % BACKENDS};
        update(flows, &flow, &fresh);
        state = lookup(flows, &flow);
        if (!state) {
            return 0;
        }
    }
    __sync_fetch_and_add(&state->packets, 1);
    u32 index = state->backend;
    u64 *count = lookup(counters, &index);
    if (count) {
        __sync_fetch_and_add(count, 1);
    }
    return index + 1;
}
