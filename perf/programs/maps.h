/* Array and hash maps in plain C, for programs that run without an eBPF runtime. The sizes are constants where a
 * map is used, so the compiler specialises both. */
#ifndef PERF_MAPS_H
#define PERF_MAPS_H

typedef __SIZE_TYPE__ map_size;

enum map_kind { ARRAY, HASH };

struct map {
    enum map_kind kind;
    u32 key_size;
    u32 value_size;
    u32 entries; /* of a hash map: a power of two, twice what it may hold */
    u8 *used;
    u8 *keys;
    u8 *values;
};

#ifdef __wasm__
#define REGISTER(number, name)
#else
extern struct map *perf_maps[64];
#define REGISTER(number, name)                                                           \
    static __attribute__((constructor)) void name##_register(void) { perf_maps[number] = &name; }
#endif

#define MAP(number, name, kind, key_type, value_type, count)                             \
    static u8 name##_used[kind == HASH ? 2 * (count) : 1];                               \
    static key_type name##_keys[kind == HASH ? 2 * (count) : 1];                         \
    static value_type name##_values[kind == HASH ? 2 * (count) : (count)];               \
    static struct map name = {                                                           \
        kind,        sizeof(key_type),   sizeof(value_type), kind == HASH ? 2 * (count) : (count), \
        name##_used, (u8 *) name##_keys, (u8 *) name##_values};                          \
    REGISTER(number, name)                                                               \
    _Static_assert(kind == ARRAY || ((count) & ((count) - 1)) == 0, "entries: a power of two")

/* A key is a multiple of four bytes. */
INLINE u32 map_hash(const struct map *map, const void *key) {
    u64 hash = 0;
    for (u32 i = 0; i < map->key_size / 4; i++) {
        hash = (hash ^ ((const u32 *) key)[i]) * 0x9E3779B97F4A7C15ull;
        hash ^= hash >> 32;
    }
    return (u32) hash;
}

INLINE _Bool map_equal(const struct map *map, const void *left, const void *right) {
    for (u32 i = 0; i < map->key_size / 4; i++) {
        if (((const u32 *) left)[i] != ((const u32 *) right)[i]) {
            return 0;
        }
    }
    return 1;
}

/* The slot of a key, or a free one. */
INLINE u32 map_slot(const struct map *map, const void *key) {
    u32 slot = map_hash(map, key) & (map->entries - 1);
    while (map->used[slot] && !map_equal(map, map->keys + slot * map->key_size, key)) {
        slot = (slot + 1) & (map->entries - 1);
    }
    return slot;
}

INLINE void *map_lookup(struct map *map, const void *key) {
    if (map->kind == ARRAY) {
        u32 index = *(const u32 *) key;
        return index < map->entries ? map->values + (map_size) index * map->value_size : 0;
    }
    u32 slot = map_slot(map, key);
    return map->used[slot] ? map->values + (map_size) slot * map->value_size : 0;
}

INLINE long map_update(struct map *map, const void *key, const void *value) {
    if (map->kind == ARRAY) {
        u32 index = *(const u32 *) key;
        if (index >= map->entries) {
            return -1;
        }
        __builtin_memcpy(map->values + (map_size) index * map->value_size, value, map->value_size);
        return 0;
    }
    u32 slot = map_slot(map, key);
    map->used[slot] = 1;
    __builtin_memcpy(map->keys + slot * map->key_size, key, map->key_size);
    __builtin_memcpy(map->values + (map_size) slot * map->value_size, value, map->value_size);
    return 0;
}

#endif
