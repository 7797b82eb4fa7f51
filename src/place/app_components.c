/* Components, their candidates and models, and the graph of SystemFile.json. */
#include <math.h>

#include "place/app_priv.h"

/* ---- Components ---- */

/* What a design sends on, in MB. A missing size is an error only where somebody receives it. */
static ais_doc_node *size_node(const ais__place_reader *r, const ais__place_part *part, bool sent)
{
    const ais_doc_node *sizes = ais__place_root(r, AIS__FILE_SIZES);
    const ais_doc_node *size = ais__place_find(sizes, part->unit);
    if (size != NULL)
        return ais_doc_copy(r->doc, size);
    if (sent)
        ais__place_error(r, "missing-key", (ais_pos){.file = ais__place_path(r, AIS__FILE_SIZES)},
                         "measure it, or write the MB that it sends on for one item",
                         sizes != NULL ? "there is no size of what '%s' sends on"
                                       : "there is no such file, nor a size of what '%s' sends on",
                         part->unit);
    ais_doc_set_pos(r->doc, part->pos);
    return ais_doc_new_float(r->doc, 0.0);
}

/* The successors of a component; of its last segment `last` (not NULL) what it sends to each. */
static ais_doc_node *next_node(const ais__place_reader *r, size_t slot, const ais__place_part *last)
{
    const ais_app *app = r->app;
    ais_doc_node *list = ais_doc_new_list(r->doc);
    for (size_t i = 0; i < app->edge_count; i++) {
        if (app->edges[i].from != slot || app->edges[i].to >= app->base_component_count)
            continue;
        ais_doc_set_pos(r->doc, app->edges[i].pos);
        ais_doc_append(
            list, last != NULL
                      ? size_node(r, last, true)
                      : ais_doc_new_string(r->doc, r->private->components[app->edges[i].to].name));
    }
    if (last != NULL && ais_doc_count(list) == 0)
        ais_doc_append(list, size_node(r, last, false));
    return list;
}

static ais_doc_node *part_node(const ais__place_reader *r, size_t slot,
                               const ais__place_chain *chain, size_t at)
{
    const ais__place_part *part = chain->parts[at];
    const bool last = at + 1 == chain->part_count;
    ais_doc_set_pos(r->doc, part->pos);
    ais_doc_node *node = ais_doc_new_map(r->doc);
    ais_doc_node *exit = part->early_exit > 0.0 ? ais_doc_new_float(r->doc, part->early_exit)
                                                : ais_doc_new_int(r->doc, 0);
    ais_doc_node *next = last ? next_node(r, slot, NULL) : ais_doc_new_list(r->doc);
    if (!last)
        ais_doc_append(next, ais_doc_new_string(r->doc, chain->parts[at + 1]->name));
    ais_doc_node *sizes = last ? next_node(r, slot, part) : ais_doc_new_list(r->doc);
    if (!last)
        ais_doc_append(sizes, size_node(r, part, true));
    ais__place_put(r, node, "next", next);
    ais__place_put(r, node, "early_exit_probability", exit);
    ais__place_put(r, node, "data_size", sizes);
    return node;
}

void ais__place_put_components(ais__place_reader *r, ais_doc_node *root)
{
    const ais_app *app = r->app;
    ais_doc_node *map = ais_doc_new_map(r->doc);
    for (size_t i = 0; i < app->base_component_count; i++) {
        const ais__place_component *c = &r->private->components[i];
        ais_doc_set_pos(r->doc, app->components[i].pos);
        ais_doc_node *node = ais_doc_new_map(r->doc);
        for (size_t k = 0; k < c->chain_count; k++) {
            const ais__place_chain *chain = &c->chains[k];
            if (chain->left_out)
                continue;
            ais_doc_set_pos(r->doc, chain->parts[0]->pos);
            ais_doc_node *parts = ais_doc_new_map(r->doc);
            for (size_t p = 0; p < chain->part_count; p++)
                ais__place_put(r, parts, chain->parts[p]->name, part_node(r, i, chain, p));
            ais__place_put(r, node, chain->name, parts);
        }
        ais__place_put(r, map, c->name, node);
    }
    ais__place_put(r, root, "Components", map);
}

/* ---- CompatibilityMatrix, Performance ---- */

/* The memory of all containers, in MB. */
static ais_doc_node *memory_node(const ais__place_reader *r, const ais_app_candidate *entry)
{
    const ais_doc_node *own = ais__place_find(entry->containers[0].node, "memorySize");
    double sum = 0.0;
    for (size_t i = 0; i < entry->container_count; i++)
        sum += entry->containers[i].memory_bytes / (1024.0 * 1024.0);
    if (entry->container_count == 1 && own != NULL)
        return ais_doc_copy(r->doc, own);
    ais_doc_set_pos(r->doc, entry->containers[0].pos);
    return sum == floor(sum) && sum < 1e15 ? ais_doc_new_int(r->doc, (int64_t)sum)
                                           : ais_doc_new_float(r->doc, sum);
}

static ais_doc_node *places_node(const ais__place_reader *r, const ais__place_part *part)
{
    ais_doc_node *list = ais_doc_new_list(r->doc);
    for (size_t i = 0; i < part->candidate_count; i++) {
        const ais__place_candidate *candidate = &part->candidates[i];
        const char *name = r->private->resource_names[candidate->resource];
        ais_doc_set_pos(r->doc, candidate->pos);
        ais_doc_node *node = ais_doc_new_map(r->doc);
        ais__place_put(r, node, "resource", ais_doc_new_string(r->doc, name));
        ais__place_put(r, node, "memory", memory_node(r, &r->app->candidates[part->entry]));
        ais_doc_append(list, node);
    }
    return list;
}

static bool is_pickle(const char *path)
{
    return ais_str_ends(path, ".pickle") || ais_str_ends(path, ".pkl") ||
           ais_str_ends(path, ".joblib");
}

/* Paths in oscarp/performance_models.json start in oscarp/, those in space4ai-d/SystemFile.json in space4ai-d/. */
static ais_doc_node *model_node(const ais__place_reader *r, const ais_doc_node *model)
{
    const ais_doc_node *file = ais__place_find(model, "regressor_file");
    ais_doc_node *node = ais_doc_copy(r->doc, model);
    if (file == NULL || ais_doc_get_kind(file) != AIS_DOC_STRING)
        return node;
    const char *path = ais_doc_get_text(file);
    if (is_pickle(path))
        ais__place_error(
            r, "pickle", ais_doc_pos(file),
            "write what it takes as a demand ({\"model\": \"QTedge\", \"demand\": s}) or as a "
            "\"regressor\" of kind linear or table: docs/placement.md",
            "the model is a pickle, a program that runs when it is read: it never is");
    if (path[0] == '/')
        return node;
    ais_doc_set_pos(r->doc, ais_doc_pos(file));
    ais__place_put(r, node, "regressor_file",
                   ais_doc_new_string(r->doc, ais_arena_format(r->arena, "../oscarp/%s", path)));
    return node;
}

static ais_doc_node *models_node(const ais__place_reader *r, const ais__place_part *part)
{
    ais_doc_set_pos(r->doc, ais_doc_pos(part->candidates[0].model));
    ais_doc_node *map = ais_doc_new_map(r->doc);
    for (size_t i = 0; i < part->candidate_count; i++)
        ais__place_put(r, map, r->private->resource_names[part->candidates[i].resource],
                       model_node(r, part->candidates[i].model));
    return map;
}

/* Parts of a component in the order of their names, those of designs that are left out too are not. */
static void put_parts(const ais__place_reader *r, const ais__place_component *c,
                      ais_doc_node *places, ais_doc_node *models)
{
    for (size_t i = 0; i < c->part_count; i++) {
        const ais__place_part *part = &c->parts[i];
        bool wanted = false;
        for (size_t k = 0; k < c->chain_count; k++)
            wanted |= c->chains[k].group == part->group && !c->chains[k].left_out;
        if (!wanted)
            continue;
        ais__place_put(r, places, part->name, places_node(r, part));
        ais__place_put(r, models, part->name, models_node(r, part));
    }
}

void ais__place_put_options(ais__place_reader *r, ais_doc_node *root)
{
    const ais_app *app = r->app;
    ais_doc_node *compatibility = ais_doc_new_map(r->doc), *performance = ais_doc_new_map(r->doc);
    for (size_t i = 0; i < app->base_component_count; i++) {
        const ais__place_component *c = &r->private->components[i];
        ais_doc_set_pos(r->doc, app->components[c->component].pos);
        ais_doc_node *places = ais_doc_new_map(r->doc), *models = ais_doc_new_map(r->doc);
        put_parts(r, c, places, models);
        ais__place_put(r, compatibility, c->name, places);
        ais__place_put(r, performance, c->name, models);
    }
    ais__place_put(r, root, "CompatibilityMatrix", compatibility);
    ais__place_put(r, root, "Performance", performance);
}

/* ---- DirectedAcyclicGraph ---- */

static const ais__place_chain *only_chain(const ais__place_reader *r, size_t slot)
{
    return &r->private->components[slot].chains[0];
}

static double find_dependency(const ais_doc_node *all, const char *from, const char *to)
{
    for (size_t i = 0; all != NULL && i < ais_doc_count(all); i++) {
        const ais_doc_node *row = ais_doc_at(all, i);
        if (ais_doc_get_kind(row) == AIS_DOC_LIST && ais_doc_count(row) == 3 &&
            ais_str_equal(ais_doc_get_text(ais_doc_at(row, 0)), from) &&
            ais_str_equal(ais_doc_get_text(ais_doc_at(row, 1)), to) &&
            (ais_doc_get_kind(ais_doc_at(row, 2)) & AIS_DOC_NUMBER) != 0)
            return ais_doc_get_number(ais_doc_at(row, 2));
    }
    return 0.0;
}

/* In a deployment with alternatives a probability may be another one: that of its own graph, summed over the
 * segments from which items leave. */
static double find_probability(const ais__place_reader *r, const ais_app_edge *edge)
{
    if (r->units == NULL)
        return edge->probability;
    const ais_doc_node *all = ais__place_find(
        ais__place_find(ais__place_root(r, AIS__FILE_GRAPH), "System"), "dependencies");
    const ais__place_chain *from = only_chain(r, edge->from), *to = only_chain(r, edge->to);
    double share = 1.0, sum = 0.0;
    for (size_t k = 0; k < from->part_count; k++) {
        sum += share * find_dependency(all, from->parts[k]->unit, to->parts[0]->unit);
        share *= 1.0 - from->parts[k]->early_exit;
    }
    return fabs(sum - edge->probability) < 1e-9 ? edge->probability : sum;
}

static ais_doc_node *probability_node(const ais__place_reader *r, const ais_app_edge *edge)
{
    const double probability = find_probability(r, edge);
    ais_doc_set_pos(r->doc, edge->pos);
    return probability == 1.0 ? ais_doc_new_int(r->doc, 1) : ais_doc_new_float(r->doc, probability);
}

void ais__place_put_graph(ais__place_reader *r, ais_doc_node *root)
{
    const ais_app *app = r->app;
    ais_doc_node *map = ais_doc_new_map(r->doc);
    for (size_t i = 0; i < app->base_component_count; i++) {
        ais_doc_set_pos(r->doc, app->components[i].pos);
        ais_doc_node *node = ais_doc_new_map(r->doc), *probabilities = ais_doc_new_list(r->doc);
        for (size_t k = 0; k < app->edge_count; k++)
            if (app->edges[k].from == i && app->edges[k].to < app->base_component_count)
                ais_doc_append(probabilities, probability_node(r, &app->edges[k]));
        if (ais_doc_count(probabilities) == 0)
            continue;
        ais__place_put(r, node, "next", next_node(r, i, NULL));
        ais__place_put(r, node, "transition_probability", probabilities);
        ais__place_put(r, map, r->private->components[i].name, node);
    }
    ais__place_put(r, root, "DirectedAcyclicGraph", map);
}
