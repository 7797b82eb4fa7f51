/* The flow of a graph: see cut_priv.h. */
#include <string.h>

#include "onnx/cut_priv.h"
#include "onnx/weights.h"

typedef struct maker {
    ais__onnx_flow *flow;
    const ais_onnx_graph *graph;
    bool *live;      /* by node: leads to an output */
    bool *fed;       /* by node: an input of the graph leads to it */
    uint32_t *items; /* by node */
    uint32_t *links; /* by value */
    uint32_t *fixed; /* by value */
    uint32_t *list;  /* scratch */
    size_t list_count, list_capacity;
} maker;

static void maker_clear(maker *m)
{
    free(m->live);
    free(m->fed);
    free(m->fixed);
    free(m->list);
}

bool ais__onnx_may_cross(const ais_onnx_facts *facts, size_t value)
{
    return facts->kinds[value] <= AIS_ONNX_KIND_TENSOR && facts->types[value] != AIS_ONNX_STRING;
}

/* ---- which nodes count ---- */

static bool is_read(const maker *m, const ais_onnx_value *value)
{
    for (size_t i = 0; i < value->consumer_count; i++)
        if (m->live[value->consumers[i]])
            return true;
    return value->is_output;
}

/* Inputs and captures of a node as one list; AIS_ONNX_NONE for what is left out. */
static size_t input_at(const ais_onnx_node *node, size_t i)
{
    return i < node->input_count ? node->inputs[i] : node->captures[i - node->input_count];
}

static size_t count_inputs(const ais_onnx_node *node)
{
    return node->input_count + node->capture_count;
}

static bool is_source(const ais_onnx_value *value)
{
    return value->producer == AIS_ONNX_NONE && value->initializer == NULL;
}

static void mark_nodes(maker *m)
{
    const ais_onnx_graph *graph = m->graph;
    for (size_t n = graph->node_count; n-- > 0;) {
        const ais_onnx_node *node = &graph->nodes[n];
        for (size_t i = 0; i < node->output_count && !m->live[n]; i++)
            m->live[n] =
                node->outputs[i] != AIS_ONNX_NONE && is_read(m, &graph->values[node->outputs[i]]);
    }
    for (size_t n = 0; n < graph->node_count; n++)
        for (size_t i = 0; i < count_inputs(&graph->nodes[n]) && !m->fed[n]; i++) {
            const size_t v = input_at(&graph->nodes[n], i);
            if (v != AIS_ONNX_NONE)
                m->fed[n] =
                    is_source(&graph->values[v]) || (graph->values[v].producer != AIS_ONNX_NONE &&
                                                     m->fed[graph->values[v].producer]);
        }
}

/* ---- items ---- */

/* A node that draws random numbers without any input is part of the item that reads it first: it must run
 * once only, and nothing says earlier where. */
static uint32_t item_of_unfed(const maker *m, const ais_onnx_node *node)
{
    uint32_t first = m->flow->item_count - 1;
    for (size_t i = 0; i < node->output_count; i++) {
        if (node->outputs[i] == AIS_ONNX_NONE)
            continue;
        const ais_onnx_value *value = &m->graph->values[node->outputs[i]];
        for (size_t k = 0; k < value->consumer_count; k++)
            if (m->live[value->consumers[k]] && m->items[value->consumers[k]] < first)
                first = m->items[value->consumers[k]];
    }
    return first;
}

static void make_items(maker *m)
{
    ais__onnx_flow *flow = m->flow;
    const ais_onnx_graph *graph = m->graph;
    flow->items = ais_arena_alloc(flow->arena, graph->node_count * sizeof *flow->items);
    for (size_t n = 0; n < graph->node_count; n++) {
        m->items[n] = AIS__ONNX_SOURCE;
        if (!m->live[n] || !m->fed[n])
            continue;
        m->items[n] = flow->item_count;
        flow->items[flow->item_count++].node = n;
    }
    for (size_t n = graph->node_count; n-- > 0 && flow->item_count > 0;)
        if (m->live[n] && !m->fed[n] && !flow->facts->constant[n])
            m->items[n] = item_of_unfed(m, &graph->nodes[n]);
}

/* ---- lists ---- */

static void add(maker *m, uint32_t number)
{
    m->list = ais_grow(m->list, &m->list_capacity, m->list_count + 1, sizeof *m->list);
    m->list[m->list_count++] = number;
}

static int by_number(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* What was added, sorted and each once. */
static ais__onnx_list take_list(maker *m)
{
    size_t count = 0;
    if (m->list_count > 1)
        qsort(m->list, m->list_count, sizeof *m->list, by_number);
    for (size_t i = 0; i < m->list_count; i++)
        if (count == 0 || m->list[count - 1] != m->list[i])
            m->list[count++] = m->list[i];
    uint32_t *kept = ais_arena_alloc(m->flow->arena, count * sizeof *kept);
    if (count > 0)
        memcpy(kept, m->list, count * sizeof *kept);
    m->list_count = 0;
    return (ais__onnx_list){.at = kept, .count = (uint32_t)count};
}

/* ---- links ---- */

static void add_link(maker *m, size_t v, uint32_t by)
{
    const ais_onnx_value *value = &m->graph->values[v];
    for (size_t i = 0; i < value->consumer_count; i++) {
        const uint32_t reader = m->items[value->consumers[i]];
        if (reader != AIS__ONNX_SOURCE && reader != by)
            add(m, reader);
    }
    const ais__onnx_list readers = take_list(m);
    if (readers.count == 0 && !value->is_output)
        return;
    ais__onnx_link *link = &m->flow->links[m->flow->link_count];
    *link =
        (ais__onnx_link){.value = v,
                         .maker = by,
                         .readers = readers,
                         .leaves = value->is_output,
                         .weight = ais__onnx_may_cross(m->flow->facts, v) ? 1 : AIS__ONNX_BLOCKED};
    link->bytes = ais_onnx_value_bytes(m->flow->facts, v, &link->estimated);
    m->links[v] = m->flow->link_count++;
}

/* Values by the item that makes them. Nodes of an item are apart when some of them have no input. */
static void make_links(maker *m)
{
    const ais_onnx_graph *graph = m->graph;
    m->flow->links = ais_arena_alloc(m->flow->arena, graph->value_count * sizeof *m->flow->links);
    for (size_t v = 0; v < graph->value_count; v++) {
        m->links[v] = AIS__ONNX_SOURCE;
        if (is_source(&graph->values[v]))
            add_link(m, v, AIS__ONNX_SOURCE);
    }
    AIS_FREE uint32_t *next = ais_alloc((graph->node_count + 1) * sizeof *next);
    AIS_FREE uint32_t *first = ais_alloc((m->flow->item_count + 1) * sizeof *first);
    for (size_t n = graph->node_count; n-- > 0;)
        if (m->items[n] != AIS__ONNX_SOURCE) {
            next[n] = first[m->items[n]];
            first[m->items[n]] = (uint32_t)n + 1;
        }
    for (uint32_t item = 0; item < m->flow->item_count; item++)
        for (uint32_t n = first[item]; n != 0; n = next[n - 1])
            for (size_t i = 0; i < graph->nodes[n - 1].output_count; i++)
                if (graph->nodes[n - 1].outputs[i] != AIS_ONNX_NONE)
                    add_link(m, graph->nodes[n - 1].outputs[i], item);
}

static void connect_items(maker *m)
{
    ais__onnx_flow *flow = m->flow;
    AIS_FREE uint32_t *counts = ais_alloc((flow->item_count + 1) * sizeof *counts);
    AIS_FREE uint32_t **lists = ais_alloc((flow->item_count + 1) * sizeof *lists);
    for (uint32_t l = 0; l < flow->link_count; l++)
        for (uint32_t i = 0; i < flow->links[l].readers.count; i++)
            counts[flow->links[l].readers.at[i]]++;
    for (uint32_t item = 0; item < flow->item_count; item++) {
        lists[item] = ais_arena_alloc(flow->arena, counts[item] * sizeof **lists);
        flow->items[item].inputs.at = lists[item];
    }
    for (uint32_t l = 0; l < flow->link_count; l++) {
        const ais__onnx_link *link = &flow->links[l];
        for (uint32_t i = 0; i < link->readers.count; i++) {
            ais__onnx_item *reader = &flow->items[link->readers.at[i]];
            lists[link->readers.at[i]][reader->inputs.count++] = l;
        }
    }
    for (uint32_t l = 0, end = 0; l < flow->link_count; l = end) {
        for (end = l + 1; end < flow->link_count && flow->links[end].maker == flow->links[l].maker;)
            end++;
        if (flow->links[l].maker == AIS__ONNX_SOURCE)
            continue;
        for (uint32_t i = l; i < end; i++)
            add(m, i);
        flow->items[flow->links[l].maker].outputs = take_list(m);
    }
}

/* ---- what is fixed ---- */

static void add_fixed(maker *m, size_t v)
{
    if (v != AIS_ONNX_NONE && m->fixed[v] != AIS__ONNX_SOURCE)
        add(m, m->fixed[v]);
}

static ais__onnx_list count_needs(maker *m, const ais_onnx_node *node, const ais__onnx_list *more)
{
    for (size_t i = 0; i < count_inputs(node); i++)
        add_fixed(m, input_at(node, i));
    for (uint32_t i = 0; more != NULL && i < more->count; i++)
        add(m, more->at[i]);
    return take_list(m);
}

static void make_fixed(maker *m)
{
    ais__onnx_flow *flow = m->flow;
    const ais_onnx_graph *graph = m->graph;
    flow->fixed = ais_arena_alloc(flow->arena,
                                  (graph->value_count + graph->node_count) * sizeof *flow->fixed);
    for (size_t v = 0; v < graph->value_count; v++) {
        m->fixed[v] = AIS__ONNX_SOURCE;
        if (graph->values[v].initializer == NULL || graph->values[v].producer != AIS_ONNX_NONE)
            continue;
        m->fixed[v] = flow->fixed_count;
        flow->fixed[flow->fixed_count++] = (ais__onnx_fixed){
            .weights = graph->values[v].initializer->bytes, .leaves = graph->values[v].is_output};
    }
    for (size_t n = 0; n < graph->node_count; n++) {
        const ais_onnx_node *node = &graph->nodes[n];
        if (!m->live[n] || !flow->facts->constant[n])
            continue;
        ais__onnx_fixed *fixed = &flow->fixed[flow->fixed_count];
        fixed->needs = count_needs(m, node, NULL);
        fixed->flops = flow->facts->flops[n];
        fixed->weights = ais__onnx_weights_inside(node);
        for (size_t i = 0; i < node->output_count; i++)
            if (node->outputs[i] != AIS_ONNX_NONE) {
                m->fixed[node->outputs[i]] = flow->fixed_count;
                fixed->leaves = fixed->leaves || graph->values[node->outputs[i]].is_output;
            }
        flow->fixed_count++;
    }
}

static void weigh_items(maker *m)
{
    ais__onnx_flow *flow = m->flow;
    for (size_t n = 0; n < m->graph->node_count; n++) {
        if (m->items[n] == AIS__ONNX_SOURCE)
            continue;
        ais__onnx_item *item = &flow->items[m->items[n]];
        item->needs = count_needs(m, &m->graph->nodes[n], &item->needs);
        item->flops += flow->facts->flops[n];
        item->work = item->flops;
        item->weights += ais__onnx_weights_inside(&m->graph->nodes[n]);
        flow->work += flow->facts->flops[n];
    }
    const bool counted = flow->work > 0.0;
    for (uint32_t i = 0; i < flow->item_count && !counted; i++)
        flow->work += flow->items[i].work = 1.0;
    for (uint32_t i = 0; i < flow->item_count; i++)
        for (uint32_t k = 0; k < flow->items[i].needs.count; k++)
            flow->fixed[flow->items[i].needs.at[k]].readers++;
    for (uint32_t i = 0; i < flow->fixed_count; i++) {
        flow->fixed[i].readers += flow->fixed[i].leaves;
        for (uint32_t k = 0; k < flow->fixed[i].needs.count; k++)
            flow->fixed[flow->fixed[i].needs.at[k]].readers++;
    }
}

ais__onnx_flow *ais__onnx_flow_new(const ais_onnx_model *model, const ais_onnx_facts *facts)
{
    const ais_onnx_graph *graph = model->graph;
    ais__onnx_flow *flow = ais_alloc(sizeof *flow);
    flow->arena = ais_arena_new();
    flow->graph = graph;
    flow->facts = facts;
    __attribute__((cleanup(maker_clear))) maker m = {
        .flow = flow,
        .graph = graph,
        .live = ais_alloc(graph->node_count * sizeof *m.live),
        .fed = ais_alloc(graph->node_count * sizeof *m.fed),
        .items = ais_arena_alloc(flow->arena, graph->node_count * sizeof *m.items),
        .links = ais_arena_alloc(flow->arena, graph->value_count * sizeof *m.links),
        .fixed = ais_alloc(graph->value_count * sizeof *m.fixed),
    };
    mark_nodes(&m);
    make_items(&m);
    make_links(&m);
    connect_items(&m);
    make_fixed(&m);
    weigh_items(&m);
    flow->item_of_node = m.items;
    flow->link_of_value = m.links;
    return flow;
}

void ais__onnx_flow_free(ais__onnx_flow *flow)
{
    if (flow == NULL)
        return;
    ais_arena_free(flow->arena);
    free(flow);
}
