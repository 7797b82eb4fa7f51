/* Questions about a loaded application, and annotations.yaml. */
#include <string.h>

#include "app/app_priv.h"

size_t ais_app_find_component(const ais_app *app, const char *name)
{
    const ais_app_component *found = ais_map_find(app->private->components, name);
    return found != NULL ? (size_t)(found - app->components) : AIS_NONE;
}

size_t ais_app_find_candidate(const ais_app *app, const char *name)
{
    const ais_app_candidate *found = ais_map_find(app->private->candidates, name);
    return found != NULL ? (size_t)(found - app->candidates) : AIS_NONE;
}

size_t ais_app_find_layer(const ais_app *app, int64_t number)
{
    for (size_t i = 0; i < app->layer_count; i++)
        if (app->layers[i].number == number)
            return i;
    return AIS_NONE;
}

size_t ais_app_find_resource(const ais_app *app, int64_t layer, const char *name)
{
    const ais_app_resource *first = ais_map_find(app->private->resources, name);
    if (first == NULL)
        return AIS_NONE;
    for (size_t at = (size_t)(first - app->resources); at != AIS_NONE;
         at = app->private->same_resource[at])
        if (layer < 0 || app->resources[at].layer == layer)
            return at;
    return AIS_NONE;
}

const ais_annotations *ais_app_get_annotations(const ais_app *app, size_t component)
{
    const size_t source = app->components[component].source;
    return source != AIS_NONE ? app->sources[source].annotations : NULL;
}

size_t ais_app_count_predecessors(const ais_app *app, size_t component)
{
    size_t count = 0;
    for (size_t i = 0; i < app->edge_count; i++)
        count += app->edges[i].to == component ? 1 : 0;
    return count;
}

size_t ais_app_count_successors(const ais_app *app, size_t component)
{
    size_t count = 0;
    for (size_t i = 0; i < app->edge_count; i++)
        count += app->edges[i].from == component ? 1 : 0;
    return count;
}

size_t ais__app_find_owner(const ais_app *app, const char *name)
{
    size_t stem = 0;
    if (!ais__app_split_partition(name, &stem, NULL))
        return ais_app_find_component(app, name);
    AIS_FREE char *component = ais_strndup(name, stem);
    return ais_app_find_component(app, component);
}

size_t ais__app_find_edge(const ais_app *app, size_t from, size_t to)
{
    for (size_t i = 0; i < app->edge_count; i++)
        if (app->edges[i].from == from && app->edges[i].to == to)
            return i;
    return AIS_NONE;
}

ais_doc_node *ais_app_annotations_to_node(const ais_app *app, ais_doc *doc)
{
    ais_doc_node *map = ais_doc_new_map(doc);
    for (size_t i = 0; i < app->source_count; i++)
        if (app->sources[i].annotations != NULL)
            ais_doc_put(map, app->sources[i].file,
                        ais_annotations_to_node(app->sources[i].annotations, doc));
    ais_doc_sort(map, false);
    return map;
}
