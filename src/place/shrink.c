/* Fewer machines for a placement: as it is, and with components moved for it; see greedy.h. */
#include "place/greedy.h"

#include <math.h>

enum { EXCHANGES_MAX = 24 }; /* tried in a round */

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

/* One machine more of a resource, one less of another (AIS_SYSTEM_NONE: of none), components moved for it. */
static bool exchange(ais__greedy *g, size_t more, size_t less, const ais__effort *effort)
{
    const ais_system *s = g->cover.perf->system;
    const double cost = g->cost;
    if (g->looks >= g->last_look)
        return false;
    ais_placement_copy(s, g->kept, g->best);
    bound_counts(g);
    if (more != AIS_SYSTEM_NONE)
        g->cover.count[more]++;
    if (less != AIS_SYSTEM_NONE)
        g->cover.count[less]--;
    ais__greedy_load(g, g->kept);
    ais__greedy_fill(g, (effort->passes + 1) / 2, true);
    if (!(g->cost < cost) && (g->cost < (double)INFINITY || g->excess < effort->hopeful))
        ais__greedy_ruin(g, effort->random, effort->ruins, false);
    if (g->cost < cost || (more != AIS_SYSTEM_NONE && g->cost < (double)INFINITY))
        trim(g);
    if (g->cost < cost)
        return true;
    ais_placement_copy(s, g->best, g->kept);
    g->cost = cost;
    return false;
}

void ais__greedy_shrink(ais__greedy *g, const ais__effort *effort)
{
    const ais_perf *perf = g->cover.perf;
    const size_t count = perf->system->resource_count;
    trim(g);
    for (size_t i = 0; i < count && effort->passes > 0; i++) {
        const size_t r = g->dearest[i];
        while (!perf->is_function[r] && g->best->count[r] > 1 &&
               exchange(g, AIS_SYSTEM_NONE, r, effort))
            continue;
    }
    ais__cover_reopen(&g->cover);
}

/* What functions cost: what machines more may save. */
static double spent_on_functions(const ais__greedy *g)
{
    const ais_perf *perf = g->cover.perf;
    const ais_system *s = perf->system;
    double spent = 0;
    for (size_t c = 0; c < s->component_count; c++) {
        const ais_system_deployment *d = &s->deployments[g->best->deployment[c]];
        for (size_t p = d->first_part; p < d->first_part + d->part_count; p++)
            if (perf->is_function[s->options[g->best->option[p]].resource])
                spent += perf->cost[g->best->option[p]];
    }
    return spent;
}

/* Exchanges that may pay, of machines in use. Returns whether one did. */
static bool exchange_any(ais__greedy *g, const ais__effort *effort)
{
    const ais_perf *perf = g->cover.perf;
    const size_t count = perf->system->resource_count;
    const double spent = spent_on_functions(g);
    size_t tries = 0;
    for (size_t i = 0; i < count && tries < EXCHANGES_MAX; i++) {
        const size_t more = g->dearest[i];
        if (perf->is_function[more] || g->best->count[more] == 0 ||
            g->best->count[more] == perf->count_max[more])
            continue;
        if (perf->price[more] < spent && ++tries > 0 && exchange(g, more, AIS_SYSTEM_NONE, effort))
            return true;
        for (size_t k = 0; k < count; k++) {
            const size_t less = g->dearest[k];
            if (less != more && !perf->is_function[less] && g->best->count[less] > 1 &&
                perf->price[more] < perf->price[less] + spent && ++tries > 0 &&
                exchange(g, more, less, effort))
                return true;
        }
    }
    return false;
}

void ais__greedy_polish(ais__greedy *g, const ais__effort *effort)
{
    bound_counts(g);
    ais__greedy_list_open(g);
    ais__greedy_ruin(g, effort->random, effort->polish, false);
    trim(g);
    for (size_t i = 0; i < effort->exchanges && exchange_any(g, effort); i++)
        continue;
    ais__cover_reopen(&g->cover);
}
