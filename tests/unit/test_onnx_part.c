/* Parts of models: what is in them, what they leave out, and what cannot be made. */
#include "support/unit.h"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/file.h"
#include "onnx/onnx.h"
#include "support/onnx_make.h"

static const float w[] = {1, 2, 3};

static int make_folder(void **state)
{
    *state = unit_folder();
    return 0;
}

static int remove_folder(void **state)
{
    AIS_AUTO(ais_error) err = NULL;
    AIS_FREE char *folder = *state;
    return ais_tree_remove(folder, &err);
}

static char *put(void **state, const char *name, const void *data, size_t length)
{
    AIS_AUTO(ais_error) err = NULL;
    char *path = ais_path_join(*state, name);
    assert_int_equal(ais_file_write(path, data, length, &err), 0);
    return path;
}

static void put_weights(void **state, const void *data, size_t length)
{
    AIS_FREE char *path = put(state, "w.bin", data, length);
    assert_true(ais_file_exists(path));
}

static ais_onnx_model *read_model(const char *path)
{
    AIS_AUTO(ais_error) err = NULL;
    ais_onnx_model *out = NULL;
    if (ais_onnx_read(path, &out, &err) < 0)
        fail_msg("%s", ais_error_get_message(err));
    return out;
}

static ais_onnx_model *put_model(void **state, const ais_str *graph, int ir_version)
{
    AIS_SCOPED(ais_str) bytes = {0};
    onnx_finish(graph, ir_version, &bytes);
    AIS_FREE char *path = put(state, "whole.onnx", bytes.data, bytes.length);
    return read_model(path);
}

/* x - Add(w) - a - Neg - b - Add(v) - c - Exp - y; a is an output, too */
static void add_chain(ais_str *graph)
{
    onnx_input(graph, "x", ONNX_FLOAT, "N,3");
    onnx_floats(graph, "w", "3", w, 3);
    onnx_floats(graph, "v", "3", w, 3);
    onnx_node(graph, "Add", "x,w", "a");
    onnx_node(graph, "Neg", "a", "b");
    onnx_node(graph, "Add", "b,v", "c");
    onnx_node(graph, "Exp", "c", "y");
    onnx_value(graph, "b", ONNX_FLOAT, "N,3");
    onnx_value(graph, "c", ONNX_FLOAT, "N,3");
    onnx_output(graph, "a", ONNX_FLOAT, "N,3");
    onnx_output(graph, "y", ONNX_FLOAT, "N,3");
}

/* Positions of up to four values, NULL behind the last. */
typedef struct ends {
    size_t items[4], count;
} ends;

static ends find(const ais_onnx_model *model, const char *const *names)
{
    ends found = {.count = 0};
    for (; names[found.count] != NULL; found.count++) {
        found.items[found.count] = ais_onnx_find_value(model->graph, names[found.count]);
        assert_int_not_equal(found.items[found.count], AIS_ONNX_NONE);
    }
    return found;
}

#define NAMES(...) ((const char *const[]){__VA_ARGS__, NULL})

static int write_part(void **state, const ais_onnx_model *model, const char *const *inputs,
                      const char *const *outputs, ais_onnx_rule rule, ais_error **err)
{
    const ends from = find(model, inputs), to = find(model, outputs);
    const ais_onnx_part part = {.inputs = from.items,
                                .input_count = from.count,
                                .outputs = to.items,
                                .output_count = to.count};
    AIS_FREE char *path = ais_path_join(*state, "part.onnx");
    AIS_AUTO(ais_onnx_facts) facts = NULL;
    if (ais_onnx_infer(model, NULL, &facts, err) < 0)
        return -1;
    return ais_onnx_write_part(model, facts, &part, rule, path, err);
}

static ais_onnx_model *make_part(void **state, const ais_onnx_model *model,
                                 const char *const *inputs, const char *const *outputs)
{
    AIS_AUTO(ais_error) err = NULL;
    AIS_FREE char *path = ais_path_join(*state, "part.onnx");
    if (write_part(state, model, inputs, outputs, AIS_ONNX_RULE_PARETO, &err) < 0)
        fail_msg("%s", ais_error_get_message(err));
    return read_model(path);
}

static void assert_not_made(void **state, const ais_onnx_model *model, const char *const *inputs,
                            const char *const *outputs, ais_onnx_rule rule, const char *expected)
{
    AIS_AUTO(ais_error) err = NULL;
    AIS_FREE char *path = ais_path_join(*state, "part.onnx");
    assert_int_equal(write_part(state, model, inputs, outputs, rule, &err), -1);
    assert_int_equal(ais_error_get_code(err), AIS_E_INPUT);
    assert_string_equal(ais_error_get_message(err), expected);
    assert_false(ais_file_exists(path));
}

static const ais_onnx_value *value_of(const ais_onnx_model *model, const char *name)
{
    const size_t at = ais_onnx_find_value(model->graph, name);
    return at != AIS_ONNX_NONE ? &model->graph->values[at] : NULL;
}

/* ---- what is in a part ---- */

static void test_part_has_the_nodes_between_its_ends(void **state)
{
    AIS_SCOPED(ais_str) graph = {0};
    add_chain(&graph);
    AIS_AUTO(ais_onnx_model) model = put_model(state, &graph, 8);
    AIS_AUTO(ais_onnx_model) part = make_part(state, model, NAMES("a"), NAMES("c"));
    assert_int_equal(part->graph->node_count, 2);
    assert_string_equal(part->graph->nodes[0].op_type, "Neg");
    assert_string_equal(part->graph->nodes[1].op_type, "Add");
    assert_non_null(value_of(part, "v")->initializer);
    assert_null(value_of(part, "w"));
    assert_int_equal(part->ir_version, 8);
    assert_int_equal(ais_onnx_get_opset(part, ""), 13);
}

static void test_part_declares_its_ends(void **state)
{
    AIS_SCOPED(ais_str) graph = {0};
    onnx_input(&graph, "x", ONNX_FLOAT, "N,3");
    onnx_node(&graph, "Neg", "x", "a"); /* nothing is declared of a */
    onnx_node(&graph, "Exp", "a", "y");
    onnx_output(&graph, "y", ONNX_FLOAT, "N,3");
    AIS_AUTO(ais_onnx_model) model = put_model(state, &graph, 8);
    AIS_AUTO(ais_onnx_model) part = make_part(state, model, NAMES("x"), NAMES("a"));
    const ais_onnx_value *a = value_of(part, "a");
    assert_true(a->is_output);
    assert_int_equal(a->type, AIS_ONNX_FLOAT);
    assert_int_equal(a->shape.rank, 2);
    assert_string_equal(a->shape.dims[0].symbol, "N");
    assert_int_equal(a->shape.dims[1].size, 3);
}

static void test_part_carries_a_finished_output_through(void **state)
{
    AIS_SCOPED(ais_str) graph = {0};
    add_chain(&graph);
    AIS_AUTO(ais_onnx_model) model = put_model(state, &graph, 8);
    AIS_AUTO(ais_onnx_model) part = make_part(state, model, NAMES("a", "c"), NAMES("a", "y"));
    assert_int_equal(part->graph->node_count, 1);
    assert_true(value_of(part, "a")->is_input);
    assert_true(value_of(part, "a")->is_output);
}

static void test_part_of_an_old_model_lists_its_weights_as_inputs(void **state)
{
    AIS_SCOPED(ais_str) graph = {0};
    onnx_input(&graph, "w", ONNX_FLOAT, "3");
    onnx_input(&graph, "v", ONNX_FLOAT, "3");
    add_chain(&graph);
    AIS_AUTO(ais_onnx_model) old = put_model(state, &graph, 3);
    AIS_AUTO(ais_onnx_model) part = make_part(state, old, NAMES("b"), NAMES("y"));
    assert_true(value_of(part, "v")->is_input);
    assert_non_null(value_of(part, "v")->initializer);
    assert_int_equal(part->graph->input_count, 1);
    AIS_FREE char *path = ais_path_join(*state, "part.onnx");
    assert_int_equal(unlink(path), 0);
    AIS_AUTO(ais_onnx_model) new = put_model(state, &graph, 4);
    AIS_AUTO(ais_onnx_model) of_new = make_part(state, new, NAMES("b"), NAMES("y"));
    assert_false(value_of(of_new, "v")->is_input);
}

/* Fields that this reader has no name for, at each level, and a local function. */
static void test_part_keeps_what_is_unknown(void **state)
{
    AIS_SCOPED(ais_str) graph = {0}, bytes = {0}, node = {0}, function = {0}, training = {0};
    add_chain(&graph);
    onnx_node_fields(&node, "Abs", "y", "z");
    pb_text(&node, 900, "of a node");
    pb_message(&graph, 1, &node);
    onnx_output(&graph, "z", ONNX_FLOAT, "N,3");
    pb_text(&graph, 901, "of a graph");
    pb_number(&graph, 903, 7);
    onnx_finish(&graph, 8, &bytes);
    pb_text(&bytes, 902, "of a model");
    pb_text(&function, 1, "a function");
    pb_message(&bytes, 25, &function);
    pb_message(&bytes, 20, &training);
    AIS_FREE char *path = put(state, "whole.onnx", bytes.data, bytes.length);
    AIS_AUTO(ais_onnx_model) model = read_model(path);
    AIS_AUTO(ais_onnx_model) part = make_part(state, model, NAMES("c"), NAMES("z"));
    static const char *const kept[] = {"of a node", "of a graph", "of a model", "a function"};
    for (size_t i = 0; i < AIS_COUNT(kept); i++)
        assert_non_null(memmem(part->bytes.data, part->bytes.length, kept[i], strlen(kept[i])));
    assert_null(memmem(part->bytes.data, part->bytes.length, "\xa2\x01", 2)); /* no training */
    assert_non_null(memmem(part->bytes.data, part->bytes.length, "\xb8\x38\x07", 3)); /* 903: 7 */
}

static void add_annotation(ais_str *graph, const char *tensor, const char *parameter)
{
    AIS_SCOPED(ais_str) annotation = {0}, entry = {0};
    pb_text(&annotation, 1, tensor);
    pb_text(&entry, 1, "SCALE_TENSOR");
    pb_text(&entry, 2, parameter);
    pb_message(&annotation, 2, &entry);
    pb_message(graph, 14, &annotation);
}

static void test_part_keeps_how_its_values_are_quantized(void **state)
{
    AIS_SCOPED(ais_str) graph = {0};
    add_chain(&graph);
    onnx_floats(&graph, "scale of a", "", w, 1);
    onnx_floats(&graph, "scale of c", "", w, 1);
    add_annotation(&graph, "a", "scale of a");
    add_annotation(&graph, "c", "scale of c");
    AIS_AUTO(ais_onnx_model) model = put_model(state, &graph, 8);
    AIS_AUTO(ais_onnx_model) part = make_part(state, model, NAMES("b"), NAMES("y"));
    assert_non_null(value_of(part, "scale of c"));
    assert_null(value_of(part, "scale of a"));
    assert_non_null(memmem(part->bytes.data, part->bytes.length, "SCALE_TENSOR", 12));
}

/* Weights that only a sub-graph reads, and the value that it reads from outside. */
static void test_part_follows_what_sub_graphs_read(void **state)
{
    AIS_SCOPED(ais_str) branch = {0}, graph = {0}, node = {0};
    onnx_node(&branch, "Add", "a,w", "s");
    onnx_output(&branch, "s", ONNX_FLOAT, "N,3");
    onnx_input(&graph, "x", ONNX_FLOAT, "N,3");
    onnx_input(&graph, "q", ONNX_BOOL, "");
    onnx_floats(&graph, "w", "3", w, 3);
    onnx_node(&graph, "Neg", "x", "a");
    onnx_node_fields(&node, "If", "q", "y");
    onnx_graph_attribute(&node, "then_branch", &branch);
    onnx_graph_attribute(&node, "else_branch", &branch);
    pb_message(&graph, 1, &node);
    onnx_output(&graph, "y", ONNX_FLOAT, "N,3");
    AIS_AUTO(ais_onnx_model) model = put_model(state, &graph, 8);
    AIS_AUTO(ais_onnx_model) part = make_part(state, model, NAMES("a", "q"), NAMES("y"));
    assert_int_equal(part->graph->node_count, 1);
    assert_non_null(value_of(part, "w")->initializer);
    AIS_FREE char *path = ais_path_join(*state, "part.onnx");
    assert_int_equal(unlink(path), 0);
    assert_not_made(state, model, NAMES("q"), NAMES("y"), AIS_ONNX_RULE_PARETO,
                    "a part with these inputs cannot be made: it needs 'x' too");
}

/* ---- external data ---- */

static void test_part_takes_the_external_data_that_it_needs(void **state)
{
    AIS_SCOPED(ais_str) graph = {0};
    AIS_AUTO(ais_error) err = NULL;
    char data[20000];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (char)(i / 4096 + 'a');
    put_weights(state, data, sizeof data);
    onnx_input(&graph, "x", ONNX_FLOAT, "N,3");
    onnx_external(&graph, "w", "3", "w.bin", 8, 12);
    onnx_external(&graph, "v", "3", "w.bin", 12300, 12);
    onnx_external(&graph, "u", "3", "w.bin", 12296, 0);
    onnx_node(&graph, "Add", "x,w", "a");
    onnx_node(&graph, "Add", "a,v", "b");
    onnx_node(&graph, "Add", "b,u", "y");
    onnx_output(&graph, "y", ONNX_FLOAT, "N,3");
    AIS_AUTO(ais_onnx_model) model = put_model(state, &graph, 8);
    AIS_AUTO(ais_onnx_model) part = make_part(state, model, NAMES("a"), NAMES("y"));
    const ais_onnx_tensor *v = value_of(part, "v")->initializer;
    const ais_onnx_tensor *u = value_of(part, "u")->initializer;
    assert_string_equal(v->location, "part.onnx.data");
    assert_int_equal(v->offset % 4096, 12300 % 4096); /* pages stay pages */
    assert_int_equal(v->offset - u->offset, 4);       /* they overlap, and still do */
    assert_int_equal(v->bytes, 12);
    AIS_FREE char *path = ais_path_join(*state, "part.onnx.data");
    AIS_FREE char *copied = NULL;
    size_t length = 0;
    assert_int_equal(ais_file_read(path, 100000, &copied, &length, &err), 0);
    assert_true(length < 4096); /* one page, not three */
    assert_memory_equal(copied + u->offset, data + 12296, 16);
}

static void test_part_says_where_constants_keep_external_data(void **state)
{
    AIS_SCOPED(ais_str) graph = {0}, node = {0}, attribute = {0}, tensor = {0}, entry = {0};
    put_weights(state, "0123456789abcdef", 16);
    onnx_input(&graph, "x", ONNX_FLOAT, "N,3");
    onnx_node(&graph, "Neg", "x", "a");
    onnx_node_fields(&node, "Constant", "", "k");
    onnx_tensor_fields(&tensor, "", ONNX_FLOAT, "3");
    pb_text(&entry, 1, "location");
    pb_text(&entry, 2, "w.bin");
    pb_message(&tensor, 13, &entry);
    pb_number(&tensor, 14, 1);
    pb_text(&attribute, 1, "value");
    pb_message(&attribute, 5, &tensor);
    pb_number(&attribute, 20, AIS_ONNX_ATTRIBUTE_TENSOR);
    pb_message(&node, 5, &attribute);
    pb_message(&graph, 1, &node);
    onnx_node(&graph, "Add", "a,k", "y");
    onnx_output(&graph, "y", ONNX_FLOAT, "N,3");
    AIS_AUTO(ais_onnx_model) model = put_model(state, &graph, 8);
    AIS_AUTO(ais_onnx_model) part = make_part(state, model, NAMES("a"), NAMES("y"));
    const ais_onnx_attribute *value = ais_onnx_find_attribute(&part->graph->nodes[0], "value");
    assert_string_equal(value->tensor->location, "part.onnx.data");
    assert_int_equal(value->tensor->bytes, 12);
}

static void test_failed_part_leaves_no_external_data(void **state)
{
    AIS_SCOPED(ais_str) graph = {0};
    AIS_AUTO(ais_error) err = NULL;
    put_weights(state, "0123456789abcdef", 16);
    onnx_input(&graph, "x", ONNX_FLOAT, "3");
    onnx_external(&graph, "w", "3", "w.bin", 0, 12);
    onnx_node(&graph, "Add", "x,w", "y");
    onnx_output(&graph, "y", ONNX_FLOAT, "3");
    AIS_AUTO(ais_onnx_model) model = put_model(state, &graph, 8);
    AIS_FREE char *there = put(state, "part.onnx", "mine", 4); /* the file must be new */
    assert_int_equal(write_part(state, model, NAMES("x"), NAMES("y"), AIS_ONNX_RULE_PARETO, &err),
                     -1);
    assert_int_equal(ais_error_get_code(err), AIS_E_IO);
    AIS_FREE char *data = ais_path_join(*state, "part.onnx.data");
    assert_false(ais_file_exists(data));
    AIS_FREE char *kept = NULL;
    size_t length = 0;
    assert_int_equal(ais_file_read(there, 100, &kept, &length, NULL), 0);
    assert_string_equal(kept, "mine");
}

/* ---- what cannot be made ---- */

static void test_part_names_the_input_that_is_missing(void **state)
{
    AIS_SCOPED(ais_str) graph = {0}, split = {0};
    add_chain(&graph);
    AIS_AUTO(ais_onnx_model) model = put_model(state, &graph, 8);
    assert_not_made(state, model, NAMES("c"), NAMES("a", "y"), AIS_ONNX_RULE_PARETO,
                    "a part with these inputs cannot be made: it needs 'x' too");
    onnx_input(&split, "x", ONNX_FLOAT, "4");
    onnx_node(&split, "Split", "x", "a,b");
    onnx_node(&split, "Add", "a,b", "y");
    onnx_output(&split, "y", ONNX_FLOAT, "2");
    AIS_AUTO(ais_onnx_model) halves = put_model(state, &split, 8);
    assert_not_made(state, halves, NAMES("x", "a"), NAMES("y"), AIS_ONNX_RULE_PARETO,
                    "a part with these inputs cannot be made: it needs 'b' too, which is made "
                    "together with 'a'");
}

static void test_part_cannot_begin_where_no_type_is_known(void **state)
{
    AIS_SCOPED(ais_str) graph = {0};
    onnx_input(&graph, "x", ONNX_FLOAT, "3");
    onnx_node(&graph, "NobodyKnowsThis", "x", "a");
    onnx_node(&graph, "NobodyKnowsThis", "a", "y");
    onnx_output(&graph, "y", ONNX_FLOAT, "3");
    AIS_AUTO(ais_onnx_model) model = put_model(state, &graph, 8);
    assert_not_made(state, model, NAMES("a"), NAMES("y"), AIS_ONNX_RULE_PARETO,
                    "the type of 'a' is not known, so a part cannot begin or end there");
    assert_not_made(state, model, NAMES("a"), NAMES("y"), AIS_ONNX_RULE_STUDIO,
                    "onnx 1.12 does not know the type of 'a', so it cannot cut there");
}

static void test_weight_that_is_an_output_stays(void **state)
{
    AIS_SCOPED(ais_str) graph = {0};
    AIS_AUTO(ais_error) err = NULL;
    AIS_FREE char *path = ais_path_join(*state, "part.onnx");
    onnx_input(&graph, "x", ONNX_FLOAT, "3");
    onnx_floats(&graph, "w", "3", w, 3);
    onnx_node(&graph, "Neg", "x", "a");
    onnx_node(&graph, "Add", "a,w", "y");
    onnx_output(&graph, "w", ONNX_FLOAT, "3");
    AIS_AUTO(ais_onnx_model) model = put_model(state, &graph, 8);
    for (int rule = AIS_ONNX_RULE_PARETO; rule <= AIS_ONNX_RULE_STUDIO; rule++) {
        assert_int_equal(
            write_part(state, model, NAMES("a"), NAMES("w"), (ais_onnx_rule)rule, &err), 0);
        AIS_AUTO(ais_onnx_model) part = read_model(path);
        assert_int_equal(part->graph->node_count, 0);
        assert_non_null(value_of(part, "w")->initializer);
        assert_int_equal(unlink(path), 0);
    }
}

static void test_studio_refuses_what_onnx_cannot_cut(void **state)
{
    AIS_SCOPED(ais_str) annotated = {0}, external = {0};
    put_weights(state, "0123456789abcdef", 16);
    add_chain(&annotated);
    add_annotation(&annotated, "a", "w");
    AIS_AUTO(ais_onnx_model) model = put_model(state, &annotated, 8);
    assert_not_made(state, model, NAMES("b"), NAMES("y"), AIS_ONNX_RULE_STUDIO,
                    "onnx 1.12 cannot cut a model with quantization annotations");
    add_chain(&external);
    onnx_external(&external, "u", "3", "w.bin", 0, 12);
    AIS_AUTO(ais_onnx_model) outside = put_model(state, &external, 8);
    assert_not_made(state, outside, NAMES("b"), NAMES("y"), AIS_ONNX_RULE_STUDIO,
                    "parts of a model with external data are not made by the rule 'studio'");
}

/* ---- all parts ---- */

static void test_chain_gives_parts_from_end_to_end(void **state)
{
    AIS_SCOPED(ais_str) graph = {0};
    AIS_AUTO(ais_error) err = NULL;
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    add_chain(&graph);
    AIS_AUTO(ais_onnx_model) model = put_model(state, &graph, 8);
    const ends first = find(model, NAMES("a", "b")), second = find(model, NAMES("a", "c"));
    const ais_onnx_cut cuts[] = {{.values = first.items, .value_count = first.count},
                                 {.values = second.items, .value_count = second.count}};
    const ais_onnx_chain chain = {.part_count = 3, .cuts = cuts};
    ais_onnx_part parts[3];
    ais_onnx_chain_parts(model, &chain, arena, parts);
    assert_ptr_equal(parts[0].inputs, model->graph->inputs);
    assert_int_equal(parts[0].output_count, 2);
    assert_int_equal(parts[1].inputs[1], first.items[1]);
    assert_int_equal(parts[1].outputs[1], second.items[1]);
    assert_int_equal(parts[2].output_count, 2);

    AIS_FREE char *dir = ais_path_join(*state, "made/here");
    AIS_FREE char *third = ais_path_join(dir, "partition1_3.onnx");
    AIS_AUTO(ais_onnx_facts) facts = NULL;
    assert_int_equal(ais_onnx_infer(model, NULL, &facts, &err), 0);
    assert_int_equal(ais_onnx_write_parts(model, facts, parts, 3, AIS_ONNX_RULE_PARETO, dir, &err),
                     0);
    AIS_AUTO(ais_onnx_model) part = read_model(third);
    assert_int_equal(part->graph->node_count, 1);
    double flops = 0;
    uint64_t bytes = 0;
    assert_int_equal(ais_onnx_measure_part(model, facts, &parts[1], &flops, &bytes, &err), 0);
    assert_int_equal(bytes, 12);

    /* again, in two: the third part goes, and what a killed writer left */
    AIS_FREE char *stale = ais_dir_stage(dir, &err);
    AIS_FREE char *half = ais_path_join(stale, "partition1_1.onnx");
    assert_int_equal(ais_file_write(half, "half", 4, &err), 0);
    const ais_onnx_part two[] = {parts[0],
                                 {.inputs = parts[1].inputs,
                                  .input_count = parts[1].input_count,
                                  .outputs = parts[2].outputs,
                                  .output_count = parts[2].output_count}};
    assert_int_equal(ais_onnx_write_parts(model, facts, two, 2, AIS_ONNX_RULE_PARETO, dir, &err),
                     0);
    AIS_SCOPED(ais_names) names = {.items = NULL};
    assert_int_equal(ais_dir_list(dir, &names, &err), 0);
    assert_int_equal(names.count, 2);
}

static void test_two_do_not_write_parts_into_one_folder(void **state)
{
    AIS_SCOPED(ais_str) graph = {0};
    AIS_AUTO(ais_error) err = NULL;
    add_chain(&graph);
    AIS_AUTO(ais_onnx_model) model = put_model(state, &graph, 8);
    AIS_AUTO(ais_onnx_facts) facts = NULL;
    assert_int_equal(ais_onnx_infer(model, NULL, &facts, &err), 0);
    const ends x = find(model, NAMES("x")), y = find(model, NAMES("a", "y"));
    const ais_onnx_part part = {
        .inputs = x.items, .input_count = 1, .outputs = y.items, .output_count = 2};
    const int fd = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    assert_int_equal(
        ais_onnx_write_parts(model, facts, &part, 1, AIS_ONNX_RULE_PARETO, *state, &err), -1);
    assert_int_equal(ais_error_get_code(err), AIS_E_EXISTS);
    AIS_FREE char *text = unit_error(&err);
    AIS_FREE char *expected = ais_format(
        "%s: error: somebody else is writing parts into this folder\n", (const char *)*state);
    assert_string_equal(text, expected);
    close(fd);
    assert_int_equal(
        ais_onnx_write_parts(model, facts, &part, 1, AIS_ONNX_RULE_PARETO, *state, &err), 0);
}

static void test_failed_chain_leaves_nothing(void **state)
{
    AIS_SCOPED(ais_str) graph = {0};
    AIS_AUTO(ais_error) err = NULL;
    add_chain(&graph);
    AIS_AUTO(ais_onnx_model) model = put_model(state, &graph, 8);
    AIS_AUTO(ais_onnx_facts) facts = NULL;
    assert_int_equal(ais_onnx_infer(model, NULL, &facts, &err), 0);
    const ends x = find(model, NAMES("x")), c = find(model, NAMES("c")),
               y = find(model, NAMES("a", "y"));
    const ais_onnx_part parts[] = {
        {.inputs = x.items, .input_count = 1, .outputs = c.items, .output_count = 1},
        {.inputs = c.items, .input_count = 1, .outputs = y.items, .output_count = 2}};
    AIS_FREE char *dir = ais_path_join(*state, "parts");
    assert_int_equal(ais_onnx_write_parts(model, facts, parts, 2, AIS_ONNX_RULE_PARETO, dir, &err),
                     -1);
    assert_false(ais_file_exists(dir));
    AIS_FREE char *text = unit_error(&err);
    AIS_FREE char *expected =
        ais_format("%s: error: a part with these inputs cannot be made: it needs 'x' too\n"
                   "  while writing part 2 of 2\n",
                   model->path);
    assert_string_equal(text, expected);
}

static void test_exits_give_parts_that_end_in_their_heads(void **state)
{
    AIS_SCOPED(ais_str) graph = {0};
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    add_chain(&graph);
    AIS_AUTO(ais_onnx_model) model = put_model(state, &graph, 8);
    const ends trunk = find(model, NAMES("b")), head = find(model, NAMES("a"));
    const ais_onnx_exit one = {.name = "exit1",
                               .trunk = trunk.items,
                               .trunk_count = 1,
                               .outputs = head.items,
                               .output_count = 1};
    const ais_onnx_exits exits = {.exits = &one, .count = 1};
    ais_onnx_part parts[2];
    ais_onnx_exit_parts(model, &exits, arena, parts);
    assert_ptr_equal(parts[0].inputs, model->graph->inputs);
    assert_int_equal(parts[0].output_count, 2);
    assert_int_equal(parts[0].outputs[0], trunk.items[0]);
    assert_int_equal(parts[0].outputs[1], head.items[0]);
    assert_int_equal(parts[1].input_count, 1);
    assert_int_equal(parts[1].output_count, 1); /* y, and not a */
    assert_string_equal(model->graph->values[parts[1].outputs[0]].name, "y");
}

static void test_whole_model_is_written_as_it_is(void **state)
{
    AIS_SCOPED(ais_str) graph = {0};
    AIS_AUTO(ais_error) err = NULL;
    put_weights(state, "0123456789abcdef", 16);
    add_chain(&graph);
    onnx_external(&graph, "u", "3", "w.bin", 0, 12);
    AIS_AUTO(ais_onnx_model) model = put_model(state, &graph, 8);
    AIS_FREE char *folder = ais_path_join(*state, "elsewhere");
    AIS_FREE char *path = ais_path_join(folder, "m.onnx");
    assert_int_equal(ais_dir_make(folder, &err), 0);
    assert_int_equal(ais_onnx_write(model, path, &err), 0);
    AIS_AUTO(ais_onnx_model) copy = read_model(path);
    assert_int_equal(copy->bytes.length, model->bytes.length);
    assert_memory_equal(copy->bytes.data, model->bytes.data, copy->bytes.length);
    assert_int_equal(ais_onnx_write(model, path, &err), -1); /* the file must be new */
    assert_int_equal(ais_error_get_code(err), AIS_E_IO);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        TEST(test_part_has_the_nodes_between_its_ends),
        TEST(test_part_declares_its_ends),
        TEST(test_part_carries_a_finished_output_through),
        TEST(test_part_of_an_old_model_lists_its_weights_as_inputs),
        TEST(test_part_keeps_what_is_unknown),
        TEST(test_part_keeps_how_its_values_are_quantized),
        TEST(test_part_follows_what_sub_graphs_read),
        TEST(test_part_takes_the_external_data_that_it_needs),
        TEST(test_part_says_where_constants_keep_external_data),
        TEST(test_failed_part_leaves_no_external_data),
        TEST(test_part_names_the_input_that_is_missing),
        TEST(test_part_cannot_begin_where_no_type_is_known),
        TEST(test_weight_that_is_an_output_stays),
        TEST(test_studio_refuses_what_onnx_cannot_cut),
        TEST(test_chain_gives_parts_from_end_to_end),
        TEST(test_two_do_not_write_parts_into_one_folder),
        TEST(test_failed_chain_leaves_nothing),
        TEST(test_exits_give_parts_that_end_in_their_heads),
        TEST(test_whole_model_is_written_as_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
