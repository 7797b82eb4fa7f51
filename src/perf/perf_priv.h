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
    uint32_t resource, part;
    uint16_t layer;
    bool allowed, alone, is_cloud, is_function;
    bool may_fail; /* its time may be INFINITY without any load */
} ais__perf_row;

enum { AIS__PERF_LINE = 64 }; /* bytes of a line of the cache */
_Static_assert(sizeof(ais__perf_row) == AIS__PERF_LINE, "a row is one line of the cache");
_Static_assert(AIS_SYSTEM_MAX_LAYERS <= UINT16_MAX, "rows hold layers in 16 bits");

/* What the chosen parts make of a resource. */
typedef struct ais__perf_use {
    double load, memory_bytes, cost; /* sums over its parts; memory: see the semantics */
    double rho, factor;              /* factor: 1 / (1 - rho); INFINITY from 1 on */
    double excess;                   /* of load and memory */
    uint32_t count;                  /* machines; 1 of a function */
    uint32_t parts, alone;
    unsigned violations;
} ais__perf_use;

/* Inverse of the standard normal distribution function; `quantile` in (0, 1). */
double ais__normal_quantile(double quantile);
/* Fill the tables of delays. Errors: AIS_E_LIMIT. */
AIS_NODISCARD int ais__perf_fill_delays(ais_perf *perf, ais_error **err);
/* Fill the options: loads, times, costs, rows. Errors: AIS_E_LIMIT. */
AIS_NODISCARD int ais__perf_fill_options(ais_perf *perf, const ais_perf_options *options,
                                         ais_error **err);

static inline bool ais__perf_above(double value, double limit)
{
    return value > limit && value > limit * (1 + AIS_PERF_TOLERANCE);
}

/* Relative excess over a limit that is not held; at most 10, INFINITY too. */
static inline double ais__perf_excess(double value, double limit)
{
    return limit > 0 ? fmin((value - limit) / limit, 10) : 10;
}

static inline double ais__perf_price(const ais_perf *perf, size_t resource, size_t count)
{
    const double price = perf->price[resource] * (double)count;
    if (perf->current_count == NULL || perf->is_function[resource])
        return price;
    const size_t now = perf->current_count[resource];
    return count >= now ? price + perf->start_cost * (double)(count - now)
                        : price + perf->stop_cost * (double)(now - count);
}

static inline void ais__perf_weigh_memory(const ais_perf *perf, size_t resource, ais__perf_use *use)
{
    double limit = perf->memory_bytes[resource];
    if (perf->rules_of->memory_of_all_machines && !perf->is_function[resource])
        limit *= use->count;
    if (ais__perf_above(use->memory_bytes, limit)) {
        use->violations |= AIS_VIOLATION_MEMORY;
        use->excess += ais__perf_excess(use->memory_bytes, limit);
    }
}

/* From the sums of a resource and `count` machines: rho, factor, violations, excess. */
static inline void ais__perf_weigh(const ais_perf *perf, size_t resource, size_t count,
                                   ais__perf_use *use)
{
    use->factor = 1;
    use->count = 1;
    if (!perf->is_function[resource]) {
        use->count = count < UINT32_MAX ? (uint32_t)count : UINT32_MAX;
        use->rho = count > 0 ? use->load / (double)count : (double)INFINITY;
        use->factor = use->rho < 1 ? 1 / (1 - use->rho) : (double)INFINITY;
    }
    if (use->count == 0)
        use->violations |= AIS_VIOLATION_INCOMPLETE;
    if (use->count > perf->count_max[resource])
        use->violations |= AIS_VIOLATION_COUNT;
    if (use->alone > 0 && use->parts > 1 && (perf->rules & AIS_RULE_COLOCATION) != 0)
        use->violations |= AIS_VIOLATION_COLOCATION;
    if (!(use->rho < 1)) {
        use->violations |= AIS_VIOLATION_LOAD;
        use->excess = use->rho < 1000 ? use->rho : 1000;
    }
    if ((perf->rules & AIS_RULE_MEMORY) != 0)
        ais__perf_weigh_memory(perf, resource, use);
}

/* Add a part to the sums of its resource; parts come in ascending order. */
static inline void ais__perf_add(const ais_perf *perf, ais__perf_use *use, const ais__perf_row *row)
{
    const bool spared = perf->rules_of->charge_function_once && use->parts > 0;
    use->load += row->load;
    use->cost += spared ? row->cost - row->charge : row->cost;
    if (row->is_function && !perf->rules_of->function_memory_sum)
        use->memory_bytes =
            row->memory_bytes > use->memory_bytes ? row->memory_bytes : use->memory_bytes;
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

/* Of a deployment whose parts are all chosen; 0 stands for one that is not. */
enum {
    AIS__SHAPE_COMPLETE = 1,
    AIS__SHAPE_CLOUD = 2,
    AIS__SHAPE_EDGE = 4,
    AIS__SHAPE_BACK = 8 /* it returns from the cloud to the edge */
};
static inline unsigned ais__perf_shape(const ais_system_deployment *deployment,
                                       const ais__perf_row *const *chosen)
{
    const size_t first = deployment->first_part, end = first + deployment->part_count;
    unsigned shape = AIS__SHAPE_COMPLETE;
    for (size_t p = first; p < end; p++)
        if (chosen[p]->is_cloud)
            shape |= AIS__SHAPE_CLOUD;
        else
            shape |= (shape & AIS__SHAPE_CLOUD) != 0 ? AIS__SHAPE_EDGE | AIS__SHAPE_BACK
                                                     : AIS__SHAPE_EDGE;
    return shape;
}

/* Does something go from one layer to another without a common domain: within a chain, over an edge? Of
 * components whose parts are all chosen. */
bool ais__perf_chain_gap(const ais_perf *perf, const ais_system_deployment *deployment,
                         const ais__perf_row *const *chosen);
bool ais__perf_edge_gap(const ais_perf *perf, const ais_system_deployment *deployment, size_t edge,
                        const ais__perf_row *const *chosen, const ais__perf_row *to);
#endif
