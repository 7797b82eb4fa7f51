/* What was verified is remembered; what differs, or cannot be known, is not. */
#include "support/unit.h"

#include <string.h>

#include "base/file.h"
#include "base/path.h"
#include "design/proof.h"
#include "support/need_library.h"
#include "support/onnx_make.h"

typedef struct place {
    char *folder, *cache, *whole, *first, *second, *wrong;
    ais_onnx_model *model;
    ais_infer_status library;
} place;

static char *put(const place *p, const char *name, const char *const *nodes, const char *in,
                 const char *out)
{
    static const float weights[] = {1, -2, 0.5F, 3};
    AIS_SCOPED(ais_str) graph = {0}, model = {0};
    AIS_AUTO(ais_error) err = NULL;
    for (; *nodes != NULL; nodes += 3)
        onnx_node(&graph, nodes[0], nodes[1], nodes[2]);
    onnx_floats(&graph, "w", "2,2", weights, 4);
    onnx_input(&graph, in, ONNX_FLOAT, "N,2");
    onnx_output(&graph, out, ONNX_FLOAT, "N,2");
    onnx_finish(&graph, 8, &model);
    char *path = ais_path_join(p->folder, name);
    assert_int_equal(ais_file_write(path, ais_str_get(&model), model.length, &err), 0);
    return path;
}

static const char *const whole_nodes[] = {"Relu", "x", "m", "MatMul", "m,w", "y", NULL};
static const char *const first_nodes[] = {"Relu", "x", "m", NULL};
static const char *const second_nodes[] = {"MatMul", "m,w", "y", NULL};
static const char *const wrong_nodes[] = {"MatMul", "w,w", "v", "MatMul", "m,v", "y", NULL};
static const char *const dice_nodes[] = {"RandomNormalLike", "x", "y", NULL};

static int make_place(void **state)
{
    static place p;
    p = (place){.folder = unit_folder()};
    p.cache = ais_path_join(p.folder, "cache");
    p.whole = put(&p, "whole.onnx", whole_nodes, "x", "y");
    p.first = put(&p, "1.onnx", first_nodes, "x", "m");
    p.second = put(&p, "2.onnx", second_nodes, "m", "y");
    p.wrong = put(&p, "wrong.onnx", wrong_nodes, "m", "y");
    (void)!ais_infer_probe(&p.library, NULL); /* without one, need_library() ends the test */
    assert_int_equal(ais_onnx_read(p.whole, &p.model, NULL), 0);
    *state = &p;
    return 0;
}

static int remove_place(void **state)
{
    place *p = *state;
    ais_onnx_model_free(p->model);
    const int status = ais_tree_remove(p->folder, NULL);
    char *const texts[] = {p->folder, p->cache, p->whole, p->first, p->second, p->wrong};
    for (size_t i = 0; i < AIS_COUNT(texts); i++)
        free(texts[i]);
    return status;
}

typedef struct answer {
    ais__verdict verdict;
    ais_variant_proof proof;
    char why[512];
} answer;

static answer check(const place *p, const ais_onnx_model *model, const char *second, bool remembers)
{
    const char *const parts[] = {p->first, second};
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    AIS_AUTO(ais__prover)
    prover = ais__prover_new(NULL, p->cache, remembers, &p->library, model);
    answer a = {.verdict = AIS__VERDICT_UNKNOWN};
    const char *why = NULL;
    ais_error *err = NULL;
    if (ais__prover_check(prover, parts, 2, arena, &a.verdict, &a.proof, &why, &err) < 0)
        fail_msg("%s", unit_error(&err));
    snprintf(a.why, sizeof a.why, "%s", why != NULL ? why : "");
    return a;
}

static char *only_note(const place *p)
{
    AIS_SCOPED(ais_names) names = {.items = NULL};
    AIS_AUTO(ais_error) err = NULL;
    assert_int_equal(ais_dir_list(p->cache, &names, &err), 0);
    assert_int_equal(names.count, 1);
    assert_true(ais_str_starts(names.items[0], "verified-"));
    return ais_path_join(p->cache, names.items[0]);
}

static void what_is_equal_is_remembered(void **state)
{
    const place *p = *state;
    need_library();
    const answer first = check(p, p->model, p->second, true);
    const answer again = check(p, p->model, p->second, true);
    assert_int_equal(first.verdict, AIS__VERDICT_EQUAL);
    assert_true(first.proof.verified);
    assert_false(first.proof.remembered);
    assert_int_equal(again.verdict, AIS__VERDICT_EQUAL);
    assert_true(again.proof.remembered);
    assert_true(first.proof.absolute == again.proof.absolute);
    free(only_note(p));
}

static void a_broken_note_is_made_anew(void **state)
{
    const place *p = *state;
    need_library();
    check(p, p->model, p->second, true);
    AIS_FREE char *note = only_note(p);
    assert_int_equal(ais_file_write(note, "what?", 5, NULL), 0);
    assert_false(check(p, p->model, p->second, true).proof.remembered);
    assert_true(check(p, p->model, p->second, true).proof.remembered);
}

static void a_changed_part_is_verified_anew(void **state)
{
    const place *p = *state;
    need_library();
    check(p, p->model, p->second, true);
    free(put(p, "2.onnx", wrong_nodes, "m", "y"));
    assert_int_equal(check(p, p->model, p->second, true).verdict, AIS__VERDICT_DIFFERENT);
}

static void what_differs_is_told_each_time(void **state)
{
    const place *p = *state;
    need_library();
    for (size_t i = 0; i < 2; i++) {
        const answer a = check(p, p->model, p->wrong, true);
        assert_int_equal(a.verdict, AIS__VERDICT_DIFFERENT);
        assert_true(ais_str_starts(a.why, "output 'y' is "));
        assert_non_null(strstr(a.why, "; the largest difference is "));
    }
    assert_false(ais_dir_exists(p->cache));
}

static void a_dry_run_remembers_nothing(void **state)
{
    const place *p = *state;
    need_library();
    assert_int_equal(check(p, p->model, p->second, false).verdict, AIS__VERDICT_EQUAL);
    assert_false(ais_dir_exists(p->cache));
}

static void what_cannot_be_known_is_no_difference(void **state)
{
    const place *p = *state;
    need_library();
    AIS_AUTO(ais_onnx_model) model = NULL;
    AIS_FREE char *dice = put(p, "dice.onnx", dice_nodes, "x", "y");
    assert_int_equal(ais_onnx_read(dice, &model, NULL), 0);
    const answer a = check(p, model, p->second, true);
    assert_int_equal(a.verdict, AIS__VERDICT_UNKNOWN);
    assert_false(a.proof.verified);
    assert_non_null(strstr(a.why, "random operator"));
    /* the whole is gone: nothing can be run */
    assert_int_equal(ais_tree_remove(p->whole, NULL), 0);
    const answer b = check(p, p->model, p->wrong, true);
    assert_int_equal(b.verdict, AIS__VERDICT_UNKNOWN);
    assert_non_null(strstr(b.why, "cannot open the model"));
    assert_false(ais_dir_exists(p->cache));
}

static void a_part_that_cannot_be_run_is_an_error(void **state)
{
    const place *p = *state;
    need_library();
    const char *const parts[] = {p->second};
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    AIS_AUTO(ais__prover) prover = ais__prover_new(NULL, p->cache, true, &p->library, p->model);
    ais__verdict verdict = AIS__VERDICT_EQUAL;
    ais_variant_proof proof;
    const char *why = NULL;
    ais_error *err = NULL;
    assert_int_equal(ais__prover_check(prover, parts, 1, arena, &verdict, &proof, &why, &err), -1);
    assert_int_equal(ais_error_get_code(err), AIS_E_INPUT);
    ais_error_free(err);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_place, remove_place)
    const struct CMUnitTest tests[] = {
        TEST(what_is_equal_is_remembered),           TEST(a_broken_note_is_made_anew),
        TEST(a_changed_part_is_verified_anew),       TEST(what_differs_is_told_each_time),
        TEST(a_dry_run_remembers_nothing),           TEST(what_cannot_be_known_is_no_difference),
        TEST(a_part_that_cannot_be_run_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
