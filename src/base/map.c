/* Open addressing with linear probing, at most half full; see map.h. */
#include "base/map.h"

#include <string.h>

typedef struct slot {
    char *key; /* NULL = empty */
    void *value;
} slot;

struct ais_map {
    slot *slots;
    size_t capacity, count; /* capacity is a power of two */
};

ais_map *ais_map_new(void)
{
    ais_map *map = ais_alloc(sizeof *map);
    map->capacity = 16;
    map->slots = ais_alloc(map->capacity * sizeof *map->slots);
    return map;
}

void ais_map_free(ais_map *map)
{
    if (map == NULL)
        return;
    for (size_t i = 0; i < map->capacity; i++)
        free(map->slots[i].key);
    free(map->slots);
    free(map);
}

/* FNV-1a, 64 bits. */
static uint64_t hash(const char *key)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (; *key != '\0'; key++)
        h = (h ^ (unsigned char)*key) * UINT64_C(0x100000001b3);
    return h;
}

static slot *find_slot(const ais_map *map, const char *key)
{
    size_t i = hash(key) & (map->capacity - 1);
    while (map->slots[i].key != NULL && strcmp(map->slots[i].key, key) != 0)
        i = (i + 1) & (map->capacity - 1);
    return &map->slots[i];
}

void *ais_map_find(const ais_map *map, const char *key)
{
    return find_slot(map, key)->value;
}

static void grow(ais_map *map)
{
    ais_map larger = {.capacity = map->capacity * 2, .count = map->count};
    larger.slots = ais_alloc(larger.capacity * sizeof *larger.slots);
    for (size_t i = 0; i < map->capacity; i++)
        if (map->slots[i].key != NULL)
            *find_slot(&larger, map->slots[i].key) = map->slots[i];
    free(map->slots);
    *map = larger;
}

void *ais_map_put(ais_map *map, const char *key, void *value)
{
    slot *s = find_slot(map, key);
    if (s->key != NULL) {
        void *before = s->value;
        s->value = value;
        return before;
    }
    if ((map->count + 1) * 2 > map->capacity) {
        grow(map);
        s = find_slot(map, key);
    }
    *s = (slot){.key = ais_strdup(key), .value = value};
    map->count++;
    return NULL;
}

size_t ais_map_count(const ais_map *map)
{
    return map->count;
}
