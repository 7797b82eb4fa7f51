/* space4ai-r/deployments_performance.yaml: the original's keys, and two of ours; see performance.h. */
#include <math.h>

#include "design/performance.h"

/* As the original rounds. */
static ais_doc_node *rounded(ais_doc *doc, double value)
{
    return ais_doc_new_float(doc, round(value * 1e4) / 1e4);
}

static const char *name_of(const ais_performance *p, const ais_performance_alternative *a,
                           size_t component)
{
    return p->app->components[a->choice[component]].name;
}

static ais_doc_node *edges_node(const ais_performance *p, const ais_performance_alternative *a,
                                ais_doc *doc)
{
    ais_doc_node *list = ais_doc_new_list(doc);
    for (size_t i = 0; i < p->app->edge_count; i++) {
        const ais_app_edge *edge = &p->app->edges[i];
        ais_doc_node *entry = ais_doc_new_list(doc);
        ais_doc_append(entry, ais_doc_new_string(doc, name_of(p, a, edge->from)));
        ais_doc_append(entry, ais_doc_new_string(doc, name_of(p, a, edge->to)));
        ais_doc_append(entry, rounded(doc, a->probabilities[i]));
        ais_doc_append(list, entry);
    }
    return list;
}

static ais_doc_node *alternative_node(const ais_performance *p,
                                      const ais_performance_alternative *a, ais_doc *doc)
{
    ais_doc_node *outer = ais_doc_new_map(doc), *map = ais_doc_new_map(doc);
    ais_doc_node *components = ais_doc_new_list(doc), *folders = ais_doc_new_list(doc);
    for (size_t i = 0; i < p->app->base_component_count; i++)
        ais_doc_append(components, ais_doc_new_string(doc, name_of(p, a, i)));
    for (size_t i = 0; i < a->folder_count; i++)
        ais_doc_append(folders, ais_doc_new_string(doc, a->folders[i]));
    ais_doc_put(map, "components", components);
    ais_doc_put(map, "dependencies", edges_node(p, a, doc));
    ais_doc_put(map, "metric_value", rounded(doc, a->metric));
    ais_doc_put(map, "deployments", folders);
    ais_doc_put(outer, a->name, map);
    return outer;
}

/* Tools that read the file take any listed alternative for a good one, so those below the threshold are
 * kept from their list. The original is what runs now, and is named in any case. */
static bool is_listed(const ais_performance_alternative *a)
{
    return !a->below_threshold || a->number == 0;
}

ais_doc_node *ais_performance_to_node(const ais_performance *performance, ais_doc *doc)
{
    if (performance->metric == NULL)
        return NULL;
    ais_doc_node *root = ais_doc_new_map(doc), *system = ais_doc_new_map(doc);
    ais_doc_node *listed = ais_doc_new_list(doc), *below = ais_doc_new_list(doc);
    for (size_t i = 0; i < performance->alternative_count; i++) {
        const ais_performance_alternative *a = &performance->alternatives[i];
        ais_doc_append(is_listed(a) ? listed : below, alternative_node(performance, a, doc));
    }
    ais_doc_put(system, "metric_name", ais_doc_new_string(doc, performance->metric));
    ais_doc_put(system, "metric_thr",
                performance->threshold != NULL ? ais_doc_copy(doc, performance->threshold)
                                               : ais_doc_new_null(doc));
    ais_doc_put(system, "sorted_deployments_performance", listed);
    if (ais_doc_count(below) > 0)
        ais_doc_put(system, "below_metric_thr", below);
    ais_doc_put(root, "System", system);
    return root;
}
