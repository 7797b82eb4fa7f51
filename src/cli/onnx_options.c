/* What the commands of `aisprint onnx` have in common; see onnx_options.h. */
#include "cli/onnx_options.h"

#include <errno.h>
#include <string.h>

int ais__cli_onnx_rule(const char *text, ais_onnx_rule *out, ais_error **err)
{
    static const char *const names[] = {
        [AIS_ONNX_RULE_PARETO] = "pareto", [AIS_ONNX_RULE_STUDIO] = "studio"};
    for (size_t i = 0; i < AIS_COUNT(names); i++)
        if (ais_str_equal(names[i], text)) {
            *out = (ais_onnx_rule)i;
            return 0;
        }
    return ais_error_set(err, AIS_E_USAGE, "--rule is '%s' (must be pareto or studio)", text);
}

/* The equals sign of the last "=N": names of sizes may hold one themselves. */
static int read_size(const char *text, ais_arena *arena, ais_onnx_size *out, ais_error **err)
{
    const char *equals = strrchr(text, '=');
    char *end = NULL;
    errno = 0;
    const long long size = equals != NULL ? strtoll(equals + 1, &end, 10) : 0;
    if (equals == NULL || equals == text || equals[1] < '0' || equals[1] > '9' || *end != '\0' ||
        errno != 0 || size < 1)
        return ais_error_set(err, AIS_E_USAGE,
                             "--dim is '%s' (must be NAME=N with a whole number of 1 or more)",
                             text);
    *out = (ais_onnx_size){.symbol = ais_arena_strndup(arena, text, (size_t)(equals - text)),
                           .size = size};
    return 0;
}

int ais__cli_onnx_sizes(const ais_cli_list *dims, ais_arena *arena, ais_onnx_facts_options *out,
                        ais_error **err)
{
    ais_onnx_size *sizes = ais_arena_alloc(arena, dims->count * sizeof *sizes);
    for (size_t i = 0; i < dims->count; i++) {
        if (read_size(dims->items[i], arena, &sizes[i], err) < 0)
            return -1;
        for (size_t before = 0; before < i; before++)
            if (ais_str_equal(sizes[before].symbol, sizes[i].symbol))
                return ais_error_set(err, AIS_E_USAGE, "--dim gives '%s' twice", sizes[i].symbol);
    }
    out->sizes = sizes;
    out->size_count = dims->count;
    return 0;
}

void ais__cli_onnx_add_shape(const ais_onnx_shape *shape, ais_str *out)
{
    if (!shape->known) {
        ais_str_add(out, "unknown");
        return;
    }
    ais_str_add_char(out, '[');
    for (size_t i = 0; i < shape->rank; i++) {
        const ais_onnx_dim dim = shape->dims[i];
        if (i > 0)
            ais_str_add_char(out, ',');
        if (dim.size >= 0)
            ais_str_add_format(out, "%lld", (long long)dim.size);
        else
            ais_str_add(out, dim.symbol != NULL ? dim.symbol : "?");
    }
    ais_str_add_char(out, ']');
}

ais_doc_node *ais__cli_onnx_shape_node(ais_doc *doc, const ais_onnx_shape *shape)
{
    if (!shape->known)
        return ais_doc_new_null(doc);
    ais_doc_node *list = ais_doc_new_list(doc);
    for (size_t i = 0; i < shape->rank; i++) {
        const ais_onnx_dim dim = shape->dims[i];
        ais_doc_append(list, dim.size >= 0        ? ais_doc_new_int(doc, dim.size)
                             : dim.symbol != NULL ? ais_doc_new_string(doc, dim.symbol)
                                                  : ais_doc_new_null(doc));
    }
    return list;
}

void ais__cli_onnx_add_values(const ais_onnx_model *model, const ais_onnx_facts *facts,
                              const char *title, int width, const size_t *values, size_t count,
                              ais_str *out)
{
    for (size_t i = 0; i < count; i++) {
        ais_str_add_format(out, "  %-*s%s  %s ", width, i == 0 ? title : "",
                           model->graph->values[values[i]].name,
                           ais_onnx_type_name(facts->types[values[i]]));
        ais__cli_onnx_add_shape(&facts->shapes[values[i]], out);
        ais_str_add_char(out, '\n');
    }
}

ais_doc_node *ais__cli_onnx_value_node(ais_doc *doc, const ais_onnx_model *model,
                                       const ais_onnx_facts *facts, size_t value)
{
    ais_doc_node *node = ais_doc_new_map(doc);
    ais_doc_put(node, "name", ais_doc_new_string(doc, model->graph->values[value].name));
    ais_doc_put(node, "type",
                facts->types[value] == AIS_ONNX_UNDEFINED
                    ? ais_doc_new_null(doc)
                    : ais_doc_new_string(doc, ais_onnx_type_name(facts->types[value])));
    ais_doc_put(node, "shape", ais__cli_onnx_shape_node(doc, &facts->shapes[value]));
    return node;
}

ais_doc_node *ais__cli_onnx_flops_node(ais_doc *doc, double flops)
{
    const double largest = 9007199254740992.0; /* 2^53: up to there, doubles are exact */
    return flops <= largest && flops == (double)(int64_t)flops
               ? ais_doc_new_int(doc, (int64_t)flops)
               : ais_doc_new_float(doc, flops);
}

/* Three digits of `value` with the largest of the prefixes k, M, G, T. */
static char *with_prefix(double value, const char *unit)
{
    static const char prefixes[] = "kMGT";
    int at = -1;
    for (; value >= 999.5 && prefixes[at + 1] != '\0'; at++)
        value /= 1000;
    if (at < 0)
        return ais_format("%.0f %s", value, unit);
    return ais_format("%.*f %c%s",
                      value < 9.995   ? 2
                      : value < 99.95 ? 1
                                      : 0,
                      value, prefixes[at], unit);
}

char *ais__cli_onnx_bytes_text(uint64_t bytes)
{
    return bytes < 1000 ? ais_format("%llu bytes", (unsigned long long)bytes)
                        : with_prefix((double)bytes, "B");
}

char *ais__cli_onnx_flops_text(double flops)
{
    return with_prefix(flops, "FLOP");
}
