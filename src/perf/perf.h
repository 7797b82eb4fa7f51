/* perf/perf - what a placement costs and how fast it is.
 *
 * A system (system.h) is compiled for a rate, semantics and rules into flat arrays: every option has a load, a
 * time and a cost, every count of machines a price, every transfer a delay. Searches read these arrays;
 * ais_perf_evaluate() is the judge, ais_perf_state the fast judge of changes.
 *
 * Formulas (docs/placement.md has them with sources; semantics say where they differ):
 *   rate of a partition     lambda_h = lambda * visits of the component * product of (1 - early exit) before it
 *   load of a resource      rho = sum of demand * rate over its partitions / machines; below 1
 *   queue (M/G/1-PS)        R = demand / (1 - rho)
 *   function                R = ais_function_response_s(): depends on the rate alone
 *   fitted model            R = predictor(machines * cores, rate); alone on its machines
 *   component               t = sum over its chain of q_k (R_k + delay from the one before), q_k = product of
 *                           (1 - early exit) before k
 *   path                    sum of its components' times and of the transfers between them
 *   cost                    horizon * (sum of machines' prices + sum of cost * warm_s * rate over functions)
 *
 * Layer: above system, function, predictor. Units: seconds, bytes, requests per second.
 * Threads: a compiled ais_perf is never changed; a state belongs to one thread. */
#ifndef AIS_PERF_PERF_H
#define AIS_PERF_PERF_H
#include "perf/system.h"

/* Whose numbers. */
typedef enum ais_semantics {
    AIS_SEMANTICS_NATIVE,
    AIS_SEMANTICS_CPP,
    AIS_SEMANTICS_PYTHON
} ais_semantics;

/* One row of the table: what the public codes contradict each other in. */
typedef struct ais_semantics_rules {
    const char *name;
    double bits; /* delay = access + bits * data_MB / bandwidth: 1 (cpp) or 8 */
    bool
        component_rate; /* functions see the component's rate instead of the partition's (python) */
    bool
        charge_function_once; /* of partitions on one function only the first (in system order) pays (cpp) */
    /* Transfers between components: from the last partition alone (python), or expected over the exits;
     * cpp forgets to lower the probability behind an exit that stays on the resource. */
    enum { AIS_TRANSFER_EXPECTED, AIS_TRANSFER_LAST, AIS_TRANSFER_CPP } transfer;
    /* Sum of memory on a resource is at most: of one machine (every machine runs every partition), or of all
     * machines together (cpp). Functions: native holds each partition alone against it, the others the sum. */
    bool memory_of_all_machines;
    bool function_memory_sum;
} ais_semantics_rules;
const ais_semantics_rules *ais_semantics_get(ais_semantics semantics);
/* Returns false when there is none of that name. */
bool ais_semantics_find(const char *name, ais_semantics *out);

/* Rules that can be switched off. */
typedef enum ais_rule {
    AIS_RULE_ONE_TYPE = 1, /* at most one resource type in use per edge or VM layer */
    AIS_RULE_FORWARD =
        2, /* behind a partition on VM or FaaS nothing returns to the edge, down all the graph */
    AIS_RULE_MEMORY = 4,
    AIS_RULE_COLOCATION = 8, /* a fitted model wants its edge or VM machines for itself */
    AIS_RULE_LOCAL = 16,
    AIS_RULE_GLOBAL = 32,
    AIS_RULES_ALL = 63
} ais_rule;

/* Over a range of rates: no time and no load at any rate of it is above WORST, below BEST. A placement that
 * is allowed under WORST is allowed at every rate of the range; one that is not under BEST is at none. Queues
 * are at their ends, functions within ais_function_response_bounds_s(), fitted models within their bounds(). */
typedef enum ais_bound { AIS_BOUND_NONE, AIS_BOUND_WORST, AIS_BOUND_BEST } ais_bound;

/* NULL arrays and zeroes mean: as the system says. */
typedef struct ais_perf_options {
    ais_semantics semantics;
    unsigned rules_off; /* of ais_rule */
    double rate_rps;    /* 0: the system's */
    ais_bound bound;    /* NONE: at rate_rps; else over the rates from rate_rps to rate_to_rps */
    double rate_to_rps;
    double quantile; /* 0: demands in the mean; else times and loads with demands at this quantile
                                  (mean + z * deviation; cost stays in the mean) */
    double edge_price_factor; /* 0: 1. The share of an edge machine's price that counts (energy) */
    const size_t *count_max;  /* by resource: at most so many machines; 0 = not allowed */
    const bool *option_allowed; /* by option: false where a partition may not run now */
    /* By resource: its machines are one that is so many times as strong, or is never loaded (INFINITY). With as
     * many as there are, something is allowed then exactly when it is with some number of machines: for
     * questions of feasibility, where counts are of no interest. NULL: machines are counted. */
    const double *as_one;
    const double *local_limit_s, *path_limit_s; /* by component, by path */
    /* Where the system runs now: what a change costs is added to the cost. */
    const struct ais_placement *current;
    double start_cost, stop_cost, move_cost; /* of a machine, of a machine, of a partition */
} ais_perf_options;

/* Arrays by component, part and resource. Ownership: the caller's; see ais_placement_new(). */
typedef struct ais_placement {
    size_t *deployment; /* by component: index of the chosen deployment */
    size_t *option; /* by part: index of its option; AIS_SYSTEM_NONE of parts that are not chosen */
    size_t *count;  /* by resource: machines; 0 = not used; functions in use: 1 */
    ais_arena *arena;
} ais_placement;
ais_placement *ais_placement_new(const ais_system *system); /* nothing chosen */
ais_placement *ais_placement_dup(const ais_system *system, const ais_placement *placement);
void ais_placement_copy(const ais_system *system, ais_placement *into, const ais_placement *from);
/* Does a chosen part sit on the resource? Machines of others count for nothing. */
bool ais_placement_uses(const ais_system *system, const ais_placement *placement, size_t resource);
void ais_placement_free(ais_placement *placement);
AIS_DEFINE_AUTO(ais_placement)

/* The compiled system. Read-only for all but perf/. */
typedef struct ais_perf {
    const ais_system *system; /* borrowed */
    ais_semantics semantics;
    const ais_semantics_rules *rules_of;
    unsigned rules; /* of ais_rule: those that are on */
    double
        rate_rps; /* under WORST: the highest of the range, under BEST the lowest; cost is at it */
    ais_bound bound;
    double function_from_rps, function_to_rps; /* what functions see: rate_rps, or the range */
    double normal;                             /* demands are mean + normal * deviation */
    /* by part */
    double *part_rate_rps;
    double *part_weight; /* q: share of the component's items that come to it; 1 of the first */
    /* by option; what may not be used (count_max 0, not allowed, a model without an answer): usable false */
    bool *usable;
    double *load; /* QUEUE: demand * rate, in machines; else 0 */
    double *
        time_s; /* QUEUE: demand, without queueing; FUNCTION: response time; PREDICTOR on a function:
                        likewise; PREDICTOR on machines: the least over counts */
    double *cost;   /* of choosing it, horizon included: functions' charge, cost of the move */
    double *charge; /* the functions' share of `cost`: what charge_function_once may spare */
    bool *alone;    /* wants its machines for itself */
    const double *
        *response_s; /* PREDICTOR on machines: by count 1..count_max (index count - 1); else NULL */
    /* by resource */
    size_t *count_max;    /* 0: not allowed */
    double *price;        /* of one machine, horizon included */
    double *memory_bytes; /* of one machine */
    bool *is_cloud;       /* VM or FaaS */
    bool *is_function;
    size_t *layer;
    size_t *current_count; /* machines now; NULL without a current placement */
    double start_cost, stop_cost;
    /* by component and path; INFINITY: no limit, or the rule is off */
    double *local_limit_s, *path_limit_s;
    /* Delays by layer pair (from * layer_count + to); INFINITY: no common domain. Same resource: 0, which
     * the reader of these tables sees to. */
    const double **next_delay_s; /* by part: to the next one of its chain; NULL of the last */
    const double *
        *edge_delay_s; /* by deployment and edge: [deployment.first_data + edge of the component] */
    /* The evaluator's own copies, close together. By option; by part: share of the component's items that
     * leave it behind this part, and of those that come to the part. */
    struct ais__perf_row *rows;
    double *part_leaving, *part_exit;
    bool *is_timed; /* by component: it has a limit or is on a path */
    bool has_gaps;  /* two layers without a common domain */
    bool may_fail;  /* a model may have no answer */
    ais_arena *arena;
} ais_perf;

/* Errors: AIS_E_INPUT for a rate that is not positive and finite, AIS_E_LIMIT (also for costs beyond 1e300).
 * Ownership: the caller frees `*out`; it borrows `system`, nothing of `options`. */
AIS_NODISCARD int ais_perf_new(const ais_system *system, const ais_perf_options *options,
                               ais_perf **out, ais_error **err);
void ais_perf_free(ais_perf *perf);
AIS_DEFINE_AUTO(ais_perf)

/* Put other demands in place of an option's: for samples of demands that are not known exactly. A function's
 * are its warm and cold times; of the others `cold_s` is not looked at, of fitted models nothing. Cost stays.
 * The one exception to "never changed": only for its owner, while nobody else reads it. */
void ais_perf_set_demand(ais_perf *perf, size_t option, double demand_s, double cold_s);

/* Price of `count` machines of a resource (0 too: stopping what runs now has a price). Not decreasing in count
 * without a current placement. */
double ais_perf_price(const ais_perf *perf, size_t resource, size_t count);
/* Delay between two resources for what part (not the last) sends on. */
double ais_perf_next_delay_s(const ais_perf *perf, size_t part, size_t from, size_t to);
/* Delay between two resources over the n-th edge of the component of a deployment. */
double ais_perf_edge_delay_s(const ais_perf *perf, size_t deployment, size_t edge, size_t from,
                             size_t to);

/* Why a placement is not allowed: bits. A resource is in use when a chosen part sits on it; machines of others
 * cost nothing and break nothing. The count of a function is not looked at. */
typedef enum ais_violation {
    AIS_VIOLATION_INCOMPLETE =
        1, /* a component without a deployment, a part without an option, no machines */
    AIS_VIOLATION_FORWARD = 2,
    AIS_VIOLATION_COLOCATION = 4,
    AIS_VIOLATION_MEMORY = 8,
    AIS_VIOLATION_LOAD = 16, /* rho >= 1, or a model that has no answer */
    AIS_VIOLATION_LOCAL = 32,
    AIS_VIOLATION_GLOBAL = 64,
    AIS_VIOLATION_ONE_TYPE = 128,
    AIS_VIOLATION_COUNT = 256, /* more machines than there are */
    AIS_VIOLATION_NETWORK =
        512, /* no common network domain: within a chain, or over any edge of the graph */
} ais_violation;

/* Limits are held up to this relative difference, so that no rounding decides. */
#define AIS_PERF_TOLERANCE 1e-12

/* Times may be NULL: not wanted. Arrays are the caller's. */
typedef struct ais_evaluation_result {
    unsigned violations; /* 0: feasible */
    double cost;         /* INFINITY when incomplete */
    double *utilization; /* by resource: rho; 0 of functions */
    double *
        part_s; /* by part: response time; NAN of parts that are not chosen; INFINITY where rho >= 1 */
    double *component_s; /* by component */
    double *path_s;      /* by path */
} ais_evaluation_result;
/* What an evaluation needs to work in: made once, used for many by one thread, with any compilation of the
 * same system. */
typedef struct ais_perf_scratch ais_perf_scratch;
ais_perf_scratch *ais_perf_scratch_new(const ais_system *system);
void ais_perf_scratch_free(ais_perf_scratch *scratch);
AIS_DEFINE_AUTO(ais_perf_scratch)
/* `scratch` NULL: one of its own, which makes it slower. Indices that are not of their component or part
 * count as not chosen. */
void ais_perf_evaluate(const ais_perf *perf, const ais_placement *placement,
                       ais_perf_scratch *scratch, ais_evaluation_result *out);

/* A placement with its loads and times, changed step by step; each step costs what it affects. Cost and
 * violations equal those of ais_perf_evaluate() (loads are summed afresh, never by differences, so that
 * nothing drifts). */
typedef struct ais_perf_state ais_perf_state;
ais_perf_state *ais_perf_state_new(const ais_perf *perf);
void ais_perf_state_free(ais_perf_state *state);
AIS_DEFINE_AUTO(ais_perf_state)
void ais_perf_state_set(ais_perf_state *state, const ais_placement *placement);
const ais_placement *
ais_perf_state_get(const ais_perf_state *state); /* borrowed; its own counts included */
/* Put one chosen part on another option of it. A resource that nothing runs on any more keeps its count until
 * it is set; ais_perf_state_cost() charges for resources in use alone. */
void ais_perf_state_move(ais_perf_state *state, size_t part, size_t option);
/* Choose another deployment with the options of its parts, in the order of its chain. */
void ais_perf_state_choose(ais_perf_state *state, size_t deployment, const size_t *options);
void ais_perf_state_set_count(ais_perf_state *state, size_t resource, size_t count);
double ais_perf_state_cost(ais_perf_state *state);
/* As of ais_perf_evaluate(). */
unsigned ais_perf_state_violations(ais_perf_state *state);
/* What a search goes down: sum of relative excesses over memory and limits (each at most 10), of loads that are
 * not below 1, and of 1 for each other thing that breaks a rule. 0 exactly when there are no violations. */
double ais_perf_state_excess(ais_perf_state *state);
double ais_perf_state_utilization(ais_perf_state *state, size_t resource);
double ais_perf_state_component_s(ais_perf_state *state, size_t component);
double ais_perf_state_path_s(ais_perf_state *state, size_t path);
#endif
