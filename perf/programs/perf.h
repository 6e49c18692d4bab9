/* One C file, compiled three ways.
 *
 * A program is a function of a packet: PROGRAM(name) { ... data ... end ... return ...; }. It becomes
 *
 *   - for Linux and bpf4j (clang --target=bpf): an XDP program with maps in .maps;
 *   - for uBPF (clang --target=bpf -DPLAIN): a function of (memory, length), helpers by number;
 *   - for the processor and WebAssembly: the C function name(data, length), maps in plain C.
 */
#ifndef PERF_H
#define PERF_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

#define INLINE static inline __attribute__((always_inline))

#if defined(__bpf__) && !defined(PLAIN)

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define PROGRAM(name)                                                                    \
    INLINE u32 name##_body(u8 *data, u8 *end, struct xdp_md *context);                   \
    SEC("xdp") int name(struct xdp_md *context) {                                        \
        u8 *end = (u8 *) (long) context->data_end;                                       \
        return name##_body((u8 *) (long) context->data, end, context);                   \
    }                                                                                    \
    INLINE u32 name##_body(u8 *data, u8 *end, __attribute__((unused)) struct xdp_md *context)

/* A map with a number that is its own among all programs. */
#define MAP(number, name, kind, key_type, value_type, entries)                           \
    struct {                                                                             \
        __uint(type, kind);                                                              \
        __uint(max_entries, entries);                                                    \
        __type(key, key_type);                                                           \
        __type(value, value_type);                                                       \
    } name SEC(".maps")

#define ARRAY BPF_MAP_TYPE_ARRAY
#define HASH BPF_MAP_TYPE_HASH

#define lookup(map, key) bpf_map_lookup_elem(&map, key)
#define update(map, key, value) bpf_map_update_elem(&map, key, value, BPF_ANY)

#elif defined(__bpf__)

#define SEC(name) __attribute__((section(name), used))

#define PROGRAM(name)                                                                    \
    INLINE u32 name##_body(u8 *data, u8 *end);                                           \
    SEC("xdp") u64 name(u8 *data, u64 length) { return name##_body(data, data + length); } \
    INLINE u32 name##_body(u8 *data, u8 *end)

#define MAP(number, name, kind, key_type, value_type, entries) enum { name = number }

#define lookup(map, key) ((void *(*) (u64, const void *) ) 1)(map, key)
#define update(map, key, value) ((long (*)(u64, const void *, const void *)) 2)(map, key, value)

#else

#include "maps.h"

#ifdef __wasm__
#define EXPORT(name) __attribute__((export_name(#name), noinline))
#else
#define EXPORT(name) __attribute__((visibility("default"), noinline))
#endif

#define PROGRAM(name)                                                                    \
    INLINE u32 name##_body(u8 *data, u8 *end);                                           \
    EXPORT(name) u32 name(u8 *data, u64 length) { return name##_body(data, data + length); } \
    WASM_BATCH(name)                                                                     \
    INLINE u32 name##_body(u8 *data, u8 *end)

/* Runs a program `times` times over `count` (a power of two) packets that lie `stride` bytes apart. */
#ifdef __wasm__
#define WASM_BATCH(name)                                                                 \
    EXPORT(batch) u64 batch(u8 *ring, u32 length, u32 stride, u32 count, u32 times) {    \
        u64 sum = 0;                                                                     \
        for (u32 i = 0; i < times; i++) {                                                \
            sum += name(ring + (i & (count - 1)) * stride, length);                      \
        }                                                                                \
        return sum;                                                                      \
    }
#else
#define WASM_BATCH(name)
#endif

#define lookup(map, key) map_lookup(&map, key)
#define update(map, key, value) map_update(&map, key, value)

#endif

/* Fields of a packet, in network byte order, at any place. */
INLINE u16 be16(const u8 *at) { return __builtin_bswap16(*(const u16 *) at); }

INLINE u32 be32(const u8 *at) { return __builtin_bswap32(*(const u32 *) at); }

/* Makes the compiler believe that memory was read and written here. */
#define TOUCH(pointer) __asm__ volatile("" : : "r"(pointer) : "memory")

#endif
