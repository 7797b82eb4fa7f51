/* Writes parts of a model, and models as they are.
 *
 * A part is put together from pieces of the file it comes from: nodes, weights and all that this reader has
 * no name for are the same bytes. Only the list of inputs and outputs is new. */
#include "onnx/part_priv.h"

enum { COPIED_FROM = 1 << 16 }; /* pieces from this size on are copied from file to file */

typedef struct part_writer {
    ais__onnx_selection *s;
    ais_onnx_source source;
    ais__onnx_relocation relocation;
    bool placing; /* first round: only find out which external data is needed */
    ais__onnx_rope *out;
    size_t node; /* number of the next one */
} part_writer;

/* ---- the graph ---- */

/* The value that field `number` of a message names, or AIS_ONNX_NONE. */
static int find_named(const part_writer *w, ais_onnx_span message, uint32_t number, size_t *out,
                      ais_error **err)
{
    ais_onnx_span span = {.at = NULL};
    if (ais_onnx_find_bytes(&w->source, message, number, &span, err) < 0)
        return -1;
    AIS_FREE char *name = ais_onnx_span_dup(span);
    *out = ais_onnx_find_value(w->s->model->graph, name);
    return 0;
}

/* A message that is kept, in the graph that is being written. */
static int keep(part_writer *w, ais_onnx_message message, const ais_onnx_field *f,
                ais__onnx_rope *graph, ais_error **err)
{
    if (w->placing) {
        ais__onnx_relocation_need(&w->relocation, f->bytes);
        return 0;
    }
    ais__onnx_rope inner = {.arena = graph->arena};
    const int status = ais__onnx_relocation_rewrite(&w->relocation, message, f->bytes, &inner, err);
    if (status == 0 && ais__onnx_rope_is(&inner, f->bytes))
        ais__onnx_rope_add(graph, f->whole);
    else if (status == 0)
        ais__onnx_rope_add_message(graph, f->number, &inner);
    ais__onnx_rope_clear(&inner);
    return status;
}

static int keep_weight(part_writer *w, const ais_onnx_field *f, ais__onnx_rope *graph,
                       ais_error **err)
{
    const bool sparse = f->number == AIS_ONNX_GRAPH_SPARSE_INITIALIZER;
    ais_onnx_span tensor = f->bytes;
    size_t value = 0;
    if ((sparse &&
         ais_onnx_find_bytes(&w->source, f->bytes, AIS_ONNX_SPARSE_VALUES, &tensor, err) < 0) ||
        find_named(w, tensor, AIS_ONNX_TENSOR_NAME, &value, err) < 0)
        return -1;
    if (value == AIS_ONNX_NONE || !ais__onnx_selects_weight(w->s, value))
        return 0;
    return keep(w, sparse ? AIS_ONNX_MESSAGE_SPARSE_TENSOR : AIS_ONNX_MESSAGE_TENSOR, f, graph,
                err);
}

/* Declarations of values inside of the part; its inputs and outputs are declared elsewhere. */
static int keep_value_info(part_writer *w, const ais_onnx_field *f, ais__onnx_rope *graph,
                           ais_error **err)
{
    size_t value = 0;
    if (find_named(w, f->bytes, AIS_ONNX_VALUE_NAME, &value, err) < 0)
        return -1;
    bool wanted = value != AIS_ONNX_NONE && w->s->values[value] && !w->s->is_input[value];
    for (size_t i = 0; wanted && i < w->s->part->output_count; i++)
        wanted = w->s->part->outputs[i] != value;
    return wanted ? keep(w, AIS_ONNX_MESSAGE_OTHER, f, graph, err) : 0;
}

/* How a value is quantized: kept, and the weights with its parameters, where the value is. */
static int keep_quantization(part_writer *w, const ais_onnx_field *f, ais__onnx_rope *graph,
                             ais_error **err)
{
    size_t value = 0;
    if (find_named(w, f->bytes, AIS_ONNX_QUANTIZATION_TENSOR, &value, err) < 0)
        return -1;
    if (value == AIS_ONNX_NONE || !w->s->values[value])
        return 0;
    for (ais_onnx_span in = f->bytes; in.at < in.end;) {
        ais_onnx_field part = {.number = 0};
        size_t parameter = AIS_ONNX_NONE;
        if (ais_onnx_next_field(&w->source, &in, &part, err) < 0 ||
            (part.type == AIS_ONNX_WIRE_BYTES && part.number == AIS_ONNX_QUANTIZATION_PARAMETER &&
             find_named(w, part.bytes, AIS_ONNX_ENTRY_VALUE, &parameter, err) < 0))
            return -1;
        if (parameter != AIS_ONNX_NONE && w->s->model->graph->values[parameter].initializer != NULL)
            w->s->values[parameter] = true;
    }
    return keep(w, AIS_ONNX_MESSAGE_OTHER, f, graph, err);
}

static int keep_field(part_writer *w, const ais_onnx_field *f, ais__onnx_rope *graph,
                      ais_error **err)
{
    switch (f->number) {
    case AIS_ONNX_GRAPH_NODE:
        return w->s->nodes[w->node++] ? keep(w, AIS_ONNX_MESSAGE_NODE, f, graph, err) : 0;
    case AIS_ONNX_GRAPH_INITIALIZER:
    case AIS_ONNX_GRAPH_SPARSE_INITIALIZER:
        return keep_weight(w, f, graph, err);
    case AIS_ONNX_GRAPH_INPUT:
    case AIS_ONNX_GRAPH_OUTPUT:
        return 0;
    case AIS_ONNX_GRAPH_VALUE_INFO:
        return keep_value_info(w, f, graph, err);
    case AIS_ONNX_GRAPH_QUANTIZATION:
        return keep_quantization(w, f, graph, err);
    default:
        return keep(w, AIS_ONNX_MESSAGE_OTHER, f, graph, err);
    }
}

/* Before IR version 4 every weight had to be an input as well. */
static int add_weight_inputs(const ais__onnx_selection *s, ais__onnx_rope *graph, ais_error **err)
{
    const ais_onnx_graph *g = s->model->graph;
    for (size_t v = 0; s->model->ir_version < 4 && v < g->value_count; v++)
        if (ais__onnx_selects_weight(s, v) &&
            ais__onnx_add_value_info(s, v, AIS_ONNX_GRAPH_INPUT, graph, err) < 0)
            return -1;
    return 0;
}

static int add_ends(const ais__onnx_selection *s, ais__onnx_rope *graph, ais_error **err)
{
    for (size_t i = 0; i < s->part->input_count; i++)
        if (ais__onnx_add_value_info(s, s->part->inputs[i], AIS_ONNX_GRAPH_INPUT, graph, err) < 0)
            return -1;
    if (add_weight_inputs(s, graph, err) < 0)
        return -1;
    for (size_t i = 0; i < s->part->output_count; i++)
        if (ais__onnx_add_value_info(s, s->part->outputs[i], AIS_ONNX_GRAPH_OUTPUT, graph, err) < 0)
            return -1;
    return 0;
}

static int write_graph(part_writer *w, ais_onnx_span span, ais__onnx_rope *graph, ais_error **err)
{
    w->node = 0;
    while (span.at < span.end) {
        ais_onnx_field f = {.number = 0};
        if (ais_onnx_next_field(&w->source, &span, &f, err) < 0)
            return -1;
        if (f.type != AIS_ONNX_WIRE_BYTES) {
            if (!w->placing)
                ais__onnx_rope_add(graph, f.whole);
        } else if (keep_field(w, &f, graph, err) < 0) {
            return -1;
        }
    }
    return w->placing ? 0 : add_ends(w->s, graph, err);
}

/* ---- the model ---- */

static int write_field(part_writer *w, const ais_onnx_field *f, ais_error **err)
{
    const bool holds_bytes = f->type == AIS_ONNX_WIRE_BYTES;
    if (holds_bytes && f->number == AIS_ONNX_MODEL_TRAINING)
        return 0; /* it is about the whole graph */
    if (holds_bytes && f->number == AIS_ONNX_MODEL_FUNCTION)
        return keep(w, AIS_ONNX_MESSAGE_FUNCTION, f, w->out, err);
    if (!holds_bytes || f->number != AIS_ONNX_MODEL_GRAPH) {
        if (!w->placing)
            ais__onnx_rope_add(w->out, f->whole);
        return 0;
    }
    ais__onnx_rope graph = {.arena = w->out->arena};
    const int status = write_graph(w, f->bytes, &graph, err);
    if (status == 0 && !w->placing)
        ais__onnx_rope_add_message(w->out, AIS_ONNX_MODEL_GRAPH, &graph);
    ais__onnx_rope_clear(&graph);
    return status;
}

static int write_fields(part_writer *w, ais_error **err)
{
    ais_onnx_span in = {.at = w->source.data, .end = w->source.data + w->source.length};
    while (in.at < in.end) {
        ais_onnx_field f = {.number = 0};
        if (ais_onnx_next_field(&w->source, &in, &f, err) < 0 || write_field(w, &f, err) < 0)
            return -1;
    }
    return 0;
}

/* In rounds: quantization may ask for weights that stand before it, and external data must have its place
 * before the messages that name it. */
static int build(part_writer *w, ais_error **err)
{
    if (write_fields(w, err) < 0 || (w->s->model->has_external_data && write_fields(w, err) < 0))
        return -1;
    ais__onnx_relocation_place(&w->relocation);
    w->placing = false;
    return write_fields(w, err);
}

int ais__onnx_build_part(ais__onnx_selection *s, ais_onnx_rule rule, ais__onnx_relocation *r,
                         ais__onnx_rope *out, ais_error **err)
{
    if (ais__onnx_select(s, err) < 0)
        return -1;
    if (rule == AIS_ONNX_RULE_STUDIO)
        return ais__onnx_extract_studio(s, out, err);
    part_writer w = {.s = s,
                     .source = {.path = s->model->path,
                                .data = s->model->bytes.data,
                                .length = s->model->bytes.length},
                     .relocation = *r,
                     .placing = true,
                     .out = out};
    const int status = build(&w, err);
    *r = w.relocation;
    return status;
}

/* ---- files ---- */

int ais__onnx_write_rope(const ais_onnx_model *model, const ais__onnx_rope *rope, const char *path,
                         ais_error **err)
{
    const ais_file_mapping *file = &model->private->file;
    const uint8_t *data = file->data;
    AIS_FREE ais_file_span *spans = ais_alloc(rope->count * sizeof *spans);
    for (size_t i = 0; i < rope->count; i++) {
        const ais_onnx_span piece = rope->pieces[i];
        const size_t length = ais_onnx_span_length(piece);
        const bool mapped = data != NULL && piece.at >= data && piece.end <= data + file->length;
        if (mapped && length >= COPIED_FROM)
            spans[i] = (ais_file_span){
                .fd = file->fd, .offset = (uint64_t)(piece.at - data), .length = length};
        else
            spans[i] = (ais_file_span){.data = piece.at, .length = length};
    }
    return ais_file_create_from(path, spans, rope->count, err);
}

/* The external data first: a part without it would be no whole part. */
static int write_files(const ais_onnx_model *model, const ais__onnx_relocation *r,
                       const ais__onnx_rope *rope, const char *path, const char *data_path,
                       ais_error **err)
{
    if (r->count > 0 && ais__onnx_relocation_write(r, data_path, err) < 0)
        return -1;
    if (ais__onnx_write_rope(model, rope, path, err) == 0)
        return 0;
    if (r->count > 0 && ais_tree_remove(data_path, NULL) < 0)
        return ais_error_wrap(err, "'%s' could not be removed again", data_path);
    return -1;
}

int ais_onnx_write_part(const ais_onnx_model *model, const ais_onnx_facts *facts,
                        const ais_onnx_part *part, ais_onnx_rule rule, const char *path,
                        ais_error **err)
{
    AIS_SCOPED(ais__onnx_selection) s = {.model = model, .facts = facts, .part = part};
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    AIS_SCOPED(ais__onnx_rope) rope = {.arena = arena};
    AIS_FREE char *data_path = ais_format("%s.data", path);
    AIS_SCOPED(ais__onnx_relocation) r = {.model = model, .name = ais_path_base(data_path)};
    return ais__onnx_build_part(&s, rule, &r, &rope, err) < 0
               ? -1
               : write_files(model, &r, &rope, path, data_path, err);
}

/* Files with external data that a model at `path` would look for beside itself. */
static int copy_external(const ais_onnx_model *model, const char *path, ais_error **err)
{
    AIS_FREE char *folder = ais_path_dir(path);
    for (size_t i = 0; i < model->private->file_count; i++) {
        const ais__onnx_file *file = &model->private->files[i];
        AIS_FREE char *target = ais_path_join(folder, file->location);
        AIS_FREE char *target_folder = ais_path_dir(target);
        if (!ais_file_exists(target) &&
            (ais_dir_make(target_folder, err) < 0 || ais_tree_copy(file->path, target, err) < 0))
            return -1;
    }
    return 0;
}

int ais_onnx_write(const ais_onnx_model *model, const char *path, ais_error **err)
{
    AIS_SCOPED(ais__onnx_rope) rope = {.arena = model->private->arena};
    ais__onnx_rope_add(&rope, ais__onnx_span_of(model->bytes));
    if (copy_external(model, path, err) < 0)
        return -1;
    return ais__onnx_write_rope(model, &rope, path, err);
}
