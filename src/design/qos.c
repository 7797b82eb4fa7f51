/* The constraints that annotations ask for, and the files that tell other tools of them. */
#include <string.h>

#include "design/design_priv.h"

static void add(ais_constraints *list, ais_constraint constraint)
{
    list->items = ais_grow(list->items, &list->capacity, list->count + 1, sizeof *list->items);
    list->items[list->count++] = constraint;
}

static void add_local(const ais_annotations *annotations, size_t component, ais_constraints *list)
{
    double threshold_s = 0;
    if (!ais_annotations_get_number(annotations, AIS_ANNOTATION_EXEC_TIME, "local_time_thr",
                                    &threshold_s))
        return;
    size_t *path = ais_arena_alloc(list->arena, sizeof *path);
    path[0] = component;
    add(list, (ais_constraint){.kind = AIS_CONSTRAINT_LOCAL,
                               .path = path,
                               .path_count = 1,
                               .threshold_s = threshold_s,
                               .threshold = ais_annotations_find_argument(
                                   annotations, AIS_ANNOTATION_EXEC_TIME, "local_time_thr")});
}

static void add_global(const ais_app *app, const ais_annotations *annotations, size_t component,
                       ais_constraints *list)
{
    double threshold_s = 0;
    const ais_doc_node *before =
        ais_annotations_find_argument(annotations, AIS_ANNOTATION_EXEC_TIME, "prev_components");
    if (before == NULL || !ais_annotations_get_number(annotations, AIS_ANNOTATION_EXEC_TIME,
                                                      "global_time_thr", &threshold_s))
        return;
    const size_t count = ais_doc_count(before);
    size_t *path = ais_arena_alloc(list->arena, (count + 1) * sizeof *path);
    for (size_t i = 0; i < count; i++)
        path[i] = ais_app_find_component(app, ais_doc_get_string(ais_doc_at(before, i), NULL));
    path[count] = component;
    add(list, (ais_constraint){.kind = AIS_CONSTRAINT_GLOBAL,
                               .path = path,
                               .path_count = count + 1,
                               .threshold_s = threshold_s,
                               .threshold = ais_annotations_find_argument(
                                   annotations, AIS_ANNOTATION_EXEC_TIME, "global_time_thr")});
}

void ais__design_constraints(const ais_app *app, ais_constraints *out)
{
    *out = (ais_constraints){.arena = ais_arena_new()};
    out->layers = ais_arena_alloc(out->arena, app->base_component_count * sizeof *out->layers);
    for (size_t i = 0; i < app->base_component_count; i++) {
        const size_t layer = ais__design_base_layer(app, i);
        out->layers[i] = layer != AIS_NONE ? app->layers[layer].number : -1;
        const ais_annotations *annotations = ais_app_get_annotations(app, i);
        if (annotations == NULL)
            continue;
        add_local(annotations, i, out);
        add_global(app, annotations, i, out);
    }
}

void ais__constraints_clear(ais_constraints *constraints)
{
    free(constraints->items);
    ais_arena_free(constraints->arena);
    *constraints = (ais_constraints){.items = NULL};
}

int64_t *ais__design_used_layers(const ais_app *app, const ais_constraints *constraints,
                                 size_t *count)
{
    int64_t *numbers = ais_alloc(app->base_component_count * sizeof *numbers);
    size_t used = 0;
    for (size_t i = 0; i < app->base_component_count; i++) {
        const int64_t number = constraints->layers[i];
        size_t at = 0;
        while (at < used && numbers[at] < number)
            at++;
        if (number < 0 || (at < used && numbers[at] == number))
            continue;
        memmove(&numbers[at + 1], &numbers[at], (used - at) * sizeof *numbers);
        numbers[at] = number;
        used++;
    }
    *count = used;
    return numbers;
}

/* A plain number stays as the source writes it; a string with a unit becomes seconds. */
static ais_doc_node *threshold_node(const ais_constraint *constraint, ais_doc *doc)
{
    if ((ais_doc_get_kind(constraint->threshold) & AIS_DOC_NUMBER) != 0)
        return ais_doc_copy(doc, constraint->threshold);
    return ais_doc_new_float(doc, constraint->threshold_s);
}

static ais_doc_node *constraint_node(const ais_app *app, const ais_constraint *constraint,
                                     ais_doc *doc)
{
    ais_doc_node *node = ais_doc_new_map(doc);
    if (constraint->kind == AIS_CONSTRAINT_LOCAL) {
        ais_doc_put(node, "component_name",
                    ais_doc_new_string(doc, app->components[constraint->path[0]].name));
    } else {
        ais_doc_node *path = ais_doc_new_list(doc);
        for (size_t i = 0; i < constraint->path_count; i++)
            ais_doc_append(path,
                           ais_doc_new_string(doc, app->components[constraint->path[i]].name));
        ais_doc_put(node, "path_components", path);
    }
    ais_doc_put(node, "threshold", threshold_node(constraint, doc));
    return node;
}

/* The constraints of one kind and layer (-1: all), numbered anew: a constraint belongs to the layer
 * of the last component of its path. */
static ais_doc_node *kind_node(const ais_app *app, const ais_constraints *constraints,
                               ais_constraint_kind kind, int64_t layer, ais_doc *doc)
{
    ais_doc_node *map = ais_doc_new_map(doc);
    size_t number = 0;
    for (size_t i = 0; i < constraints->count; i++) {
        const ais_constraint *constraint = &constraints->items[i];
        if (constraint->kind != kind ||
            (layer >= 0 &&
             constraints->layers[constraint->path[constraint->path_count - 1]] != layer))
            continue;
        AIS_FREE char *name = ais_format(
            "%s_constraint_%zu", kind == AIS_CONSTRAINT_LOCAL ? "local" : "global", ++number);
        ais_doc_put(map, name, constraint_node(app, constraint, doc));
    }
    return map;
}

/* The component whose arrivals a layer watches: that of the lowest layer up to this one which has an
 * expected_throughput; an empty map when there is none. */
static ais_doc_node *throughput_node(const ais_app *app, const ais_constraints *constraints,
                                     int64_t layer, ais_doc *doc)
{
    const int64_t *layers = constraints->layers;
    size_t found = AIS_NONE;
    for (size_t i = 0; i < app->base_component_count; i++) {
        if (layers[i] > layer || (found != AIS_NONE && layers[i] >= layers[found]))
            continue;
        const ais_annotations *annotations = ais_app_get_annotations(app, i);
        if (annotations != NULL &&
            ais_annotations_find(annotations, AIS_ANNOTATION_EXPECTED_THROUGHPUT) != NULL)
            found = i;
    }
    if (found == AIS_NONE)
        return ais_doc_new_map(doc);
    return ais_doc_new_string(doc, app->components[found].name);
}

static void put_constraints(const ais_app *app, const ais_constraints *constraints, int64_t layer,
                            ais_doc *doc, ais_doc_node *into)
{
    ais_doc_put(into, "local_constraints",
                kind_node(app, constraints, AIS_CONSTRAINT_LOCAL, layer, doc));
    ais_doc_put(into, "global_constraints",
                kind_node(app, constraints, AIS_CONSTRAINT_GLOBAL, layer, doc));
    if (layer >= 0)
        ais_doc_put(into, "throughput_component", throughput_node(app, constraints, layer, doc));
}

ais_doc_node *ais__design_qos_node(const ais_app *app, const ais_constraints *constraints,
                                   int64_t layer, ais_doc *doc)
{
    ais_doc_node *root = ais_doc_new_map(doc), *system = ais_doc_new_map(doc);
    ais_doc_put(system, "name", ais_doc_new_string(doc, app->name));
    put_constraints(app, constraints, layer, doc, system);
    ais_doc_put(root, "system", system);
    return root;
}

static ais_doc_node *components_on(const ais_app *app, const ais_constraints *constraints,
                                   int64_t layer, ais_doc *doc)
{
    ais_doc_node *list = ais_doc_new_list(doc);
    for (size_t i = 0; i < app->base_component_count; i++)
        if (constraints->layers[i] == layer)
            ais_doc_append(list, ais_doc_new_string(doc, app->components[i].name));
    return list;
}

ais_doc_node *ais__design_multi_cluster_node(const ais_app *app, const ais_constraints *constraints,
                                             ais_doc *doc)
{
    size_t count = 0;
    AIS_FREE int64_t *layers = ais__design_used_layers(app, constraints, &count);
    ais_doc_node *by_layer = ais_doc_new_map(doc);
    for (size_t i = 0; i < count; i++) {
        ais_doc_node *layer = ais_doc_new_map(doc);
        ais_doc_put(layer, "components", components_on(app, constraints, layers[i], doc));
        put_constraints(app, constraints, layers[i], doc, layer);
        ais_doc_put_node(by_layer, ais_doc_new_int(doc, layers[i]), layer);
    }
    ais_doc_node *base = ais_doc_new_map(doc), *deployments = ais_doc_new_map(doc);
    ais_doc_node *system = ais_doc_new_map(doc), *root = ais_doc_new_map(doc);
    ais_doc_put(base, "ExecutionLayers", by_layer);
    ais_doc_put(deployments, "base", base);
    ais_doc_put(system, "Deployments", deployments);
    ais_doc_put(root, "System", system);
    return root;
}
