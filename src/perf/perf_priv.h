/* perf/perf_priv - what the evaluator and the state have in common: rows of options, use of resources, times.
 *
 * Times are computed in one place and in one order, so that a state equals a full evaluation to the bit.
 * Layer: within perf. Units: as perf.h. Threads: no shared state. */
#ifndef AIS_PERF_PERF_PRIV_H
#define AIS_PERF_PERF_PRIV_H
#include <math.h>

#include "perf/perf.h"

/* What the hot paths need of an option: one line of the cache. */
typedef struct ais__perf_row {
    double load, time_s, cost, charge, memory_bytes;
    const double *response_s;
    uint32_t resource, layer;
    bool allowed, alone, is_cloud, is_function;
    bool may_fail; /* its time may be INFINITY without any load */
} ais__perf_row;

/* What the chosen parts make of a resource. */
typedef struct ais__perf_use {
    double load, memory_bytes, cost; /* sums over its parts; memory: see the semantics */
    double rho, factor;              /* factor: 1 / (1 - rho); INFINITY from 1 on */
    size_t count;                    /* machines; 1 of a function */
    uint32_t parts, alone;
    unsigned violations;
    double excess; /* of load and memory */
} ais__perf_use;

/* Inverse of the standard normal distribution function; `quantile` in (0, 1). */
double ais__normal_quantile(double quantile);
/* Fill the tables of delays. Errors: AIS_E_LIMIT. */
AIS_NODISCARD int ais__perf_fill_delays(ais_perf *perf, ais_error **err);
/* Fill the options: loads, times, costs, rows. Errors: AIS_E_LIMIT. */
AIS_NODISCARD int ais__perf_fill_options(ais_perf *perf, const ais_perf_options *options,
                                         ais_error **err);

/* From the sums of a resource: rho, factor, violations, excess. */
void ais__perf_weigh(const ais_perf *perf, size_t resource, ais__perf_use *use);
/* Add a part to the sums of its resource; parts come in ascending order. */
static inline void ais__perf_add(const ais_perf *perf, ais__perf_use *use, const ais__perf_row *row)
{
    const bool spared = perf->rules_of->charge_function_once && use->parts > 0;
    use->load += row->load;
    use->cost += spared ? row->cost - row->charge : row->cost;
    if (row->is_function && !perf->rules_of->function_memory_sum)
        use->memory_bytes = fmax(use->memory_bytes, row->memory_bytes);
    else
        use->memory_bytes += row->memory_bytes;
    use->parts++;
    use->alone += row->alone;
    use->violations |= row->allowed ? 0 : AIS_VIOLATION_COUNT;
}

static inline double ais__perf_part_s(const ais_perf *perf, const ais__perf_row *row,
                                      const ais__perf_use *use)
{
    if (row->response_s != NULL)
        return use->count > 0 && use->count <= perf->count_max[row->resource]
                   ? row->response_s[use->count - 1]
                   : INFINITY;
    return use->factor < INFINITY ? row->time_s * use->factor : INFINITY; /* not 0 * INFINITY */
}

static inline double ais__perf_between_s(const ais_perf *perf, const double *delays_s,
                                         const ais__perf_row *from, const ais__perf_row *to)
{
    if (from->resource == to->resource)
        return 0;
    return delays_s[from->layer * perf->system->layer_count + to->layer];
}

/* Time of a chosen deployment whose parts all have an option. */
static inline double ais__perf_chain_s(const ais_perf *perf,
                                       const ais_system_deployment *deployment,
                                       const ais__perf_row *const *chosen,
                                       const ais__perf_use *uses)
{
    const size_t first = deployment->first_part, end = first + deployment->part_count;
    double total_s = 0;
    for (size_t p = first; p < end; p++) {
        double part_s = ais__perf_part_s(perf, chosen[p], &uses[chosen[p]->resource]);
        if (p > first)
            part_s +=
                ais__perf_between_s(perf, perf->next_delay_s[p - 1], chosen[p - 1], chosen[p]);
        if (perf->part_weight[p] > 0)
            total_s += perf->part_weight[p] * part_s;
    }
    return total_s;
}

/* Time from a component to the next one of a path. */
static inline double ais__perf_transfer_s(const ais_perf *perf,
                                          const ais_system_deployment *deployment, size_t edge,
                                          const ais__perf_row *const *chosen,
                                          const ais__perf_row *to)
{
    const size_t first = deployment->first_part, end = first + deployment->part_count;
    const double *delays_s = perf->edge_delay_s[deployment->first_data + edge];
    const bool forgets = perf->rules_of->transfer == AIS_TRANSFER_CPP;
    double total_s = 0, left = 1;
    for (size_t p = first; p < end; p++) {
        const double share = forgets ? left * perf->part_exit[p] : perf->part_leaving[p];
        if (chosen[p]->resource == to->resource || !(share > 0))
            continue; /* cpp: `left` stays, too */
        total_s += share * delays_s[chosen[p]->layer * perf->system->layer_count + to->layer];
        left *= 1 - perf->part_exit[p];
    }
    return total_s;
}

static inline bool ais__perf_above(double value, double limit)
{
    return value > limit && value > limit * (1 + AIS_PERF_TOLERANCE);
}

/* Relative excess over a limit that is not held; at most 10, INFINITY too. */
static inline double ais__perf_excess(double value, double limit)
{
    return limit > 0 ? fmin((value - limit) / limit, 10) : 10;
}

/* Of a component whose parts are all chosen: does its chain break the forward rule, lack a network? */
bool ais__perf_turns_back(const ais_system_deployment *deployment,
                          const ais__perf_row *const *chosen);
bool ais__perf_has_cloud(const ais_system_deployment *deployment,
                         const ais__perf_row *const *chosen);
bool ais__perf_has_edge(const ais_system_deployment *deployment,
                        const ais__perf_row *const *chosen);
bool ais__perf_chain_gap(const ais_perf *perf, const ais_system_deployment *deployment,
                         const ais__perf_row *const *chosen);
bool ais__perf_edge_gap(const ais_perf *perf, const ais_system_deployment *deployment, size_t edge,
                        const ais__perf_row *const *chosen, const ais__perf_row *to);
#endif
