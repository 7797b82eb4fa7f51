/* Real models against figures that others measured: only with AISPRINT_TEST_DATA. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "infer/infer.h"

/* Path of a file below studio/, or skip loudly. Ownership: the caller frees. */
static char *need_data(const char *name)
{
    const char *root = getenv("AISPRINT_TEST_DATA");
    ais_infer_status status;
    ais_error *err = NULL;
    if (root == NULL) {
        fprintf(stderr, "SKIPPED: AISPRINT_TEST_DATA is not set\n");
        skip();
    }
    if (ais_infer_probe(&status, &err) < 0) {
        fprintf(stderr, "SKIPPED: no inference library: %s\n", ais_error_get_message(err));
        ais_error_free(err); /* skip() does not return */
        skip();
    }
    return ais_format("%s/studio/%s", root, name);
}

static ais_session *open_model(const char *path)
{
    AIS_AUTO(ais_error) err = NULL;
    ais_session *session = NULL;
    if (ais_session_open(path, NULL, &session, &err) < 0)
        fail_msg("%s: %s", path, ais_error_get_message(err));
    return session;
}

/* x[i] = ((i*7919+12345) mod 1000)/1000 - 0.5 in the first input, zeros in the others (the peer's
 * older cuts list weights that nothing uses); open sizes 1. Ownership: the caller frees data. */
static ais_tensor make_input(const ais_tensor_info *info, bool first)
{
    ais_tensor x = {.type = info->type, .rank = info->rank};
    for (size_t i = 0; i < info->rank; i++)
        x.shape[i] = info->shape[i] < 0 ? 1 : info->shape[i];
    const size_t count = (size_t)ais_tensor_count(x.rank, x.shape);
    x.bytes = count * ais_tensor_type_size(x.type);
    x.data = ais_alloc(x.bytes);
    for (size_t i = 0; i < count && first; i++)
        ((float *)x.data)[i] = (float)((double)((i * 7919 + 12345) % 1000) / 1000.0 - 0.5);
    return x;
}

static ais_run *run_model(ais_session *session, const ais_tensor *inputs, size_t count)
{
    AIS_AUTO(ais_error) err = NULL;
    ais_run *run = NULL;
    if (ais_session_run(session, inputs, count, &run, &err) < 0)
        fail_msg("%s", ais_error_get_message(err));
    return run;
}

static ais_run *run_on_pattern(ais_session *session)
{
    const size_t count = ais_session_count_inputs(session);
    AIS_FREE ais_tensor *inputs = ais_alloc(count * sizeof *inputs);
    for (size_t i = 0; i < count; i++)
        inputs[i] = make_input(ais_session_get_input(session, i), i == 0);
    ais_run *run = run_model(session, inputs, count);
    for (size_t i = 0; i < count; i++)
        free(inputs[i].data);
    return run;
}

static double sum(const ais_tensor *t)
{
    double total = 0;
    for (size_t i = 0; i < t->bytes / sizeof(float); i++)
        total += (double)((const float *)t->data)[i];
    return total;
}

static void assert_floats(const ais_tensor *t, const double *expected, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_float_equal(((const float *)t->data)[i], expected[i], 1.1e-6);
}

static void test_filter_cnn_gives_the_known_figures(void **state)
{
    (void)state;
    static const double expected[] = {0.300403, 0.699597};
    AIS_FREE char *path = need_data("onnx/filter_cnn.onnx");
    AIS_SESSION session = open_model(path);
    AIS_AUTO(ais_run) run = run_on_pattern(session);
    assert_floats(ais_run_get_output(run, 0), expected, AIS_COUNT(expected));
}

static void test_classifier_tiny_gives_the_known_figures(void **state)
{
    (void)state;
    static const double expected[] = {0.005069, 0.000002, 0.000127, 0, 0.994802, 0};
    AIS_FREE char *path = need_data("onnx/classifier_tiny.onnx");
    AIS_SESSION session = open_model(path);
    AIS_AUTO(ais_run) run = run_on_pattern(session);
    assert_floats(ais_run_get_output(run, 0), expected, AIS_COUNT(expected));
}

static void test_rfb_gives_the_known_figures(void **state)
{
    (void)state;
    static const double scores[] = {0.912175, 0.087825, 0.912214, 0.087787};
    static const double box[] = {-0.000316, 0.002285, 0.012941, 0.021801};
    AIS_FREE char *path = need_data("onnx/version-RFB-640.onnx");
    AIS_SESSION session = open_model(path);
    AIS_AUTO(ais_run) run = run_on_pattern(session);
    const ais_tensor *s = ais_run_get_output(run, 0), *b = ais_run_get_output(run, 1);
    assert_string_equal(s->name, "scores");
    assert_float_equal(sum(s), 17640.0001, 1e-2);
    assert_float_equal(sum(b), 35289.7986, 1e-2);
    assert_floats(s, scores, AIS_COUNT(scores));
    assert_floats(b, box, AIS_COUNT(box));
}

/* Outputs of the first part, by name, as inputs of the second. */
static ais_run *chain(ais_session *second, const ais_run *first)
{
    ais_tensor inputs[8] = {{.name = NULL}};
    const size_t count = ais_session_count_inputs(second);
    assert_in_range(count, 1, AIS_COUNT(inputs));
    for (size_t i = 0; i < ais_run_count_outputs(first); i++) {
        const int at = ais_session_find_input(second, ais_run_get_output(first, i)->name);
        if (at >= 0)
            inputs[at] = *ais_run_get_output(first, i);
    }
    return run_model(second, inputs, count);
}

static void assert_close(const ais_run *a, const ais_run *b, double tolerance)
{
    assert_int_equal(ais_run_count_outputs(a), ais_run_count_outputs(b));
    for (size_t i = 0; i < ais_run_count_outputs(a); i++) {
        const ais_tensor *x = ais_run_get_output(a, i), *y = ais_run_get_output(b, i);
        assert_int_equal(x->bytes, y->bytes);
        for (size_t j = 0; j < x->bytes / sizeof(float); j++)
            assert_float_equal(((const float *)x->data)[j], ((const float *)y->data)[j],
                               (float)tolerance);
    }
}

static void check_partition(const char *whole_path, const char *folder)
{
    AIS_AUTO(ais_error) err = NULL;
    AIS_SCOPED(ais_names) parts = {.count = 0};
    assert_int_equal(ais_dir_list(folder, &parts, &err), 0);
    assert_int_equal(parts.count, 2);
    AIS_FREE char *first_path = ais_path_join(folder, parts.items[0]);
    AIS_FREE char *second_path = ais_path_join(folder, parts.items[1]);
    AIS_SESSION whole = open_model(whole_path);
    AIS_SESSION first = open_model(first_path);
    AIS_SESSION second = open_model(second_path);
    AIS_AUTO(ais_run) expected = run_on_pattern(whole);
    AIS_AUTO(ais_run) half = run_on_pattern(first);
    AIS_AUTO(ais_run) result = chain(second, half);
    assert_close(result, expected, 1e-6);
    if (ais_str_equal(ais_path_base(folder), "266"))
        assert_float_equal(sum(ais_run_get_output(half, 0)), 6598.3689, 1e-2);
}

static void test_partitions_in_a_row_equal_the_whole(void **state)
{
    (void)state;
    AIS_AUTO(ais_error) err = NULL;
    AIS_SCOPED(ais_names) names = {.count = 0};
    AIS_FREE char *whole = need_data("onnx/version-RFB-640.onnx");
    AIS_FREE char *folder = need_data("golden-partitions");
    assert_int_equal(ais_dir_list(folder, &names, &err), 0);
    size_t checked = 0;
    for (size_t i = 0; i < names.count; i++, checked++) {
        AIS_FREE char *cut = ais_path_join(folder, names.items[i]);
        check_partition(whole, cut);
    }
    assert_in_range(checked, 3, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_filter_cnn_gives_the_known_figures),
        cmocka_unit_test(test_classifier_tiny_gives_the_known_figures),
        cmocka_unit_test(test_rfb_gives_the_known_figures),
        cmocka_unit_test(test_partitions_in_a_row_equal_the_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
