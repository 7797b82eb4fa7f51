/* Tables of delays: one for each amount of data that is sent, by pair of layers.
 *
 * Delay over a domain: access + bits * MB / bandwidth; between layers: the least over domains with both. */
#include "perf/perf_priv.h"

enum { MAX_DELAYS = 1 << 26 }; /* cells of all tables together: 512 MiB */

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* All amounts of data, each once, ascending. */
static size_t list_amounts(const ais_system *system, double *amounts)
{
    size_t count = 0, distinct = 0;
    for (size_t p = 0; p < system->part_count; p++)
        amounts[count++] = system->parts[p].next_bytes;
    for (size_t i = 0; i < system->edge_bytes_count; i++)
        amounts[count++] = system->edge_bytes[i];
    qsort(amounts, count, sizeof *amounts, compare);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || amounts[i] > amounts[distinct - 1])
            amounts[distinct++] = amounts[i];
    return distinct;
}

static void fill_table(const ais_perf *perf, double bytes, double *delays_s)
{
    const ais_system *system = perf->system;
    const size_t layers = system->layer_count;
    for (size_t i = 0; i < layers * layers; i++)
        delays_s[i] = INFINITY;
    for (size_t d = 0; d < system->domain_count; d++) {
        const ais_system_domain *domain = &system->domains[d];
        const double delay_s =
            domain->access_delay_s + perf->rules_of->bits * (bytes / 1e6) / domain->bandwidth;
        for (size_t i = 0; i < domain->layer_count; i++)
            for (size_t k = 0; k < domain->layer_count; k++) {
                double *cell = &delays_s[domain->layers[i] * layers + domain->layers[k]];
                *cell = fmin(*cell, delay_s);
            }
    }
}

static const double *table_of(const double *amounts, size_t count, const double *tables,
                              size_t cells, double bytes)
{
    const double *found = bsearch(&bytes, amounts, count, sizeof *amounts, compare);
    return tables + (size_t)(found - amounts) * cells;
}

static void share_tables(ais_perf *perf, const double *amounts, size_t count, const double *tables)
{
    const ais_system *system = perf->system;
    const size_t cells = system->layer_count * system->layer_count;
    for (size_t d = 0; d < system->deployment_count; d++) {
        const ais_system_deployment *deployment = &system->deployments[d];
        for (size_t p = 0; p + 1 < deployment->part_count; p++) {
            const size_t part = deployment->first_part + p;
            perf->next_delay_s[part] =
                table_of(amounts, count, tables, cells, system->parts[part].next_bytes);
        }
    }
    for (size_t i = 0; i < system->edge_bytes_count; i++)
        perf->edge_delay_s[i] = table_of(amounts, count, tables, cells, system->edge_bytes[i]);
}

int ais__perf_fill_delays(ais_perf *perf, ais_error **err)
{
    const ais_system *system = perf->system;
    const size_t cells = system->layer_count * system->layer_count;
    AIS_AUTO(ais_arena) scratch = ais_arena_new();
    double *amounts =
        ais_arena_alloc(scratch, (system->part_count + system->edge_bytes_count) * sizeof *amounts);
    const size_t count = list_amounts(system, amounts);
    perf->next_delay_s =
        ais_arena_alloc(perf->arena, system->part_count * sizeof *perf->next_delay_s);
    perf->edge_delay_s =
        ais_arena_alloc(perf->arena, system->edge_bytes_count * sizeof *perf->edge_delay_s);
    if (cells > 0 && count > MAX_DELAYS / cells) {
        ais_error_set(err, AIS_E_LIMIT,
                      "%zu layers and %zu amounts of data make more than %d delays",
                      system->layer_count, count, MAX_DELAYS);
        return ais_error_hint(err, "round data_size, so that fewer amounts differ");
    }
    double *tables = ais_arena_alloc(perf->arena, count * cells * sizeof *tables);
    for (size_t i = 0; i < count; i++)
        fill_table(perf, amounts[i], tables + i * cells);
    for (size_t i = 0; count > 0 && i < cells; i++)
        perf->has_gaps = perf->has_gaps || tables[i] == (double)INFINITY;
    share_tables(perf, amounts, count, tables);
    return 0;
}

double ais_perf_next_delay_s(const ais_perf *perf, size_t part, size_t from, size_t to)
{
    if (from == to)
        return 0;
    return perf
        ->next_delay_s[part][perf->layer[from] * perf->system->layer_count + perf->layer[to]];
}

double ais_perf_edge_delay_s(const ais_perf *perf, size_t deployment, size_t edge, size_t from,
                             size_t to)
{
    if (from == to)
        return 0;
    const double *delays_s =
        perf->edge_delay_s[perf->system->deployments[deployment].first_data + edge];
    return delays_s[perf->layer[from] * perf->system->layer_count + perf->layer[to]];
}
