/* Inference of a model: nodes in their order, each by the rule of its operator; results meet what the
 * model declares (merge.c) and become the facts. What nodes cost is in flops.c, weights in weigh.c. */
#include <string.h>

#include "infer_priv.h"

/* What a model without an operator set for the default domain is taken to mean. */
enum { NEWEST_OPSET = 21 };

/* ---- scopes ---- */

static ais__onnx_fact captured(const ais__onnx_scope *outer, const char *name)
{
    const size_t at = ais_onnx_find_value(outer->graph, name);
    return at != AIS_ONNX_NONE ? outer->facts[at] : (ais__onnx_fact){.data = NULL};
}

/* onnx 1.12 hands types to sub-graphs, and no elements. */
static ais__onnx_fact without_data(ais__onnx_fact fact)
{
    fact.data = NULL;
    fact.tensor = NULL;
    return fact;
}

/* Facts of all values of a graph before any node: as declared, as weights are, or as outside. */
static void open_scope(const ais__onnx_inference *inference, const ais_onnx_graph *graph,
                       const ais__onnx_scope *outer, ais__onnx_scope *scope)
{
    *scope = (ais__onnx_scope){
        .graph = graph,
        .outer = outer,
        .facts = ais_arena_alloc(inference->arena, graph->value_count * sizeof *scope->facts),
    };
    for (size_t i = 0; i < graph->value_count; i++) {
        const ais_onnx_value *value = &graph->values[i];
        ais__onnx_fact *fact = &scope->facts[i];
        const bool here =
            value->producer != AIS_ONNX_NONE || value->is_input || value->initializer != NULL;
        *fact = here || outer == NULL ? ais__onnx_declared(inference, value)
                                      : captured(outer, value->name);
        if (!here && outer != NULL && inference->studio)
            *fact = without_data(*fact);
        /* IR version 3 lists all initializers as inputs; onnx 1.12 gives others no type there */
        if (inference->studio && value->initializer != NULL && !value->is_input && outer == NULL &&
            inference->model->ir_version < 4)
            *fact = (ais__onnx_fact){.tensor = value->initializer};
    }
}

/* A weight that is also an input has to be what the input says. */
static int check_weights(const ais__onnx_inference *inference, const ais__onnx_scope *scope,
                         ais_error **err)
{
    for (size_t i = 0; i < scope->graph->value_count; i++) {
        const ais_onnx_value *value = &scope->graph->values[i];
        const ais_onnx_tensor *tensor = value->initializer;
        ais__onnx_fact *fact = &scope->facts[i];
        if (tensor == NULL || !value->is_input)
            continue;
        bool same = !fact->shape.known || fact->shape.rank == tensor->rank;
        for (size_t k = 0; same && fact->shape.known && k < tensor->rank; k++)
            same = fact->shape.dims[k].size < 0 || fact->shape.dims[k].size == tensor->dims[k];
        if (!same || (fact->type != AIS_ONNX_UNDEFINED && fact->type != tensor->type))
            return ais_error_set_at(err, AIS_E_INPUT, (ais_pos){.file = inference->model->path},
                                    "input '%s' is declared otherwise than its initializer is",
                                    value->name);
        if (inference->studio)
            continue;
        ais_onnx_dim *dims = ais__onnx_new_dims(inference->arena, tensor->rank);
        for (size_t k = 0; k < tensor->rank; k++)
            dims[k] = ais__onnx_dim(tensor->dims[k]);
        fact->type = tensor->type;
        fact->shape = (ais_onnx_shape){.known = true, .rank = tensor->rank, .dims = dims};
    }
    return 0;
}

/* ---- one node ---- */

static void prepare(ais__onnx_inference *inference, ais__onnx_scope *scope, size_t number,
                    ais_error **err, ais__onnx_call *call)
{
    const ais_onnx_node *node = &scope->graph->nodes[number];
    *call = (ais__onnx_call){
        .inference = inference,
        .scope = scope,
        .node = node,
        .number = number,
        .op = ais__onnx_find_op(inference->registry, node->domain, node->op_type),
        .opset = ais_onnx_get_opset(inference->model, node->domain),
        .studio = inference->studio,
        .arena = inference->arena,
        .input_count = node->input_count,
        .output_count = node->output_count,
        .err = err,
    };
    if (call->opset == 0)
        call->opset = NEWEST_OPSET;
    if (call->studio && node->domain[0] == '\0' && call->opset > AIS__ONNX_STUDIO_OPSET)
        call->opset = AIS__ONNX_STUDIO_OPSET;
    call->inputs = ais_arena_alloc(call->arena, call->input_count * sizeof *call->inputs);
    call->outputs = ais_arena_alloc(call->arena, call->output_count * sizeof *call->outputs);
    for (size_t i = 0; i < call->input_count; i++)
        call->inputs[i] = node->inputs[i] != AIS_ONNX_NONE ? &scope->facts[node->inputs[i]] : NULL;
}

/* What the rule said goes into the facts, and what the facts say beyond it back into the call. */
static int conclude(ais__onnx_call *call)
{
    for (size_t i = 0; i < call->output_count; i++) {
        const size_t value = call->node->outputs[i];
        if (value == AIS_ONNX_NONE)
            continue;
        ais__onnx_fact *fact = &call->scope->facts[value];
        if (call->studio)
            ais__onnx_name_open(call->inference, &call->outputs[i]);
        if (ais__onnx_merge_fact(call, call->scope->graph->values[value].name, &call->outputs[i],
                                 fact) < 0)
            return -1;
        call->outputs[i] = *fact;
    }
    return 0;
}

static int apply_rule(ais__onnx_call *call, ais_error **failure)
{
    call->err = failure;
    const int status = call->op->rule(call);
    if (status == 0 && call->op->data != NULL && !call->studio)
        call->op->data(call);
    return status;
}

static int infer_node(ais__onnx_call *call, ais_error **err)
{
    const bool known =
        call->op != NULL && !(call->studio && (call->op->flags & AIS__ONNX_NEW) != 0);
    if (known && call->output_count > 0) {
        AIS_AUTO(ais_error) failure = NULL;
        const int status = apply_rule(call, &failure);
        if (status < 0 && call->studio) { /* onnx 1.12 goes on with the next node */
            memset(call->outputs, 0, call->output_count * sizeof *call->outputs);
        } else if (failure != NULL) {
            ais_error *given = failure;
            failure = NULL;
            return ais_error_pass(given, err);
        }
        /* the elements of a Constant are known to onnx 1.12, too, and of nothing else */
        if (call->studio && call->op->data == ais__onnx_data_constant) {
            const ais_onnx_attribute *value = ais_onnx_find_attribute(call->node, "value");
            if (value != NULL && value->type == AIS_ONNX_ATTRIBUTE_TENSOR)
                call->outputs[0].tensor = value->tensor;
        }
    }
    call->err = err;
    return conclude(call);
}

/* ---- graphs ---- */

static int infer_nodes(ais__onnx_inference *inference, ais__onnx_scope *scope, double *flops,
                       double *total, ais_error **err)
{
    for (size_t n = 0; n < scope->graph->node_count; n++) {
        ais__onnx_call call;
        prepare(inference, scope, n, err, &call);
        if (infer_node(&call, err) < 0)
            return -1;
        const double cost = ais__onnx_node_flops(&call);
        if (flops != NULL)
            flops[n] = cost;
        *total += cost;
    }
    return 0;
}

int ais__onnx_infer_body(ais__onnx_call *call, const ais_onnx_graph *graph,
                         const ais__onnx_fact *inputs, size_t input_count, ais__onnx_fact *outputs,
                         double *flops)
{
    ais__onnx_inference *inference = call->inference;
    ais__onnx_scope scope;
    if (inference->depth >= AIS__ONNX_MAX_BODIES)
        return -1;
    if (graph->input_count != input_count)
        return ais__onnx_fail(call, "its graph has %zu inputs and gets %zu", graph->input_count,
                              input_count);
    open_scope(inference, graph, call->scope, &scope);
    for (size_t i = 0; i < input_count; i++) {
        ais__onnx_fact given = inputs[i];
        ais__onnx_fact *fact = &scope.facts[graph->inputs[i]];
        if (ais__onnx_merge_fact(call, graph->values[graph->inputs[i]].name, &given, fact) < 0)
            return -1;
        if (call->studio && given.kind != AIS_ONNX_KIND_UNKNOWN)
            ais__onnx_name_open(inference, fact);
    }
    inference->depth++;
    const int status = infer_nodes(inference, &scope, NULL, flops, call->err);
    inference->depth--;
    for (size_t i = 0; status == 0 && i < graph->output_count; i++)
        outputs[i] = scope.facts[graph->outputs[i]];
    return status;
}

/* ---- symbols ---- */

static void collect_symbols(ais__onnx_inference *inference, const ais_onnx_graph *graph)
{
    for (size_t i = 0; i < graph->value_count; i++) {
        const ais_onnx_shape *shape = &graph->values[i].shape;
        for (size_t k = 0; shape->known && k < shape->rank; k++)
            if (shape->dims[k].size < 0 && shape->dims[k].symbol != NULL)
                ais_map_put(inference->symbols, shape->dims[k].symbol, inference);
    }
    for (size_t n = 0; n < graph->node_count; n++)
        for (size_t i = 0; i < graph->nodes[n].attribute_count; i++)
            if (graph->nodes[n].attributes[i].graph != NULL)
                collect_symbols(inference, graph->nodes[n].attributes[i].graph);
}

static const char *symbol_at(const void *names, size_t i)
{
    return ((const char *const *)names)[i];
}

/* Names of all symbols of the main graph, for hints. */
static size_t list_symbols(const ais_onnx_model *model, ais_arena *arena, const char ***out)
{
    AIS_AUTO(ais_map) seen = ais_map_new();
    const ais_onnx_graph *graph = model->graph;
    size_t count = 0, capacity = 0;
    const char **names = NULL;
    for (size_t i = 0; i < graph->value_count; i++) {
        const ais_onnx_shape *shape = &graph->values[i].shape;
        for (size_t k = 0; shape->known && k < shape->rank; k++) {
            const char *symbol = shape->dims[k].size < 0 ? shape->dims[k].symbol : NULL;
            if (symbol == NULL || ais_map_put(seen, symbol, seen) != NULL)
                continue;
            names = ais_grow(names, &capacity, count + 1, sizeof *names);
            names[count++] = symbol;
        }
    }
    *out = ais_arena_alloc(arena, (count + 1) * sizeof **out);
    if (count > 0)
        memcpy(*out, names, count * sizeof **out);
    free(names);
    return count;
}

static int check_sizes(const ais__onnx_inference *inference, ais_error **err)
{
    const ais_onnx_facts_options *options = inference->options;
    const ais_pos pos = {.file = inference->model->path};
    for (size_t i = 0; i < options->size_count; i++) {
        const ais_onnx_size *size = &options->sizes[i];
        if (size->size < 1)
            return ais_error_set_at(err, AIS_E_INPUT, pos, "size %lld for '%s' (must be 1 or more)",
                                    (long long)size->size, size->symbol);
        if (ais_map_find(inference->symbols, size->symbol) != NULL)
            continue;
        const char **names;
        const size_t count = list_symbols(inference->model, inference->arena, &names);
        const char *near = ais_str_nearest(size->symbol, names, count, symbol_at);
        ais_error_set_at(err, AIS_E_INPUT, pos, "no size of the model is named '%s'", size->symbol);
        if (near != NULL)
            return ais_error_hint(err, "did you mean '%s'?", near);
        AIS_SCOPED(ais_str) all = {.data = NULL};
        for (size_t k = 0; k < count && k < 8; k++)
            ais_str_add_format(&all, "%s'%s'", k > 0 ? ", " : "", names[k]);
        return count > 0
                   ? ais_error_hint(err, "it has %s%s", ais_str_get(&all), count > 8 ? ", ..." : "")
                   : ais_error_hint(err, "all of its sizes are fixed");
    }
    return 0;
}

/* ---- the whole ---- */

static void inference_clear(ais__onnx_inference *inference)
{
    ais_map_free(inference->symbols);
}

/* Of a sequence or an optional of tensors: type and shape of its elements. */
static void hand_out(const ais__onnx_scope *scope, ais_onnx_facts *facts, ais_arena *arena)
{
    const size_t count = scope->graph->value_count;
    ais_onnx_kind *kinds = ais_arena_alloc(arena, count * sizeof *kinds);
    ais_onnx_type *types = ais_arena_alloc(arena, count * sizeof *types);
    ais_onnx_shape *shapes = ais_arena_alloc(arena, count * sizeof *shapes);
    for (size_t i = 0; i < count; i++) {
        const ais__onnx_fact *fact = &scope->facts[i];
        kinds[i] = fact->kind;
        while (fact->element != NULL && fact->kind != AIS_ONNX_KIND_MAP)
            fact = fact->element;
        types[i] = fact->type;
        shapes[i] = fact->shape;
    }
    facts->kinds = kinds;
    facts->types = types;
    facts->shapes = shapes;
}

static int infer(ais__onnx_inference *inference, ais_onnx_facts *facts, ais_error **err)
{
    const ais_onnx_graph *graph = inference->model->graph;
    ais__onnx_scope scope;
    double total = 0;
    collect_symbols(inference, graph);
    if (check_sizes(inference, err) < 0)
        return -1;
    open_scope(inference, graph, NULL, &scope);
    if (check_weights(inference, &scope, err) < 0)
        return -1;
    double *flops = ais_arena_alloc(inference->arena, graph->node_count * sizeof *flops);
    if (infer_nodes(inference, &scope, flops, &total, err) < 0)
        return -1;
    facts->flops = flops;
    hand_out(&scope, facts, inference->arena);
    ais__onnx_weigh(inference, &scope, facts);
    return 0;
}

int ais_onnx_infer(const ais_onnx_model *model, const ais_onnx_facts_options *options,
                   ais_onnx_facts **out, ais_error **err)
{
    static const ais_onnx_facts_options none = {.rule = AIS_ONNX_RULE_PARETO};
    AIS_AUTO(ais_onnx_facts) facts = ais_alloc(sizeof *facts);
    facts->arena = ais_arena_new();
    __attribute__((cleanup(inference_clear))) ais__onnx_inference inference = {
        .model = model,
        .options = options != NULL ? options : &none,
        .studio = options != NULL && options->rule == AIS_ONNX_RULE_STUDIO,
        .arena = facts->arena,
        .registry = ais__onnx_registry_new(facts->arena),
        .symbols = ais_map_new(),
    };
    if (infer(&inference, facts, err) < 0)
        return ais_error_wrap(err, "inferring the shapes of '%s'", model->path);
    *out = facts;
    facts = NULL;
    return 0;
}

void ais_onnx_facts_free(ais_onnx_facts *facts)
{
    if (facts == NULL)
        return;
    ais_arena_free(facts->arena);
    free(facts);
}
