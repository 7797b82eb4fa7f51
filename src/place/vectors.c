/* The walk through all vectors of types and counts, in increasing price.
 *
 * A vector is passed over when its types leave a component without a course, when even its least cost of functions
 * is too much, when its set was refuted with all machines, or by a cut. What is left is solved in batches of a fixed
 * size with one budget, and merged in order: the answer does not depend on the number of threads. Once a vector's
 * price and the least cost of functions reach the best cost, that cost is proven. */
#include "place/vectors.h"

#include <math.h>

enum { BATCH = 8, PROBE_NODES = 300, SCREEN_FIRST = 30, SCREEN_AGAIN = 8, NODES_MAX = 20000000 };

typedef struct vector_walk {
    ais__facts facts;
    ais__search *search;
    ais__set_table sets;
    ais__heap *heap;
    ais__crew *crew;
    ais__job jobs[BATCH];
    size_t job_count;
    bool ended;    /* no vector is left that could be cheaper */
    bool given_up; /* a vector came that is too large for this engine */
    uint64_t vectors, uncovered, sets_refuted, cut, screened, solved, refuted, nodes;
} vector_walk;

static ais__machines open_of(const vector_walk *walk, const uint16_t *choices)
{
    ais__machines open = {.words = {0}};
    for (size_t g = 0; g < walk->facts.group_count; g++) {
        const size_t m = walk->facts.groups[g].choices[choices[g]].machine;
        if (m != AIS_SYSTEM_NONE)
            ais__machines_add(&open, m);
    }
    return open;
}

static void read_counts(const vector_walk *walk, const uint16_t *choices, const ais__set *set,
                        size_t *counts)
{
    for (size_t g = 0; g < walk->facts.group_count; g++) {
        const ais__choice *choice = &walk->facts.groups[g].choices[choices[g]];
        for (size_t m = 0; m < set->machine_count; m++)
            if (set->machines[m] == choice->machine)
                counts[m] = choice->count;
    }
}

/* Is there any need to solve the vector? */
static bool is_open_question(vector_walk *walk, ais__set *set, const size_t *counts, double price,
                             double budget)
{
    if (price + ais__set_cut_bound(set, counts) >= ais__below(budget)) {
        walk->cut++;
        return false;
    }
    if (!set->filled) { /* once courses are there, their bound is the better one */
        const size_t steps = set->cut_count == 0 ? SCREEN_FIRST : SCREEN_AGAIN;
        if (!ais__set_screen(&walk->sets, set, counts, price, budget, steps)) {
            walk->screened++;
            return false;
        }
        ais__set_fill(&walk->sets, set);
    }
    if (set->dead)
        return false;
    if (set->incomplete) {
        walk->given_up = true;
        return false;
    }
    if (!set->probed) {
        set->probed = true;
        ais__solver *solver = ais__crew_solver(walk->crew);
        const ais__answer allowed = ais__solver_probe(solver, set, price, budget, PROBE_NODES);
        walk->nodes += solver->node_count;
        if (allowed == AIS__NO) {
            set->dead = true;
            walk->sets_refuted++;
            return false;
        }
    }
    return true;
}

static void add_job(vector_walk *walk, ais__set *set, const size_t *counts, double price,
                    double budget)
{
    ais__job *job = &walk->jobs[walk->job_count++];
    job->set = set;
    memcpy(job->counts, counts, set->machine_count * sizeof(size_t));
    job->price = price;
    job->budget = budget;
}

/* Take vectors until a batch is full. Returns the price of the first one that is in question. */
static double fill_batch(vector_walk *walk, double budget)
{
    double first = INFINITY;
    size_t counts[AIS__OPEN_MAX];
    walk->job_count = 0;
    while (walk->job_count < BATCH && !walk->given_up && !ais__set_table_is_large(&walk->sets)) {
        const uint16_t *choices;
        double price;
        if (!ais__heap_next(walk->heap, &choices, &price) ||
            price + walk->facts.least_cost >= ais__below(budget)) {
            walk->ended = true;
            break;
        }
        if (walk->job_count == 0) {
            first = price;
            ais__search_raise_bound(walk->search, price + walk->facts.least_cost);
        }
        if (walk->vectors++ % 16 == 0 && ais__search_stop(walk->search))
            break;
        const ais__machines open = open_of(walk, choices);
        ais__set *set = ais__set_table_get(&walk->sets, &open);
        if (set->dead) {
            walk->uncovered++;
            continue;
        }
        read_counts(walk, choices, set, counts);
        if (is_open_question(walk, set, counts, price, budget))
            add_job(walk, set, counts, price, budget);
    }
    return first;
}

static void merge_batch(vector_walk *walk)
{
    for (size_t i = 0; i < walk->job_count; i++) {
        const ais__job *job = &walk->jobs[i];
        walk->nodes += job->node_count;
        walk->solved++;
        if (job->found)
            ais__search_offer(walk->search, job->best);
        else if (!job->stopped)
            walk->refuted++;
        bool any = false;
        for (size_t m = 0; m < job->set->machine_count; m++)
            any |= job->multipliers[m] > 0;
        if (any && !job->stopped)
            ais__set_add_cut(&walk->sets, job->set, job->multipliers);
    }
}

static void report(const vector_walk *walk)
{
    ais__search *search = walk->search;
    ais__search_count(search, "vectors", walk->vectors);
    ais__search_count(search, "vectors uncovered", walk->uncovered);
    ais__search_count(search, "vectors refuted by cuts", walk->cut);
    ais__search_count(search, "vectors refuted by parts", walk->screened);
    ais__search_count(search, "vectors solved", walk->solved);
    ais__search_count(search, "vectors refuted by search", walk->refuted);
    ais__search_count(search, "sets of types", walk->sets.count);
    ais__search_count(search, "sets of types refuted", walk->sets_refuted);
    ais__search_count(search, "nodes", walk->nodes);
}

static void walk_all(vector_walk *walk)
{
    while (!walk->ended && !walk->given_up && !ais__search_stop(walk->search)) {
        const double budget = atomic_load(&walk->search->cost);
        fill_batch(walk, budget);
        ais__crew_run(walk->crew, walk->jobs, walk->job_count);
        merge_batch(walk);
        if (ais__heap_is_full(walk->heap) || walk->nodes > NODES_MAX)
            break;
        if (ais__set_table_is_large(&walk->sets)) {
            ais__set_table_clear(&walk->sets);
            ais__set_table_init(&walk->sets, &walk->facts);
        }
    }
    if (walk->ended && !ais__search_stop(walk->search))
        ais__search_complete(walk->search);
    report(walk);
}

void ais__place_vectors(ais__search *search)
{
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    vector_walk *walk = ais_arena_alloc(arena, sizeof *walk);
    walk->search = search;
    if (!ais__facts_make(&walk->facts, search->perf, arena)) {
        ais__search_count(search, "too large for vectors", 1);
        return;
    }
    ais__set_table_init(&walk->sets, &walk->facts);
    walk->heap = ais__heap_new(walk->facts.groups, walk->facts.group_count);
    walk->crew = ais__crew_new(&walk->facts, search, search->options->threads);
    for (size_t i = 0; i < BATCH; i++) {
        walk->jobs[i].best = ais_placement_new(search->perf->system);
        walk->jobs[i].multipliers =
            ais_arena_alloc(arena, (2 * walk->facts.group_count + 1) * sizeof(double));
    }
    walk_all(walk);
    for (size_t i = 0; i < BATCH; i++)
        ais_placement_free(walk->jobs[i].best);
    ais__crew_free(walk->crew);
    ais__heap_free(walk->heap);
    ais__set_table_clear(&walk->sets);
}
