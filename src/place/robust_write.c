/* How likely constraints hold, as JSON and as text. */
#include <math.h>

#include "place/robust.h"

/* One kind of things that may hold or not. */
typedef struct group {
    const char *key, *what;
    size_t count;
    const ais_robust_share *shares;
    const char *(*name)(const ais_system *system, size_t i);
} group;

enum { GROUPS = 3 };

static const char *component_name(const ais_system *system, size_t i)
{
    return system->components[i].name;
}

static const char *path_name(const ais_system *system, size_t i)
{
    return system->paths[i].name;
}

static const char *resource_name(const ais_system *system, size_t i)
{
    return system->resources[i].name;
}

static void list_groups(const ais_system *system, const ais_robust_result *result,
                        group groups[GROUPS])
{
    groups[0] = (group){.key = "components",
                        .what = "limit of component",
                        .count = system->component_count,
                        .shares = result->components,
                        .name = component_name};
    groups[1] = (group){.key = "paths",
                        .what = "limit of path",
                        .count = system->path_count,
                        .shares = result->paths,
                        .name = path_name};
    groups[2] = (group){.key = "resources",
                        .what = "load of",
                        .count = system->resource_count,
                        .shares = result->resources,
                        .name = resource_name};
}

static void put_share(ais_doc_node *node, const ais_robust_share *share, ais_doc *doc)
{
    ais_doc_put(node, "probability", ais_doc_new_float(doc, share->probability));
    ais_doc_put(node, "low", ais_doc_new_float(doc, share->low));
    ais_doc_put(node, "high", ais_doc_new_float(doc, share->high));
}

static ais_doc_node *group_to_node(const ais_system *system, const group *g, ais_doc *doc)
{
    ais_doc_node *list = ais_doc_new_list(doc);
    for (size_t i = 0; i < g->count; i++) {
        ais_doc_node *node = ais_doc_new_map(doc);
        ais_doc_put(node, "name", ais_doc_new_string(doc, g->name(system, i)));
        put_share(node, &g->shares[i], doc);
        ais_doc_append(list, node);
    }
    return list;
}

ais_doc_node *ais_robust_to_node(const ais_system *system, const ais_robust_result *result,
                                 ais_doc *doc)
{
    group groups[GROUPS];
    ais_doc_node *node = ais_doc_new_map(doc);
    ais_doc_node *holds = ais_doc_new_map(doc);
    list_groups(system, result, groups);
    ais_doc_put(node, "samples", ais_doc_new_int(doc, (int64_t)result->samples));
    ais_doc_put(node, "confidence", ais_doc_new_float(doc, result->confidence));
    put_share(holds, &result->all, doc);
    ais_doc_put(node, "holds", holds);
    ais_doc_put(node, "alike_quantile", ais_doc_new_float(doc, result->alike_quantile));
    for (size_t g = 0; g < GROUPS; g++)
        ais_doc_put(node, groups[g].key, group_to_node(system, &groups[g], doc));
    return node;
}

static void write_share(const ais_robust_result *result, const ais_robust_share *share,
                        ais_str *out)
{
    ais_str_add_format(out, "%.2f %% (%.2f to %.2f %% with %g %% confidence)\n",
                       100 * share->probability, 100 * share->low, 100 * share->high,
                       100 * result->confidence);
}

void ais_robust_write_text(const ais_system *system, const ais_robust_result *result, ais_str *out)
{
    group groups[GROUPS];
    list_groups(system, result, groups);
    if (!result->uncertain) {
        ais_str_add(out, "no demand in use has a deviation: all is known exactly\n");
        return;
    }
    ais_str_add_format(out, "%zu samples of demands, errors independent: all hold in ",
                       result->samples);
    write_share(result, &result->all, out);
    for (size_t g = 0; g < GROUPS; g++)
        for (size_t i = 0; i < groups[g].count; i++) {
            if (groups[g].shares[i].held == result->samples)
                continue; /* nothing to worry about */
            ais_str_add_format(out, "  %s %s: ", groups[g].what, groups[g].name(system, i));
            write_share(result, &groups[g].shares[i], out);
        }
    ais_str_add_format(out, "errors all alike: all hold up to demands at the quantile of %.4f\n",
                       result->alike_quantile);
}
