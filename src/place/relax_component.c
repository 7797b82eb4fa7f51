/* The components of the relaxation: the cheapest string of options by cost and multipliers. */
#include <math.h>
#include <string.h>

#include "place/relax.h"

static double value_of(const ais__relax *relax, size_t option)
{
    const ais_system *system = relax->perf->system;
    const size_t link = relax->link_of[option];
    const double cost = relax->cost[option] + (link == AIS_SYSTEM_NONE ? 0 : relax->v[link]);
    if (ais__relax_is_queued(relax, option))
        return cost; /* its time is the layer's matter */
    const double price = relax->second_price[system->parts[system->options[option].part].component];
    return price > 0 ? cost + price * relax->drag_s[option] : cost;
}

static bool is_forward(const ais__relax *relax)
{
    return (relax->perf->rules & AIS_RULE_FORWARD) != 0;
}

static void price_part(ais__relax *relax, const ais__domain *domain, size_t p)
{
    const ais_perf *perf = relax->perf;
    const ais_system_part *part = &perf->system->parts[p];
    double best[2] = {(double)INFINITY, (double)INFINITY};
    size_t option[2] = {AIS_SYSTEM_NONE, AIS_SYSTEM_NONE};
    for (size_t o = part->first_option; o < part->first_option + part->option_count; o++) {
        if (!domain->allowed[o])
            continue;
        const bool cloud = perf->is_cloud[perf->system->options[o].resource];
        const double value = value_of(relax, o);
        if (value < best[cloud]) {
            best[cloud] = value;
            option[cloud] = o;
        }
    }
    relax->edge_value[p] = best[0];
    relax->cloud_value[p] = best[1];
    relax->edge_option[p] = option[0];
    relax->cloud_option[p] = option[1];
}

/* The cheapest string of a deployment with its first `*edges` parts on the edge, the others in the cloud; with
 * `fixed` (a part) on the side it is told to be, at `fixed_value`. Without the forward rule `*edges` is
 * AIS_SYSTEM_NONE: every part where it is cheaper. */
static double cheapest(const ais__relax *relax, unsigned mode, const ais_system_deployment *d,
                       size_t fixed, double fixed_edge, double fixed_cloud, size_t *edges)
{
    double sum = 0, best = (double)INFINITY;
    *edges = AIS_SYSTEM_NONE;
    for (size_t k = 0; k < d->part_count; k++) {
        const size_t p = d->first_part + k;
        const double edge = p == fixed ? fixed_edge : relax->edge_value[p];
        const double cloud = p == fixed ? fixed_cloud : relax->cloud_value[p];
        sum += is_forward(relax) ? cloud : fmin(edge, cloud);
    }
    if (!is_forward(relax))
        return sum;
    /* sums anew for each cut: differences of infinities are no numbers, and chains are short */
    for (size_t cut = 0; cut <= d->part_count; cut++) {
        const unsigned needs = cut == 0               ? AIS__MODE_CLOUD
                               : cut == d->part_count ? AIS__MODE_EDGE
                                                      : AIS__MODE_MIXED;
        if ((mode & needs) == 0)
            continue;
        double value = 0;
        for (size_t k = 0; k < d->part_count; k++) {
            const size_t p = d->first_part + k;
            const double edge = p == fixed ? fixed_edge : relax->edge_value[p];
            const double cloud = p == fixed ? fixed_cloud : relax->cloud_value[p];
            value += k < cut ? edge : cloud;
        }
        if (value < best) {
            best = value;
            *edges = cut;
        }
    }
    return best;
}

static void take_string(ais__relax *relax, const ais_system_deployment *d, size_t edges)
{
    for (size_t k = 0; k < d->part_count; k++) {
        const size_t p = d->first_part + k;
        const bool edge =
            edges == AIS_SYSTEM_NONE ? relax->edge_value[p] <= relax->cloud_value[p] : k < edges;
        const size_t option = edge ? relax->edge_option[p] : relax->cloud_option[p];
        relax->string[p] = option;
        if (option != AIS_SYSTEM_NONE && !ais__relax_is_queued(relax, option))
            relax->passed_s[d->component] += relax->drag_s[option];
        if (option != AIS_SYSTEM_NONE && relax->link_of[option] != AIS_SYSTEM_NONE)
            relax->y[relax->link_of[option]] = 1;
    }
}

double ais__relax_components(ais__relax *relax, const ais__domain *domain)
{
    const ais_system *system = relax->perf->system;
    double sum = 0;
    memset(relax->y, 0, relax->link_count * sizeof *relax->y);
    for (size_t p = 0; p < system->part_count; p++) {
        price_part(relax, domain, p);
        relax->string[p] = AIS_SYSTEM_NONE;
    }
    for (size_t c = 0; c < system->component_count; c++) {
        const ais_system_component *component = &system->components[c];
        double best = (double)INFINITY;
        size_t chosen = AIS_SYSTEM_NONE, chosen_edges = 0, edges;
        for (size_t k = 0; k < component->deployment_count; k++) {
            const size_t d = component->first_deployment + k;
            const double value = cheapest(relax, domain->mode[c], &system->deployments[d],
                                          AIS_SYSTEM_NONE, 0, 0, &edges);
            relax->deployment_value[d] = value;
            if (value < best) {
                best = value;
                chosen = d;
                chosen_edges = edges;
            }
        }
        relax->component_value[c] = best;
        sum += best;
        if (chosen != AIS_SYSTEM_NONE)
            take_string(relax, &system->deployments[chosen], chosen_edges);
    }
    return sum;
}

size_t ais__relax_fix_options(ais__relax *relax, ais__domain *domain, double gap)
{
    const ais_perf *perf = relax->perf;
    const ais_system *system = perf->system;
    size_t gone = 0, edges;
    for (size_t o = 0; o < system->option_count; o++) {
        if (!domain->allowed[o])
            continue;
        const ais_system_part *part = &system->parts[system->options[o].part];
        const bool cloud = perf->is_cloud[system->options[o].resource];
        const double value = value_of(relax, o), none = (double)INFINITY;
        const double through =
            cheapest(relax, domain->mode[part->component], &system->deployments[part->deployment],
                     system->options[o].part, cloud ? none : value, cloud ? value : none, &edges);
        if (through < relax->component_value[part->component] + gap)
            continue;
        domain->allowed[o] = false;
        gone++;
    }
    return gone;
}
