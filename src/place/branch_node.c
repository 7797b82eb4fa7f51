/* Nodes of the branch and bound: the queue, and what decisions leave of a domain. */
#include "place/branch.h"

static bool before(const ais__branch_node *a, const ais__branch_node *b)
{
    if (a->bound != b->bound)
        return a->bound < b->bound;
    return a->depth != b->depth ? a->depth > b->depth : a->decision < b->decision;
}

static void swap(ais__branch_node *a, ais__branch_node *b)
{
    const ais__branch_node kept = *a;
    *a = *b;
    *b = kept;
}

void ais__branch_push(ais__branch *branch, ais__branch_node node)
{
    branch->heap = ais_grow(branch->heap, &branch->heap_capacity, branch->heap_count + 1,
                            sizeof *branch->heap);
    size_t at = branch->heap_count++;
    branch->heap[at] = node;
    while (at > 0 && before(&branch->heap[at], &branch->heap[(at - 1) / 2])) {
        swap(&branch->heap[at], &branch->heap[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
}

ais__branch_node ais__branch_pop(ais__branch *branch)
{
    const ais__branch_node least = branch->heap[0];
    branch->heap[0] = branch->heap[--branch->heap_count];
    for (size_t at = 0;;) {
        size_t child = 2 * at + 1;
        if (child >= branch->heap_count)
            break;
        if (child + 1 < branch->heap_count &&
            before(&branch->heap[child + 1], &branch->heap[child]))
            child++;
        if (!before(&branch->heap[child], &branch->heap[at]))
            break;
        swap(&branch->heap[child], &branch->heap[at]);
        at = child;
    }
    return least;
}

static void forbid_deployment(const ais_system *system, ais__domain *domain, size_t deployment)
{
    const ais_system_deployment *d = &system->deployments[deployment];
    for (size_t p = d->first_part; p < d->first_part + d->part_count; p++)
        for (size_t k = 0; k < system->parts[p].option_count; k++)
            domain->allowed[system->parts[p].first_option + k] = false;
}

static void only_deployment(const ais_system *system, ais__domain *domain, size_t deployment)
{
    const ais_system_component *component =
        &system->components[system->deployments[deployment].component];
    for (size_t k = 0; k < component->deployment_count; k++)
        if (component->first_deployment + k != deployment)
            forbid_deployment(system, domain, component->first_deployment + k);
}

static void only_option(const ais_system *system, ais__domain *domain, size_t option)
{
    const ais_system_part *part = &system->parts[system->options[option].part];
    only_deployment(system, domain, part->deployment);
    for (size_t o = part->first_option; o < part->first_option + part->option_count; o++)
        domain->allowed[o] &= o == option;
}

static void at_least(ais__domain *domain, size_t resource, size_t count)
{
    if (domain->low[resource] < count)
        domain->low[resource] = count;
}

static void at_most(ais__domain *domain, size_t resource, size_t count)
{
    if (domain->high[resource] > count)
        domain->high[resource] = count;
}

static void apply(const ais_system *system, ais__domain *domain, const ais__decision *decision)
{
    const size_t i = decision->index;
    switch (decision->kind) {
    case AIS__DECIDE_NOTHING:
        break;
    case AIS__DECIDE_LAYER_OPEN:
        domain->open[i] = true;
        break;
    case AIS__DECIDE_LAYER_CLOSED:
        for (size_t k = 0; k < system->layers[i].resource_count; k++)
            domain->high[system->layers[i].first_resource + k] = 0;
        break;
    case AIS__DECIDE_LAYER_AT_LEAST:
        domain->open[i] = true;
        for (size_t k = 0; k < system->layers[i].resource_count; k++)
            at_least(domain, system->layers[i].first_resource + k, decision->count);
        break;
    case AIS__DECIDE_LAYER_AT_MOST:
        for (size_t k = 0; k < system->layers[i].resource_count; k++)
            at_most(domain, system->layers[i].first_resource + k, decision->count);
        break;
    case AIS__DECIDE_GROUP_AT_LEAST:
        if (domain->group_low[i] < decision->count)
            domain->group_low[i] = decision->count;
        break;
    case AIS__DECIDE_GROUP_AT_MOST:
        if (domain->group_high[i] > decision->count)
            domain->group_high[i] = decision->count;
        break;
    case AIS__DECIDE_USED:
        domain->used[i] = true;
        break;
    case AIS__DECIDE_UNUSED:
        domain->high[i] = 0;
        break;
    case AIS__DECIDE_AT_LEAST:
        at_least(domain, i, decision->count);
        break;
    case AIS__DECIDE_AT_MOST:
        at_most(domain, i, decision->count);
        break;
    case AIS__DECIDE_DEPLOYMENT:
        only_deployment(system, domain, i);
        break;
    case AIS__DECIDE_NO_DEPLOYMENT:
        forbid_deployment(system, domain, i);
        break;
    case AIS__DECIDE_OPTION:
        only_option(system, domain, i);
        break;
    case AIS__DECIDE_NO_OPTION:
        domain->allowed[i] = false;
        break;
    }
}

void ais__branch_apply(ais__branch *branch, size_t decision)
{
    ais__domain_copy(branch->perf, &branch->domain, &branch->root);
    for (size_t d = decision; d != AIS_SYSTEM_NONE; d = branch->decisions[d].parent)
        apply(branch->perf->system, &branch->domain, &branch->decisions[d]);
}
