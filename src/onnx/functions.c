/* Local functions that the nodes of a part call, themselves or through one another: onnx 1.12 keeps these
 * only, in the order in which it meets them. */
#include "onnx/canonical.h"
#include "onnx/part_priv.h"

enum { FUNCTION_NAME = 1, FUNCTION_NODE = 7, FUNCTION_DOMAIN = 10 };

typedef struct function {
    ais_onnx_span body, name, domain;
    bool called;
} function;

typedef struct functions {
    const ais_onnx_source *source;
    function *items;
    size_t count, capacity;
    size_t *queue; /* those that are called, in that order */
    size_t queued;
} functions;

static void functions_clear(functions *list)
{
    free(list->items);
    free(list->queue);
}

static int list_functions(functions *list, ais_onnx_span model, ais_error **err)
{
    while (model.at < model.end) {
        ais_onnx_field f = {.number = 0};
        if (ais_onnx_next_field(list->source, &model, &f, err) < 0)
            return -1;
        if (f.number != AIS_ONNX_MODEL_FUNCTION || f.type != AIS_ONNX_WIRE_BYTES)
            continue;
        list->items = ais_grow(list->items, &list->capacity, list->count + 1, sizeof *list->items);
        function *one = &list->items[list->count++];
        *one = (function){.body = f.bytes};
        if (ais_onnx_find_bytes(list->source, f.bytes, FUNCTION_NAME, &one->name, err) < 0 ||
            ais_onnx_find_bytes(list->source, f.bytes, FUNCTION_DOMAIN, &one->domain, err) < 0)
            return -1;
    }
    return 0;
}

static bool equal(ais_onnx_span a, ais_onnx_span b)
{
    const size_t length = ais_onnx_span_length(a);
    return length == ais_onnx_span_length(b) && (length == 0 || memcmp(a.at, b.at, length) == 0);
}

/* The first of that name, if nobody called it before. */
static int call(functions *list, ais_onnx_span node, ais_error **err)
{
    ais_onnx_span op = {.at = NULL}, domain = op;
    if (ais_onnx_find_bytes(list->source, node, AIS_ONNX_NODE_OP_TYPE, &op, err) < 0 ||
        ais_onnx_find_bytes(list->source, node, AIS_ONNX_NODE_DOMAIN, &domain, err) < 0)
        return -1;
    for (size_t i = 0; i < list->count; i++) {
        function *one = &list->items[i];
        if (!equal(one->name, op) || !equal(one->domain, domain))
            continue;
        if (!one->called)
            list->queue[list->queued++] = i;
        one->called = true;
        break;
    }
    return 0;
}

static int call_from_body(functions *list, ais_onnx_span body, ais_error **err)
{
    while (body.at < body.end) {
        ais_onnx_field f = {.number = 0};
        if (ais_onnx_next_field(list->source, &body, &f, err) < 0 ||
            (f.number == FUNCTION_NODE && f.type == AIS_ONNX_WIRE_BYTES &&
             call(list, f.bytes, err) < 0))
            return -1;
    }
    return 0;
}

int ais__onnx_add_functions(const ais__onnx_selection *s, const ais_onnx_source *source,
                            ais__onnx_rope *out, ais_error **err)
{
    AIS_SCOPED(functions) list = {.source = source};
    const ais_onnx_graph *graph = s->model->graph;
    if (list_functions(&list, ais__onnx_span_of(s->model->bytes), err) < 0)
        return -1;
    list.queue = ais_alloc(list.count * sizeof *list.queue);
    for (size_t n = 0; list.count > 0 && n < graph->node_count; n++)
        if (s->nodes[n] && call(&list, ais__onnx_span_of(graph->nodes[n].span), err) < 0)
            return -1;
    for (size_t i = 0; i < list.queued; i++) {
        AIS_SCOPED(ais__onnx_rope) message = {.arena = out->arena};
        const ais_onnx_span body = list.items[list.queue[i]].body;
        if (call_from_body(&list, body, err) < 0 ||
            ais__onnx_add_canonical(source, AIS__ONNX_FUNCTION, body, &message, err) < 0)
            return -1;
        ais__onnx_rope_add_message(out, AIS_ONNX_MODEL_FUNCTION, &message);
    }
    return 0;
}
