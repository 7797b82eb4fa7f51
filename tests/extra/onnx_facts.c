/* Prints what onnx/ infers of each model named on the command line, one JSON document a line:
 * {"file", "values": [{"name", "kind", "type", "shape", "bytes", "made"}], "flops", "weights", "constant",
 * "assumed", "unknown"} or {"file", "error"}; "shape" is null or a list of numbers, names and nulls.
 *     onnx_facts [--studio] [--time] [NAME=SIZE ...] MODEL ...
 *     onnx_facts --operators                 the table of docs/onnx.md: how FLOPs are counted
 * --time adds "infer_us" and "read_us", the times of 400 inferences without and with reading the file. For the
 * scripts beside it, and bench/bench_onnx_shapes.py. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "doc/doc.h"
#include "onnx/infer_priv.h"

static const char *const kinds[] = {
    [AIS_ONNX_KIND_UNKNOWN] = "unknown", [AIS_ONNX_KIND_TENSOR] = "tensor",
    [AIS_ONNX_KIND_SPARSE] = "sparse",   [AIS_ONNX_KIND_SEQUENCE] = "sequence",
    [AIS_ONNX_KIND_MAP] = "map",         [AIS_ONNX_KIND_OPTIONAL] = "optional",
};

static ais_doc_node *shape_to_node(ais_doc *doc, const ais_onnx_shape *shape)
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

static ais_doc_node *names_to_node(ais_doc *doc, const char *const *names, size_t count)
{
    ais_doc_node *list = ais_doc_new_list(doc);
    for (size_t i = 0; i < count; i++)
        ais_doc_append(list, ais_doc_new_string(doc, names[i]));
    return list;
}

static void add_values(ais_doc *doc, const ais_onnx_model *model, const ais_onnx_facts *facts,
                       ais_doc_node *map)
{
    ais_doc_node *list = ais_doc_new_list(doc);
    for (size_t i = 0; i < model->graph->value_count; i++) {
        const ais_onnx_value *value = &model->graph->values[i];
        ais_doc_node *entry = ais_doc_new_map(doc);
        ais_doc_put(entry, "name", ais_doc_new_string(doc, value->name));
        ais_doc_put(entry, "kind", ais_doc_new_string(doc, kinds[facts->kinds[i]]));
        ais_doc_put(entry, "type", ais_doc_new_int(doc, facts->types[i]));
        ais_doc_put(entry, "shape", shape_to_node(doc, &facts->shapes[i]));
        ais_doc_put(entry, "bytes",
                    ais_doc_new_int(doc, (int64_t)ais_onnx_value_bytes(facts, i, NULL)));
        ais_doc_put(entry, "made", ais_doc_new_bool(doc, value->producer != AIS_ONNX_NONE));
        ais_doc_append(list, entry);
    }
    ais_doc_put(map, "values", list);
}

static void add_nodes(ais_doc *doc, const ais_onnx_model *model, const ais_onnx_facts *facts,
                      ais_doc_node *map)
{
    ais_doc_node *flops = ais_doc_new_list(doc), *weights = ais_doc_new_list(doc),
                 *constant = ais_doc_new_list(doc);
    for (size_t i = 0; i < model->graph->node_count; i++) {
        ais_doc_append(flops, ais_doc_new_float(doc, facts->flops[i]));
        ais_doc_append(weights, ais_doc_new_int(doc, (int64_t)facts->weight_bytes[i]));
        ais_doc_append(constant, ais_doc_new_bool(doc, facts->constant[i]));
    }
    ais_doc_put(map, "flops", flops);
    ais_doc_put(map, "weights", weights);
    ais_doc_put(map, "constant", constant);
    ais_doc_put(map, "assumed", names_to_node(doc, facts->assumed, facts->assumed_count));
    ais_doc_put(map, "unknown", names_to_node(doc, facts->unknown_ops, facts->unknown_op_count));
}

enum { ROUNDS = 400 };

static int compare_times(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Microseconds of many rounds, ascending; of inference alone, or of reading the file as well. */
static ais_doc_node *times(ais_doc *doc, const char *path, const ais_onnx_model *model,
                           const ais_onnx_facts_options *options)
{
    double all[ROUNDS];
    for (size_t i = 0; i < ROUNDS; i++) {
        struct timespec start, end;
        AIS_AUTO(ais_onnx_model) again = NULL;
        AIS_AUTO(ais_onnx_facts) facts = NULL;
        clock_gettime(CLOCK_MONOTONIC, &start);
        if (path != NULL && ais_onnx_read(path, &again, NULL) < 0)
            return ais_doc_new_null(doc);
        if (ais_onnx_infer(again != NULL ? again : model, options, &facts, NULL) < 0)
            return ais_doc_new_null(doc);
        clock_gettime(CLOCK_MONOTONIC, &end);
        all[i] =
            (double)(end.tv_sec - start.tv_sec) * 1e6 + (double)(end.tv_nsec - start.tv_nsec) / 1e3;
    }
    qsort(all, ROUNDS, sizeof all[0], compare_times);
    ais_doc_node *list = ais_doc_new_list(doc);
    for (size_t i = 0; i < ROUNDS; i++)
        ais_doc_append(list, ais_doc_new_float(doc, all[i]));
    return list;
}

static void print_file(const char *path, const ais_onnx_facts_options *options, bool timed)
{
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    AIS_AUTO(ais_onnx_model) model = NULL;
    AIS_AUTO(ais_onnx_facts) facts = NULL;
    AIS_AUTO(ais_error) err = NULL;
    AIS_SCOPED(ais_str) text = {.data = NULL};
    ais_doc_node *map = ais_doc_new_map(doc);
    ais_doc_put(map, "file", ais_doc_new_string(doc, path));
    if (ais_onnx_read(path, &model, &err) < 0 || ais_onnx_infer(model, options, &facts, &err) < 0) {
        ais_error_write(err, &text);
        ais_doc_put(map, "error", ais_doc_new_string(doc, ais_str_get(&text)));
        ais_str_cut(&text, 0);
    } else {
        add_values(doc, model, facts, map);
        add_nodes(doc, model, facts, map);
        if (timed) {
            ais_doc_put(map, "infer_us", times(doc, NULL, model, options));
            ais_doc_put(map, "read_us", times(doc, path, model, options));
        }
    }
    ais_doc_write_json(map, -1, &text);
    puts(ais_str_get(&text));
}

/* One row a way of counting: its operators, with their k where it has one. */
static void print_operators(void)
{
    static const struct {
        const char *formula, *why;
    } costs[] = {
#define ROW(constant, text, reason) {.formula = text, .why = reason},
        AIS__ONNX_COSTS(ROW)
#undef ROW
    };
    for (size_t cost = 0; cost < AIS_COUNT(costs); cost++) {
        const char *before = "";
        printf("| %s | %s | ", costs[cost].formula, costs[cost].why);
        if (cost == AIS__ONNX_COST_NONE)
            printf("all others");
        for (size_t f = 0; cost != AIS__ONNX_COST_NONE && ais__onnx_family_at(f) != NULL; f++)
            for (size_t i = 0; i < ais__onnx_family_at(f)->count; i++) {
                const ais__onnx_op *op = &ais__onnx_family_at(f)->ops[i];
                if (op->cost != (ais__onnx_cost)cost)
                    continue;
                printf("%s%s", before, op->name);
                if (op->factor > 0)
                    printf(" %.0f", op->factor);
                before = ", ";
            }
        puts(" |");
    }
}

int main(int count, char **arguments)
{
    ais_onnx_size sizes[8];
    ais_onnx_facts_options options = {.sizes = sizes};
    bool timed = false;
    for (int i = 1; i < count; i++) {
        char *equals = strchr(arguments[i], '=');
        if (strcmp(arguments[i], "--studio") == 0) {
            options.rule = AIS_ONNX_RULE_STUDIO;
        } else if (strcmp(arguments[i], "--operators") == 0) {
            print_operators();
        } else if (strcmp(arguments[i], "--time") == 0) {
            timed = true;
        } else if (equals != NULL && options.size_count < AIS_COUNT(sizes)) {
            *equals = '\0';
            sizes[options.size_count++] =
                (ais_onnx_size){.symbol = arguments[i], .size = strtoll(equals + 1, NULL, 10)};
        } else {
            print_file(arguments[i], &options, timed);
        }
    }
    return 0;
}
