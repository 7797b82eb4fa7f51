/* Reading models: what is in them, and what is refused with which words. */
#include "support/unit.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "onnx/onnx.h"
#include "support/onnx_make.h"

static const float w[] = {1, 2, 3, 4, 5, 6};

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

static ais_onnx_bytes bytes_of(const ais_str *model)
{
    return (ais_onnx_bytes){.data = (const uint8_t *)ais_str_get(model), .length = model->length};
}

/* The bytes must outlive the model. */
static ais_onnx_model *parse(const ais_str *model)
{
    AIS_AUTO(ais_error) err = NULL;
    ais_onnx_model *out = NULL;
    if (ais_onnx_parse("m.onnx", bytes_of(model), &out, &err) < 0)
        fail_msg("%s", ais_error_get_message(err));
    return out;
}

static void assert_refused(const ais_str *model, const char *expected)
{
    AIS_AUTO(ais_error) err = NULL;
    ais_onnx_model *out = NULL;
    assert_int_equal(ais_onnx_parse("m.onnx", bytes_of(model), &out, &err), -1);
    assert_null(out);
    AIS_FREE char *text = unit_error(&err);
    assert_string_equal(text, expected);
}

static void assert_graph_refused(const ais_str *graph, const char *expected)
{
    AIS_SCOPED(ais_str) model = {0};
    onnx_finish(graph, 8, &model);
    assert_refused(&model, expected);
}

static const ais_onnx_value *find(const ais_onnx_graph *graph, const char *name)
{
    const size_t at = ais_onnx_find_value(graph, name);
    if (at == AIS_ONNX_NONE)
        fail_msg("there is no value '%s'", name);
    return &graph->values[at];
}

/* y = Relu(Add(x, w)) */
static void add_small(ais_str *graph)
{
    onnx_input(graph, "x", ONNX_FLOAT, "N,3");
    onnx_floats(graph, "w", "2,3", w, 6);
    onnx_node(graph, "Add", "x,w", "a");
    onnx_node(graph, "Relu", "a", "y");
    onnx_output(graph, "y", ONNX_FLOAT, "N,3");
}

/* ---- what is there ---- */

static void test_graph_has_values_in_the_promised_order(void **state)
{
    (void)state;
    AIS_SCOPED(ais_str) graph = {0}, bytes = {0};
    add_small(&graph);
    onnx_finish(&graph, 8, &bytes);
    AIS_AUTO(ais_onnx_model) model = parse(&bytes);
    const ais_onnx_graph *g = model->graph;
    static const char *const names[] = {"x", "w", "a", "y"};
    assert_int_equal(g->value_count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(g->values[i].name, names[i]);
    assert_int_equal(g->node_count, 2);
    assert_string_equal(g->nodes[1].op_type, "Relu");
    assert_string_equal(g->nodes[1].domain, "");
    assert_int_equal(g->values[2].producer, 0);
    assert_int_equal(g->values[2].consumer_count, 1);
    assert_int_equal(g->values[2].consumers[0], 1);
    assert_int_equal(g->values[0].producer, AIS_ONNX_NONE);
    assert_true(g->values[3].is_output);
    assert_int_equal(g->input_count, 1);
    assert_int_equal(model->ir_version, 8);
    assert_int_equal(ais_onnx_get_opset(model, ""), 13);
    assert_int_equal(ais_onnx_get_opset(model, "ai.onnx"), 13);
    assert_int_equal(ais_onnx_get_opset(model, "ai.onnx.ml"), 0);
    assert_int_equal(ais_onnx_find_value(g, "z"), AIS_ONNX_NONE);
}

static void test_value_knows_its_declared_type(void **state)
{
    (void)state;
    AIS_SCOPED(ais_str) graph = {0}, bytes = {0};
    add_small(&graph);
    onnx_value(&graph, "a", ONNX_FLOAT16, "N,,7");
    onnx_finish(&graph, 8, &bytes);
    AIS_AUTO(ais_onnx_model) model = parse(&bytes);
    const ais_onnx_value *a = find(model->graph, "a"), *x = find(model->graph, "x");
    assert_int_equal(a->kind, AIS_ONNX_KIND_TENSOR);
    assert_int_equal(a->type, AIS_ONNX_FLOAT16);
    assert_int_equal(x->shape.rank, 2);
    assert_int_equal(x->shape.dims[0].size, -1);
    assert_string_equal(x->shape.dims[0].symbol, "N");
    assert_int_equal(x->shape.dims[1].size, 3);
    const ais_onnx_value *weight = find(model->graph, "w");
    assert_int_equal(weight->type, AIS_ONNX_FLOAT);
    assert_int_equal(weight->shape.dims[1].size, 3);
}

static void test_weights_stay_where_they_are(void **state)
{
    (void)state;
    AIS_SCOPED(ais_str) graph = {0}, bytes = {0};
    add_small(&graph);
    onnx_finish(&graph, 8, &bytes);
    AIS_AUTO(ais_onnx_model) model = parse(&bytes);
    const ais_onnx_tensor *t = find(model->graph, "w")->initializer;
    assert_int_equal(t->raw.length, sizeof w);
    assert_memory_equal(t->raw.data, w, sizeof w);
    assert_true(t->raw.data > model->bytes.data &&
                t->raw.data < model->bytes.data + model->bytes.length);
    assert_int_equal(t->bytes, sizeof w);
    assert_null(t->location);
}

static void test_initializer_that_is_an_input_needs_no_value_of_a_run(void **state)
{
    (void)state;
    AIS_SCOPED(ais_str) graph = {0}, bytes = {0};
    onnx_input(&graph, "w", ONNX_FLOAT, "2,3");
    add_small(&graph);
    onnx_finish(&graph, 3, &bytes);
    AIS_AUTO(ais_onnx_model) model = parse(&bytes);
    assert_int_equal(model->graph->input_count, 1);
    assert_string_equal(model->graph->values[model->graph->inputs[0]].name, "x");
    assert_true(find(model->graph, "w")->is_input);
    assert_non_null(find(model->graph, "w")->initializer);
}

static void test_left_out_inputs_and_outputs_are_no_values(void **state)
{
    (void)state;
    AIS_SCOPED(ais_str) graph = {0}, bytes = {0}, node = {0};
    onnx_input(&graph, "x", ONNX_FLOAT, "3");
    pb_text(&node, 1, "x");
    pb_text(&node, 1, "");
    pb_text(&node, 1, "x");
    pb_text(&node, 2, "");
    pb_text(&node, 2, "y");
    pb_text(&node, 4, "Custom");
    pb_message(&graph, 1, &node);
    onnx_output(&graph, "y", ONNX_FLOAT, "3");
    onnx_finish(&graph, 8, &bytes);
    AIS_AUTO(ais_onnx_model) model = parse(&bytes);
    const ais_onnx_node *n = &model->graph->nodes[0];
    assert_int_equal(n->input_count, 3);
    assert_int_equal(n->inputs[1], AIS_ONNX_NONE);
    assert_int_equal(n->outputs[0], AIS_ONNX_NONE);
    assert_int_equal(find(model->graph, "x")->consumer_count, 1);
}

/* An If whose then-branch holds another If that reads x of the main graph. */
static void test_captures_reach_through_every_depth(void **state)
{
    (void)state;
    AIS_SCOPED(ais_str) inner = {0}, middle = {0}, graph = {0}, bytes = {0}, inside = {0},
                        node = {0};
    onnx_node(&inner, "Neg", "x", "z");
    onnx_output(&inner, "z", ONNX_FLOAT, "3");
    onnx_node_fields(&inside, "If", "c", "v");
    onnx_graph_attribute(&inside, "then_branch", &inner);
    onnx_graph_attribute(&inside, "else_branch", &inner);
    pb_message(&middle, 1, &inside);
    onnx_output(&middle, "v", ONNX_FLOAT, "3");
    onnx_input(&graph, "x", ONNX_FLOAT, "3");
    onnx_input(&graph, "c", ONNX_BOOL, "");
    onnx_node_fields(&node, "If", "c", "y");
    onnx_graph_attribute(&node, "then_branch", &middle);
    onnx_graph_attribute(&node, "else_branch", &inner);
    pb_message(&graph, 1, &node);
    onnx_output(&graph, "y", ONNX_FLOAT, "3");
    onnx_finish(&graph, 8, &bytes);
    AIS_AUTO(ais_onnx_model) model = parse(&bytes);
    const ais_onnx_node *n = &model->graph->nodes[0];
    assert_int_equal(n->capture_count, 2); /* x, and c: the inner If reads it from outside */
    assert_string_equal(model->graph->values[n->captures[0]].name, "x");
    assert_string_equal(model->graph->values[n->captures[1]].name, "c");
    assert_int_equal(find(model->graph, "x")->consumer_count, 1);
    assert_int_equal(find(model->graph, "x")->consumers[0], 0);
    const ais_onnx_attribute *then = ais_onnx_find_attribute(n, "then_branch");
    assert_non_null(then->graph);
    assert_ptr_equal(then->graph->outer, model->graph);
    const ais_onnx_value *captured = find(then->graph, "x");
    assert_int_equal(captured->producer, AIS_ONNX_NONE);
    assert_false(captured->is_input);
    assert_null(ais_onnx_find_attribute(n, "body"));
}

static void test_attributes_have_the_type_of_their_field(void **state)
{
    (void)state;
    AIS_SCOPED(ais_str) graph = {0}, bytes = {0}, node = {0}, packed = {0}, plain = {0}, text = {0};
    onnx_input(&graph, "x", ONNX_FLOAT, "3");
    onnx_node_fields(&node, "Custom", "x", "y");
    pb_text(&packed, 1, "packed");
    pb_bytes(&packed, 8, "\x03\xac\x02", 3); /* 3, 300 in one field; no type is stated */
    pb_message(&node, 5, &packed);
    pb_text(&plain, 1, "plain");
    pb_number(&plain, 8, 7);
    pb_number(&plain, 8, (uint64_t)-1);
    pb_number(&plain, 20, AIS_ONNX_ATTRIBUTE_INTS);
    pb_message(&node, 5, &plain);
    pb_text(&text, 1, "text");
    pb_text(&text, 4, "SAME");
    pb_number(&text, 20, AIS_ONNX_ATTRIBUTE_STRING);
    pb_message(&node, 5, &text);
    pb_message(&graph, 1, &node);
    onnx_output(&graph, "y", ONNX_FLOAT, "3");
    onnx_finish(&graph, 8, &bytes);
    AIS_AUTO(ais_onnx_model) model = parse(&bytes);
    const ais_onnx_node *n = &model->graph->nodes[0];
    const ais_onnx_attribute *a = ais_onnx_find_attribute(n, "packed");
    assert_int_equal(a->type, AIS_ONNX_ATTRIBUTE_INTS);
    assert_int_equal(a->count, 2);
    assert_int_equal(a->ints[1], 300);
    assert_int_equal(ais_onnx_find_attribute(n, "plain")->ints[1], -1);
    assert_memory_equal(ais_onnx_find_attribute(n, "text")->s.data, "SAME", 4);
}

static void test_small_integers_are_read_however_they_are_stored(void **state)
{
    (void)state;
    AIS_SCOPED(ais_str) graph = {0}, bytes = {0}, raw = {0}, packed = {0}, bytes8 = {0};
    const int64_t numbers[] = {5, -2};
    int64_t out[4];
    onnx_tensor_fields(&raw, "raw", ONNX_INT64, "2");
    pb_bytes(&raw, 9, numbers, sizeof numbers);
    pb_message(&graph, 5, &raw);
    onnx_tensor_fields(&packed, "packed", ONNX_INT64, "2");
    pb_bytes(&packed, 7, "\x05\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11);
    pb_message(&graph, 5, &packed);
    onnx_tensor_fields(&bytes8, "bytes", AIS_ONNX_INT8, "");
    pb_bytes(&bytes8, 9, "\xff", 1);
    pb_message(&graph, 5, &bytes8);
    onnx_floats(&graph, "w", "6", w, 6);
    onnx_finish(&graph, 8, &bytes);
    AIS_AUTO(ais_onnx_model) model = parse(&bytes);
    assert_int_equal(ais_onnx_tensor_ints(find(model->graph, "raw")->initializer, out, 4), 2);
    assert_int_equal(out[1], -2);
    assert_int_equal(ais_onnx_tensor_ints(find(model->graph, "packed")->initializer, out, 4), 2);
    assert_int_equal(out[0], 5);
    assert_int_equal(out[1], -2);
    assert_int_equal(ais_onnx_tensor_ints(find(model->graph, "bytes")->initializer, out, 4), 1);
    assert_int_equal(out[0], -1);
    assert_int_equal(ais_onnx_tensor_ints(find(model->graph, "raw")->initializer, out, 1), -1);
    assert_int_equal(ais_onnx_tensor_ints(find(model->graph, "w")->initializer, out, 4), -1);
}

static void test_sparse_weights_are_weights(void **state)
{
    (void)state;
    AIS_SCOPED(ais_str) graph = {0}, bytes = {0}, sparse = {0}, values = {0}, indices = {0};
    const int64_t at[] = {3};
    int64_t out[8];
    onnx_tensor_fields(&values, "s", ONNX_INT64, "1");
    pb_bytes(&values, 9, at, sizeof at);
    onnx_tensor_fields(&indices, "", ONNX_INT64, "1");
    pb_bytes(&indices, 9, at, sizeof at);
    pb_message(&sparse, 1, &values);
    pb_message(&sparse, 2, &indices);
    pb_number(&sparse, 3, 8);
    pb_message(&graph, 15, &sparse);
    onnx_node(&graph, "Identity", "s", "y");
    onnx_output(&graph, "y", ONNX_INT64, "8");
    onnx_finish(&graph, 8, &bytes);
    AIS_AUTO(ais_onnx_model) model = parse(&bytes);
    const ais_onnx_value *s = find(model->graph, "s");
    assert_non_null(s->initializer);
    assert_int_equal(s->shape.dims[0].size, 8);
    assert_int_equal(s->initializer->bytes, 16);
    assert_int_equal(ais_onnx_tensor_ints(s->initializer, out, 8), -1);
}

static void test_external_data_is_found_beside_the_model(void **state)
{
    AIS_AUTO(ais_error) err = NULL;
    AIS_SCOPED(ais_str) graph = {0}, bytes = {0};
    AIS_FREE char *path = ais_path_join(*state, "m.onnx");
    AIS_FREE char *weights = ais_path_join(*state, "w.bin");
    onnx_external(&graph, "w", "2,3", "w.bin", 8, 0);
    onnx_node(&graph, "Identity", "w", "y");
    onnx_output(&graph, "y", ONNX_FLOAT, "2,3");
    onnx_finish(&graph, 8, &bytes);
    assert_int_equal(ais_file_write(path, bytes.data, bytes.length, &err), 0);
    assert_int_equal(ais_file_write(weights, "12345678123456781234567812345678", 32, &err), 0);
    AIS_AUTO(ais_onnx_model) model = NULL;
    assert_int_equal(ais_onnx_read(path, &model, &err), 0);
    assert_true(model->has_external_data);
    const ais_onnx_tensor *t = find(model->graph, "w")->initializer;
    assert_string_equal(t->location, "w.bin");
    assert_int_equal(t->offset, 8);
    assert_int_equal(t->bytes, 24);
}

/* ---- what is refused ---- */

static void test_read_refuses_what_is_no_model(void **state)
{
    AIS_SCOPED(ais_str) bytes = {0};
    AIS_AUTO(ais_error) err = NULL;
    AIS_AUTO(ais_onnx_model) model = NULL;
    assert_refused(&bytes, "m.onnx: error: the file is empty (must be an ONNX model)\n");
    pb_number(&bytes, 1, 8);
    assert_refused(&bytes, "m.onnx: error: this is no ONNX model: it holds no graph\n");
    ais_str_cut(&bytes, 0);
    ais_str_add(&bytes, "import numpy\n");
    assert_refused(&bytes,
                   "m.onnx: error: this is no whole ONNX model: at byte 10 a number is cut off\n");
    AIS_FREE char *path = ais_path_join(*state, "none.onnx");
    assert_int_equal(ais_onnx_read(path, &model, &err), -1);
    assert_int_equal(ais_error_get_code(err), AIS_E_IO);
    AIS_FREE char *text = unit_error(&err);
    AIS_FREE char *expected =
        ais_format("%s: error: cannot read: No such file or directory\n", path);
    assert_string_equal(text, expected);
}

static void test_read_refuses_old_versions_and_second_graphs(void **state)
{
    (void)state;
    AIS_SCOPED(ais_str) graph = {0}, old = {0}, twice = {0};
    add_small(&graph);
    onnx_finish(&graph, 2, &old);
    assert_refused(&old, "m.onnx: error: the model has IR version 2 (must be 3 or later)\n");
    onnx_finish(&graph, 8, &twice);
    AIS_FREE char *expected =
        ais_format("m.onnx: error: at byte %zu the model has a second graph\n", twice.length);
    pb_message(&twice, 7, &graph);
    assert_refused(&twice, expected);
}

static void test_read_refuses_a_file_beyond_protobuf(void **state)
{
    AIS_AUTO(ais_error) err = NULL;
    AIS_AUTO(ais_onnx_model) model = NULL;
    AIS_FREE char *path = ais_path_join(*state, "huge.onnx");
    AIS_CLOSE int fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_int_equal(ftruncate(fd, (off_t)3 << 30), 0); /* takes no room */
    assert_int_equal(ais_onnx_read(path, &model, &err), -1);
    assert_int_equal(ais_error_get_code(err), AIS_E_LIMIT);
    assert_string_equal(ais_error_get_message(err),
                        "the file is too large (must be at most 2147483647 bytes)");
}

static void test_read_survives_every_truncation(void **state)
{
    (void)state;
    AIS_SCOPED(ais_str) graph = {0}, bytes = {0};
    size_t refused = 0;
    add_small(&graph);
    onnx_finish(&graph, 8, &bytes);
    for (size_t n = 0; n < bytes.length; n++) {
        AIS_AUTO(ais_error) err = NULL;
        AIS_AUTO(ais_onnx_model) model = NULL;
        AIS_FREE uint8_t *copy = ais_alloc(n); /* so that a sanitizer sees a byte too many */
        memcpy(copy, ais_str_get(&bytes), n);
        if (ais_onnx_parse("m.onnx", (ais_onnx_bytes){.data = copy, .length = n}, &model, &err) < 0)
            refused++;
    }
    /* Only the end of the graph, with the operator sets cut off, is a model again. */
    assert_int_equal(refused, bytes.length - 1);
}

static void test_read_names_nodes_that_do_not_fit(void **state)
{
    (void)state;
    AIS_SCOPED(ais_str) unknown = {0}, later = {0}, loop = {0}, twice = {0}, weight = {0};
    onnx_input(&unknown, "image", ONNX_FLOAT, "3");
    onnx_node(&unknown, "Relu", "imgae", "y");
    assert_graph_refused(&unknown,
                         "m.onnx: error: the node that makes 'y' (Relu) reads 'imgae', which is "
                         "nowhere in the model (is 'image' meant?)\n");
    AIS_SCOPED(ais_str) named = {0};
    onnx_input(&later, "x", ONNX_FLOAT, "3");
    onnx_node_fields(&named, "Relu", "a", "y");
    pb_text(&named, 3, "act");
    pb_message(&later, 1, &named);
    onnx_node(&later, "Neg", "x", "a");
    assert_graph_refused(
        &later, "m.onnx: error: node 'act' (Relu) reads 'a', which only a later node makes "
                "(nodes must stand in the order in which they run)\n");
    onnx_node(&loop, "Relu", "c", "a");
    onnx_node(&loop, "Neg", "a", "b");
    onnx_node(&loop, "Abs", "b", "c");
    assert_graph_refused(&loop, "m.onnx: error: the node that makes 'a' (Relu) reads 'c', which "
                                "needs what that node makes: a loop\n");
    onnx_input(&twice, "x", ONNX_FLOAT, "3");
    onnx_node(&twice, "Relu", "x", "a");
    onnx_node(&twice, "Neg", "x", "a");
    assert_graph_refused(&twice, "m.onnx: error: value 'a' is made twice\n"
                                 "  while reading the node that makes 'a' (Neg)\n");
    onnx_node(&weight, "", "", "y");
    assert_graph_refused(&weight, "m.onnx: error: the node that makes 'y' () names no operator\n");
}

static void test_read_refuses_ends_that_do_not_fit(void **state)
{
    (void)state;
    AIS_SCOPED(ais_str) input = {0}, weight = {0}, output = {0}, none = {0}, nameless = {0};
    onnx_input(&input, "x", ONNX_FLOAT, "3");
    onnx_input(&input, "x", ONNX_FLOAT, "3");
    assert_graph_refused(&input, "m.onnx: error: input 'x' is made twice\n");
    onnx_floats(&weight, "w", "6", w, 6);
    onnx_floats(&weight, "w", "6", w, 6);
    assert_graph_refused(&weight, "m.onnx: error: initializer 'w' is made twice\n");
    add_small(&output);
    onnx_output(&output, "y", ONNX_FLOAT, "3");
    assert_graph_refused(&output, "m.onnx: error: output 'y' is listed twice\n");
    add_small(&none);
    onnx_output(&none, "z", ONNX_FLOAT, "3");
    assert_graph_refused(&none, "m.onnx: error: output 'z' is made by no node\n");
    onnx_input(&nameless, "", ONNX_FLOAT, "3");
    assert_graph_refused(&nameless, "m.onnx: error: an input has no name\n");
    AIS_SCOPED(ais_str) typed = {0};
    onnx_input(&typed, "x", 77, "3");
    assert_graph_refused(&typed,
                         "m.onnx: error: value 'x' has element type 77 (must be 1 to 22)\n");
}

/* One initializer with these sizes and this field of data. */
static void assert_tensor_refused(int type, const char *sizes, unsigned field, const char *data,
                                  size_t length, const char *expected)
{
    AIS_SCOPED(ais_str) graph = {0}, tensor = {0};
    onnx_tensor_fields(&tensor, "w", type, sizes);
    if (field > 0)
        pb_bytes(&tensor, field, data, length);
    pb_message(&graph, 5, &tensor);
    assert_graph_refused(&graph, expected);
}

static void test_read_refuses_weights_that_contradict_their_sizes(void **state)
{
    (void)state;
    assert_tensor_refused(ONNX_FLOAT, "2,3", 9, "1234", 4,
                          "m.onnx: error: tensor 'w' holds 4 bytes (must be 24, by its sizes)\n");
    assert_tensor_refused(ONNX_FLOAT, "2", 4, "1234", 4,
                          "m.onnx: error: tensor 'w' holds 1 numbers of type float (must be 2, by "
                          "its sizes)\n");
    assert_tensor_refused(ONNX_INT64, "2", 0, "", 0,
                          "m.onnx: error: tensor 'w' holds 0 numbers of type int64 (must be 2, by "
                          "its sizes)\n");
    assert_tensor_refused(ONNX_FLOAT, "18446744073709551615", 9, "", 0,
                          "m.onnx: error: tensor 'w' has the size -1 (must be 0 or more)\n");
    assert_tensor_refused(ONNX_FLOAT, "9223372036854775807,9223372036854775807", 9, "", 0,
                          "m.onnx: error: tensor 'w' has more elements than any file can hold\n");
    assert_tensor_refused(0, "2", 9, "", 0,
                          "m.onnx: error: tensor 'w' has element type 0 (must be 1 to 22)\n");
    assert_tensor_refused(ONNX_FLOAT, "2", 3, "", 0,
                          "m.onnx: error: tensor 'w' is stored in segments, which ONNX has given "
                          "up\n");
}

static void test_read_refuses_external_data_it_may_not_read(void **state)
{
    static const struct {
        const char *location, *expected;
        unsigned offset, bytes;
    } rows[] = {
        {.location = "/etc/passwd", .expected = "outside of its folder"},
        {.location = "../w.bin", .expected = "outside of its folder"},
        {.location = "none.bin", .expected = "a file that is not there"},
        {.location = "out.bin", .expected = "a link that leads out of its folder"},
        {.location = "w.bin",
         .offset = 9,
         .expected = "bytes 9 and 24 more, but the file has 32 bytes"},
        {.location = "w.bin",
         .bytes = 20,
         .expected = "tensor 'w' has 20 bytes in 'w.bin' (must be 24, by its sizes)"},
    };
    AIS_FREE char *path = ais_path_join(*state, "m.onnx");
    AIS_FREE char *weights = ais_path_join(*state, "w.bin");
    AIS_FREE char *link = ais_path_join(*state, "out.bin");
    AIS_AUTO(ais_error) err = NULL;
    assert_int_equal(ais_file_write(weights, "12345678123456781234567812345678", 32, &err), 0);
    assert_int_equal(symlink("/etc/passwd", link), 0);
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        AIS_SCOPED(ais_str) graph = {0}, bytes = {0};
        AIS_AUTO(ais_onnx_model) model = NULL;
        AIS_AUTO(ais_error) refused = NULL;
        onnx_external(&graph, "w", "2,3", rows[i].location, rows[i].offset, rows[i].bytes);
        onnx_finish(&graph, 8, &bytes);
        assert_int_equal(ais_onnx_parse(path, bytes_of(&bytes), &model, &refused), -1);
        assert_int_equal(ais_error_get_code(refused), AIS_E_INPUT);
        if (strstr(ais_error_get_message(refused), rows[i].expected) == NULL)
            fail_msg("'%s' says not '%s'", ais_error_get_message(refused), rows[i].expected);
    }
}

static void test_read_has_limits(void **state)
{
    (void)state;
    AIS_SCOPED(ais_str) graph = {0}, deep = {0}, many = {0}, tensor = {0};
    for (int i = 0; i < 40; i++) {
        AIS_SCOPED(ais_str) node = {0}, outer = {0};
        onnx_node_fields(&node, "If", "", "");
        onnx_graph_attribute(&node, "body", &graph);
        pb_message(&outer, 1, &node);
        ais_str_cut(&graph, 0);
        ais_str_add_bytes(&graph, ais_str_get(&outer), outer.length);
    }
    onnx_finish(&graph, 8, &deep);
    AIS_AUTO(ais_onnx_model) model = NULL;
    AIS_AUTO(ais_error) err = NULL;
    assert_int_equal(ais_onnx_parse("m.onnx", bytes_of(&deep), &model, &err), -1);
    assert_int_equal(ais_error_get_code(err), AIS_E_LIMIT);
    assert_non_null(strstr(ais_error_get_message(err), "graphs are nested deeper than 33"));
    ais_str_cut(&graph, 0);
    for (int i = 0; i < 256; i++)
        pb_number(&tensor, 1, 1);
    pb_number(&tensor, 2, ONNX_FLOAT);
    pb_text(&tensor, 8, "w");
    pb_bytes(&tensor, 9, w, 4);
    pb_message(&graph, 5, &tensor);
    assert_graph_refused(&graph,
                         "m.onnx: error: tensor 'w' has 256 dimensions (must be at most 255)\n");
    ais_str_cut(&graph, 0);
    for (int i = 0; i <= 1 << 20; i++)
        ais_str_add_bytes(&graph, "\x0a\x03\x22\x01N", 5); /* a node with an operator */
    onnx_finish(&graph, 8, &many);
    assert_refused(&many, "m.onnx: error: the model has more than 1048576 nodes\n");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        TEST(test_graph_has_values_in_the_promised_order),
        TEST(test_value_knows_its_declared_type),
        TEST(test_weights_stay_where_they_are),
        TEST(test_initializer_that_is_an_input_needs_no_value_of_a_run),
        TEST(test_left_out_inputs_and_outputs_are_no_values),
        TEST(test_captures_reach_through_every_depth),
        TEST(test_attributes_have_the_type_of_their_field),
        TEST(test_small_integers_are_read_however_they_are_stored),
        TEST(test_sparse_weights_are_weights),
        TEST(test_external_data_is_found_beside_the_model),
        TEST(test_read_refuses_what_is_no_model),
        TEST(test_read_refuses_old_versions_and_second_graphs),
        TEST(test_read_refuses_a_file_beyond_protobuf),
        TEST(test_read_survives_every_truncation),
        TEST(test_read_names_nodes_that_do_not_fit),
        TEST(test_read_refuses_ends_that_do_not_fit),
        TEST(test_read_refuses_weights_that_contradict_their_sizes),
        TEST(test_read_refuses_external_data_it_may_not_read),
        TEST(test_read_has_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
