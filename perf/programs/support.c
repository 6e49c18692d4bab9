/* What the native contenders and uBPF need beside the programs: the loop over packets, and maps for helpers. */
#include "perf.h"

struct map *perf_maps[64];

typedef u64 (*program)(void *memory, u64 length);

/* Runs a program `times` times over `count` (a power of two) packets that lie `stride` bytes apart. */
EXPORT(perf_batch) u64 perf_batch(program run, u8 *ring, u64 length, u64 stride, u64 count, u64 times) {
    u64 sum = 0;
    for (u64 i = 0; i < times; i++) {
        sum += (u32) run(ring + (i & (count - 1)) * stride, length);
    }
    return sum;
}

/* uBPF's interpreter: int ubpf_exec(vm, memory, length, result). */
typedef int (*interpreter)(const void *vm, void *memory, map_size length, u64 *result);

EXPORT(perf_exec_batch)
u64 perf_exec_batch(interpreter run, const void *vm, u8 *ring, u64 length, u64 stride, u64 count, u64 times) {
    u64 sum = 0;
    for (u64 i = 0; i < times; i++) {
        u64 result = 0;
        if (run(vm, ring + (i & (count - 1)) * stride, length, &result) != 0) {
            return ~0ull;
        }
        sum += (u32) result;
    }
    return sum;
}

EXPORT(perf_lookup) u64 perf_lookup(u64 number, u64 key) {
    struct map *map = number < 64 ? perf_maps[number] : 0;
    return map ? (u64) map_lookup(map, (const void *) key) : 0;
}

EXPORT(perf_update) u64 perf_update(u64 number, u64 key, u64 value) {
    struct map *map = number < 64 ? perf_maps[number] : 0;
    return map ? (u64) map_update(map, (const void *) key, (const void *) value) : ~0ull;
}

/* uBPF asks whether a program may touch memory that is neither packet nor stack: values of maps it may. */
EXPORT(perf_permits) _Bool perf_permits(void *context, u64 address, u64 size) {
    (void) context;
    for (int i = 0; i < 64; i++) {
        struct map *map = perf_maps[i];
        if (map && address >= (u64) map->values &&
            address + size <= (u64) map->values + (u64) map->entries * map->value_size) {
            return 1;
        }
    }
    return 0;
}

/* libpcap's interpreter: u_int bpf_filter(insns, packet, wire length, length). */
typedef u32 (*filter)(const void *insns, const u8 *packet, u32 wire, u32 length);

EXPORT(perf_filter_batch)
u64 perf_filter_batch(filter run, const void *insns, u8 *ring, u64 length, u64 stride, u64 count, u64 times) {
    u64 sum = 0;
    for (u64 i = 0; i < times; i++) {
        sum += run(insns, ring + (i & (count - 1)) * stride, length, length) != 0;
    }
    return sum;
}
