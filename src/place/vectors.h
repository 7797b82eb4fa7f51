/* place/vectors - insides of the exact engine that walks through all vectors of types and counts.
 *
 * A vector says for each group of machines (an edge or VM layer; a single resource where a layer may mix types)
 * which type runs and on how many machines: that is its price. Functions are always there. Vectors come in
 * increasing price; each is given its cheapest allowed assignment, or refuted.
 *   vectors.c          the walk, its bound, workers
 *   vectors_heap.c     vectors in increasing price
 *   vectors_facts.c    what is the same for all vectors
 *   vectors_courses.c  courses of a component: a deployment with an option for each of its parts
 *   vectors_sets.c     sets of open types with their courses, and cuts that refute vectors of a set
 *   vectors_screen.c   refute vectors by their parts alone, before courses are made
 *   vectors_reduce.c   leave out courses that cannot be part of anything allowed
 *   vectors_bound.c    lower bounds by multipliers on loads
 *   vectors_allowed.c  is anything allowed at all
 *   vectors_solve.c    depth first through the courses that are left
 * Layer: within place. Threads: facts, sets and courses are read-only while workers run. */
#ifndef AIS_PLACE_VECTORS_H
#define AIS_PLACE_VECTORS_H
#include <string.h>

#include "place/search.h"

/* Types of machines (edge and VM resources, functions are none) as a set of bits. */
enum {
    AIS__MACHINES_MAX = 256,
    AIS__OPEN_MAX = 64,
    AIS__COMPONENTS_MAX = 256,
    AIS__PARTS_MAX = 32,
    AIS__BATCH = 8,
    AIS__ONCE_MAX = 64
};
typedef struct ais__machines {
    uint64_t words[AIS__MACHINES_MAX / 64];
} ais__machines;

static inline bool ais__machines_has(const ais__machines *set, size_t machine)
{
    return (set->words[machine / 64] >> (machine % 64) & 1) != 0;
}
static inline void ais__machines_add(ais__machines *set, size_t machine)
{
    set->words[machine / 64] |= (uint64_t)1 << (machine % 64);
}
static inline bool ais__machines_equal(const ais__machines *a, const ais__machines *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}
static inline ais__machines ais__machines_common(const ais__machines *a, const ais__machines *b)
{
    ais__machines both = *a;
    for (size_t i = 0; i < AIS_COUNT(both.words); i++)
        both.words[i] &= b->words[i];
    return both;
}
uint64_t ais__machines_hash(const ais__machines *set);

/* A type that can run in a group. Prices are convex in the count. */
typedef struct ais__type {
    size_t machine; /* AIS_SYSTEM_NONE: nothing runs */
    size_t best_count, most_count;
    double price; /* of the whole group with the best count: the least */
} ais__type;
typedef struct ais__group {
    const ais__type *types; /* in increasing price */
    size_t type_count;
    double nothing; /* price when nothing runs */
} ais__group;

/* Sides of the forward rule that a course touches. */
enum { AIS__EDGE = 1, AIS__CLOUD = 2, AIS__MIXED = 4 };

/* A part where it may run: an option, ready for sums. */
typedef struct ais__stop {
    size_t part, option, resource;
    size_t machine;         /* its bit; NONE of functions */
    double load, memory;    /* in machines; in bytes */
    double weight, time_s;  /* time: weighted; the least of fitted models */
    double cost, cost_most; /* they differ for functions that are charged once for several */
    bool is_cloud, shared, alone;
    uint64_t shared_bit; /* among functions that are charged once */
    bool queues, fitted; /* on machines: time grows with load; time depends on the count */
} ais__stop;

/* A deployment with a stop for each of its parts. Arrays are by dimension of the list that it belongs to. */
typedef struct ais__course {
    size_t deployment;
    const ais__stop *const *stops; /* by part of the deployment; NULL: of an absent component */
    double cost;
    double fixed_s;     /* what no load changes: functions, delays, fitted models at their least */
    const double *load; /* of machines, then memory */
    const double *factor; /* seconds for each 1 / (1 - rho) of a machine */
    uint64_t used, alone; /* machines: bits by dimension */
    uint64_t once;        /* functions that are charged once for several */
    size_t fitted_count;
    unsigned side;
} ais__course;

/* Courses of one component over the open types that it can use, none of which is dominated. */
typedef struct ais__courses {
    struct ais__courses *next; /* in its chain of the table */
    size_t component;
    ais__machines open;
    const size_t *machines; /* those open, ascending: dimensions of load and factor */
    size_t machine_count;
    const ais__course *items;
    size_t count;
    double least_cost;
    bool incomplete; /* there are too many */
} ais__courses;

/* What is the same for all vectors. */
typedef struct ais__facts {
    const ais_perf *perf;
    const ais_system *system;
    ais_arena *arena;
    size_t *machine_of;  /* by resource: its bit; NONE of functions */
    size_t *resource_of; /* by bit */
    size_t machine_count;
    ais__group *groups;
    size_t group_count;
    ais__machines *reach; /* by component: types that it can use */
    bool *memory_matters; /* by bit: may the memory of one machine be too small */
    bool any_memory, any_alone;
    bool keep_all; /* dominance would be wrong: leaving a type open costs less than not using it */
    bool *shared;  /* by resource: function that ties several parts together, by charge or memory */
    size_t once[AIS__ONCE_MAX], once_count; /* functions charged once for several, by bit */
    double least_charge[AIS__ONCE_MAX];
    ais__stop *stops;
    size_t *first_stop;      /* by part, and one more: into stops */
    bool *private_class;     /* by resource: function of one component only */
    bool *timed;             /* by component: in a limited path, or limited itself */
    bool *linked;            /* by component: has edges whose delays matter */
    const size_t **paths_of; /* by component: limited paths through it */
    size_t *paths_of_count;
    size_t *paths; /* limited paths */
    size_t path_count;
    bool *has_before, *has_behind; /* by component: has it predecessors, successors in the graph */
    size_t *slot_of;   /* by edge: its number among those of its component on limited paths, NONE */
    size_t slot_count; /* the most of a component */
    /* Least and most delay of what leaves a component over an edge from a resource, by deployment's data
     * (first_data + edge) and resource; of edges on no limited path 0, or INFINITY without a network. */
    double *leave_least_s, *leave_most_s;
    double *
        enter_most_s; /* by component and resource: most delay of what enters from predecessors on paths */
    double least_cost, most_cost; /* of placements, without machines */
    /* By part and machine: the cost and load of running it there, INFINITY and 0 where it cannot; by part: the
     * least cost of running it as a function, INFINITY where that is not possible. */
    double *part_cost, *part_load, *part_free;
} ais__facts;
/* False: larger than the engine takes. */
bool ais__facts_make(ais__facts *facts, const ais_perf *perf, ais_arena *arena);
/* Memory that a resource may be filled with when `count` machines run. */
double ais__facts_memory(const ais__facts *facts, size_t resource, size_t count);
/* Transfer over an edge (the n-th of its component) from a course to where the next one begins, as the semantics
 * say; and the least of it, wherever that is. */
double ais__facts_transfer_s(const ais__facts *facts, size_t deployment,
                             const ais__stop *const *stops, size_t edge, size_t to_resource);
double ais__facts_transfer_least_s(const ais__facts *facts, size_t deployment,
                                   const ais__stop *const *stops, size_t edge);

/* Courses that were made already. */
typedef struct ais__course_table {
    const ais__facts *facts;
    ais_arena *arena, *scratch;
    ais__courses **slots;
    size_t slot_count, count;
} ais__course_table;
void ais__course_table_init(ais__course_table *table, const ais__facts *facts);
void ais__course_table_clear(ais__course_table *table);
/* Borrowed until the table is cleared. */
const ais__courses *ais__course_table_get(ais__course_table *table, size_t component,
                                          const ais__machines *open);

/* A linear inequality that every allowed assignment of a set meets: least + price <= cost + multipliers * counts. */
typedef struct ais__cut {
    double least;
    double *multipliers; /* by open machine; memory is not part of cuts */
} ais__cut;

/* Open types, with all courses in flat arrays. */
typedef struct ais__set {
    struct ais__set *next;
    ais__machines open;
    size_t machine_count,
        dimension_count;   /* loads in machines, then memory in memories of one machine */
    size_t *machines;      /* bits, by dimension; memory dimensions name theirs again */
    size_t *first, *count; /* by component, into the arrays below */
    size_t course_count;
    const ais__course **courses;
    double *load;   /* by course and dimension */
    double *factor; /* by course and machine */
    double *fixed_s, *cost;
    double
        *leave_s; /* by course and slot of an edge on a limited path: least delay of what leaves */
    uint64_t *used, *alone; /* by course: machines by dimension */
    uint64_t *once;         /* by course */
    unsigned char *side;
    double least_cost;
    const bool *present;  /* by component; NULL: all. Others are as if they needed nothing */
    bool filled;          /* courses were made; before that: open, machines, cuts, least_cost */
    bool incomplete;      /* too many courses to make them all: nothing can be said of this set */
    bool dead;            /* nothing is allowed whatever the counts */
    bool any_fitted;      /* a fitted model whose time changes with counts */
    size_t *least_counts; /* by open machine, NULL: not known; with fewer nothing is allowed */
    ais__cut *cuts;
    size_t cut_count, cut_capacity, next_cut;
} ais__set;

typedef struct ais__set_table {
    const ais__facts *facts;
    double *screen; /* scratch of ais__set_screen() */
    uint32_t *screen_at;
    ais__course_table courses;
    ais_arena *arena;
    ais__set **slots;
    size_t slot_count, count;
} ais__set_table;
void ais__set_table_init(ais__set_table *table, const ais__facts *facts);
void ais__set_table_clear(ais__set_table *table);
/* Borrowed until the table is cleared; not filled. */
ais__set *ais__set_table_get(ais__set_table *table, const ais__machines *open);
/* As above, but of these components alone, and not found again. */
ais__set *ais__set_table_make(ais__set_table *table, const ais__machines *open,
                              const bool *present);
/* All machines of the set's types. */
void ais__set_most_counts(const ais__facts *facts, const ais__set *set, size_t *counts);
/* Make the courses of a set; it is dead when some component has none. */
void ais__set_fill(ais__set_table *table, ais__set *set);
/* Is what the table holds so large that it should be cleared? */
bool ais__set_table_is_large(const ais__set_table *table);
/* Keep multipliers (by open machine) as a cut; the second time with what is known of a filled set. */
void ais__set_keep_cut(ais__set_table *table, ais__set *set, double least,
                       const double *multipliers);
void ais__set_add_cut(ais__set_table *table, ais__set *set, const double *multipliers);
/* Refute counts of a set without its courses: every part by itself where it is cheapest under multipliers, which
 * follow the slope. False: no assignment is within the budget. Keeps the best multipliers as a cut. */
bool ais__set_screen(ais__set_table *table, ais__set *set, const size_t *counts, double price,
                     double budget, size_t steps);
/* The least of cost that the cuts leave for the counts (by open machine). */
double ais__set_cut_bound(const ais__set *set, const size_t *counts);

/* Sets and their vectors in increasing price. */
typedef struct ais__heap ais__heap;
typedef struct ais__vector {
    double price;
    bool is_set;                    /* stands for all its vectors, none of which is cheaper */
    const uint32_t *types, *counts; /* by group; borrowed until the next call */
    size_t last;
} ais__vector;
ais__heap *ais__heap_new(const ais__facts *facts);
void ais__heap_free(ais__heap *heap);
AIS_DEFINE_AUTO(ais__heap)
/* The next one. False when there are no more. What is behind it comes only when one of the functions below was
 * called for it. */
bool ais__heap_next(ais__heap *heap, ais__vector *out);
void ais__heap_push_sets(ais__heap *heap);   /* of a set: those behind it */
void ais__heap_open(ais__heap *heap);        /* of a set: its vectors */
void ais__heap_push_counts(ais__heap *heap); /* of a vector: those behind it */
/* Of a vector that has too few machines in some group: all behind it that have at least `least` (by group). */
void ais__heap_raise(ais__heap *heap, const size_t *least);
/* The heap holds more than it may. */
bool ais__heap_is_full(const ais__heap *heap);

/* What is left at a node of the search: of component i the first count[i] of the solver's `left` from
 * set->first[i] on. Courses are left out by swapping them behind the count, so going back is copying counts. */
typedef struct ais__node {
    uint32_t *count;     /* by component */
    double *cap;         /* by dimension: what may be filled, under the limits of time */
    double *multipliers; /* by dimension */
    double bound;        /* on the cost of courses */
} ais__node;

/* One worker's search for the cheapest assignment of a vector. */
typedef struct ais__solver {
    const ais__facts *facts;
    ais__search *search;
    const ais__set *set;
    const size_t *counts;          /* by open machine */
    double price, budget;          /* look for cost < budget, price included */
    const _Atomic double *earlier; /* costs that others found meanwhile: to be undercut, too */
    size_t earlier_count;
    bool lowered;        /* one of them was below the budget */
    uint64_t node_limit; /* 0: none */
    /* what it found */
    ais_placement *best, *scratch;
    double best_cost;
    bool found, stopped, limited;
    bool any_allowed; /* wanted: stop at the first that is allowed, whatever its cost */
    uint64_t node_count;
    /* scratch, grown as sets need it */
    ais_arena *arena;
    size_t course_capacity, dimension_capacity;
    uint32_t *left;
    double *fixed_s;    /* by course, at these counts */
    double *times_s;    /* by course: least time */
    const double *cost; /* by course: the set's, or with shares of functions charged once */
    double *shared_cost;
    double *reduced;           /* by course: cost under multipliers */
    double *minima;            /* by component and dimension */
    double *sums;              /* by dimension: least loads of all components */
    double *least, *allowed_s; /* by component */
    double *hop_s;             /* by hop of a path: least time */
    double *slope, *trial;     /* by dimension */
    uint64_t *taken, *alone;   /* machines of components with one course left */
    ais__node *nodes;          /* by depth */
    ais_perf_scratch *judge;
} ais__solver;

ais__solver *ais__solver_new(const ais__facts *facts, ais__search *search);
void ais__solver_free(ais__solver *solver);
AIS_DEFINE_AUTO(ais__solver)
/* Look for the cheapest assignment of a vector that costs less than `budget`: `found` and `best`; nothing is
 * said when `stopped` or `limited`. */
void ais__solver_run(ais__solver *solver, const ais__set *set, const size_t *counts, double price,
                     double budget);
/* Is anything allowed with these counts or fewer machines, so cheap on functions that a vector of `price` would be
 * within `budget`? NO: no vector within these counts that costs `price` or more is. YES: it is in `best`. */
typedef enum ais__answer { AIS__NO, AIS__YES, AIS__PERHAPS } ais__answer;
ais__answer ais__solver_probe(ais__solver *solver, const ais__set *set, const size_t *counts,
                              double price, double budget, uint64_t node_limit);

/* Leave out the k-th course of component i. */
static inline void ais__node_drop(ais__solver *solver, ais__node *node, size_t i, size_t k)
{
    uint32_t *left = solver->left + solver->set->first[i];
    const uint32_t last = --node->count[i], dropped = left[k];
    left[k] = left[last];
    left[last] = dropped;
}
/* Leave out courses until nothing changes. False: some component has none left. */
bool ais__node_reduce(ais__solver *solver, ais__node *node);
/* Bound by multipliers, leaving out what is too dear; `steps` at most. False: nothing can be within budget. */
bool ais__node_bound(ais__solver *solver, ais__node *node, size_t steps);

/* A vector to be solved, and what came of it. */
typedef struct ais__job {
    ais__set *set;
    size_t counts[AIS__OPEN_MAX];
    double price, budget; /* of the batch */
    ais_placement *best;
    double cost;         /* of the best; INFINITY: none */
    double used_budget;  /* what it began with */
    bool lowered;        /* the budget fell meanwhile */
    double *multipliers; /* of the root */
    bool found, stopped;
    bool limited; /* more nodes than a vector may have: it stays in question */
    uint64_t node_count;
} ais__job;
/* Workers that share the jobs of a batch; the caller works, too. A job looks for what is cheaper than its budget and
 * than all that earlier jobs of the batch have found; one that found something with another budget than it would
 * have had if it had come after them is done again, so the answers do not depend on the number of workers. */
typedef struct ais__crew ais__crew;
ais__crew *ais__crew_new(const ais__facts *facts, ais__search *search, size_t threads);
void ais__crew_free(ais__crew *crew);
AIS_DEFINE_AUTO(ais__crew)
void ais__crew_run(ais__crew *crew, ais__job *jobs, size_t count);
ais__solver *ais__crew_solver(ais__crew *crew); /* the caller's own */

/* Costs this near to each other count as equal. */
#define AIS__COST_TOLERANCE 1e-12
/* What must be undercut to be cheaper. */
static inline double ais__below(double cost)
{
    return cost * (cost > 0 ? 1 - AIS__COST_TOLERANCE : 1 + AIS__COST_TOLERANCE);
}
#endif
