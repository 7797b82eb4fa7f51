#include "support/onnx_make.h"

#include <ctype.h>
#include <string.h>

enum { OPSET = 13 };

static void add_varint(ais_str *out, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        ais_str_add_char(out, (char)(value | 0x80));
    ais_str_add_char(out, (char)value);
}

void pb_number(ais_str *out, unsigned field, uint64_t value)
{
    add_varint(out, (uint64_t)field << 3);
    add_varint(out, value);
}

void pb_bytes(ais_str *out, unsigned field, const void *bytes, size_t length)
{
    add_varint(out, (uint64_t)field << 3 | 2);
    add_varint(out, length);
    ais_str_add_bytes(out, bytes, length);
}

void pb_text(ais_str *out, unsigned field, const char *text)
{
    pb_bytes(out, field, text, strlen(text));
}

void pb_message(ais_str *out, unsigned field, const ais_str *message)
{
    pb_bytes(out, field, ais_str_get(message), message->length);
}

/* The next element of a list, or NULL at its end. */
static const char *next(const char **list, size_t *length)
{
    const char *word = *list;
    if (word == NULL || *word == '\0')
        return NULL;
    *length = strcspn(word, ",");
    *list = word + *length + (word[*length] == ',');
    return word;
}

static void add_words(ais_str *out, unsigned field, const char *list)
{
    size_t length = 0;
    for (const char *word; (word = next(&list, &length)) != NULL;)
        pb_bytes(out, field, word, length);
}

static void add_tensor_type(ais_str *out, int type, const char *shape)
{
    AIS_SCOPED(ais_str) tensor = {0}, sizes = {0};
    size_t length = 0;
    pb_number(&tensor, 1, (uint64_t)type);
    const bool has_shape = shape != NULL;
    for (const char *word; (word = next(&shape, &length)) != NULL;) {
        AIS_SCOPED(ais_str) size = {0};
        if (isdigit((unsigned char)word[0]))
            pb_number(&size, 1, strtoull(word, NULL, 10));
        else
            pb_bytes(&size, 2, word, length);
        pb_message(&sizes, 1, &size);
    }
    if (has_shape)
        pb_message(&tensor, 2, &sizes);
    pb_message(out, 1, &tensor);
}

static void add_value(ais_str *graph, unsigned field, const char *name, const ais_str *type)
{
    AIS_SCOPED(ais_str) value = {0};
    pb_text(&value, 1, name);
    pb_message(&value, 2, type);
    pb_message(graph, field, &value);
}

void onnx_input(ais_str *graph, const char *name, int type, const char *shape)
{
    AIS_SCOPED(ais_str) tensor = {0};
    add_tensor_type(&tensor, type, shape);
    add_value(graph, 11, name, &tensor);
}

void onnx_output(ais_str *graph, const char *name, int type, const char *shape)
{
    AIS_SCOPED(ais_str) tensor = {0};
    add_tensor_type(&tensor, type, shape);
    add_value(graph, 12, name, &tensor);
}

void onnx_sequence_output(ais_str *graph, const char *name, int type)
{
    AIS_SCOPED(ais_str) element = {0}, sequence = {0}, whole = {0};
    add_tensor_type(&element, type, NULL);
    pb_message(&sequence, 1, &element);
    pb_message(&whole, 4, &sequence);
    add_value(graph, 12, name, &whole);
}

static void add_sizes(ais_str *tensor, const char *shape)
{
    size_t length = 0;
    for (const char *word; (word = next(&shape, &length)) != NULL;)
        pb_number(tensor, 1, strtoull(word, NULL, 10));
}

void onnx_node(ais_str *graph, const char *op, const char *inputs, const char *outputs)
{
    AIS_SCOPED(ais_str) node = {0};
    onnx_node_fields(&node, op, inputs, outputs);
    pb_message(graph, 1, &node);
}

void onnx_node_fields(ais_str *node, const char *op, const char *inputs, const char *outputs)
{
    add_words(node, 1, inputs);
    add_words(node, 2, outputs);
    pb_text(node, 4, op);
}

void onnx_graph_attribute(ais_str *node, const char *name, const ais_str *graph)
{
    AIS_SCOPED(ais_str) attribute = {0}, whole = {0};
    pb_text(&whole, 2, name);
    ais_str_add_bytes(&whole, ais_str_get(graph), graph->length);
    pb_text(&attribute, 1, name);
    pb_message(&attribute, 6, &whole);
    pb_number(&attribute, 20, 5);
    pb_message(node, 5, &attribute);
}

void onnx_value(ais_str *graph, const char *name, int type, const char *shape)
{
    AIS_SCOPED(ais_str) tensor = {0};
    add_tensor_type(&tensor, type, shape);
    add_value(graph, 13, name, &tensor);
}

void onnx_tensor_fields(ais_str *tensor, const char *name, int type, const char *shape)
{
    add_sizes(tensor, shape);
    pb_number(tensor, 2, (uint64_t)type);
    pb_text(tensor, 8, name);
}

void onnx_floats(ais_str *graph, const char *name, const char *shape, const float *values,
                 size_t count)
{
    AIS_SCOPED(ais_str) tensor = {0};
    add_sizes(&tensor, shape);
    pb_number(&tensor, 2, ONNX_FLOAT);
    pb_text(&tensor, 8, name);
    pb_bytes(&tensor, 9, values, count * sizeof *values);
    pb_message(graph, 5, &tensor);
}

static void add_entry(ais_str *tensor, const char *key, const char *value)
{
    AIS_SCOPED(ais_str) entry = {0};
    pb_text(&entry, 1, key);
    pb_text(&entry, 2, value);
    pb_message(tensor, 13, &entry);
}

void onnx_external(ais_str *graph, const char *name, const char *shape, const char *location,
                   unsigned offset, unsigned bytes)
{
    AIS_SCOPED(ais_str) tensor = {0};
    AIS_FREE char *offset_text = ais_format("%u", offset);
    AIS_FREE char *bytes_text = ais_format("%u", bytes);
    add_sizes(&tensor, shape);
    pb_number(&tensor, 2, ONNX_FLOAT);
    pb_text(&tensor, 8, name);
    add_entry(&tensor, "location", location);
    add_entry(&tensor, "offset", offset_text);
    if (bytes > 0)
        add_entry(&tensor, "length", bytes_text);
    pb_number(&tensor, 14, 1);
    pb_message(graph, 5, &tensor);
}

void onnx_finish(const ais_str *graph, int ir_version, ais_str *model)
{
    AIS_SCOPED(ais_str) opset = {0}, whole = {0};
    pb_text(&whole, 2, "g");
    ais_str_add_bytes(&whole, ais_str_get(graph), graph->length);
    pb_number(&opset, 2, OPSET);
    pb_number(model, 1, (uint64_t)ir_version);
    pb_message(model, 7, &whole);
    pb_message(model, 8, &opset);
}
