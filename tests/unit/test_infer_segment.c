/* What segments in C call: where the bundle goes, and how the segment ends. */
#include "support/unit.h"

#include <string.h>

#include "aisprint/segment.h"
#include "base/file.h"
#include "infer/infer.h"
#include "support/onnx_make.h"

static float values[] = {1, -2};

typedef struct fixture {
    char *folder, *input, *output, *model;
} fixture;

static ais_component_call call_of(const fixture *f)
{
    return (ais_component_call){.input = f->input, .output = f->output};
}

static ais_bundle *make_bundle(void)
{
    ais_bundle *bundle = ais_bundle_new();
    const ais_tensor x = {.name = "x",
                          .type = AIS_FLOAT32,
                          .rank = 1,
                          .shape = {2},
                          .data = values,
                          .bytes = sizeof values};
    assert_int_equal(ais_bundle_add(bundle, &x, NULL), 0);
    assert_int_equal(ais_bundle_add_text(bundle, "note", "[1]", NULL), 0);
    return bundle;
}

static int set_up(void **state)
{
    fixture *f = ais_alloc(sizeof *f);
    f->folder = unit_folder();
    f->input = ais_path_join(f->folder, "input");
    f->output = ais_path_join(f->folder, "output");
    f->model = ais_path_join(f->folder, "model.onnx");
    AIS_SCOPED(ais_str) graph = {0};
    AIS_SCOPED(ais_str) model = {0};
    onnx_node(&graph, "Neg", "x", "y");
    onnx_input(&graph, "x", ONNX_FLOAT, "N");
    onnx_output(&graph, "y", ONNX_FLOAT, "N");
    onnx_finish(&graph, 8, &model);
    *state = f;
    return ais_file_write(f->model, ais_str_get(&model), model.length, NULL);
}

static int tear_down(void **state)
{
    fixture *f = *state;
    const int status = ais_tree_remove(f->folder, NULL);
    free(f->folder);
    free(f->input);
    free(f->output);
    free(f->model);
    free(f);
    return status;
}

static void assert_bundle(const char *path, const char *tensor, float first)
{
    AIS_AUTO(ais_bundle) bundle = NULL;
    assert_int_equal(ais_bundle_read(path, &bundle, NULL), 0);
    assert_string_equal(ais_bundle_find_text(bundle, "note"), "[1]");
    assert_true(*(const float *)ais_bundle_find(bundle, tensor)->data == first);
}

static void test_what_is_sent_lies_at_the_output(void **state)
{
    const fixture *f = *state;
    const ais_component_call call = call_of(f);
    AIS_AUTO(ais_bundle) bundle = make_bundle();
    AIS_AUTO(ais_error) err = NULL;
    assert_int_equal(ais_segment_send(&call, bundle, &err), -1);
    assert_int_equal(ais_error_get_code(err), AIS_E_GOES_ON);
    assert_bundle(f->output, "x", 1);
}

static void test_what_goes_on_past_an_exit_has_a_name_that_says_so(void **state)
{
    const fixture *f = *state;
    ais_component_call call = call_of(f);
    AIS_AUTO(ais_bundle) bundle = make_bundle();
    AIS_AUTO(ais_error) err = NULL;
    AIS_FREE char *path = ais_format("%s_NO_EARLYEXIT", f->output);
    assert_int_equal(ais_segment_pass_on(&call, bundle, &err), -1);
    assert_int_equal(ais_error_get_code(err), AIS_E_GOES_ON);
    assert_false(ais_file_exists(f->output));
    assert_bundle(path, "x", 1);
    call.output = path; /* of a platform that does not strip names: it is not appended twice */
    assert_int_equal(ais_segment_pass_on(&call, bundle, &err), -1);
    AIS_FREE char *twice = ais_format("%s_NO_EARLYEXIT", path);
    assert_false(ais_file_exists(twice));
}

static void test_a_failure_to_write_is_one(void **state)
{
    const fixture *f = *state;
    const ais_component_call call = {.input = f->input, .output = "/no/such/folder/output"};
    AIS_AUTO(ais_bundle) bundle = make_bundle();
    AIS_AUTO(ais_error) err = NULL;
    assert_int_equal(ais_segment_send(&call, bundle, &err), -1);
    assert_int_equal(ais_error_get_code(err), AIS_E_IO);
}

static void test_a_segment_between_two_cuts_reads_runs_and_writes(void **state)
{
    const fixture *f = *state;
    ais_component_call call = call_of(f);
    AIS_AUTO(ais_bundle) bundle = make_bundle();
    ais_infer_status status;
    ais_error *err = NULL;
    if (ais_infer_probe(&status, &err) < 0) {
        fprintf(stderr, "SKIPPED: no inference library: %s\n", ais_error_get_message(err));
        ais_error_free(err);
        skip();
    }
    assert_int_equal(ais_segment_pass(&call, f->model, &err), -1); /* there is no input */
    assert_int_equal(ais_error_get_code(err), AIS_E_IO);
    ais_error_free(err);
    assert_int_equal(ais_bundle_write(bundle, f->input, NULL), 0);
    assert_int_equal(ais_segment_pass(&call, f->model, NULL), 0);
    assert_bundle(f->output, "y", -1);
    call.onnx_file = f->model; /* what the call says goes before */
    assert_int_equal(ais_segment_pass(&call, "no.onnx", NULL), 0);
    AIS_AUTO(ais_bundle) read = NULL;
    assert_int_equal(ais_segment_read(&call, &read, NULL), 0);
    assert_non_null(ais_bundle_find(read, "x"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_what_is_sent_lies_at_the_output),
        TEST(test_what_goes_on_past_an_exit_has_a_name_that_says_so),
        TEST(test_a_failure_to_write_is_one),
        TEST(test_a_segment_between_two_cuts_reads_runs_and_writes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
