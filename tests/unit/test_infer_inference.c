/* load_and_inference() in C: what it runs, what it hands on, what it refuses. */
#include "support/unit.h"

#include <string.h>

#include "aisprint/inference.h"
#include "base/file.h"
#include "infer/infer.h"
#include "support/need_library.h"
#include "support/onnx_make.h"

typedef struct fixture {
    char *folder, *model;
} fixture;

/* sum = a + b, difference = a - b */
static int set_up(void **state)
{
    fixture *f = ais_alloc(sizeof *f);
    f->folder = unit_folder();
    f->model = ais_path_join(f->folder, "two.onnx");
    AIS_SCOPED(ais_str) graph = {0};
    AIS_SCOPED(ais_str) model = {0};
    onnx_node(&graph, "Add", "a,b", "sum");
    onnx_node(&graph, "Sub", "a,b", "difference");
    onnx_input(&graph, "a", ONNX_FLOAT, "N");
    onnx_input(&graph, "b", ONNX_FLOAT, "N");
    onnx_output(&graph, "sum", ONNX_FLOAT, "N");
    onnx_output(&graph, "difference", ONNX_FLOAT, "N");
    onnx_finish(&graph, 8, &model);
    *state = f;
    return ais_file_write(f->model, ais_str_get(&model), model.length, NULL);
}

static int tear_down(void **state)
{
    fixture *f = *state;
    const int status = ais_tree_remove(f->folder, NULL);
    free(f->folder);
    free(f->model);
    free(f);
    return status;
}

static float a[] = {1, 2}, b[] = {3, 5}, image[] = {7, 8, 9};

static void add(ais_bundle *bundle, const char *name, float *data, size_t count)
{
    const ais_tensor tensor = {.name = name,
                               .type = AIS_FLOAT32,
                               .rank = 1,
                               .shape = {(int64_t)count},
                               .data = data,
                               .bytes = count * sizeof *data};
    assert_int_equal(ais_bundle_add(bundle, &tensor, NULL), 0);
}

static ais_bundle *make_input(void)
{
    ais_bundle *input = ais_bundle_new();
    add(input, "b", b, AIS_COUNT(b));
    add(input, "image", image, AIS_COUNT(image));
    add(input, "a", a, AIS_COUNT(a));
    assert_int_equal(ais_bundle_add_text(input, "threshold", "0.5", NULL), 0);
    return input;
}

static void assert_floats(const ais_tensor *tensor, float first, float second)
{
    assert_non_null(tensor);
    assert_int_equal(tensor->bytes, 2 * sizeof(float));
    const float *data = tensor->data;
    assert_true(data[0] == first && data[1] == second);
}

static void test_outputs_and_what_is_no_input_are_returned(void **state)
{
    need_library();
    const fixture *f = *state;
    AIS_AUTO(ais_run) run = NULL;
    AIS_AUTO(ais_bundle) input = make_input();
    AIS_AUTO(ais_bundle) returned = NULL;
    assert_int_equal(ais_load_and_inference(f->model, input, NULL, &returned, &run, NULL), 0);
    assert_int_equal(ais_run_count_outputs(run), 2);
    assert_floats(ais_run_get_output(run, 0), 4, 7);
    assert_floats(ais_run_get_output(run, 1), -2, -3);
    assert_int_equal(ais_bundle_count(returned), 3);
    assert_floats(ais_bundle_find(returned, "sum"), 4, 7);
    assert_floats(ais_bundle_find(returned, "difference"), -2, -3);
    assert_ptr_equal(ais_bundle_find(returned, "image")->data, image);
    assert_string_equal(ais_bundle_find_text(returned, "threshold"), "0.5");
    assert_int_equal(ais_bundle_count(input), 3);
}

static void test_the_inputs_are_returned_where_keep_is_true(void **state)
{
    need_library();
    const fixture *f = *state;
    static const struct {
        const char *keep;
        bool kept;
    } table[] = {{.keep = "true", .kept = true},
                 {.keep = "1", .kept = true},
                 {.keep = "false"},
                 {.keep = "0"},
                 {.keep = "null"},
                 {.keep = "\"\""}};
    for (size_t i = 0; i < AIS_COUNT(table); i++) {
        AIS_AUTO(ais_bundle) input = make_input();
        AIS_AUTO(ais_bundle) returned = NULL;
        assert_int_equal(ais_bundle_add_text(input, "keep", table[i].keep, NULL), 0);
        assert_int_equal(ais_load_and_inference(f->model, input, NULL, &returned, NULL, NULL), 0);
        assert_int_equal(ais_bundle_find(returned, "a") != NULL, table[i].kept);
        assert_string_equal(ais_bundle_find_text(returned, "keep"), table[i].keep);
    }
}

static void test_an_output_takes_the_place_of_a_text(void **state)
{
    need_library();
    const fixture *f = *state;
    AIS_AUTO(ais_bundle) input = make_input();
    AIS_AUTO(ais_bundle) returned = NULL;
    assert_int_equal(ais_bundle_add_text(input, "sum", "1", NULL), 0);
    assert_int_equal(ais_load_and_inference(f->model, input, NULL, &returned, NULL, NULL), 0);
    assert_floats(ais_bundle_find(returned, "sum"), 4, 7);
    assert_null(ais_bundle_find_text(returned, "sum"));
}

/* The bundle of make_input(), but for `image`, from a file. */
static ais_bundle *read_input(const fixture *f)
{
    AIS_AUTO(ais_bundle) made = make_input();
    AIS_FREE char *path = ais_path_join(f->folder, "input");
    ais_bundle *input = NULL;
    assert_int_equal(ais_bundle_write(made, path, NULL), 0);
    assert_int_equal(ais_bundle_read(path, &input, NULL), 0);
    return input;
}

static void test_what_is_returned_outlives_input_and_run(void **state)
{
    need_library();
    const fixture *f = *state;
    AIS_AUTO(ais_bundle) returned = NULL;
    ais_bundle *input = read_input(f);
    ais_run *run = NULL;
    assert_int_equal(ais_load_and_inference(f->model, input, NULL, &returned, &run, NULL), 0);
    ais_run_free(run);
    ais_bundle_free(input);
    assert_floats(ais_bundle_find(returned, "sum"), 4, 7);
    assert_memory_equal(ais_bundle_find(returned, "image")->data, image, sizeof image);
}

static void test_the_run_outlives_what_is_returned(void **state)
{
    need_library();
    const fixture *f = *state;
    AIS_AUTO(ais_run) run = NULL;
    AIS_AUTO(ais_bundle) input = read_input(f);
    ais_bundle *returned = NULL;
    assert_int_equal(ais_load_and_inference(f->model, input, NULL, &returned, &run, NULL), 0);
    ais_bundle_free(returned);
    assert_floats(ais_run_get_output(run, 0), 4, 7);
    assert_memory_equal(ais_bundle_find(input, "image")->data, image, sizeof image);
}

static void test_the_result_holds_the_outputs_that_are_asked_for(void **state)
{
    need_library();
    const fixture *f = *state;
    static const char *const one[] = {"difference", NULL}, *const none[] = {NULL};
    AIS_AUTO(ais_run) run = NULL;
    AIS_AUTO(ais_bundle) input = make_input();
    AIS_AUTO(ais_bundle) returned = NULL;
    assert_int_equal(ais_load_and_inference(f->model, input, one, &returned, &run, NULL), 0);
    assert_int_equal(ais_run_count_outputs(run), 1);
    assert_floats(ais_run_get_output(run, 0), -2, -3);
    assert_null(ais_run_get_output(run, 1));
    assert_floats(ais_bundle_find(returned, "sum"), 4, 7);
    assert_null(ais_bundle_find(returned, "difference"));
    ais_run_free(run);
    run = NULL;
    assert_int_equal(ais_load_and_inference(f->model, input, none, NULL, &run, NULL), 0);
    assert_int_equal(ais_run_count_outputs(run), 0);
}

static void assert_refused(const char *model, const ais_bundle *input, const char *const *outputs,
                           const char *expected)
{
    AIS_AUTO(ais_error) err = NULL;
    ais_run *run = NULL;
    ais_bundle *returned = NULL;
    assert_int_equal(ais_load_and_inference(model, input, outputs, &returned, &run, &err), -1);
    assert_null(run);
    assert_null(returned);
    AIS_FREE char *text = unit_error(&err);
    if (strstr(text, expected) == NULL)
        fail_msg("'%s' is not in '%s'", expected, text);
}

static void test_what_is_missing_is_named(void **state)
{
    need_library();
    const fixture *f = *state;
    static const char *const unknown[] = {"sum", "product", NULL};
    AIS_AUTO(ais_bundle) input = ais_bundle_new();
    assert_refused(
        f->model, input, NULL,
        "error: the model wants 'a' ([N] float32), 'b' ([N] float32), which the bundle does not "
        "have (it has no tensors)");
    add(input, "a", a, AIS_COUNT(a));
    assert_refused(f->model, input, NULL,
                   "'b' ([N] float32), which the bundle does not have (it has 'a')");
    add(input, "b", b, AIS_COUNT(b));
    assert_refused(f->model, input, unknown,
                   "the model has no output 'product' (its outputs are 'sum', 'difference')");
    assert_refused("no/such/file.onnx", input, NULL, "no/such/file.onnx");
    assert_refused(NULL, input, NULL, "no model is given");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_outputs_and_what_is_no_input_are_returned),
        cmocka_unit_test(test_the_inputs_are_returned_where_keep_is_true),
        cmocka_unit_test(test_an_output_takes_the_place_of_a_text),
        cmocka_unit_test(test_what_is_returned_outlives_input_and_run),
        cmocka_unit_test(test_the_run_outlives_what_is_returned),
        cmocka_unit_test(test_the_result_holds_the_outputs_that_are_asked_for),
        cmocka_unit_test(test_what_is_missing_is_named),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
