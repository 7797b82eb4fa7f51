/* A model as a whole: its file in memory, its version and operator sets; graph.c reads the graph. */
#include "onnx/onnx_priv.h"

int ais__onnx_refuse(const ais__onnx_reader *reader, ais_error **err, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    AIS_FREE char *text = ais_vformat(format, arguments);
    va_end(arguments);
    return ais_error_set_at(err, AIS_E_INPUT, (ais_pos){.file = reader->source.path}, "%s", text);
}

int ais__onnx_count(const ais__onnx_reader *reader, size_t *count, size_t more, size_t limit,
                    const char *what, ais_error **err)
{
    if (more > limit || *count > limit - more)
        return ais_error_set_at(err, AIS_E_LIMIT, (ais_pos){.file = reader->source.path},
                                "the model has more than %zu %s", limit, what);
    *count += more;
    return 0;
}

int ais__onnx_read_text(const ais__onnx_reader *reader, ais_onnx_span span, const char **out,
                        ais_error **err)
{
    const size_t length = ais_onnx_span_length(span);
    if (length > 0 && memchr(span.at, 0, length) != NULL)
        return ais__onnx_refuse(reader, err, "the name at byte %zu holds a NUL byte",
                                (size_t)(span.at - reader->source.data));
    *out = length > 0 ? ais_arena_strndup(reader->model->arena, (const char *)span.at, length) : "";
    return 0;
}

ais_onnx_bytes ais__onnx_bytes_of(ais_onnx_span span)
{
    return (ais_onnx_bytes){.data = span.at, .length = ais_onnx_span_length(span)};
}

void *ais__onnx_keep(const ais__onnx_reader *reader, const void *items, size_t count, size_t size)
{
    void *copy = ais_arena_alloc(reader->model->arena, count * size);
    if (count > 0)
        memcpy(copy, items, count * size);
    return copy;
}

int ais__onnx_add_ints(ais__onnx_reader *reader, const ais_onnx_field *field, ais__onnx_ints *list,
                       ais_error **err)
{
    ais_onnx_span in = field->bytes;
    bool more = field->type == AIS_ONNX_WIRE_VARINT || in.at < in.end;
    while (more) {
        uint64_t value = field->value;
        if (ais__onnx_count(reader, &reader->items, 1, AIS__ONNX_MAX_ITEMS, "numbers in lists",
                            err) < 0)
            return -1;
        if (field->type == AIS_ONNX_WIRE_BYTES &&
            ais_onnx_next_varint(&reader->source, &in, &value, err) < 0)
            return -1;
        list->items = ais_grow(list->items, &list->capacity, list->count + 1, sizeof *list->items);
        list->items[list->count++] = (int64_t)value;
        more = field->type == AIS_ONNX_WIRE_BYTES && in.at < in.end;
    }
    return 0;
}

/* ---- the fields of ModelProto ---- */

typedef struct opsets {
    ais_onnx_opset *items;
    size_t count, capacity;
} opsets;

static int read_opset(ais__onnx_reader *reader, ais_onnx_span span, opsets *list, ais_error **err)
{
    ais_onnx_opset opset = {.domain = ""};
    while (span.at < span.end) {
        ais_onnx_field f = {.number = 0};
        if (ais_onnx_next_field(&reader->source, &span, &f, err) < 0)
            return -1;
        if (f.type == AIS_ONNX_WIRE_BYTES && f.number == AIS_ONNX_OPSET_DOMAIN &&
            ais__onnx_read_text(reader, f.bytes, &opset.domain, err) < 0)
            return -1;
        if (f.type == AIS_ONNX_WIRE_VARINT && f.number == AIS_ONNX_OPSET_VERSION)
            opset.version = (int64_t)f.value;
    }
    if (ais_str_equal(opset.domain, "ai.onnx"))
        opset.domain = "";
    if (ais__onnx_count(reader, &reader->items, 1, AIS__ONNX_MAX_ITEMS, "operator sets", err) < 0)
        return -1;
    list->items = ais_grow(list->items, &list->capacity, list->count + 1, sizeof *list->items);
    list->items[list->count++] = opset;
    return 0;
}

static int visit_tensor(void *context, ais_onnx_message message, ais_onnx_span span, int depth,
                        ais_error **err)
{
    ais_onnx_tensor tensor;
    (void)depth;
    return message == AIS_ONNX_MESSAGE_TENSOR ? ais__onnx_read_tensor(context, span, &tensor, err)
                                              : 0;
}

/* Functions and training graphs are kept as they are; their weights must be there all the same. */
static int check_message(ais__onnx_reader *reader, const ais_onnx_field *f, ais_error **err)
{
    const ais_onnx_visitor visitor = {
        .source = &reader->source, .context = reader, .visit = visit_tensor};
    return ais_onnx_walk(&visitor, ais_onnx_child_message(AIS_ONNX_MESSAGE_MODEL, f->number),
                         f->bytes, err);
}

static int read_field(ais__onnx_reader *reader, ais_onnx_model *model, const ais_onnx_field *f,
                      opsets *list, ais_onnx_span *graph, ais_error **err)
{
    if (f->type == AIS_ONNX_WIRE_VARINT && f->number == AIS_ONNX_MODEL_IR_VERSION)
        model->ir_version = (int64_t)f->value;
    if (f->type != AIS_ONNX_WIRE_BYTES)
        return 0;
    switch (f->number) {
    case AIS_ONNX_MODEL_PRODUCER:
        return ais__onnx_read_text(reader, f->bytes, &model->producer, err);
    case AIS_ONNX_MODEL_OPSET:
        return read_opset(reader, f->bytes, list, err);
    case AIS_ONNX_MODEL_TRAINING:
    case AIS_ONNX_MODEL_FUNCTION:
        return check_message(reader, f, err);
    case AIS_ONNX_MODEL_GRAPH:
        if (graph->at != NULL)
            return ais__onnx_refuse(reader, err, "at byte %zu the model has a second graph",
                                    (size_t)(f->whole.at - reader->source.data));
        *graph = f->bytes;
        return 0;
    default:
        return 0;
    }
}

static int check_version(const ais__onnx_reader *reader, const ais_onnx_model *model,
                         ais_onnx_span graph, ais_error **err)
{
    if (graph.at == NULL)
        return ais__onnx_refuse(reader, err, "this is no ONNX model: it holds no graph");
    if (model->ir_version < AIS__ONNX_MIN_IR_VERSION)
        return ais__onnx_refuse(reader, err, "the model has IR version %lld (must be %d or later)",
                                (long long)model->ir_version, AIS__ONNX_MIN_IR_VERSION);
    return 0;
}

static int compare_externals(const void *a, const void *b)
{
    const ais__onnx_external *x = a, *y = b;
    return (x->at > y->at) - (x->at < y->at);
}

static void sort_externals(struct ais__onnx_private *p)
{
    if (p->external_count > 0)
        qsort(p->externals, p->external_count, sizeof *p->externals, compare_externals);
}

static int read_model(ais__onnx_reader *reader, ais_onnx_model *model, ais_error **err)
{
    ais_onnx_span in = {.at = reader->source.data,
                        .end = reader->source.data + reader->source.length};
    ais_onnx_span graph = {.at = NULL};
    opsets list = {.items = NULL};
    model->producer = "";
    if (reader->source.length == 0)
        return ais__onnx_refuse(reader, err, "the file is empty (must be an ONNX model)");
    int status = 0;
    while (status == 0 && in.at < in.end) {
        ais_onnx_field f = {.number = 0};
        status = ais_onnx_next_field(&reader->source, &in, &f, err);
        if (status == 0)
            status = read_field(reader, model, &f, &list, &graph, err);
    }
    model->opsets = ais__onnx_keep(reader, list.items, list.count, sizeof *list.items);
    model->opset_count = list.count;
    free(list.items);
    if (status < 0 || check_version(reader, model, graph, err) < 0 ||
        ais__onnx_read_graph(reader, graph, NULL, &model->graph, err) < 0)
        return -1;
    sort_externals(model->private);
    model->has_external_data = model->private->file_count > 0;
    return 0;
}

/* ---- life of a model ---- */

/* `file` becomes the model's. */
static int parse(const char *path, ais_onnx_bytes bytes, ais_file_mapping file,
                 ais_onnx_model **out, ais_error **err)
{
    AIS_AUTO(ais_onnx_model) model = ais_alloc(sizeof *model);
    model->private = ais_alloc(sizeof *model->private);
    model->private->arena = ais_arena_new();
    model->private->file = file;
    model->path = ais_arena_strdup(model->private->arena, path);
    model->bytes = bytes;
    ais__onnx_reader reader = {
        .source = {.path = model->path, .data = bytes.data, .length = bytes.length},
        .model = model->private};
    if (bytes.length > AIS__ONNX_MAX_BYTES)
        return ais_error_set_at(err, AIS_E_LIMIT, (ais_pos){.file = path},
                                "the file is too large (must be at most %zu bytes)",
                                AIS__ONNX_MAX_BYTES);
    if (read_model(&reader, model, err) < 0)
        return -1;
    *out = model;
    model = NULL;
    return 0;
}

int ais_onnx_parse(const char *path, ais_onnx_bytes bytes, ais_onnx_model **out, ais_error **err)
{
    return parse(path, bytes, (ais_file_mapping){.fd = -1}, out, err);
}

int ais_onnx_read(const char *path, ais_onnx_model **out, ais_error **err)
{
    ais_file_mapping mapping = {.fd = -1};
    if (ais_file_map(path, AIS__ONNX_MAX_BYTES, &mapping, err) < 0)
        return -1;
    const ais_onnx_bytes bytes = {.data = mapping.data, .length = mapping.length};
    return parse(path, bytes, mapping, out, err);
}

void ais_onnx_model_free(ais_onnx_model *model)
{
    if (model == NULL)
        return;
    struct ais__onnx_private *p = model->private;
    for (size_t i = 0; i < p->map_count; i++)
        ais_map_free(p->maps[i]);
    free(p->maps);
    free(p->files);
    free(p->externals);
    ais_file_mapping_clear(&p->file);
    ais_arena_free(p->arena);
    free(p);
    free(model);
}

/* ---- looking ---- */

size_t ais_onnx_find_value(const ais_onnx_graph *graph, const char *name)
{
    const ais__onnx_named_graph *named = (const ais__onnx_named_graph *)(const void *)graph;
    const void *at = ais_map_find(named->names, name);
    return at != NULL ? (size_t)(uintptr_t)at - 1 : AIS_ONNX_NONE;
}

const ais_onnx_attribute *ais_onnx_find_attribute(const ais_onnx_node *node, const char *name)
{
    for (size_t i = 0; i < node->attribute_count; i++)
        if (ais_str_equal(node->attributes[i].name, name))
            return &node->attributes[i];
    return NULL;
}

int64_t ais_onnx_get_opset(const ais_onnx_model *model, const char *domain)
{
    const char *wanted = ais_str_equal(domain, "ai.onnx") ? "" : domain;
    for (size_t i = 0; i < model->opset_count; i++)
        if (ais_str_equal(model->opsets[i].domain, wanted))
            return model->opsets[i].version;
    return 0;
}
