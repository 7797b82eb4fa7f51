/* Fitted models: what they answer, and what is refused. */
#include "support/unit.h"

#include <math.h>
#include <string.h>

#include "base/file.h"
#include "perf/perf_priv.h"

typedef struct read_model {
    ais_arena *arena;
    ais_diags *diags;
    const ais_predictor *predictor;
} read_model;

/* Read a model from JSON; NULL and faults when it is none. */
static read_model read(const char *json, const char *dir)
{
    read_model r = {.arena = ais_arena_new(), .diags = ais_diags_new()};
    AIS_AUTO(ais_doc) doc = NULL;
    assert_int_equal(ais_doc_parse("m.json", json, strlen(json), AIS_DOC_JSON, r.diags, &doc), 0);
    r.predictor = ais_predictor_read(ais_doc_root(doc), dir, r.arena, r.diags);
    return r;
}

static void end(read_model *r)
{
    ais_diags_free(r->diags);
    ais_arena_free(r->arena);
}

static double ask(const read_model *r, double cores, double rate_rps)
{
    assert_non_null(r->predictor);
    const ais_predictor_input input = {.cores = cores, .rate_rps = rate_rps};
    return r->predictor->predict(r->predictor, &input);
}

static void assert_refused(const char *json, const char *dir, const char *expected)
{
    read_model r = read(json, dir);
    AIS_FREE char *faults = unit_faults(r.diags);
    assert_null(r.predictor);
    assert_string_equal(faults, expected);
    end(&r);
}

static void test_linear_models_sum_terms(void **unused)
{
    (void)unused;
    read_model r = read("{\"kind\": \"linear\", \"intercept\": 0.5, \"terms\": ["
                        "{\"coefficient\": 2, \"cores\": -1}, "
                        "{\"coefficient\": 0.25, \"log_cores\": 1, \"rate\": 2}, "
                        "{\"coefficient\": -0.125, \"log_rate\": 1}]}",
                        ".");
    assert_string_equal(r.predictor->kind, "linear");
    assert_near(ask(&r, 4, 3), 0.5 + 2 / 4.0 + 0.25 * log(4) * 9 - 0.125 * log(3), 1e-12);
    assert_near(ask(&r, 1, 1), 2.5, 1e-12);
    end(&r);
    r = read("{\"kind\": \"linear\", \"terms\": [{\"coefficient\": 2}]}", ".");
    assert_near(ask(&r, 1, 1), 2, 0);
    end(&r);
}

static void test_tables_are_bilinear(void **unused)
{
    (void)unused;
    read_model r = read("{\"kind\": \"table\", \"cores\": [1, 2, 4], \"rate\": [1, 3], "
                        "\"response_s\": [[8, 16], [4, 6], [1, 2]]}",
                        ".");
    assert_near(ask(&r, 1, 1), 8, 0);
    assert_near(ask(&r, 4, 3), 2, 0);
    assert_near(ask(&r, 1, 2), 12, 1e-12);
    assert_near(ask(&r, 3, 1), 2.5, 1e-12);
    assert_near(ask(&r, 3, 2), (5 + 1.5) / 2, 1e-12);
    assert_near(ask(&r, 1.5, 1.5), (10 + 4.5) / 2, 1e-12);
    assert_true(isnan(ask(&r, 0.9, 1)));
    assert_true(isnan(ask(&r, 4.1, 1)));
    assert_true(isnan(ask(&r, 2, 0.9)));
    assert_true(isnan(ask(&r, 2, 3.1)));
    end(&r);
    r = read("{\"kind\": \"table\", \"cores\": [2], \"rate\": [1], \"response_s\": [[3]]}", ".");
    assert_near(ask(&r, 2, 1), 3, 0);
    assert_true(isnan(ask(&r, 2, 2)));
    end(&r);
}

static void test_models_are_read_from_files(void **unused)
{
    static const char text[] = "{\"kind\": \"linear\", \"terms\": [{\"coefficient\": 7}]}";
    AIS_FREE char *dir = unit_folder();
    AIS_FREE char *path = ais_path_join(dir, "h1.json");
    AIS_AUTO(ais_error) err = NULL;
    (void)unused;
    assert_int_equal(ais_file_write(path, text, strlen(text), &err), 0);
    read_model r = read("\"h1.json\"", dir);
    assert_near(ask(&r, 1, 1), 7, 0);
    end(&r);
    assert_int_equal(ais_file_write(path, "[]", 2, &err), 0);
    AIS_FREE char *expected = ais_format("%s:1:1: error: a fitted model is a list (must be a map "
                                         "{\"kind\": ...})\n",
                                         path);
    assert_refused("\"h1.json\"", dir, expected);
    assert_int_equal(ais_tree_remove(dir, &err), 0);
}

static void test_pickles_are_never_read(void **unused)
{
    static const char pickle[] = "\x80\x04K\x01.";
    static const char hint[] = "(pickles are never read: fit the measurements again and give the "
                               "JSON that is written)\n";
    AIS_FREE char *dir = unit_folder();
    AIS_FREE char *path = ais_path_join(dir, "model");
    AIS_FREE char *named = ais_format("m.json:1:1: error: 'LR.pickle' is a pickle %s", hint);
    AIS_FREE char *seen = ais_format("m.json:1:1: error: 'model' is a pickle %s", hint);
    AIS_AUTO(ais_error) err = NULL;
    (void)unused;
    assert_refused("\"LR.pickle\"", dir, named);
    assert_int_equal(ais_file_write(path, pickle, strlen(pickle), &err), 0);
    assert_refused("\"model\"", dir, seen);
    assert_int_equal(ais_tree_remove(dir, &err), 0);
}

static void test_wrong_models_are_refused(void **unused)
{
    (void)unused;
    assert_refused("7", ".",
                   "m.json:1:1: error: a fitted model is an integer (must be a map {\"kind\": "
                   "...} or the name of a JSON file with one)\n");
    assert_refused("{\"kind\": \"table\", \"cores\": [2, 1], \"rate\": [1], "
                   "\"response_s\": [[3], [3]]}",
                   ".", "m.json:1:32: error: 1 follows on 2 (points must ascend)\n");
    assert_refused("{\"kind\": \"table\", \"cores\": [1, 2], \"rate\": [1], "
                   "\"response_s\": [[3]]}",
                   ".",
                   "m.json:1:63: error: there are 1 rows (must be 2, one for each of 'cores')\n");
    assert_refused("{\"kind\": \"table\", \"cores\": [1], \"rate\": [1], "
                   "\"response_s\": [[3, 4]]}",
                   ".",
                   "m.json:1:61: error: there are 2 times (must be 1, one for each of 'rate')\n");
}

static void assert_fault_begins(const char *json, const char *expected)
{
    read_model r = read(json, ".");
    AIS_FREE char *faults = unit_faults(r.diags);
    assert_null(r.predictor);
    if (strncmp(faults, expected, strlen(expected)) != 0)
        print_error("%s", faults);
    assert_true(strncmp(faults, expected, strlen(expected)) == 0);
    end(&r);
}

static void test_kinds_and_values_are_checked(void **unused)
{
    (void)unused;
    assert_fault_begins("{\"kind\": \"liner\", \"terms\": []}", "m.json:1:10: error: ");
    assert_fault_begins("{\"kind\": [1]}", "m.json:1:10: error: ");
    assert_fault_begins("{\"terms\": []}", "m.json:1:1: error: 'kind' is missing");
    assert_fault_begins("{\"kind\": \"linear\", \"terms\": [{\"cores\": 1}]}",
                        "m.json:1:30: error: 'coefficient' is missing");
    assert_fault_begins("{\"kind\": \"table\", \"cores\": [1], \"rate\": [0], "
                        "\"response_s\": [[1]]}",
                        "m.json:1:42: error: element 1 of 'rate' is 0 (must be above 0)");
    assert_fault_begins("\"there-is-no-such.json\"", "m.json:1:1: error: ");
}

/* Against the distribution function itself. */
static void test_normal_quantiles(void **unused)
{
    (void)unused;
    for (double q = 1e-12; q < 1; q += 0.000997) {
        const double z = ais__normal_quantile(q);
        assert_near(erfc(-z / sqrt(2)) / 2 / q, 1, 1e-12);
    }
    for (double q = 1e-300; q < 0.1; q *= 10)
        assert_near(erfc(-ais__normal_quantile(q) / sqrt(2)) / 2 / q, 1, 1e-12);
    assert_near(ais__normal_quantile(0.5), 0, 0);
    assert_near(ais__normal_quantile(0.975), 1.959963984540054, 1e-14);
    assert_near(ais__normal_quantile(0.95), -ais__normal_quantile(0.05), 1e-14);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_linear_models_sum_terms),
        cmocka_unit_test(test_tables_are_bilinear),
        cmocka_unit_test(test_models_are_read_from_files),
        cmocka_unit_test(test_pickles_are_never_read),
        cmocka_unit_test(test_wrong_models_are_refused),
        cmocka_unit_test(test_kinds_and_values_are_checked),
        cmocka_unit_test(test_normal_quantiles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
