/* Placements out of relaxed ones: each component's dearest-weighted string, as many machines as may be, then
 * fewer while it is allowed. In a domain in which all is decided this is its only placement. */
#include <math.h>

#include "place/branch.h"

static size_t best_deployment(const ais__branch *branch, const ais_system_component *component)
{
    const ais_system *system = branch->perf->system;
    size_t best = component->first_deployment;
    double most = -1;
    for (size_t k = 0; k < component->deployment_count; k++) {
        const size_t d = component->first_deployment + k;
        double sum = 0;
        bool alive = true;
        for (size_t p = 0; p < system->deployments[d].part_count; p++) {
            const ais_system_part *part = &system->parts[system->deployments[d].first_part + p];
            bool any = false;
            for (size_t o = part->first_option; o < part->first_option + part->option_count; o++) {
                any |= branch->domain.allowed[o];
                sum += p == 0 ? branch->relax->string_mean[o] : 0;
            }
            alive &= any;
        }
        if (alive && sum > most) {
            most = sum;
            best = d;
        }
    }
    return best;
}

static void fill_strings(ais__branch *branch, ais_placement *into)
{
    const ais_system *system = branch->perf->system;
    for (size_t p = 0; p < system->part_count; p++)
        into->option[p] = AIS_SYSTEM_NONE;
    for (size_t r = 0; r < system->resource_count; r++)
        into->count[r] = 0;
    for (size_t c = 0; c < system->component_count; c++) {
        const size_t d = best_deployment(branch, &system->components[c]);
        into->deployment[c] = d;
        for (size_t k = 0; k < system->deployments[d].part_count; k++) {
            const size_t p = system->deployments[d].first_part + k;
            const ais_system_part *part = &system->parts[p];
            double most = -1;
            for (size_t o = part->first_option; o < part->first_option + part->option_count; o++)
                if (branch->domain.allowed[o] && branch->relax->string_mean[o] > most) {
                    most = branch->relax->string_mean[o];
                    into->option[p] = o;
                }
            if (into->option[p] == AIS_SYSTEM_NONE)
                continue;
            const size_t r = system->options[into->option[p]].resource;
            into->count[r] = branch->perf->is_function[r] ? 1 : branch->domain.high[r];
        }
    }
}

static bool judge(ais__branch *branch, double *cost)
{
    ais_evaluation_result result = {.violations = 0};
    ais_perf_evaluate(branch->perf, branch->scratch, branch->judge, &result);
    *cost = result.cost;
    return result.violations == 0;
}

bool ais__branch_offer(ais__branch *branch)
{
    ais_placement *scratch = branch->scratch;
    double cost;
    fill_strings(branch, scratch);
    if (!judge(branch, &cost))
        return false;
    for (size_t r = 0; r < branch->perf->system->resource_count; r++) {
        const size_t most = scratch->count[r];
        for (size_t n = most; n-- > branch->domain.low[r] && !branch->perf->is_function[r];) {
            const size_t kept = scratch->count[r];
            double less;
            scratch->count[r] = n;
            if (n == 0 || !judge(branch, &less) || less > cost) {
                scratch->count[r] = kept;
                break;
            }
            cost = less;
        }
    }
    if (cost < atomic_load(&branch->search->cost))
        ais__search_offer(branch->search, scratch);
    return true;
}
