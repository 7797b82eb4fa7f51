/* Names below parents; see read_priv.h. Open addressing with linear probing, at most half full. */
#include <string.h>

#include "place/read_priv.h"

/* FNV-1a, begun from the parent. */
static uint64_t hash_of(size_t parent, const char *name)
{
    uint64_t h = (UINT64_C(0xcbf29ce484222325) ^ parent) * UINT64_C(0x9e3779b97f4a7c15);
    for (; *name != '\0'; name++)
        h = (h ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
    return h ^ (h >> 32);
}

static ais__name_slot *find_slot(const ais__names *names, uint64_t hash, size_t parent,
                                 const char *name)
{
    size_t i = hash & (names->capacity - 1);
    for (;; i = (i + 1) & (names->capacity - 1)) {
        ais__name_slot *slot = &names->slots[i];
        if (slot->name == NULL ||
            (slot->hash == hash && slot->parent == parent && strcmp(slot->name, name) == 0))
            return slot;
    }
}

size_t ais__names_find(const ais__names *names, size_t parent, const char *name)
{
    if (names->capacity == 0)
        return AIS_SYSTEM_NONE;
    const ais__name_slot *slot = find_slot(names, hash_of(parent, name), parent, name);
    return slot->name != NULL ? slot->index : AIS_SYSTEM_NONE;
}

static void grow(ais__names *names)
{
    ais__names larger = {.capacity = names->capacity > 0 ? names->capacity * 2 : 64,
                         .count = names->count};
    larger.slots = ais_alloc(larger.capacity * sizeof *larger.slots);
    for (size_t i = 0; i < names->capacity; i++) {
        const ais__name_slot *slot = &names->slots[i];
        if (slot->name != NULL)
            *find_slot(&larger, slot->hash, slot->parent, slot->name) = *slot;
    }
    free(names->slots);
    *names = larger;
}

size_t ais__names_put(ais__names *names, size_t parent, const char *name, size_t index)
{
    if ((names->count + 1) * 2 > names->capacity)
        grow(names);
    const uint64_t hash = hash_of(parent, name);
    ais__name_slot *slot = find_slot(names, hash, parent, name);
    if (slot->name != NULL)
        return slot->index;
    *slot = (ais__name_slot){.name = name, .parent = parent, .index = index, .hash = hash};
    names->count++;
    return AIS_SYSTEM_NONE;
}

void ais__names_clear(ais__names *names)
{
    free(names->slots);
    *names = (ais__names){.slots = NULL};
}
