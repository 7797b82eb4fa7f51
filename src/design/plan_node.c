/* The plan that --dry-run prints: designs with their cuts, and deployments. */
#include "design/staging.h"

static ais_doc_node *cut_node(const ais_component_variants *component, const ais_onnx_cut *cut,
                              ais_doc *doc)
{
    ais_doc_node *node = ais_doc_new_map(doc), *tensors = ais_doc_new_list(doc);
    for (size_t i = 0; i < cut->value_count; i++)
        ais_doc_append(
            tensors, ais_doc_new_string(doc, component->model->graph->values[cut->values[i]].name));
    ais_doc_put(node, "tensors", tensors);
    ais_doc_put(node, "bytes", ais_doc_new_int(doc, (int64_t)cut->bytes));
    ais_doc_put(node, "flops_before", ais_doc_new_int(doc, (int64_t)cut->flops_before));
    ais_doc_put(node, "flops_after", ais_doc_new_int(doc, (int64_t)cut->flops_after));
    ais_doc_put(node, "weights_before", ais_doc_new_int(doc, (int64_t)cut->weights_before));
    ais_doc_put(node, "weights_after", ais_doc_new_int(doc, (int64_t)cut->weights_after));
    return node;
}

static ais_doc_node *group_node(const ais__staging *s, const ais_component_variants *component,
                                const ais_variant_group *group, ais_doc *doc)
{
    ais_doc_node *node = ais_doc_new_map(doc), *segments = ais_doc_new_list(doc);
    ais_doc_node *cuts = ais_doc_new_list(doc), *on = ais_doc_new_list(doc);
    for (size_t i = 0; i < group->segment_count; i++) {
        ais_doc_append(segments, ais_doc_new_string(doc, group->segments[i].name));
        ais_doc_append(on, ais_doc_new_float(doc, group->segments[i].goes_on));
    }
    for (size_t i = 0; group->chain != NULL && i + 1 < group->chain->part_count; i++)
        ais_doc_append(cuts, cut_node(component, &group->chain->cuts[i], doc));
    ais_doc_put(node, "component",
                ais_doc_new_string(doc, s->app->components[group->component].name));
    ais_doc_put(node, "design", ais_doc_new_string(doc, group->name));
    ais_doc_put(node, "segments", segments);
    ais_doc_put(node, "cuts", cuts);
    if (group->has_exits)
        ais_doc_put(node, "goes_on", on);
    if (group->segment_count > 1)
        ais_doc_put(node, "verified", ais_doc_new_bool(doc, group->proof.verified));
    return node;
}

void ais__plan_put(const ais__staging *s, ais_doc *doc, ais_doc_node *into)
{
    ais_doc_node *designs = ais_doc_new_list(doc), *deployments = ais_doc_new_list(doc);
    for (size_t i = 0; i < s->variants->component_count; i++) {
        const ais_component_variants *component = &s->variants->components[i];
        for (size_t g = 0; g < component->group_count; g++)
            ais_doc_append(designs, group_node(s, component, &component->groups[g], doc));
    }
    for (size_t i = 0; i < s->row_count; i++) {
        ais_doc_node *row = ais_doc_new_map(doc);
        ais_doc_put(row, "name", ais_doc_new_string(doc, s->rows[i].name));
        ais_doc_put(row, "designs", ais_doc_new_string(doc, s->rows[i].designs));
        ais_doc_put(row, "layers", ais_doc_new_string(doc, s->rows[i].layers));
        ais_doc_append(deployments, row);
    }
    ais_doc_put(into, "designs", designs);
    ais_doc_put(into, "deployments", deployments);
}
