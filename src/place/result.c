/* A result as a JSON document. */
#include "place/result.h"

/* "layer vectors" becomes "layer_vectors". */
static void put_counter(ais_doc_node *map, const char *name, uint64_t value, ais_doc *doc)
{
    AIS_FREE char *key = ais_strdup(name);
    for (char *c = key; *c != '\0'; c++)
        if (*c == ' ')
            *c = '_';
    ais_doc_put(map, key, ais_doc_new_int(doc, (int64_t)value));
}

static ais_doc_node *conflict_node(const ais_place_conflict *conflict, ais_doc *doc)
{
    ais_doc_node *map = ais_doc_new_map(doc), *list = ais_doc_new_list(doc);
    for (size_t i = 0; i < conflict->count; i++)
        ais_doc_append(list, ais_doc_new_string(doc, conflict->items[i].sentence));
    if (conflict->sentence != NULL)
        ais_doc_append(list, ais_doc_new_string(doc, conflict->sentence));
    ais_doc_put(map, "constraints", list);
    ais_doc_put(map, "smallest", ais_doc_new_bool(doc, conflict->is_smallest));
    return map;
}

static ais_doc_node *proof_node(const ais_place_result *result, const ais_place_conflict *conflict,
                                ais_doc *doc)
{
    ais_doc_node *map = ais_doc_new_map(doc);
    const bool complete =
        result->status == AIS_PLACE_OPTIMAL || result->status == AIS_PLACE_INFEASIBLE;
    ais_doc_put(map, "method", ais_doc_new_string(doc, result->method));
    ais_doc_put(map, "complete", ais_doc_new_bool(doc, complete));
    ais_doc_put(map, "timed_out", ais_doc_new_bool(doc, result->timed_out));
    ais_doc_put(map, "interrupted", ais_doc_new_bool(doc, result->interrupted));
    for (size_t i = 0; i < result->counter_count; i++)
        put_counter(map, result->counter_names[i], result->counters[i], doc);
    if (conflict != NULL)
        ais_doc_put(map, "conflict", conflict_node(conflict, doc));
    return map;
}

ais_doc_node *ais_place_result_to_node(const ais_perf *perf, const ais_place_result *result,
                                       const ais_place_conflict *conflict, ais_doc *doc)
{
    ais_doc_node *root = ais_doc_new_map(doc);
    ais_doc_put(root, "status", ais_doc_new_string(doc, ais_place_status_name(result->status)));
    ais_doc_put(root, "cost", ais_doc_new_finite(doc, result->cost));
    ais_doc_put(root, "bound", ais_doc_new_finite(doc, result->bound));
    ais_doc_put(root, "gap", ais_doc_new_finite(doc, result->gap));
    ais_doc_put(root, "time_s", ais_doc_new_float(doc, result->time_s));
    ais_doc_put(root, "solution", ais_placement_to_node(perf, result->best, doc));
    ais_doc_put(root, "proof", proof_node(result, conflict, doc));
    return root;
}
