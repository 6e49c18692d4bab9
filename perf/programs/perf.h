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
        __uint(map_flags, FLAGS_OF(kind));                                               \
        __type(key, key_type);                                                           \
        __type(value, value_type);                                                       \
    } name SEC(".maps")

#define ARRAY BPF_MAP_TYPE_ARRAY
#define HASH BPF_MAP_TYPE_HASH
#define LPM BPF_MAP_TYPE_LPM_TRIE
#define FLAGS_OF(kind) (kind == LPM ? BPF_F_NO_PREALLOC : 0)

#define lookup(map, key) bpf_map_lookup_elem(&map, key)
#define update(map, key, value) bpf_map_update_elem(&map, key, value, BPF_ANY)
#define loop(times, function, context) bpf_loop(times, function, context, 0)

/* Programs that tail-call each other: CHAIN(those at 0, 1, ...), then TAIL_CALL(index) inside them. */
#define CHAIN(a, b, c, d, e, f, g)                                                       \
    int a(struct xdp_md *), b(struct xdp_md *), c(struct xdp_md *), d(struct xdp_md *);  \
    int e(struct xdp_md *), f(struct xdp_md *), g(struct xdp_md *);                      \
    struct {                                                                             \
        __uint(type, BPF_MAP_TYPE_PROG_ARRAY);                                           \
        __uint(max_entries, 8);                                                          \
        __uint(key_size, sizeof(u32));                                                   \
        __array(values, int(void *));                                                    \
    } chain SEC(".maps") = {.values = {(void *) &a, (void *) &b, (void *) &c, (void *) &d, \
                                       (void *) &e, (void *) &f, (void *) &g}}
#define TAIL_CALL(index) bpf_tail_call(context, &chain, index)

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

INLINE void loop(u32 times, long (*function)(u32, void *), void *context) {
    for (u32 i = 0; i < times && function(i, context) == 0; i++) {
    }
}

/* The table may change while programs run, as Linux's may. */
#define CHAIN(a, b, c, d, e, f, g)                                                       \
    u32 a(u8 *, u64), b(u8 *, u64), c(u8 *, u64), d(u8 *, u64);                          \
    u32 e(u8 *, u64), f(u8 *, u64), g(u8 *, u64);                                        \
    static u32 (*volatile chain[8])(u8 *, u64) = {a, b, c, d, e, f, g}
#define TAIL_CALL(index)                                                                 \
    do {                                                                                 \
        u32 (*next)(u8 *, u64) = chain[index];                                           \
        if (next) {                                                                      \
            return next(data, end - data);                                               \
        }                                                                                \
    } while (0)

#endif

/* Fields of a packet, in network byte order, at any place. */
INLINE u16 be16(const u8 *at) { return __builtin_bswap16(*(const u16 *) at); }

INLINE u32 be32(const u8 *at) { return __builtin_bswap32(*(const u32 *) at); }

/* Makes the compiler believe that memory was read and written here. */
#define TOUCH(pointer) __asm__ volatile("" : : "r"(pointer) : "memory")

#endif
