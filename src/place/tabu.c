/* Tabu search: the best of a sample of neighbours, no component back to where it lay lately.
 * Source: Glover, Tabu Search - Part I, ORSA Journal on Computing 1 (1989). */
#include "place/starts.h"

#include <math.h>

#include "place/neighbourhood.h"

enum { STARTS = 4, ITERATIONS = 1500, SAMPLE = 30, TABU = 30 };

/* Where components lay lately: a ring of hashes. */
typedef struct tabu_list {
    uint64_t *hashes;
    size_t size, next;
} tabu_list;

static bool is_tabu(const tabu_list *list, const ais__neighbourhood *n)
{
    for (size_t i = 0; i < n->touched_count; i++) {
        const uint64_t hash = ais__neighbourhood_hash(n, n->touched[i]);
        for (size_t k = 0; k < list->size; k++)
            if (list->hashes[k] == hash)
                return true;
    }
    return false;
}

/* Forbid the way back from the move that was just made: the hashes of before it are found by undoing it. */
static void forbid(tabu_list *list, ais__neighbourhood *n, ais_random before)
{
    AIS_FREE size_t *touched = ais_alloc((n->touched_count + 1) * sizeof *touched);
    const size_t count = n->touched_count;
    for (size_t i = 0; i < count; i++)
        touched[i] = n->touched[i];
    ais__neighbourhood_undo(n);
    for (size_t i = 0; i < count; i++) {
        list->hashes[list->next] = ais__neighbourhood_hash(n, touched[i]);
        list->next = (list->next + 1) % list->size;
    }
    n->random = before; /* the same numbers, the same move */
    ais__neighbourhood_move(n);
}

/* One step: to the best neighbour of a sample. Moves are made again from the state of the random numbers. */
static void step(ais__neighbourhood *n, tabu_list *list)
{
    ais_random best_random = n->random, after = n->random;
    double best = (double)INFINITY;
    for (size_t i = 0; i < SAMPLE; i++) {
        const ais_random before = n->random;
        const double cheapest = n->cost;
        if (!ais__neighbourhood_move(n))
            continue;
        const double value = ais__neighbourhood_value(n);
        if (value < best && (n->cost < cheapest || !is_tabu(list, n))) {
            best = value;
            best_random = before;
        }
        ais__neighbourhood_undo(n);
        after = n->random;
    }
    if (!(best < (double)INFINITY))
        return;
    n->random = best_random;
    ais__neighbourhood_move(n);
    forbid(list, n, best_random);
    n->random = after;
}

static void walk(ais__search *search, ais__neighbourhood *n)
{
    ais__neighbourhood_value(n);
    tabu_list list = {.size = ais__starts_or(search->options->tabu_size, TABU)};
    AIS_FREE uint64_t *hashes = ais_alloc(list.size * sizeof *hashes);
    list.hashes = hashes;
    const size_t iterations = ais__starts_or(search->options->iterations, ITERATIONS);
    for (size_t i = 0; i < iterations && !ais__search_stop(search); i++)
        step(n, &list);
}

static double run(ais__search *search, size_t number, uint64_t seed, ais_placement *best)
{
    return ais__neighbourhood_start(search, number, seed, best, walk);
}

static void solve(ais__search *search)
{
    ais__starts_run(search, ais__starts_or(search->options->starts, STARTS), run);
}

const ais__place_method ais__place_tabu = {
    .name = "tabu",
    .solve = solve,
};
