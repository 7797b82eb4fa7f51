/* base/map - from a string to a pointer.
 *
 * Layer: above memory. Keys are copied, values borrowed. Threads: one at a time. */
#ifndef AIS_BASE_MAP_H
#define AIS_BASE_MAP_H
#include "base/memory.h"

typedef struct ais_map ais_map;
ais_map *ais_map_new(void);
void ais_map_free(ais_map *map);
AIS_DEFINE_AUTO(ais_map)
/* NULL when absent. */
void *ais_map_find(const ais_map *map, const char *key);
/* Put or replace; returns the value that was there before, or NULL. */
void *ais_map_put(ais_map *map, const char *key, void *value);
size_t ais_map_count(const ais_map *map);
#endif
