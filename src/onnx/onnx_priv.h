/* What the files of onnx/ share and nobody else may call.
 *
 * Path of a model: read.c maps the file, graph.c reads a graph (node.c its nodes, value.c what is
 * declared of values, tensor.c weights), and the same functions again for sub-graphs. */
#ifndef AIS_ONNX_PRIV_H
#define AIS_ONNX_PRIV_H
#include "base/map.h"
#include "onnx/external.h"
#include "onnx/message.h"
#include "onnx/onnx.h"

/* Protobuf, and so ONNX, ends at 2 GiB; larger models keep their weights in external data. */
#define AIS__ONNX_MAX_BYTES ((size_t)INT32_MAX)
enum {
    AIS__ONNX_MIN_IR_VERSION = 3,
    AIS__ONNX_MAX_NODES = 1 << 20, /* of all graphs together; the same for tensors and for values */
    AIS__ONNX_MAX_RANK = 255,
    AIS__ONNX_MAX_NESTING = AIS_ONNX_MAX_DEPTH / 3, /* graph, node, attribute, graph ... */
    /* Elements of lists that are unpacked in memory (sizes, attributes, names of inputs). */
    AIS__ONNX_MAX_ITEMS = 1 << 25
};

/* A file with weights. */
typedef struct ais__onnx_file {
    const char *location; /* as the model states it */
    const char *path;     /* resolved */
    uint64_t bytes;
} ais__onnx_file;

/* A tensor whose data is in such a file. */
typedef struct ais__onnx_external {
    const uint8_t *at; /* its TensorProto */
    size_t file;
    uint64_t offset, bytes;
} ais__onnx_external;

struct ais__onnx_private {
    ais_arena *arena;      /* everything but the maps */
    ais_file_mapping file; /* fd -1 when the model was given in memory */
    ais_map **maps;        /* names of each graph */
    size_t map_count, map_capacity;
    ais__onnx_file *files;
    size_t file_count, file_capacity;
    ais__onnx_external *externals; /* by place in the model's file */
    size_t external_count, external_capacity;
};

/* A graph, and what finds its values. */
typedef struct ais__onnx_named_graph {
    ais_onnx_graph graph; /* first, so that a pointer to it is a pointer to both */
    const ais_map *names; /* name -> position of the value + 1 */
} ais__onnx_named_graph;

static inline ais_onnx_span ais__onnx_span_of(ais_onnx_bytes bytes)
{
    return (ais_onnx_span){.at = bytes.data, .end = bytes.data + bytes.length};
}

/* The tensor of a Constant node, where some tools keep their weights; NULL for other nodes. */
const ais_onnx_tensor *ais__onnx_constant_of(const ais_onnx_node *node);

/* ---- while reading ---- */

typedef struct ais__onnx_reader {
    ais_onnx_source source;
    struct ais__onnx_private *model;
    size_t nodes, tensors, values, items; /* counted against the limits */
    int depth;                            /* nested messages */
} ais__onnx_reader;

/* A graph that grows. */
typedef struct ais__onnx_builder {
    ais__onnx_reader *reader;
    ais__onnx_named_graph *out;
    struct ais__onnx_builder *outer;
    ais_map *names;
    ais_onnx_span span; /* the GraphProto */
    ais_onnx_value *values;
    size_t value_count, value_capacity;
    ais_onnx_node *nodes;
    size_t node_count, node_capacity;
    size_t *outputs;
    size_t output_count, output_capacity;
    size_t *captures; /* of the node that is being read */
    size_t capture_count, capture_capacity;
} ais__onnx_builder;

/* Fails with AIS_E_INPUT at the file. */
int ais__onnx_refuse(const ais__onnx_reader *reader, ais_error **err, const char *format, ...)
    AIS_PRINTF(3, 4);
/* Add to a count that has a limit. Errors: AIS_E_LIMIT "the model has more than N <what>". */
AIS_NODISCARD int ais__onnx_count(const ais__onnx_reader *reader, size_t *count, size_t more,
                                  size_t limit, const char *what, ais_error **err);
/* Text of the model as a C string in its arena. Errors: AIS_E_INPUT for a NUL byte in it. */
AIS_NODISCARD int ais__onnx_read_text(const ais__onnx_reader *reader, ais_onnx_span span,
                                      const char **out, ais_error **err);
ais_onnx_bytes ais__onnx_bytes_of(ais_onnx_span span);
/* A copy of an array in the model's arena. */
void *ais__onnx_keep(const ais__onnx_reader *reader, const void *items, size_t count, size_t size);

/* Read a field that may stand packed (one field with all) or one by one.
 * Errors: AIS_E_INPUT, AIS_E_LIMIT. */
typedef struct ais__onnx_ints {
    int64_t *items;
    size_t count, capacity;
} ais__onnx_ints;
AIS_NODISCARD int ais__onnx_add_ints(ais__onnx_reader *reader, const ais_onnx_field *field,
                                     ais__onnx_ints *list, ais_error **err);

/* Errors: AIS_E_INPUT for a tensor whose type, sizes and data contradict each other, AIS_E_LIMIT. */
AIS_NODISCARD int ais__onnx_read_tensor(ais__onnx_reader *reader, ais_onnx_span span,
                                        ais_onnx_tensor *out, ais_error **err);
/* SparseTensorProto: the tensor that it stands for, with no data that could be looked at. */
AIS_NODISCARD int ais__onnx_read_sparse(ais__onnx_reader *reader, ais_onnx_span span,
                                        ais_onnx_tensor *out, ais_error **err);
/* ValueInfoProto: name, kind, type, shape and info of `out`. */
AIS_NODISCARD int ais__onnx_read_value(ais__onnx_reader *reader, ais_onnx_span span,
                                       ais_onnx_value *out, ais_error **err);
/* The sizes of a tensor as a shape. */
ais_onnx_shape ais__onnx_shape_of(const ais__onnx_reader *reader, const ais_onnx_tensor *tensor);

/* Read a node and add it and what it makes to the graph. Errors: as ais_onnx_read(). */
AIS_NODISCARD int ais__onnx_read_node(ais__onnx_builder *builder, ais_onnx_span span,
                                      ais_error **err);
/* Errors: as ais_onnx_read(). */
AIS_NODISCARD int ais__onnx_read_attribute(ais__onnx_builder *builder, ais_onnx_span span,
                                           ais_onnx_attribute *out, ais_error **err);
AIS_NODISCARD int ais__onnx_read_graph(ais__onnx_reader *reader, ais_onnx_span span,
                                       ais__onnx_builder *outer, const ais_onnx_graph **out,
                                       ais_error **err);
/* Add a value that nobody has made yet; `*at` is its position. Errors: AIS_E_INPUT "<what> 'x' ...". */
AIS_NODISCARD int ais__onnx_add_value(ais__onnx_builder *builder, const ais_onnx_value *value,
                                      const char *what, size_t *at, ais_error **err);
/* Position of a value, here or captured from outside; AIS_ONNX_NONE when there is none (yet). */
size_t ais__onnx_resolve(ais__onnx_builder *builder, const char *name);
/* Fails: the node `who`, which makes `outputs`, reads a value that is not there (yet). Says whether it is
 * made later, in a loop or never. Errors: AIS_E_INPUT. */
AIS_NODISCARD int ais__onnx_refuse_input(const ais__onnx_builder *builder,
                                         const ais_onnx_span *outputs, size_t output_count,
                                         const char *who, const char *name, ais_error **err);
/* "node 'conv1' (Conv)"; a node without a name is known by its output. Ownership: the caller frees. */
char *ais__onnx_describe_node(const ais_onnx_node *node, const char *first_output);
#endif
