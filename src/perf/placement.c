/* Placements: which deployment of each component, where each partition runs, how many machines. */
#include "perf/perf.h"

static void copy(size_t *into, const size_t *from, size_t count)
{
    __builtin_memcpy(into, from, count * sizeof *into);
}

static void choose_none(size_t *indices, size_t count)
{
    for (size_t i = 0; i < count; i++)
        indices[i] = AIS_SYSTEM_NONE;
}

ais_placement *ais_placement_new(const ais_system *system)
{
    ais_arena *arena = ais_arena_new();
    ais_placement *placement = ais_arena_alloc(arena, sizeof *placement);
    placement->arena = arena;
    placement->deployment =
        ais_arena_alloc(arena, system->component_count * sizeof *placement->deployment);
    placement->option = ais_arena_alloc(arena, system->part_count * sizeof *placement->option);
    placement->count = ais_arena_alloc(arena, system->resource_count * sizeof *placement->count);
    choose_none(placement->deployment, system->component_count);
    choose_none(placement->option, system->part_count);
    return placement;
}

ais_placement *ais_placement_dup(const ais_system *system, const ais_placement *placement)
{
    ais_placement *twin = ais_placement_new(system);
    ais_placement_copy(system, twin, placement);
    return twin;
}

void ais_placement_copy(const ais_system *system, ais_placement *into, const ais_placement *from)
{
    copy(into->deployment, from->deployment, system->component_count);
    copy(into->option, from->option, system->part_count);
    copy(into->count, from->count, system->resource_count);
}

bool ais_placement_uses(const ais_system *system, const ais_placement *placement, size_t resource)
{
    for (size_t p = 0; p < system->part_count; p++) {
        const size_t o = placement->option[p];
        if (o < system->option_count && system->options[o].resource == resource)
            return true;
    }
    return false;
}

void ais_placement_free(ais_placement *placement)
{
    if (placement != NULL)
        ais_arena_free(placement->arena);
}
