/* Why a model has no cut, as a sentence. */
#include "onnx/cut_priv.h"

/* Enough to say "many". */
enum { COUNTED = 10000 };

const char *ais__onnx_name_node(const ais_onnx_graph *graph, size_t at, ais_arena *arena)
{
    const ais_onnx_node *node = &graph->nodes[at];
    if (node->name[0] != '\0')
        return ais_arena_format(arena, "%s node '%s'", node->op_type, node->name);
    for (size_t i = 0; i < node->output_count; i++)
        if (node->outputs[i] != AIS_ONNX_NONE)
            return ais_arena_format(arena, "%s node that makes '%s'", node->op_type,
                                    graph->values[node->outputs[i]].name);
    return ais_arena_format(arena, "%s node %zu", node->op_type, at);
}

static bool has_body(const ais_onnx_node *node)
{
    for (size_t i = 0; i < node->attribute_count; i++)
        if (node->attributes[i].graph != NULL)
            return true;
    return false;
}

static const char *explain_one_item(const ais__onnx_flow *flow, ais_arena *arena)
{
    const size_t node = flow->items[0].node;
    return ais_arena_format(arena, "only one node depends on the model's input, the %s%s",
                            ais__onnx_name_node(flow->graph, node, arena),
                            has_body(&flow->graph->nodes[node])
                                ? ", and what is inside of it cannot be cut through"
                                : "");
}

/* Cuts with up to `max` tensors, as if values of every kind could be sent when `any_kind`. */
static size_t count_cuts(const ais__onnx_flow *flow, uint32_t max, bool any_kind,
                         ais_onnx_cut *first, ais_arena *arena)
{
    __attribute__((cleanup(ais__onnx_search_clear))) ais__onnx_search search;
    AIS_FREE ais__onnx_link *links = ais_alloc((flow->link_count + 1) * sizeof *links);
    ais__onnx_flow other = *flow;
    for (uint32_t l = 0; l < flow->link_count; l++) {
        links[l] = flow->links[l];
        links[l].weight = any_kind ? 1 : links[l].weight;
    }
    other.links = links;
    ais__onnx_search_init(&search, &other, max, COUNTED, false);
    search.steps_left /= AIS_ONNX_MAX_CUT_TENSORS; /* it is asked as often */
    ais__onnx_search_run(&search);
    if (search.count > 0 && first != NULL)
        ais__onnx_copy_cut(&search.found[0].cut, arena, first);
    return search.count;
}

static const char *kind_name(const ais_onnx_facts *facts, size_t value)
{
    static const char *const names[] = {
        [AIS_ONNX_KIND_UNKNOWN] = "tensor of texts",
        [AIS_ONNX_KIND_TENSOR] = "tensor of texts",
        [AIS_ONNX_KIND_SPARSE] = "sparse tensor",
        [AIS_ONNX_KIND_SEQUENCE] = "sequence",
        [AIS_ONNX_KIND_MAP] = "map",
        [AIS_ONNX_KIND_OPTIONAL] = "optional",
    };
    return names[facts->kinds[value]];
}

/* Every cut would send something that is no dense tensor: which, in the first of them? */
static const char *explain_kinds(const ais__onnx_flow *flow, uint32_t max, ais_arena *arena)
{
    ais_onnx_cut cut = {.values = NULL};
    if (count_cuts(flow, max, true, &cut, arena) == 0)
        return NULL;
    for (size_t i = 0; i < cut.value_count; i++)
        if (!ais__onnx_may_cross(flow->facts, cut.values[i]))
            return ais_arena_format(arena,
                                    "every cut would send a value that is no dense tensor, such as "
                                    "'%s' (a %s)",
                                    flow->graph->values[cut.values[i]].name,
                                    kind_name(flow->facts, cut.values[i]));
    return NULL;
}

static const char *explain_width(const ais__onnx_flow *flow, uint32_t max, ais_arena *arena)
{
    for (uint32_t more = max + 1; more <= AIS_ONNX_MAX_CUT_TENSORS; more++) {
        ais_onnx_cut cut = {.values = NULL};
        const size_t count = count_cuts(flow, more, false, &cut, arena);
        if (count == 0)
            continue;
        ais_str names = {.data = NULL};
        for (size_t i = 0; i < cut.value_count; i++)
            ais_str_add_format(&names, "%s'%s'", i == 0 ? "" : ", ",
                               flow->graph->values[cut.values[i]].name);
        const char *why = ais_arena_format(
            arena,
            "%u or more tensors cross everywhere, such as %s (--max-tensors %u gives %s%zu %s)",
            more, ais_str_get(&names), more, count == COUNTED ? "at least " : "", count,
            count == 1 ? "cut" : "cuts");
        ais_str_clear(&names);
        return why;
    }
    return NULL;
}

const char *ais__onnx_explain(const ais__onnx_search *search, ais_arena *arena)
{
    const ais__onnx_flow *flow = search->flow;
    if (flow->item_count == 0)
        return "no output depends on an input of the model";
    if (flow->item_count == 1)
        return explain_one_item(flow, arena);
    if (search->tired)
        return ais_arena_format(arena,
                                "none was found with one tensor, and there are too many sets of up "
                                "to %u to look at them all",
                                search->max_tensors);
    const char *why = explain_width(flow, search->max_tensors, arena);
    if (why == NULL)
        why = explain_kinds(flow, AIS_ONNX_MAX_CUT_TENSORS, arena);
    if (why == NULL)
        why = ais_arena_format(arena, "more than %d tensors cross everywhere",
                               AIS_ONNX_MAX_CUT_TENSORS);
    return why;
}
