/* The limits of response times and the rate of SystemFile.json. */
#include <math.h>

#include "place/app_priv.h"

/* ---- names of units as components ---- */

/* The component of the graph that a unit belongs to; `part` is NULL for a component's own name. */
static size_t find_slot(const ais__place_reader *r, const char *name, const ais__place_part **part)
{
    *part = NULL;
    for (size_t i = 0; i < r->app->base_component_count; i++) {
        const ais__place_component *c = &r->private->components[i];
        if (ais_str_equal(r->app->components[c->component].name, name) ||
            ais_str_equal(r->app->components[i].name, name))
            return i;
        for (size_t k = 0; k < c->part_count; k++)
            if (ais_str_equal(c->parts[k].unit, name)) {
                *part = &c->parts[k];
                return i;
            }
    }
    return AIS_NONE;
}

static const char *component_at(const void *app, size_t i)
{
    return ((const ais_app *)app)->components[i].name;
}

static size_t need_slot(const ais__place_reader *r, const ais_doc_node *node,
                        const ais__place_part **part)
{
    const char *name = ais_doc_get_text(node);
    const size_t slot = find_slot(r, name, part);
    if (slot != AIS_NONE)
        return slot;
    const char *near = ais_str_nearest(name, r->app, r->app->base_component_count, component_at);
    ais__place_error(r, "unknown-component", ais_doc_pos(node),
                     near != NULL ? ais_arena_format(r->arena, "did you mean '%s'?", near)
                                  : "aisprint design writes the file anew",
                     "there is no component '%s'", name);
    return AIS_NONE;
}

/* Is the unit at `at` where a chain of segments begins, and are all the others behind it? Gives how many
 * names there are of the component. */
static size_t count_run(const ais__place_reader *r, const ais_doc_node *names, size_t at)
{
    const ais__place_part *part = NULL;
    const size_t slot = find_slot(r, ais_doc_get_text(ais_doc_at(names, at)), &part);
    if (slot == AIS_NONE || part == NULL)
        return 1;
    const ais__place_component *c = &r->private->components[slot];
    for (size_t i = 0; i < c->chain_count; i++) {
        const ais__place_chain *chain = &c->chains[i];
        bool whole = chain->group == part->group && at + chain->part_count <= ais_doc_count(names);
        for (size_t k = 0; whole && k < chain->part_count; k++)
            whole =
                ais_str_equal(ais_doc_get_text(ais_doc_at(names, at + k)), chain->parts[k]->unit);
        if (whole)
            return chain->part_count;
    }
    ais__place_error(r, "path", ais_doc_pos(ais_doc_at(names, at)),
                     "name the component, or all of its segments in their order",
                     "the path goes through a part of the segments of '%s'",
                     r->app->components[c->component].name);
    return 1;
}

/* ---- limits ---- */

typedef struct limits {
    ais_doc_node *local, *global;
} limits;

/* The lowest counts. */
static void put_local(const ais__place_reader *r, limits *out, size_t slot, const ais_doc_node *key,
                      const ais_doc_node *threshold)
{
    const char *name = r->private->components[slot].name;
    const ais_doc_node *there =
        ais__place_find(ais__place_find(out->local, name), "local_res_time");
    if (there != NULL && ais_doc_get_number(there) <= ais_doc_get_number(threshold))
        return;
    ais_doc_set_pos(r->doc, ais_doc_pos(key));
    ais_doc_node *node = ais_doc_new_map(r->doc);
    ais__place_put(r, node, "local_res_time", ais_doc_copy(r->doc, threshold));
    ais__place_put(r, out->local, name, node);
}

/* Segments become their component; a path within one component is a limit of that. */
static void put_global(const ais__place_reader *r, limits *out, const ais_doc_node *key,
                       const ais_doc_node *constraint)
{
    const ais_doc_node *names = ais__place_find(constraint, "path_components");
    const ais_doc_node *threshold = ais__place_find(constraint, "threshold");
    if (names == NULL)
        names = ais__place_find(constraint, "components_path");
    if (names == NULL) {
        ais__place_error(r, "missing-key", ais_doc_pos(key), NULL, "'path_components' is missing");
        return;
    }
    ais_doc_node *list = ais_doc_new_list(r->doc);
    size_t first = AIS_NONE;
    for (size_t i = 0; i < ais_doc_count(names); i += count_run(r, names, i)) {
        const ais__place_part *part = NULL;
        const size_t slot = need_slot(r, ais_doc_at(names, i), &part);
        if (slot == AIS_NONE)
            return;
        first = i == 0 ? slot : first;
        ais_doc_set_pos(r->doc, ais_doc_pos(ais_doc_at(names, i)));
        ais_doc_append(list, ais_doc_new_string(r->doc, r->private->components[slot].name));
    }
    if (ais_doc_count(list) == 1) {
        put_local(r, out, first, key, threshold);
        return;
    }
    ais_doc_set_pos(r->doc, ais_doc_pos(key));
    ais_doc_node *node = ais_doc_new_map(r->doc);
    ais__place_put(r, node, "components", list);
    ais__place_put(r, node, "global_res_time", ais_doc_copy(r->doc, threshold));
    ais__place_put(r, out->global, ais_doc_get_text(key), node);
}

void ais__place_put_limits(ais__place_reader *r, ais_doc_node *root)
{
    const ais_doc_node *file = ais__place_root(r, AIS__FILE_QOS);
    const ais_doc_node *system = ais__place_find(file, "system");
    if (system == NULL)
        system = ais__place_find(file, "System");
    const ais_doc_node *local = ais__place_find(system, "local_constraints");
    const ais_doc_node *global = ais__place_find(system, "global_constraints");
    limits out = {.local = ais_doc_new_map(r->doc), .global = ais_doc_new_map(r->doc)};
    for (size_t i = 0; local != NULL && i < ais_doc_count(local); i++) {
        const ais_doc_node *constraint = ais_doc_at(local, i);
        const ais__place_part *part = NULL;
        const size_t slot = need_slot(r, ais__place_find(constraint, "component_name"), &part);
        if (slot != AIS_NONE)
            put_local(r, &out, slot, ais_doc_key_at(local, i),
                      ais__place_find(constraint, "threshold"));
    }
    for (size_t i = 0; global != NULL && i < ais_doc_count(global); i++)
        put_global(r, &out, ais_doc_key_at(global, i), ais_doc_at(global, i));
    ais__place_put(r, root, "LocalConstraints", out.local);
    ais__place_put(r, root, "GlobalConstraints", out.global);
}

/* ---- rate ---- */

/* What a component expects: its own annotation, or that of the one that it stands for. */
static const ais_doc_node *find_rate(const ais__place_reader *r, size_t slot, double *rate)
{
    const size_t both[] = {r->private->components[slot].component, slot};
    for (size_t i = 0; i < AIS_COUNT(both); i++) {
        const ais_annotations *a = ais_app_get_annotations(r->app, both[i]);
        if (a != NULL &&
            ais_annotations_get_number(a, AIS_ANNOTATION_EXPECTED_THROUGHPUT, "rate", rate))
            return ais_annotations_find_argument(a, AIS_ANNOTATION_EXPECTED_THROUGHPUT, "rate");
    }
    return NULL;
}

/* All entries get the same rate: the system has one. */
static const ais_doc_node *need_entry_rate(const ais__place_reader *r, double *rate)
{
    const ais_doc_node *found = NULL;
    size_t from = AIS_NONE;
    for (size_t i = 0; i < r->app->base_component_count; i++) {
        double here = 0.0;
        if (ais_app_count_predecessors(r->app, i) > 0)
            continue;
        const ais_doc_node *node = find_rate(r, i, &here);
        const char *name = r->app->components[i].name;
        if (node == NULL) {
            ais__place_error(r, "rate", r->app->components[i].pos,
                             "--lambda R gives the rate; or write @expected_throughput(rate=R)",
                             "no throughput is expected of '%s', where items come in", name);
            return NULL;
        }
        if (found != NULL && here != *rate) {
            ais__place_error(r, "rate", ais_doc_pos(node),
                             "--lambda R gives one rate for all components where items come in",
                             "'%s' expects %g items a second, '%s' %g", name, here,
                             r->app->components[from].name, *rate);
            return NULL;
        }
        found = found != NULL ? found : node;
        from = from != AIS_NONE ? from : i;
        *rate = here;
    }
    return found;
}

void ais__place_put_rate(ais__place_reader *r, ais_doc_node *root)
{
    double rate = r->options->rate_rps;
    ais_doc_set_pos(r->doc, (ais_pos){.file = r->app->dir});
    if (rate == 0.0) {
        const ais_doc_node *node = need_entry_rate(r, &rate);
        if (node == NULL)
            return;
        ais_doc_set_pos(r->doc, ais_doc_pos(node));
    }
    ais__place_put(r, root, "Lambda", ais_doc_new_float(r->doc, rate));
}

void ais__place_check_rates(const ais__place_reader *r)
{
    const ais_system *system = r->out->system;
    for (size_t i = 0; r->options->rate_rps == 0.0 && i < system->component_count; i++) {
        double expected = 0.0;
        const ais_doc_node *node = find_rate(r, i, &expected);
        const double arrives = system->rate_rps * system->visits[i];
        if (node == NULL || fabs(expected - arrives) <= 1e-6 * expected)
            continue;
        ais_diags_add(r->diags, AIS_SEVERITY_WARNING, "throughput", ais_doc_pos(node),
                      "the rate of what comes in and the graph's probabilities say so",
                      "'%s' expects %g items a second, but %g come to it",
                      r->out->component_names[i], expected, arrives);
    }
}
