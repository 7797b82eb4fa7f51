/* What may change of a system that runs, and the steps from one placement to another. */
#include "place/runtime.h"

/* Is anything of this layer in use? */
static bool layer_runs(const ais_system *system, const ais_placement *placement, size_t layer)
{
    const ais_system_layer *l = &system->layers[layer];
    for (size_t r = l->first_resource; r < l->first_resource + l->resource_count; r++)
        if (placement->count[r] > 0)
            return true;
    return false;
}

static size_t most_machines(const ais_system *system, const ais_runtime_options *runtime, size_t r)
{
    const ais_system_resource *resource = &system->resources[r];
    const ais_placement *current = runtime->current;
    switch (system->layers[resource->layer].kind) {
    case AIS_LAYER_EDGE: /* nobody carries new machines to the edge while the system runs */
        return current->count[r];
    case AIS_LAYER_VM:
        if (!runtime->free_types && current->count[r] == 0 &&
            layer_runs(system, current, resource->layer))
            return 0;
        return resource->number;
    case AIS_LAYER_FAAS:
        break;
    }
    return resource->number;
}

static const bool *options_as_now(const ais_system *system, const ais_placement *current,
                                  const bool *allowed, ais_arena *arena)
{
    bool *stay = ais_arena_alloc(arena, (system->option_count + 1) * sizeof *stay);
    for (size_t p = 0; p < system->part_count; p++) {
        const size_t o = current->option[p];
        if (o != AIS_SYSTEM_NONE)
            stay[o] = allowed == NULL || allowed[o];
    }
    return stay;
}

void ais_runtime_restrict(const ais_system *system, const ais_runtime_options *runtime,
                          ais_arena *arena, ais_perf_options *options)
{
    size_t *count_max = ais_arena_alloc(arena, (system->resource_count + 1) * sizeof *count_max);
    for (size_t r = 0; r < system->resource_count; r++) {
        count_max[r] = most_machines(system, runtime, r);
        if (options->count_max != NULL && options->count_max[r] < count_max[r])
            count_max[r] = options->count_max[r];
    }
    options->count_max = count_max;
    if (runtime->scaling_only)
        options->option_allowed =
            options_as_now(system, runtime->current, options->option_allowed, arena);
    options->current = runtime->current;
    options->start_cost = runtime->start_cost;
    options->stop_cost = runtime->stop_cost;
    options->move_cost = runtime->move_cost;
}

/* ---- the plan ---- */

typedef struct plan {
    const ais_system *system;
    const ais_placement *from, *to;
    ais_change *items;
    size_t count;
} plan;

static size_t resource_of(const ais_system *system, const ais_placement *placement, size_t part)
{
    const size_t o = placement->option[part];
    return o == AIS_SYSTEM_NONE ? AIS_SYSTEM_NONE : system->options[o].resource;
}

/* Machines of a resource that the new placement runs nothing on are not wanted, whatever it counts. */
static size_t wanted(const plan *p, size_t resource)
{
    return ais_placement_uses(p->system, p->to, resource) ? p->to->count[resource] : 0;
}

static void add_machines(plan *p, ais_change_kind kind)
{
    for (size_t r = 0; r < p->system->resource_count; r++) {
        const size_t now = p->from->count[r], then = wanted(p, r);
        if (p->system->layers[p->system->resources[r].layer].kind == AIS_LAYER_FAAS ||
            (kind == AIS_CHANGE_START ? then <= now : then >= now))
            continue;
        p->items[p->count++] = (ais_change){.kind = kind,
                                            .resource = r,
                                            .count = then > now ? then - now : now - then,
                                            .part = AIS_SYSTEM_NONE,
                                            .from = AIS_SYSTEM_NONE};
    }
}

/* Partitions of one component that come or change their place; when `leave`, those that end. */
static void add_moves(plan *p, const ais_system_component *component, bool leave)
{
    for (size_t d = 0; d < component->deployment_count; d++) {
        const ais_system_deployment *deployment =
            &p->system->deployments[component->first_deployment + d];
        for (size_t k = 0; k < deployment->part_count; k++) {
            const size_t part = deployment->first_part + k;
            const size_t from = resource_of(p->system, p->from, part);
            const size_t to = resource_of(p->system, p->to, part);
            if (from == to || (to == AIS_SYSTEM_NONE) != leave)
                continue;
            p->items[p->count++] =
                (ais_change){.kind = AIS_CHANGE_MOVE, .resource = to, .part = part, .from = from};
        }
    }
}

const ais_change *ais_runtime_plan(const ais_system *system, const ais_placement *from,
                                   const ais_placement *to, ais_arena *arena, size_t *count)
{
    plan p = {.system = system, .from = from, .to = to};
    p.items =
        ais_arena_alloc(arena, (system->resource_count + system->part_count + 1) * sizeof *p.items);
    add_machines(&p, AIS_CHANGE_START);
    /* A component keeps its old partitions until the new ones are there. */
    for (size_t c = 0; c < system->component_count; c++) {
        add_moves(&p, &system->components[c], false);
        add_moves(&p, &system->components[c], true);
    }
    add_machines(&p, AIS_CHANGE_STOP);
    *count = p.count;
    return p.items;
}

/* ---- said ---- */

static const char *const kind_names[] = {
    [AIS_CHANGE_START] = "start", [AIS_CHANGE_MOVE] = "move", [AIS_CHANGE_STOP] = "stop"};

static ais_doc_node *resource_node(const ais_system *system, size_t resource, ais_doc *doc)
{
    return resource == AIS_SYSTEM_NONE ? ais_doc_new_null(doc)
                                       : ais_doc_new_string(doc, system->resources[resource].name);
}

static ais_doc_node *change_to_node(const ais_system *system, const ais_change *change,
                                    ais_doc *doc)
{
    ais_doc_node *node = ais_doc_new_map(doc);
    ais_doc_put(node, "change", ais_doc_new_string(doc, kind_names[change->kind]));
    if (change->kind != AIS_CHANGE_MOVE) {
        ais_doc_put(node, "resource", resource_node(system, change->resource, doc));
        ais_doc_put(node, "machines", ais_doc_new_int(doc, (int64_t)change->count));
        return node;
    }
    const ais_system_part *part = &system->parts[change->part];
    ais_doc_put(node, "component",
                ais_doc_new_string(doc, system->components[part->component].name));
    ais_doc_put(node, "deployment",
                ais_doc_new_string(doc, system->deployments[part->deployment].name));
    ais_doc_put(node, "partition", ais_doc_new_string(doc, part->name));
    ais_doc_put(node, "from", resource_node(system, change->from, doc));
    ais_doc_put(node, "to", resource_node(system, change->resource, doc));
    return node;
}

ais_doc_node *ais_runtime_plan_to_node(const ais_system *system, const ais_change *changes,
                                       size_t count, ais_doc *doc)
{
    ais_doc_node *list = ais_doc_new_list(doc);
    for (size_t i = 0; i < count; i++)
        ais_doc_append(list, change_to_node(system, &changes[i], doc));
    return list;
}

static void write_move(const ais_system *system, const ais_change *change, ais_str *out)
{
    const ais_system_part *part = &system->parts[change->part];
    ais_str_add_format(out, "%s %s of %s (%s)",
                       change->from == AIS_SYSTEM_NONE       ? "begin"
                       : change->resource == AIS_SYSTEM_NONE ? "end"
                                                             : "move",
                       part->name, system->components[part->component].name,
                       system->deployments[part->deployment].name);
    if (change->resource == AIS_SYSTEM_NONE || change->from == AIS_SYSTEM_NONE) {
        const size_t at = change->resource == AIS_SYSTEM_NONE ? change->from : change->resource;
        ais_str_add_format(out, " on %s\n", system->resources[at].name);
        return;
    }
    ais_str_add_format(out, " from %s to %s\n", system->resources[change->from].name,
                       system->resources[change->resource].name);
}

void ais_runtime_plan_write_text(const ais_system *system, const ais_change *changes, size_t count,
                                 ais_str *out)
{
    for (size_t i = 0; i < count; i++) {
        const ais_change *change = &changes[i];
        if (change->kind == AIS_CHANGE_MOVE)
            write_move(system, change, out);
        else
            ais_str_add_format(out, "%s %zu %s of %s\n", kind_names[change->kind], change->count,
                               change->count == 1 ? "machine" : "machines",
                               system->resources[change->resource].name);
    }
    if (count == 0)
        ais_str_add(out, "nothing to change\n");
}
