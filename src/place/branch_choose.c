/* Where to split a domain: what the relaxation's means leave between yes and no, weighed with the money that
 * depends on it; machines first, then deployments, then options. */
#include <math.h>
#include <string.h>

#include "place/branch.h"

/* Means nearer than this to a whole number count as decided. */
static const double decided = 0.02;
/* How much a split of machines of a kind at a whole number counts. */
static const double whole_share = 0.25;

typedef struct choice {
    double score;
    ais__decision one, other;
} choice;

static void consider(choice *best, double score, ais__decision_kind one, ais__decision_kind other,
                     size_t index, size_t count)
{
    if (score <= best->score)
        return;
    best->score = score;
    best->one = (ais__decision){.kind = one, .index = index, .count = count};
    best->other = (ais__decision){.kind = other, .index = index, .count = count};
}

static double between(double share)
{
    const double nearest = fmin(share, 1 - share);
    return nearest > decided ? nearest : 0;
}

/* The count of machines of a resource when it is open, in the mean. */
static double mean_count(const ais__relax *relax, size_t r)
{
    return relax->open_mean[r] > 1e-6 ? relax->count_mean[r] / relax->open_mean[r] : 0;
}

static double unit_price(const ais_perf *perf, size_t r)
{
    return fabs(ais_perf_price(perf, r, 1) - ais_perf_price(perf, r, 0)) + 1e-6;
}

static void consider_count(const ais__branch *branch, size_t r, choice *best)
{
    const ais__domain *domain = &branch->domain;
    const double count = mean_count(branch->relax, r);
    if (domain->low[r] >= domain->high[r] || count < 1)
        return;
    const double apart = count - floor(count);
    size_t split = (size_t)floor(count) + 1; /* at least this many, or fewer */
    split = split <= domain->low[r] ? domain->low[r] + 1 : split;
    split = split > domain->high[r] ? domain->high[r] : split;
    const double score = between(apart) * unit_price(branch->perf, r) * branch->relax->open_mean[r];
    if (score <= best->score)
        return;
    best->score = score;
    best->one = (ais__decision){.kind = AIS__DECIDE_AT_LEAST, .index = r, .count = split};
    best->other = (ais__decision){.kind = AIS__DECIDE_AT_MOST, .index = r, .count = split - 1};
}

/* Split at a mean count: at most `floor(count)` or more. */
static void consider_sum(choice *best, double score, ais__decision_kind least,
                         ais__decision_kind most, size_t index, double count)
{
    if (score <= best->score)
        return;
    const size_t below = (size_t)floor(count);
    best->score = score;
    best->one = (ais__decision){.kind = least, .index = index, .count = below + 1};
    best->other = (ais__decision){.kind = most, .index = index, .count = below};
}

/* Machines of a kind: their number says most about the cost. */
static void consider_groups(const ais__branch *branch, choice *best)
{
    const ais_perf *perf = branch->perf;
    for (size_t g = 0; g < AIS__GROUPS; g++) {
        double count = 0, money = 0;
        for (size_t r = 0; r < perf->system->resource_count; r++)
            if (!perf->is_function[r] && perf->is_cloud[r] == (g == AIS__GROUP_VM)) {
                count += branch->relax->count_mean[r];
                money += branch->relax->count_mean[r] * unit_price(perf, r);
            }
        if (count <= 0)
            continue;
        /* Also at a whole number: what has no machine more is soon refuted, type by type, and what has one more
         * has its price. Means may lag behind what was decided: a split must leave less on both sides. */
        const double nearest = floor(count + 0.5), open = between(count - floor(count));
        const double most = open > 0 ? floor(count) : nearest;
        if (most + 1 <= (double)branch->domain.group_low[g] ||
            most >= (double)branch->domain.group_high[g])
            continue;
        consider_sum(best, (open > 0 ? open : whole_share) * money / count,
                     AIS__DECIDE_GROUP_AT_LEAST, AIS__DECIDE_GROUP_AT_MOST, g, most);
    }
}

/* Do "at most `below` machines" and "at least one more" both leave less of a layer? */
static bool splits_layer(const ais__domain *domain, const ais_system_layer *layer, bool used,
                         size_t below)
{
    bool less = false, more = !used;
    for (size_t r = layer->first_resource; r < layer->first_resource + layer->resource_count; r++)
        if (domain->high[r] > 0) {
            less |= domain->high[r] > below;
            more |= domain->low[r] <= below;
        }
    return less && more;
}

static void consider_layers(const ais__branch *branch, choice *best)
{
    const ais_system *system = branch->perf->system;
    const ais__relax *relax = branch->relax;
    const ais__domain *domain = &branch->domain;
    for (size_t l = 0; l < system->layer_count; l++) {
        const ais_system_layer *layer = &system->layers[l];
        if (layer->kind == AIS_LAYER_FAAS)
            continue;
        double open = 0, money = 0, count = 0;
        bool used = domain->open[l];
        for (size_t r = layer->first_resource; r < layer->first_resource + layer->resource_count;
             r++) {
            open += relax->open_mean[r];
            count += relax->count_mean[r];
            money += relax->count_mean[r] * unit_price(branch->perf, r);
            used |= domain->used[r];
        }
        const bool one_type = (branch->perf->rules & AIS_RULE_ONE_TYPE) != 0;
        if (one_type && count > 0 && splits_layer(domain, layer, used, (size_t)floor(count)))
            consider_sum(best, between(count - floor(count)) * money / count,
                         AIS__DECIDE_LAYER_AT_LEAST, AIS__DECIDE_LAYER_AT_MOST, l, count);
        if (!used && one_type && open > 0)
            consider(best, between(fmin(open, 1)) * money / open, AIS__DECIDE_LAYER_OPEN,
                     AIS__DECIDE_LAYER_CLOSED, l, 0);
        for (size_t r = layer->first_resource; r < layer->first_resource + layer->resource_count;
             r++) {
            if (!domain->used[r] && domain->high[r] > 0)
                consider(best,
                         0.5 * between(relax->open_mean[r]) * mean_count(relax, r) *
                             unit_price(branch->perf, r),
                         AIS__DECIDE_USED, AIS__DECIDE_UNUSED, r, 0);
            consider_count(branch, r, best);
        }
    }
}

static double deployment_mean(const ais__branch *branch, const ais_system_deployment *d)
{
    const ais_system_part *first = &branch->perf->system->parts[d->first_part];
    double sum = 0;
    for (size_t k = 0; k < first->option_count; k++)
        sum += branch->relax->string_mean[first->first_option + k];
    return sum;
}

static bool has_options(const ais__branch *branch, size_t d)
{
    const ais_system_deployment *deployment = &branch->perf->system->deployments[d];
    for (size_t k = 0; k < deployment->part_count; k++) {
        const ais_system_part *part = &branch->perf->system->parts[deployment->first_part + k];
        bool any = false;
        for (size_t o = part->first_option; o < part->first_option + part->option_count; o++)
            any |= branch->domain.allowed[o];
        if (!any)
            return false;
    }
    return true;
}

static size_t count_alive(const ais__branch *branch, size_t component)
{
    const ais_system_component *c = &branch->perf->system->components[component];
    size_t alive = 0;
    for (size_t k = 0; k < c->deployment_count; k++)
        alive += has_options(branch, c->first_deployment + k);
    return alive;
}

static size_t count_left(const ais__branch *branch, const ais_system_part *part)
{
    size_t left = 0;
    for (size_t o = part->first_option; o < part->first_option + part->option_count; o++)
        left += branch->domain.allowed[o];
    return left;
}

static void consider_deployments(const ais__branch *branch, choice *best)
{
    const ais_system *system = branch->perf->system;
    for (size_t d = 0; d < system->deployment_count; d++) {
        const double score = between(deployment_mean(branch, &system->deployments[d]));
        if (score > best->score && has_options(branch, d) &&
            count_alive(branch, system->deployments[d].component) > 1)
            consider(best, score, AIS__DECIDE_DEPLOYMENT, AIS__DECIDE_NO_DEPLOYMENT, d, 0);
    }
}

static void consider_options(const ais__branch *branch, choice *best)
{
    const ais_system *system = branch->perf->system;
    for (size_t o = 0; o < system->option_count; o++) {
        const double score = between(branch->relax->string_mean[o]);
        const ais_system_part *part = &system->parts[system->options[o].part];
        if (score > best->score && branch->domain.allowed[o] &&
            (count_left(branch, part) > 1 || count_alive(branch, part->component) > 1))
            consider(best, score, AIS__DECIDE_OPTION, AIS__DECIDE_NO_OPTION, o, 0);
    }
}

/* Anything that is not decided: deployments, options, then counts of what is in use. */
static void consider_rest(const ais__branch *branch, choice *best)
{
    const ais_system *system = branch->perf->system;
    const ais__domain *domain = &branch->domain;
    for (size_t c = 0; c < system->component_count; c++) {
        const size_t alive = count_alive(branch, c);
        for (size_t k = 0; k < system->components[c].deployment_count; k++) {
            const size_t d = system->components[c].first_deployment + k;
            if (!has_options(branch, d))
                continue;
            if (alive > 1)
                consider(best, 1e-3 + deployment_mean(branch, &system->deployments[d]),
                         AIS__DECIDE_DEPLOYMENT, AIS__DECIDE_NO_DEPLOYMENT, d, 0);
            for (size_t p = 0; p < system->deployments[d].part_count && alive == 1; p++) {
                const ais_system_part *part = &system->parts[system->deployments[d].first_part + p];
                const size_t left = count_left(branch, part);
                for (size_t o = part->first_option;
                     o < part->first_option + part->option_count && left > 1; o++)
                    if (domain->allowed[o])
                        consider(best, 1e-3 + branch->relax->string_mean[o], AIS__DECIDE_OPTION,
                                 AIS__DECIDE_NO_OPTION, o, 0);
            }
        }
    }
}

static void consider_any_count(const ais__branch *branch, choice *best)
{
    const ais__domain *domain = &branch->domain;
    for (size_t r = 0; r < branch->perf->system->resource_count; r++) {
        if (branch->perf->is_function[r] || domain->high[r] == 0)
            continue;
        if (!domain->used[r])
            consider(best, 1e-3, AIS__DECIDE_USED, AIS__DECIDE_UNUSED, r, 0);
        else if (domain->low[r] < domain->high[r] && best->score <= 0) {
            const size_t middle = (domain->low[r] + domain->high[r]) / 2;
            best->score = 1;
            best->one = (ais__decision){.kind = AIS__DECIDE_AT_MOST, .index = r, .count = middle};
            best->other =
                (ais__decision){.kind = AIS__DECIDE_AT_LEAST, .index = r, .count = middle + 1};
        }
    }
}

bool ais__branch_choose(const ais__branch *branch, ais__decision *one, ais__decision *other)
{
    static void (*const considerations[])(const ais__branch *, choice *) = {
        consider_groups,  consider_layers, consider_deployments,
        consider_options, consider_rest,   consider_any_count};
    choice best = {.score = 0};
    for (size_t i = 0; i < AIS_COUNT(considerations) && best.score <= 0; i++)
        considerations[i](branch, &best);
    *one = best.one;
    *other = best.other;
    return best.score > 0;
}
