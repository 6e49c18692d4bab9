/* Array and hash maps and tries in plain C, for programs that run without an eBPF runtime. The sizes are constants where a
 * map is used, so the compiler specialises both. */
#ifndef PERF_MAPS_H
#define PERF_MAPS_H

typedef __SIZE_TYPE__ map_size;

enum map_kind { ARRAY, HASH, LPM };

/* A node of a binary trie; 0 is no node, and no value. */
struct node {
    u16 child[2];
    u16 value;
};

struct map {
    enum map_kind kind;
    u32 key_size;
    u32 value_size;
    u32 entries; /* of a hash map: a power of two, twice what it may hold */
    u32 count;   /* nodes of a trie so far, and the values it has */
    u32 stored;
    struct node *nodes;
    u8 *used;
    u8 *keys;
    u8 *values;
};

#ifdef __wasm__
#define REGISTER(number, name)                                                           \
    __attribute__((export_name("lookup_" #name))) void *name##_lookup(void *key);        \
    __attribute__((export_name("update_" #name))) long name##_update(void *key, void *value); \
    void *name##_lookup(void *key) { return map_lookup(&name, key); }                    \
    long name##_update(void *key, void *value) { return map_update(&name, key, value); }
#else
extern struct map *perf_maps[64];
#define REGISTER(number, name)                                                           \
    static __attribute__((constructor)) void name##_register(void) { perf_maps[number] = &name; }
#endif

#define MAP(number, name, kind, key_type, value_type, count)                             \
    _Static_assert(kind == ARRAY || ((count) & ((count) - 1)) == 0, "entries: a power of two"); \
    static u8 name##_used[kind == HASH ? 2 * (count) : 1];                               \
    static key_type name##_keys[kind == HASH ? 2 * (count) : 1];                         \
    static value_type name##_values[kind == HASH ? 2 * (count) : (count)];               \
    static struct node name##_nodes[kind == LPM ? 32 * (count) : 1];                     \
    static struct map name = {                                                           \
        kind, sizeof(key_type), sizeof(value_type), kind == HASH ? 2 * (count) : (count), \
        1,    1,                name##_nodes,       name##_used,                         \
        (u8 *) name##_keys,     (u8 *) name##_values};                                   \
    REGISTER(number, name)                                                               \
    _Static_assert(number < 64, "the number of a map")

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

/* The bit of a prefix's address, in network byte order, that chooses a child at this depth. */
INLINE u32 map_bit(const void *key, u32 depth) {
    return ((const u8 *) key)[4 + depth / 8] >> (7 - depth % 8) & 1;
}

INLINE void *trie_lookup(struct map *map, const void *key) {
    u32 length = *(const u32 *) key;
    u32 value = map->nodes[0].value;
    u32 at = 0;
    for (u32 depth = 0; depth < length; depth++) {
        at = map->nodes[at].child[map_bit(key, depth)];
        if (at == 0) {
            break;
        }
        value = map->nodes[at].value ? map->nodes[at].value : value;
    }
    return value ? map->values + (map_size) value * map->value_size : 0;
}

INLINE long trie_update(struct map *map, const void *key, const void *value) {
    u32 length = *(const u32 *) key;
    u32 at = 0;
    for (u32 depth = 0; depth < length; depth++) {
        u16 *child = &map->nodes[at].child[map_bit(key, depth)];
        if (*child == 0) {
            *child = map->count++;
        }
        at = *child;
    }
    if (map->nodes[at].value == 0) {
        map->nodes[at].value = map->stored++;
    }
    __builtin_memcpy(map->values + (map_size) map->nodes[at].value * map->value_size, value, map->value_size);
    return 0;
}

INLINE void *map_lookup(struct map *map, const void *key) {
    if (map->kind == ARRAY) {
        u32 index = *(const u32 *) key;
        return index < map->entries ? map->values + (map_size) index * map->value_size : 0;
    }
    if (map->kind == LPM) {
        return trie_lookup(map, key);
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
    if (map->kind == LPM) {
        return trie_update(map, key, value);
    }
    u32 slot = map_slot(map, key);
    map->used[slot] = 1;
    __builtin_memcpy(map->keys + slot * map->key_size, key, map->key_size);
    __builtin_memcpy(map->values + (map_size) slot * map->value_size, value, map->value_size);
    return 0;
}

#endif
