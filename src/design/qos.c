/* The constraints that annotations ask for, and the files that tell other tools of them.
 *
 * In every deployment the same limits hold. A local limit of a component in segments is one of the path
 * through them; in a path of components each stands for its segments. An item that leaves at an exit has
 * passed only the first of them: the path through all is that of the slowest items, so what it promises
 * holds for every item. An alternative has the limits of the component that it replaces, unless it says
 * others. */
#include <string.h>

#include "design/design_priv.h"
#include "design/qos.h"

static const ais_annotation_kind kind_of_time = AIS_ANNOTATION_EXEC_TIME;

static void add(ais_constraints *list, ais_constraint constraint)
{
    list->items = ais_grow(list->items, &list->capacity, list->count + 1, sizeof *list->items);
    list->items[list->count++] = constraint;
}

/* The annotations of the component that stands at `slot`, where it gives the limit; else those of the
 * original; NULL when neither does. */
static const ais_annotations *find_limit(const ais_app *app, const ais_deployment *d, size_t slot,
                                         const char *name, ais_constraint *out)
{
    const size_t both[] = {d->choices[slot].component, slot};
    for (size_t i = 0; i < AIS_COUNT(both); i++) {
        const ais_annotations *a = ais_app_get_annotations(app, both[i]);
        if (a == NULL || !ais_annotations_get_number(a, kind_of_time, name, &out->threshold_s))
            continue;
        out->threshold = ais_annotations_find_argument(a, kind_of_time, name);
        return a;
    }
    return NULL;
}

static void put_units(const ais_deployment *d, size_t slot, size_t *path, size_t *count)
{
    const ais_deployment_choice *choice = &d->choices[slot];
    for (size_t k = 0; k < choice->group->segment_count; k++)
        path[(*count)++] = choice->first_unit + k;
}

static void add_local(const ais_app *app, const ais_deployment *d, size_t slot,
                      ais_constraints *list)
{
    ais_constraint made = {.kind = AIS_CONSTRAINT_LOCAL};
    const size_t segments = d->choices[slot].group->segment_count;
    if (find_limit(app, d, slot, "local_time_thr", &made) == NULL)
        return;
    size_t *path = ais_arena_alloc(list->arena, segments * sizeof *path);
    put_units(d, slot, path, &made.path_count);
    made.path = path;
    if (segments > 1)
        made.kind = AIS_CONSTRAINT_GLOBAL;
    add(list, made);
}

/* The component of the graph in whose place a name of prev_components stands. */
static size_t slot_of(const ais_app *app, const ais_doc_node *name)
{
    const size_t component = ais_app_find_component(app, ais_doc_get_string(name, NULL));
    const size_t original = app->components[component].original;
    return original != AIS_NONE ? original : component;
}

static void add_global(const ais_app *app, const ais_deployment *d, size_t slot,
                       ais_constraints *list)
{
    ais_constraint made = {.kind = AIS_CONSTRAINT_GLOBAL};
    const ais_annotations *a = find_limit(app, d, slot, "global_time_thr", &made);
    const ais_doc_node *before =
        a != NULL ? ais_annotations_find_argument(a, kind_of_time, "prev_components") : NULL;
    if (before == NULL)
        return;
    size_t *path = ais_arena_alloc(list->arena, d->unit_count * sizeof *path);
    for (size_t i = 0; i < ais_doc_count(before); i++)
        put_units(d, slot_of(app, ais_doc_at(before, i)), path, &made.path_count);
    put_units(d, slot, path, &made.path_count);
    made.path = path;
    add(list, made);
}

void ais__design_constraints(const ais_app *app, const ais_deployment *d, ais_constraints *out)
{
    *out = (ais_constraints){.arena = ais_arena_new()};
    for (size_t i = 0; i < d->unit_count; i++) {
        if (!d->units[i].is_last)
            continue;
        add_local(app, d, d->units[i].slot, out);
        add_global(app, d, d->units[i].slot, out);
    }
}

void ais_constraints_clear(ais_constraints *constraints)
{
    free(constraints->items);
    if (constraints->arena != NULL)
        ais_arena_free(constraints->arena);
    *constraints = (ais_constraints){.items = NULL};
}

int64_t *ais__design_used_layers(const ais_deployment *d, size_t *count)
{
    int64_t *numbers = ais_alloc(d->unit_count * sizeof *numbers);
    size_t used = 0;
    for (size_t i = 0; i < d->unit_count; i++) {
        const int64_t number = d->units[i].layer;
        size_t at = 0;
        while (at < used && numbers[at] < number)
            at++;
        if (at < used && numbers[at] == number)
            continue;
        memmove(&numbers[at + 1], &numbers[at], (used - at) * sizeof *numbers);
        numbers[at] = number;
        used++;
    }
    *count = used;
    return numbers;
}

/* ---- the files ---- */

/* A plain number stays as the source writes it; a string with a unit becomes seconds. */
static ais_doc_node *threshold_node(const ais_constraint *constraint, ais_doc *doc)
{
    if ((ais_doc_get_kind(constraint->threshold) & AIS_DOC_NUMBER) != 0)
        return ais_doc_copy(doc, constraint->threshold);
    return ais_doc_new_float(doc, constraint->threshold_s);
}

static ais_doc_node *name_node(const ais_deployment *d, size_t unit, ais_doc *doc)
{
    return ais_doc_new_string(doc, d->units[unit].variant->dag_name);
}

static ais_doc_node *constraint_node(const ais_deployment *d, const ais_constraint *constraint,
                                     ais_doc *doc)
{
    ais_doc_node *node = ais_doc_new_map(doc);
    if (constraint->kind == AIS_CONSTRAINT_LOCAL) {
        ais_doc_put(node, "component_name", name_node(d, constraint->path[0], doc));
    } else {
        ais_doc_node *path = ais_doc_new_list(doc);
        for (size_t i = 0; i < constraint->path_count; i++)
            ais_doc_append(path, name_node(d, constraint->path[i], doc));
        ais_doc_put(node, "path_components", path);
    }
    ais_doc_put(node, "threshold", threshold_node(constraint, doc));
    return node;
}

/* The constraints of one kind and layer (AIS__ALL_LAYERS: all), numbered anew: a constraint belongs to
 * the layer of the last unit of its path. */
static ais_doc_node *kind_node(const ais_deployment *d, const ais_constraints *constraints,
                               ais_constraint_kind kind, int64_t layer, ais_doc *doc)
{
    ais_doc_node *map = ais_doc_new_map(doc);
    size_t number = 0;
    for (size_t i = 0; i < constraints->count; i++) {
        const ais_constraint *constraint = &constraints->items[i];
        const size_t last = constraint->path[constraint->path_count - 1];
        if (constraint->kind != kind || (layer != AIS__ALL_LAYERS && d->units[last].layer != layer))
            continue;
        AIS_FREE char *name = ais_format(
            "%s_constraint_%zu", kind == AIS_CONSTRAINT_LOCAL ? "local" : "global", ++number);
        ais_doc_put(map, name, constraint_node(d, constraint, doc));
    }
    return map;
}

static bool expects_throughput(const ais_app *app, size_t component)
{
    const ais_annotations *a = ais_app_get_annotations(app, component);
    return a != NULL && ais_annotations_find(a, AIS_ANNOTATION_EXPECTED_THROUGHPUT) != NULL;
}

/* The unit whose arrivals a layer watches: that of the lowest layer up to this one which expects a
 * throughput (of a chain: its first segment); an empty map when there is none. */
static ais_doc_node *throughput_node(const ais_app *app, const ais_deployment *d, int64_t layer,
                                     ais_doc *doc)
{
    size_t found = AIS_NONE;
    for (size_t i = 0; i < d->unit_count; i++) {
        const ais_unit *unit = &d->units[i];
        if (unit->segment > 0 || unit->layer > layer ||
            (found != AIS_NONE && unit->layer >= d->units[found].layer))
            continue;
        if (expects_throughput(app, unit->variant->component) ||
            expects_throughput(app, unit->slot))
            found = i;
    }
    return found != AIS_NONE ? name_node(d, found, doc) : ais_doc_new_map(doc);
}

static void put_constraints(const ais_app *app, const ais_deployment *d,
                            const ais_constraints *constraints, int64_t layer, ais_doc *doc,
                            ais_doc_node *into)
{
    ais_doc_put(into, "local_constraints",
                kind_node(d, constraints, AIS_CONSTRAINT_LOCAL, layer, doc));
    ais_doc_put(into, "global_constraints",
                kind_node(d, constraints, AIS_CONSTRAINT_GLOBAL, layer, doc));
    if (layer != AIS__ALL_LAYERS)
        ais_doc_put(into, "throughput_component", throughput_node(app, d, layer, doc));
}

ais_doc_node *ais__design_qos_node(const ais_app *app, const ais_deployment *d,
                                   const ais_constraints *constraints, int64_t layer, ais_doc *doc)
{
    ais_doc_node *root = ais_doc_new_map(doc), *system = ais_doc_new_map(doc);
    ais_doc_put(system, "name", ais_doc_new_string(doc, app->name));
    put_constraints(app, d, constraints, layer, doc, system);
    ais_doc_put(root, "system", system);
    return root;
}

ais_doc_node *ais__design_clusters_node(const ais_app *app, const ais_deployment *d,
                                        const ais_constraints *constraints, ais_doc *doc)
{
    size_t count = 0;
    AIS_FREE int64_t *layers = ais__design_used_layers(d, &count);
    ais_doc_node *by_layer = ais_doc_new_map(doc), *node = ais_doc_new_map(doc);
    for (size_t i = 0; i < count; i++) {
        ais_doc_node *layer = ais_doc_new_map(doc), *units = ais_doc_new_list(doc);
        for (size_t k = 0; k < d->unit_count; k++)
            if (d->units[k].layer == layers[i])
                ais_doc_append(units, name_node(d, k, doc));
        ais_doc_put(layer, "components", units);
        put_constraints(app, d, constraints, layers[i], doc, layer);
        ais_doc_put_node(by_layer, ais_doc_new_int(doc, layers[i]), layer);
    }
    ais_doc_put(node, "ExecutionLayers", by_layer);
    return node;
}
