/* Fewer machines for a placement: as it is, and with components moved for it; see greedy.h. */
#include "place/greedy.h"

#include <math.h>

/* Keep the placement in `greedy->placement` as the best when it is cheaper. */
static bool keep_cheaper(ais__greedy *g)
{
    const double cost = ais__greedy_judge(g, g->placement);
    if (!(cost < g->cost))
        return false;
    ais_placement_copy(g->cover.perf->system, g->best, g->placement);
    g->cost = cost;
    return true;
}

/* The fewest machines of one resource, components as they are: response times fall with machines, so halving
 * finds it. What the load alone asks for is mostly enough and tried first. */
static void trim_one(ais__greedy *g, size_t resource)
{
    size_t *count = &g->placement->count[resource];
    size_t high = *count, low = high;
    if (g->load[resource] < (double)high)
        low = (size_t)g->load[resource] + 1;
    for (size_t middle = low; low < high; middle = low + (high - low) / 2) {
        *count = middle;
        if (keep_cheaper(g))
            high = middle;
        else
            low = middle + 1;
    }
    *count = high;
}

static void trim(ais__greedy *g)
{
    const ais_system *s = g->cover.perf->system;
    ais__greedy_load(g, g->best);
    for (size_t r = 0; r < s->resource_count; r++)
        g->placement->count[r] = g->best->count[r];
    for (size_t i = 0; i < s->resource_count; i++) {
        const size_t r = g->dearest[i];
        if (!g->cover.perf->is_function[r] && g->best->count[r] > 1)
            trim_one(g, r);
    }
}

/* Counts of the cover as those of the best: what it does not use is closed. */
static void bound_counts(ais__greedy *g)
{
    const ais_perf *perf = g->cover.perf;
    for (size_t r = 0; r < perf->system->resource_count; r++)
        if (!perf->is_function[r])
            g->cover.count[r] = g->best->count[r];
}

/* One machine less, components moved for it. */
static bool squeeze(ais__greedy *g, size_t resource, size_t passes)
{
    const ais_system *s = g->cover.perf->system;
    const double cost = g->cost;
    ais_placement_copy(s, g->kept, g->best);
    bound_counts(g);
    g->cover.count[resource]--;
    ais__greedy_load(g, g->kept);
    ais__greedy_fill(g, passes, true);
    if (g->cost < cost) {
        trim(g);
        return true;
    }
    ais_placement_copy(s, g->best, g->kept);
    g->cost = cost;
    return false;
}

void ais__greedy_shrink(ais__greedy *g, size_t passes)
{
    const ais_perf *perf = g->cover.perf;
    const size_t count = perf->system->resource_count;
    trim(g);
    for (size_t i = 0; i < count && passes > 0; i++) {
        const size_t r = g->dearest[i];
        while (!perf->is_function[r] && g->best->count[r] > 1 && squeeze(g, r, passes))
            continue;
    }
    for (size_t i = 0; i < g->cover.slot_count; i++)
        ais__cover_open(&g->cover, i, g->cover.slots[i].open);
}
