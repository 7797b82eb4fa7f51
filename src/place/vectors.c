/* The walk through all vectors of types and counts, in increasing price.
 *
 * Sets of types come first, at the least price of their vectors; one that leaves a component without a course, or
 * is refuted with all its machines, is never opened. A vector of an open set is passed over when it has fewer
 * machines of a type than were refuted beside all machines of the others, or by a cut. What is left is solved in
 * batches of a fixed size with one budget, and merged in order: the answer does not depend on the number of threads.
 * Once a price and the least cost of functions reach the best cost, that cost is proven. */
#include "place/vectors.h"

#include <math.h>

enum {
    PROBE_NODES = 300,
    FEW_NODES = 2,
    FEW_MACHINES = 8, /* of more the least count is looked for before courses are made */
    SCREEN_FIRST = 30,
    SCREEN_AGAIN = 8
};

typedef struct vector_walk {
    ais__facts facts;
    ais__search *search;
    ais__set_table sets;
    ais__heap *heap;
    ais__crew *crew;
    ais__job jobs[AIS__BATCH];
    size_t job_count;
    bool ended;    /* no vector is left that could be cheaper */
    bool given_up; /* a vector came that is too large for this engine */
    uint64_t looks, set_count, vectors, sets_refuted, cut, screened, solved, refuted, nodes;
} vector_walk;

static ais__machines open_of(const vector_walk *walk, const ais__vector *vector)
{
    ais__machines open = {.words = {0}};
    for (size_t g = 0; g < walk->facts.group_count; g++) {
        const size_t m = walk->facts.groups[g].types[vector->types[g]].machine;
        if (m != AIS_SYSTEM_NONE)
            ais__machines_add(&open, m);
    }
    return open;
}

/* Where the type of a group is among the set's machines; NONE when nothing runs there. */
static size_t place_of(const vector_walk *walk, const ais__vector *vector, const ais__set *set,
                       size_t group)
{
    const size_t machine = walk->facts.groups[group].types[vector->types[group]].machine;
    for (size_t m = 0; m < set->machine_count; m++)
        if (set->machines[m] == machine)
            return m;
    return AIS_SYSTEM_NONE;
}

static void read_counts(const vector_walk *walk, const ais__vector *vector, const ais__set *set,
                        size_t *counts)
{
    for (size_t g = 0; g < walk->facts.group_count; g++) {
        const size_t m = place_of(walk, vector, set, g);
        if (m != AIS_SYSTEM_NONE)
            counts[m] = vector->counts[g];
    }
}

/* Are so many machines of one type, and all of the others, too few for every vector of the set? Before courses are
 * made parts alone are asked. */
static bool is_too_few(vector_walk *walk, ais__set *set, size_t machine, size_t count, double price,
                       double budget)
{
    size_t counts[AIS__OPEN_MAX];
    ais__set_most_counts(&walk->facts, set, counts);
    counts[machine] = count;
    if (price + ais__set_cut_bound(set, counts) >= ais__below(budget))
        return true;
    if (!set->filled)
        return !ais__set_screen(&walk->sets, set, counts, price, budget, SCREEN_FIRST);
    ais__solver *solver = ais__crew_solver(walk->crew);
    const ais__answer answer = ais__solver_probe(solver, set, counts, price, budget, FEW_NODES);
    walk->nodes += solver->node_count;
    return answer == AIS__NO;
}

/* The least counts of a set that are not refuted with all machines of its other types. */
static void find_least_counts(vector_walk *walk, ais__set *set, double price, double budget)
{
    if (set->least_counts == NULL) {
        set->least_counts =
            ais_arena_alloc(walk->sets.arena, (set->machine_count + 1) * sizeof(size_t));
        for (size_t m = 0; m < set->machine_count; m++)
            set->least_counts[m] = 1;
    }
    for (size_t m = 0; m < set->machine_count; m++) {
        size_t low = set->least_counts[m] - 1;
        size_t high = walk->facts.perf->count_max[walk->facts.resource_of[set->machines[m]]];
        while (high - low > 1) {
            const size_t middle = low + (high - low) / 2;
            if (is_too_few(walk, set, m, middle, price, budget))
                low = middle;
            else
                high = middle;
        }
        set->least_counts[m] = high;
    }
}

/* Is a set open to question? `price` is the least of its vectors that are. */
static bool is_set_open(vector_walk *walk, ais__set *set, double price, double budget)
{
    size_t counts[AIS__OPEN_MAX];
    ais__set_most_counts(&walk->facts, set, counts);
    if (!set->dead && (price + ais__set_cut_bound(set, counts) >= ais__below(budget) ||
                       !ais__set_screen(&walk->sets, set, counts, price, budget, SCREEN_FIRST)))
        set->dead = true;
    bool many = false;
    for (size_t m = 0; m < set->machine_count; m++)
        many |= counts[m] > FEW_MACHINES;
    if (!set->dead && many)
        find_least_counts(walk, set, price, budget);
    walk->sets_refuted += set->dead;
    return !set->dead;
}

/* The first vector of a set that its parts alone do not refute: courses are made, all machines tried. */
static void look_at_set(vector_walk *walk, ais__set *set, double price, double budget)
{
    size_t counts[AIS__OPEN_MAX];
    ais__set_fill(&walk->sets, set);
    if (set->dead || set->incomplete) {
        walk->sets_refuted += set->dead;
        walk->given_up |= !set->dead;
        return;
    }
    ais__solver *solver = ais__crew_solver(walk->crew);
    ais__set_most_counts(&walk->facts, set, counts);
    set->dead = ais__solver_probe(solver, set, counts, price, budget, PROBE_NODES) == AIS__NO;
    walk->nodes += solver->node_count;
    walk->sets_refuted += set->dead;
    if (!set->dead)
        find_least_counts(walk, set, price, budget);
}

/* Is there any need to solve the vector? */
static bool is_open_question(vector_walk *walk, ais__set *set, const size_t *counts, double price,
                             double budget)
{
    if (price + ais__set_cut_bound(set, counts) >= ais__below(budget)) {
        walk->cut++;
        return false;
    }
    if (set->filled) /* their bound is the better one */
        return true;
    const size_t steps = set->cut_count == 0 ? SCREEN_FIRST : SCREEN_AGAIN;
    if (!ais__set_screen(&walk->sets, set, counts, price, budget, steps)) {
        walk->screened++;
        return false;
    }
    look_at_set(walk, set, price, budget);
    return !set->dead && !walk->given_up;
}

/* Too few machines of some type: what is behind the vector starts where there are enough. */
static bool is_below_least(vector_walk *walk, const ais__vector *vector, const ais__set *set)
{
    size_t least[AIS__OPEN_MAX];
    bool below = false;
    for (size_t g = 0; g < walk->facts.group_count; g++) {
        const size_t m = place_of(walk, vector, set, g);
        least[g] = m != AIS_SYSTEM_NONE && set->least_counts != NULL ? set->least_counts[m] : 0;
        below |= vector->counts[g] < least[g];
    }
    if (below)
        ais__heap_raise(walk->heap, least);
    return below;
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

static void take_set(vector_walk *walk, const ais__vector *vector, double budget)
{
    const ais__machines open = open_of(walk, vector);
    ais__set *set = ais__set_table_get(&walk->sets, &open);
    walk->set_count++;
    ais__heap_push_sets(walk->heap);
    if (is_set_open(walk, set, vector->price, budget))
        ais__heap_open(walk->heap);
}

static void take_vector(vector_walk *walk, const ais__vector *vector, double budget)
{
    const ais__machines open = open_of(walk, vector);
    ais__set *set = ais__set_table_get(&walk->sets, &open);
    size_t counts[AIS__OPEN_MAX];
    walk->vectors++;
    if (set->dead || is_below_least(walk, vector, set))
        return;
    read_counts(walk, vector, set, counts);
    const bool open_question = is_open_question(walk, set, counts, vector->price, budget);
    if (set->dead || is_below_least(walk, vector, set)) /* more may be known by now */
        return;
    ais__heap_push_counts(walk->heap);
    if (open_question)
        add_job(walk, set, counts, vector->price, budget);
}

/* Take vectors until a batch is full. */
static void fill_batch(vector_walk *walk, double budget)
{
    walk->job_count = 0;
    while (walk->job_count < AIS__BATCH && !walk->given_up &&
           !ais__set_table_is_large(&walk->sets)) {
        ais__vector vector;
        if (!ais__heap_next(walk->heap, &vector) ||
            vector.price + walk->facts.least_cost >= ais__below(budget)) {
            walk->ended = true;
            break;
        }
        if (walk->job_count == 0)
            ais__search_raise_bound(walk->search, vector.price + walk->facts.least_cost);
        if (walk->looks++ % 16 == 0 && ais__search_stop(walk->search)) {
            walk->given_up = true; /* the node in hand is lost */
            break;
        }
        if (vector.is_set)
            take_set(walk, &vector, budget);
        else
            take_vector(walk, &vector, budget);
    }
}

static void merge_batch(vector_walk *walk)
{
    for (size_t i = 0; i < walk->job_count; i++) {
        const ais__job *job = &walk->jobs[i];
        walk->nodes += job->node_count;
        walk->solved++;
        if (job->found)
            ais__search_offer(walk->search, job->best);
        walk->given_up |= job->limited;
        walk->refuted += !job->found && !job->stopped && !job->limited;
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
    ais__search_count(search, "vectors refuted by cuts", walk->cut);
    ais__search_count(search, "vectors refuted by parts", walk->screened);
    ais__search_count(search, "vectors solved", walk->solved);
    ais__search_count(search, "vectors refuted by search", walk->refuted);
    ais__search_count(search, "sets of types", walk->set_count);
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
        if (ais__heap_is_full(walk->heap))
            break;
        if (ais__set_table_is_large(&walk->sets)) {
            ais__set_table_clear(&walk->sets);
            ais__set_table_init(&walk->sets, &walk->facts);
        }
    }
    if (walk->ended && !walk->given_up && !ais__search_stop(walk->search))
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
    walk->heap = ais__heap_new(&walk->facts);
    walk->crew = ais__crew_new(&walk->facts, search, search->options->threads);
    for (size_t i = 0; i < AIS__BATCH; i++) {
        walk->jobs[i].best = ais_placement_new(search->perf->system);
        walk->jobs[i].multipliers =
            ais_arena_alloc(arena, (2 * walk->facts.group_count + 1) * sizeof(double));
    }
    walk_all(walk);
    for (size_t i = 0; i < AIS__BATCH; i++)
        ais_placement_free(walk->jobs[i].best);
    ais__crew_free(walk->crew);
    ais__heap_free(walk->heap);
    ais__set_table_clear(&walk->sets);
}
