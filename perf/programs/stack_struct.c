/* Builds an event of 64 bytes on the stack from fields of the packet and sums it up as words of another size. */
#include "perf.h"

struct event {
    u64 time;
    u32 source;
    u32 destination;
    u16 source_port;
    u16 destination_port;
    u8 protocol;
    u8 flags;
    u16 length;
    u64 words[4];
    u32 id;
    u32 hash;
};

PROGRAM(stack_struct) {
    if (data + 54 > end) {
        return 0;
    }
    struct event event;
    event.time = *(u64 *) data;
    event.source = *(u32 *) (data + 26);
    event.destination = *(u32 *) (data + 30);
    event.source_port = be16(data + 34);
    event.destination_port = be16(data + 36);
    event.protocol = data[23];
    event.flags = data[47];
    event.length = be16(data + 16);
    event.words[0] = *(u64 *) (data + 8);
    event.words[1] = *(u64 *) (data + 16);
    event.words[2] = *(u64 *) (data + 24);
    event.words[3] = *(u64 *) (data + 32);
    event.id = *(u32 *) (data + 42);
    event.hash = event.source ^ event.destination;
    TOUCH(&event);
    u64 sum = event.time;
    for (u32 i = 0; i < 4; i++) {
        sum = sum * 31 + event.words[i];
    }
    sum += event.source + (u64) event.destination * 3;
    sum += *(u32 *) &event.source_port;
    sum ^= *(u32 *) &event.protocol;
    sum += event.id ^ event.hash;
    return (u32) (sum ^ sum >> 32);
}
