/* Fronts as text and as JSON; drawings: front_svg.c. */
#include <math.h>

#include "place/front_priv.h"

static const char *const kind_names[] = {
    [AIS_FRONT_COMPONENT] = "component", [AIS_FRONT_PATH] = "path", [AIS_FRONT_LOAD] = "load"};
static const char *const x_names[] = {[AIS_FRONT_COMPONENT] = "response_time_s",
                                      [AIS_FRONT_PATH] = "response_time_s",
                                      [AIS_FRONT_LOAD] = "rate_rps"};

const char *ais__front_name(const ais_system *system, const ais_front *front)
{
    switch (front->kind) {
    case AIS_FRONT_COMPONENT:
        return system->components[front->index].name;
    case AIS_FRONT_PATH:
        return system->paths[front->index].name;
    case AIS_FRONT_LOAD:
        break;
    }
    return NULL;
}

static bool has_machines(const ais_system *system, const ais_placement *placement, size_t resource)
{
    return system->layers[system->resources[resource].layer].kind != AIS_LAYER_FAAS &&
           ais_placement_uses(system, placement, resource);
}

/* ---- JSON ---- */

static ais_doc_node *point_to_node(const ais_system *system, const ais_front *front,
                                   const ais_front_point *point, ais_doc *doc)
{
    ais_doc_node *node = ais_doc_new_map(doc);
    ais_doc_node *machines = ais_doc_new_map(doc);
    for (size_t r = 0; r < system->resource_count; r++)
        if (has_machines(system, point->placement, r))
            ais_doc_put(machines, system->resources[r].name,
                        ais_doc_new_int(doc, (int64_t)point->placement->count[r]));
    ais_doc_put(node, x_names[front->kind], ais_doc_new_float(doc, point->x));
    ais_doc_put(node, "cost", ais_doc_new_float(doc, point->cost));
    ais_doc_put(node, "bound", ais_doc_new_finite(doc, point->bound));
    ais_doc_put(node, "machines", machines);
    return node;
}

static ais_doc_node *front_to_node(const ais_system *system, const ais_front *front, ais_doc *doc)
{
    ais_doc_node *node = ais_doc_new_map(doc);
    ais_doc_node *points = ais_doc_new_list(doc);
    const char *name = ais__front_name(system, front);
    ais_doc_put(node, "kind", ais_doc_new_string(doc, kind_names[front->kind]));
    if (name != NULL) {
        ais_doc_put(node, "name", ais_doc_new_string(doc, name));
        ais_doc_put(node, "limit_s", ais_doc_new_finite(doc, front->limit));
        ais_doc_put(node, "price", ais_doc_new_finite(doc, front->price));
    } else {
        ais_doc_put(node, "rate_rps", ais_doc_new_finite(doc, front->limit));
    }
    ais_doc_put(node, "complete", ais_doc_new_bool(doc, front->complete));
    ais_doc_put(node, "found", ais_doc_new_int(doc, (int64_t)front->found));
    for (size_t i = 0; i < front->count; i++)
        ais_doc_append(points, point_to_node(system, front, &front->points[i], doc));
    ais_doc_put(node, "points", points);
    return node;
}

ais_doc_node *ais_fronts_to_node(const ais_system *system, const ais_fronts *fronts, ais_doc *doc)
{
    ais_doc_node *node = ais_doc_new_map(doc);
    ais_doc_node *list = ais_doc_new_list(doc);
    ais_doc_put(node, "cost", ais_doc_new_finite(doc, fronts->cost));
    ais_doc_put(node, "proven", ais_doc_new_bool(doc, fronts->proven));
    for (size_t i = 0; i < fronts->count; i++)
        ais_doc_append(list, front_to_node(system, &fronts->items[i], doc));
    ais_doc_put(node, "fronts", list);
    return node;
}

/* ---- text ---- */

void ais__front_write_machines(const ais_system *system, const ais_placement *placement,
                               ais_str *out)
{
    for (size_t r = 0; r < system->resource_count; r++)
        if (has_machines(system, placement, r))
            ais_str_add_format(out, " %zux%s", placement->count[r], system->resources[r].name);
}

static void write_price(const ais_front *front, ais_str *out)
{
    if (front->price == (double)INFINITY)
        ais_str_add(out, ", which cannot be met together with the others");
    else if (isnan(front->price))
        ais_str_add(out, ", whose price is not known");
    else
        ais_str_add_format(out, ", costs %.6g", front->price > 0 ? front->price : 0.0);
}

static void write_head(const ais_system *system, const ais_front *front, ais_str *out)
{
    const char *name = ais__front_name(system, front);
    if (name == NULL) {
        ais_str_add_format(out, "load (%.6g requests/s)", front->limit);
    } else {
        ais_str_add_format(out, "%s %s", kind_names[front->kind], name);
        if (front->limit < (double)INFINITY)
            ais_str_add_format(out, ": limit of %.6g s", front->limit);
        else
            ais_str_add(out, ": no limit");
        write_price(front, out);
    }
    if (front->count < front->found)
        ais_str_add_format(out, " (%zu points of %zu)", front->count, front->found);
    else if (!front->complete)
        ais_str_add(out, " (not complete)");
    ais_str_add_char(out, '\n');
}

static void write_front(const ais_system *system, const ais_front *front, ais_str *out)
{
    write_head(system, front, out);
    if (front->count == 0)
        ais_str_add(out, "  nothing is allowed\n");
    else
        ais_str_add_format(out, "  %12s %12s %12s  machines\n",
                           front->kind == AIS_FRONT_LOAD ? "requests/s" : "response s", "cost",
                           "at least");
    for (size_t i = 0; i < front->count; i++) {
        const ais_front_point *point = &front->points[i];
        ais_str_add_format(out, "  %12.6g %12.6g %12.6g ", point->x, point->cost, point->bound);
        ais__front_write_machines(system, point->placement, out);
        ais_str_add_char(out, '\n');
    }
}

void ais_fronts_write_text(const ais_system *system, const ais_fronts *fronts, ais_str *out)
{
    for (size_t i = 0; i < fronts->count; i++) {
        if (i > 0)
            ais_str_add_char(out, '\n');
        write_front(system, &fronts->items[i], out);
    }
}
