/* A placement back into the files of its application. */
#include "design/production.h"
#include "design/replace.h"
#include "place/app_priv.h"

/* ---- the placement in terms of the application ---- */

static size_t find_resource(const ais_place_app *app, size_t resource)
{
    const char *name = app->system->resources[resource].name;
    for (size_t i = 0; i < app->app->resource_count; i++)
        if (app->private->resource_names[i] != NULL &&
            ais_str_equal(app->private->resource_names[i], name))
            return i;
    AIS_BUG("a resource '%s' that was not made", name);
}

/* Is the part of the deployment that was chosen for its component? */
static bool is_chosen(const ais_system *system, const ais_placement *placement, size_t part)
{
    return placement->deployment[system->parts[part].component] == system->parts[part].deployment &&
           placement->option[part] != AIS_SYSTEM_NONE;
}

static const char *const *list_resources(const ais_app_candidate *entry, const char *name,
                                         ais_arena *arena)
{
    const char **names = ais_arena_alloc(arena, entry->container_count * sizeof *names);
    for (size_t i = 0; i < entry->container_count; i++)
        names[i] = name;
    return names;
}

static int by_entry(const void *a, const void *b)
{
    const ais_app_candidate *x = ((const ais_production_unit *)a)->candidate;
    const ais_app_candidate *y = ((const ais_production_unit *)b)->candidate;
    return x < y ? -1 : x > y;
}

static ais_production make_production(const ais_place_app *app, const ais_placement *placement,
                                      ais_arena *arena)
{
    const ais_system *system = app->system;
    ais_production_unit *units = ais_arena_alloc(arena, system->part_count * sizeof *units);
    size_t *machines = ais_arena_alloc(arena, app->app->resource_count * sizeof *machines);
    size_t count = 0;
    for (size_t i = 0; i < system->part_count; i++) {
        if (!is_chosen(system, placement, i))
            continue;
        const size_t resource = system->options[placement->option[i]].resource;
        const ais_app_resource *found = &app->app->resources[find_resource(app, resource)];
        const ais_app_candidate *entry = &app->app->candidates[ais__place_part_of(app, i)->entry];
        units[count++] =
            (ais_production_unit){.candidate = entry,
                                  .layer = found->layer,
                                  .resources = list_resources(entry, found->name, arena)};
    }
    for (size_t i = 0; i < system->resource_count; i++)
        machines[find_resource(app, i)] = placement->count[i];
    qsort(units, count, sizeof *units, by_entry);
    return (ais_production){.units = units, .unit_count = count, .machines = machines};
}

/* ---- the name of the deployment ---- */

/* How many programs of a deployment are those of the placement; AIS_NONE when one is another. */
static bool matches(const ais_place_app *app, const ais_placement *placement,
                    const ais_doc_node *units, bool layers)
{
    const ais_system *system = app->system;
    size_t chosen = 0, programs = 0;
    for (size_t i = 0; i < ais_doc_count(units); i++) /* what has no design is no component */
        programs += ais__place_find(ais_doc_at(units, i), "design") != NULL;
    for (size_t i = 0; i < system->part_count; i++) {
        if (!is_chosen(system, placement, i))
            continue;
        const ais__place_part *part = ais__place_part_of(app, i);
        const size_t resource = system->options[placement->option[i]].resource;
        const int64_t layer = app->app->resources[find_resource(app, resource)].layer;
        const ais_doc_node *unit = ais__place_find(units, part->unit);
        const ais_doc_node *design = ais__place_find(unit, "design");
        const ais_doc_node *there = ais__place_find(unit, "executionLayer");
        if (design == NULL || !ais_str_equal(ais_doc_get_text(design), part->design) ||
            (layers && (there == NULL || ais_doc_get_int(there) != layer)))
            return false;
        chosen++;
    }
    return chosen == programs;
}

static bool is_whole(const ais_place_app *app, const ais_placement *placement)
{
    bool whole = true;
    for (size_t i = 0; i < app->system->part_count; i++)
        whole &= !is_chosen(app->system, placement, i) || ais__place_part_of(app, i)->group == 0;
    return whole;
}

/* The deployment with these designs and layers, else the first with these designs, whose graph is that of the
 * placement too; NULL when none was written. */
static const char *find_name(const ais_place_app *app, const ais_placement *placement)
{
    const ais_doc *doc = app->private->files[AIS__FILE_MANIFEST];
    const ais_doc_node *all =
        doc != NULL ? ais_doc_find_path(ais_doc_root(doc), "System.Deployments") : NULL;
    if (all == NULL) /* a design of AI-SPRINT Studio, whose base has everything whole */
        return is_whole(app, placement) ? "base" : NULL;
    for (int layers = 1; layers >= 0; layers--)
        for (size_t i = 0; i < ais_doc_count(all); i++)
            if (matches(app, placement, ais_doc_find(ais_doc_at(all, i), "units"), layers == 1))
                return ais_doc_get_text(ais_doc_key_at(all, i));
    return NULL;
}

/* ---- the files ---- */

static ais_doc_node *resources_name(const ais_app *app, ais_doc *doc)
{
    const ais_doc_node *name =
        ais_doc_find_path(ais_doc_root(app->candidate_resources), "System.name");
    return name != NULL ? ais_doc_copy(doc, name) : ais_doc_new_null(doc);
}

/* As SPACE4AI-D writes it. */
static ais_doc_node *space4ai_node(const ais_app *app, const ais_production *production,
                                   ais_doc *doc)
{
    ais_doc_node *root = ais_doc_new_map(doc), *system = ais_doc_new_map(doc);
    ais_doc_node *resources = ais_doc_new_map(doc);
    ais_doc_put(resources, "name", resources_name(app, doc));
    ais_doc_put(resources, "NetworkDomains", ais_production_domains(app, production, doc));
    ais_doc_put(system, "Components", ais_production_components(app, production, true, doc));
    ais_doc_put(system, "Resources", resources);
    ais_doc_put(system, "Feasible", ais_doc_new_bool(doc, true));
    ais_doc_put(root, "System", system);
    return root;
}

/* As design writes it. */
static ais_doc_node *optimal_node(const ais_app *app, const ais_production *production,
                                  const char *name, ais_doc *doc)
{
    ais_doc_node *root = ais_doc_new_map(doc), *system = ais_doc_new_map(doc);
    ais_doc_put(system, "name", resources_name(app, doc));
    ais_doc_put(system, "NetworkDomains", ais_production_domains(app, production, doc));
    ais_doc_put(system, "Components", ais_production_components(app, production, false, doc));
    if (name != NULL)
        ais_doc_put(system, "DeploymentName", ais_doc_new_string(doc, name));
    ais_doc_put(root, "System", system);
    return root;
}

typedef struct files {
    ais_replacement items[5];
    size_t count;
    ais_arena *arena;
} files;

static void add_file(files *out, const char *path, const ais_doc_node *node)
{
    AIS_SCOPED(ais_str) text = {.data = NULL};
    if (ais_str_ends(path, ".json")) {
        ais_doc_write_json(node, 4, &text);
        ais_str_add_char(&text, '\n');
    } else {
        ais_doc_write_yaml(node, &text);
    }
    out->items[out->count++] =
        (ais_replacement){.path = path,
                          .text = ais_arena_strndup(out->arena, ais_str_get(&text), text.length),
                          .length = text.length};
}

static bool is_feasible(const ais_perf *perf, const ais_placement *placement, ais_arena *arena)
{
    const ais_system *system = perf->system;
    ais_evaluation_result result = {
        .utilization = ais_arena_alloc(arena, system->resource_count * sizeof(double)),
        .part_s = ais_arena_alloc(arena, system->part_count * sizeof(double)),
        .component_s = ais_arena_alloc(arena, system->component_count * sizeof(double)),
        .path_s = ais_arena_alloc(arena, system->path_count * sizeof(double))};
    AIS_AUTO(ais_perf_scratch) scratch = ais_perf_scratch_new(system);
    ais_perf_evaluate(perf, placement, scratch, &result);
    return result.violations == 0;
}

int ais_place_app_write(const ais_place_app *app, const ais_perf *perf,
                        const ais_placement *placement, ais_error **err)
{
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    files all = {.arena = arena};
    const bool feasible = placement != NULL && is_feasible(perf, placement, arena);
    add_file(&all, "space4ai-d/SystemFile.json", ais_doc_root(app->document));
    add_file(&all, "space4ai-d/Input.json", ais_doc_root(app->input));
    add_file(&all, "space4ai-d/Output.json", ais_placement_to_node(perf, placement, doc));
    if (feasible) {
        const ais_production production = make_production(app, placement, arena);
        add_file(&all, "space4ai-d/production_deployment.yaml",
                 space4ai_node(app->app, &production, doc));
        add_file(&all, "aisprint/deployments/optimal_deployment/production_deployment.yaml",
                 optimal_node(app->app, &production, find_name(app, placement), doc));
    }
    if (ais_design_replace(app->app->dir, all.items, all.count, err) < 0)
        return ais_error_wrap(err, "writing the placement of application '%s'", app->app->name);
    return 0;
}
