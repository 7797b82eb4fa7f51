/* What follows from a domain: options that are too slow for every limit, that would lead back to the edge, or
 * that lost their machines; loads that are certain; layers that some component cannot do without. */
#include <math.h>
#include <string.h>

#include "place/relax.h"

/* Limits and loads are compared with room for rounding: what is on the limit stays. */
static const double rounding = 1e-9;
enum { ROUNDS = 8 };

struct ais__filter {
    const ais_perf *perf;
    ais_arena *arena;
    double *part_s, *option_s;     /* least share of the component's time */
    double *component_s, *slack_s; /* least time; most time that limits leave */
    double *deployment_s;          /* INFINITY: cannot be chosen */
    double *load;                  /* by resource: of parts that are certain to be there */
    size_t *certain;               /* by part: its only option; AIS_SYSTEM_NONE */
    size_t *alive, *last;          /* by component: deployments left, one of them */
    size_t *needs, *seen;          /* by layer: deployments that need it, stamp */
    size_t stamp;
};

ais__filter *ais__filter_new(const ais_perf *perf)
{
    const ais_system *s = perf->system;
    ais_arena *arena = ais_arena_new();
    ais__filter *f = ais_arena_alloc(arena, sizeof *f);
    *f = (ais__filter){.perf = perf, .arena = arena};
    f->part_s = ais_arena_alloc(arena, s->part_count * sizeof(double));
    f->option_s = ais_arena_alloc(arena, s->option_count * sizeof(double));
    f->component_s = ais_arena_alloc(arena, s->component_count * sizeof(double));
    f->slack_s = ais_arena_alloc(arena, s->component_count * sizeof(double));
    f->deployment_s = ais_arena_alloc(arena, s->deployment_count * sizeof(double));
    f->load = ais_arena_alloc(arena, s->resource_count * sizeof(double));
    f->certain = ais_arena_alloc(arena, s->part_count * sizeof(size_t));
    f->alive = ais_arena_alloc(arena, s->component_count * sizeof(size_t));
    f->last = ais_arena_alloc(arena, s->component_count * sizeof(size_t));
    f->needs = ais_arena_alloc(arena, s->layer_count * sizeof(size_t));
    f->seen = ais_arena_alloc(arena, s->layer_count * sizeof(size_t));
    return f;
}

void ais__filter_free(ais__filter *filter)
{
    if (filter != NULL)
        ais_arena_free(filter->arena);
}

const double *ais__filter_slack_s(const ais__filter *filter)
{
    return filter->slack_s;
}

const double *ais__filter_part_s(const ais__filter *filter)
{
    return filter->part_s;
}

/* One type a layer, and a layer that must be open opens what is left of it. */
static bool filter_resources(ais__filter *f, ais__domain *domain)
{
    const ais_system *system = f->perf->system;
    for (size_t l = 0; l < system->layer_count; l++) {
        const ais_system_layer *layer = &system->layers[l];
        const size_t end = layer->first_resource + layer->resource_count;
        size_t used = 0, left = 0, last = 0;
        for (size_t r = layer->first_resource; r < end; r++) {
            if (domain->low[r] > domain->high[r])
                domain->high[r] = 0;
            if (domain->used[r] && domain->high[r] == 0)
                return false;
            used += domain->used[r];
            left += domain->high[r] > 0;
            last = domain->high[r] > 0 ? r : last;
        }
        if (layer->kind == AIS_LAYER_FAAS)
            continue;
        const bool one = (f->perf->rules & AIS_RULE_ONE_TYPE) != 0;
        if ((one && used > 1) || (domain->open[l] && left == 0))
            return false;
        if (domain->open[l] && left == 1)
            domain->used[last] = true;
        for (size_t r = layer->first_resource; r < end && one && used == 1; r++)
            if (!domain->used[r])
                domain->high[r] = 0;
    }
    return true;
}

/* Of a response that does not depend on the load: the least over the counts that are left. */
static double least_fitted_s(const ais__filter *f, const ais__domain *domain, size_t o)
{
    const double *response_s = f->perf->response_s[o];
    const size_t r = f->perf->system->options[o].resource;
    double least_s = (double)INFINITY;
    for (size_t n = domain->low[r]; n <= domain->high[r] && response_s != NULL; n++)
        least_s = fmin(least_s, response_s[n - 1]);
    return least_s < (double)INFINITY ? least_s : f->perf->time_s[o];
}

/* Least response of an option, all that is certain beside it; INFINITY where it cannot be. */
static double least_response_s(const ais__filter *f, const ais__domain *domain, size_t o)
{
    const ais_perf *perf = f->perf;
    const ais_system_option *option = &perf->system->options[o];
    const size_t r = option->resource, high = domain->high[r];
    if (perf->is_function[r])
        return perf->time_s[o];
    if (option->kind != AIS_MODEL_QUEUE || perf->load[o] <= 0)
        return least_fitted_s(f, domain, o);
    const double beside = f->load[r] + (f->certain[option->part] == o ? 0 : perf->load[o]);
    const double rho = fmax(beside, perf->load[o]) / (double)high * (1 - rounding);
    return rho < 1 ? perf->time_s[o] / (1 - rho) : (double)INFINITY;
}

static void time_options(ais__filter *f, ais__domain *domain)
{
    const ais_perf *perf = f->perf;
    const ais_system *system = perf->system;
    for (size_t p = 0; p < system->part_count; p++)
        f->part_s[p] = (double)INFINITY;
    for (size_t o = 0; o < system->option_count; o++) {
        if (!domain->allowed[o])
            continue;
        const size_t p = system->options[o].part;
        const double response_s = domain->high[system->options[o].resource] == 0
                                      ? (double)INFINITY
                                      : least_response_s(f, domain, o);
        f->option_s[o] = perf->part_weight[p] * response_s;
        if (!(response_s < (double)INFINITY))
            domain->allowed[o] = false;
        else
            f->part_s[p] = fmin(f->part_s[p], f->option_s[o]);
    }
}

static bool time_components(ais__filter *f)
{
    const ais_system *system = f->perf->system;
    for (size_t c = 0; c < system->component_count; c++) {
        const ais_system_component *component = &system->components[c];
        f->component_s[c] = (double)INFINITY;
        for (size_t k = 0; k < component->deployment_count; k++) {
            const ais_system_deployment *d = &system->deployments[component->first_deployment + k];
            double sum = 0;
            for (size_t p = d->first_part; p < d->first_part + d->part_count; p++)
                sum += f->part_s[p];
            f->deployment_s[component->first_deployment + k] = sum;
            f->component_s[c] = fmin(f->component_s[c], sum);
        }
        if (!(f->component_s[c] < (double)INFINITY))
            return false;
    }
    return true;
}

/* What limits leave a component, the least of all others given. */
static bool find_slack(ais__filter *f)
{
    const ais_perf *perf = f->perf;
    const ais_system *system = perf->system;
    for (size_t c = 0; c < system->component_count; c++)
        f->slack_s[c] = perf->local_limit_s[c] * (1 + rounding);
    for (size_t i = 0; i < system->path_count; i++) {
        const ais_system_path *path = &system->paths[i];
        double sum = 0;
        for (size_t k = 0; k < path->component_count; k++)
            sum += f->component_s[path->components[k]];
        const double left = perf->path_limit_s[i] * (1 + rounding) - sum;
        for (size_t k = 0; k < path->component_count; k++) {
            const size_t c = path->components[k];
            f->slack_s[c] = fmin(f->slack_s[c], left + f->component_s[c]);
        }
    }
    for (size_t c = 0; c < system->component_count; c++)
        if (f->component_s[c] > f->slack_s[c])
            return false;
    return true;
}

/* Which cuts between edge and cloud a deployment has. */
static unsigned modes_of(const ais__filter *f, const ais__domain *domain,
                         const ais_system_deployment *d)
{
    const ais_perf *perf = f->perf;
    size_t edges = 0,
           clouds_from = d->part_count; /* longest prefix on the edge, suffix in the cloud */
    bool prefix = true;
    for (size_t k = 0; k < d->part_count; k++) {
        const ais_system_part *part = &perf->system->parts[d->first_part + k];
        bool edge = false, cloud = false;
        for (size_t o = part->first_option; o < part->first_option + part->option_count; o++)
            if (domain->allowed[o]) {
                cloud |= perf->is_cloud[perf->system->options[o].resource];
                edge |= !perf->is_cloud[perf->system->options[o].resource];
            }
        prefix &= edge;
        edges += prefix;
        if (!cloud)
            clouds_from = d->part_count;
        else if (clouds_from == d->part_count)
            clouds_from = k;
    }
    unsigned modes = 0;
    if (edges == d->part_count)
        modes |= AIS__MODE_EDGE;
    if (clouds_from == 0)
        modes |= AIS__MODE_CLOUD;
    for (size_t cut = 1; cut < d->part_count; cut++)
        if (cut <= edges && cut >= clouds_from)
            modes |= AIS__MODE_MIXED;
    return modes;
}

static void disallow(const ais__filter *f, ais__domain *domain, const ais_system_deployment *d,
                     bool cloud, size_t *gone)
{
    const ais_system *system = f->perf->system;
    for (size_t p = d->first_part; p < d->first_part + d->part_count; p++)
        for (size_t o = system->parts[p].first_option;
             o < system->parts[p].first_option + system->parts[p].option_count; o++)
            if (domain->allowed[o] && f->perf->is_cloud[system->options[o].resource] == cloud) {
                domain->allowed[o] = false;
                ++*gone;
            }
}

/* Along the edges of the graph: behind cloud only cloud, before edge only edge. */
static bool spread_modes(const ais_system *system, ais__domain *domain)
{
    for (size_t round = 0; round < 2; round++)
        for (size_t i = 0; i < system->component_count; i++) {
            const size_t at = round == 0 ? i : system->component_count - 1 - i;
            const size_t c = system->order[at];
            const ais_system_component *component = &system->components[c];
            for (size_t e = component->first_edge;
                 e < component->first_edge + component->edge_count; e++) {
                unsigned char *to = &domain->mode[system->edges[e].to];
                if ((domain->mode[c] & AIS__MODE_EDGE) == 0)
                    *to &= AIS__MODE_CLOUD;
                if ((*to & AIS__MODE_CLOUD) == 0)
                    domain->mode[c] &= AIS__MODE_EDGE;
                if (*to == 0)
                    return false;
            }
            if (domain->mode[c] == 0)
                return false;
        }
    return true;
}

static bool filter_modes(ais__filter *f, ais__domain *domain, size_t *gone)
{
    const ais_system *system = f->perf->system;
    if ((f->perf->rules & AIS_RULE_FORWARD) == 0)
        return true;
    for (size_t c = 0; c < system->component_count; c++) {
        const ais_system_component *component = &system->components[c];
        unsigned modes = 0;
        for (size_t k = 0; k < component->deployment_count; k++)
            modes |= modes_of(f, domain, &system->deployments[component->first_deployment + k]);
        domain->mode[c] &= (unsigned char)modes;
    }
    if (!spread_modes(system, domain))
        return false;
    for (size_t d = 0; d < system->deployment_count; d++) {
        const unsigned mode = domain->mode[system->deployments[d].component];
        if ((mode & (AIS__MODE_EDGE | AIS__MODE_MIXED)) == 0)
            disallow(f, domain, &system->deployments[d], false, gone);
        if ((mode & (AIS__MODE_CLOUD | AIS__MODE_MIXED)) == 0)
            disallow(f, domain, &system->deployments[d], true, gone);
    }
    return true;
}

/* Options that are too slow, and all of deployments that cannot be chosen. */
static size_t filter_options(ais__filter *f, ais__domain *domain)
{
    const ais_system *system = f->perf->system;
    size_t gone = 0;
    for (size_t o = 0; o < system->option_count; o++) {
        if (!domain->allowed[o])
            continue;
        const ais_system_part *part = &system->parts[system->options[o].part];
        const double whole = f->deployment_s[part->deployment];
        if (whole < (double)INFINITY &&
            whole - f->part_s[system->options[o].part] + f->option_s[o] <=
                f->slack_s[part->component] * (1 + rounding))
            continue;
        domain->allowed[o] = false;
        gone++;
    }
    return gone;
}

/* The only option of each part of the only deployments, and the loads that they make. */
static void find_certain(ais__filter *f, const ais__domain *domain)
{
    const ais_system *system = f->perf->system;
    memset(f->alive, 0, system->component_count * sizeof *f->alive);
    memset(f->load, 0, system->resource_count * sizeof *f->load);
    for (size_t d = 0; d < system->deployment_count; d++) {
        const ais_system_deployment *deployment = &system->deployments[d];
        bool alive = true;
        for (size_t k = 0; k < deployment->part_count; k++) {
            const ais_system_part *part = &system->parts[deployment->first_part + k];
            size_t left = 0, only = AIS_SYSTEM_NONE;
            for (size_t o = part->first_option; o < part->first_option + part->option_count; o++)
                if (domain->allowed[o]) {
                    left++;
                    only = o;
                }
            f->certain[deployment->first_part + k] = left == 1 ? only : AIS_SYSTEM_NONE;
            alive &= left > 0;
        }
        f->alive[deployment->component] += alive;
        f->last[deployment->component] = alive ? d : f->last[deployment->component];
    }
    for (size_t p = 0; p < system->part_count; p++) {
        const ais_system_part *part = &system->parts[p];
        if (f->alive[part->component] != 1 || f->last[part->component] != part->deployment)
            f->certain[p] = AIS_SYSTEM_NONE;
        else if (f->certain[p] != AIS_SYSTEM_NONE)
            f->load[system->options[f->certain[p]].resource] += f->perf->load[f->certain[p]];
    }
}

static bool has_options(const ais_system *system, const ais__domain *domain,
                        const ais_system_deployment *deployment)
{
    for (size_t p = deployment->first_part; p < deployment->first_part + deployment->part_count;
         p++) {
        const ais_system_part *part = &system->parts[p];
        bool any = false;
        for (size_t o = part->first_option; o < part->first_option + part->option_count; o++)
            any |= domain->allowed[o];
        if (!any)
            return false;
    }
    return true;
}

/* The layer of all options of a part, or AIS_SYSTEM_NONE: none, or several. */
static size_t only_layer(const ais__filter *f, const ais__domain *domain, size_t p)
{
    const ais_system_part *part = &f->perf->system->parts[p];
    size_t layer = AIS_SYSTEM_NONE;
    for (size_t o = part->first_option; o < part->first_option + part->option_count; o++) {
        const size_t at = f->perf->layer[f->perf->system->options[o].resource];
        if (!domain->allowed[o])
            continue;
        if (layer != AIS_SYSTEM_NONE && layer != at)
            return AIS_SYSTEM_NONE;
        layer = at;
    }
    return layer;
}

/* A layer is open when all deployments that a component has left need it. */
static void open_layers(ais__filter *f, ais__domain *domain)
{
    const ais_system *system = f->perf->system;
    for (size_t c = 0; c < system->component_count; c++) {
        const ais_system_component *component = &system->components[c];
        memset(f->needs, 0, system->layer_count * sizeof *f->needs);
        for (size_t k = 0; k < component->deployment_count; k++) {
            const ais_system_deployment *d = &system->deployments[component->first_deployment + k];
            const bool alive =
                has_options(system, domain, d); /* as those are counted in f->alive */
            f->stamp++;
            for (size_t p = d->first_part; p < d->first_part + d->part_count && alive; p++) {
                const size_t layer = only_layer(f, domain, p);
                if (layer == AIS_SYSTEM_NONE || f->seen[layer] == f->stamp)
                    continue;
                f->seen[layer] = f->stamp;
                if (++f->needs[layer] == f->alive[c] &&
                    system->layers[layer].kind != AIS_LAYER_FAAS)
                    domain->open[layer] = true;
            }
        }
    }
}

/* Machines enough for what is certain. */
static bool count_machines(ais__filter *f, ais__domain *domain)
{
    const ais_perf *perf = f->perf;
    for (size_t p = 0; p < perf->system->part_count; p++)
        if (f->certain[p] != AIS_SYSTEM_NONE &&
            !perf->is_function[perf->system->options[f->certain[p]].resource])
            domain->used[perf->system->options[f->certain[p]].resource] = true;
    for (size_t r = 0; r < perf->system->resource_count; r++) {
        if (perf->is_function[r] || !(f->load[r] > 0))
            continue;
        if (f->load[r] * (1 - rounding) >= (double)domain->high[r])
            return false;
        while ((double)domain->low[r] <= f->load[r] * (1 - rounding))
            domain->low[r]++;
    }
    return true;
}

bool ais__filter_run(ais__filter *f, ais__domain *domain)
{
    for (size_t round = 0; round < ROUNDS; round++) {
        size_t gone = 0;
        if (!filter_resources(f, domain))
            return false;
        find_certain(f, domain);
        if (!count_machines(f, domain))
            return false;
        time_options(f, domain);
        if (!time_components(f) || !find_slack(f))
            return false;
        gone += filter_options(f, domain);
        if (!filter_modes(f, domain, &gone))
            return false;
        find_certain(f, domain);
        open_layers(f, domain);
        if (gone == 0)
            break;
    }
    return filter_resources(f, domain);
}
