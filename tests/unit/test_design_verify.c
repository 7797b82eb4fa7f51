/* A chain of models against the whole one: what is equal, what is not, what cannot be run. */
#include "support/unit.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/path.h"
#include "design/difference.h"
#include "design/verify.h"
#include "infer/sample.h"
#include "support/need_library.h"
#include "support/onnx_make.h"

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

/* ---- models ---- */

static const float steps[] = {1, -2, 0.5F, 3}, halves[] = {0.25F, -0.5F};

/* One node, its two-number and 2x2 weights where it reads them. */
typedef struct row {
    const char *op, *inputs, *outputs;
} row;

static char *put(void **state, const char *name, const row *rows, const char *inputs,
                 const char *outputs, const char *shape)
{
    AIS_SCOPED(ais_str) graph = {0}, model = {0};
    AIS_AUTO(ais_error) err = NULL;
    for (; rows->op != NULL; rows++)
        onnx_node(&graph, rows->op, rows->inputs, rows->outputs);
    onnx_floats(&graph, "w", "2,2", steps, 4);
    onnx_floats(&graph, "b", "2", halves, 2);
    AIS_FREE char *in = ais_strdup(inputs), *out = ais_strdup(outputs);
    char *rest = in;
    for (char *word = strsep(&rest, ","); word != NULL && *word != '\0'; word = strsep(&rest, ","))
        onnx_input(&graph, word, ONNX_FLOAT, shape);
    rest = out;
    for (char *word = strsep(&rest, ","); word != NULL; word = strsep(&rest, ","))
        onnx_output(&graph, word, ONNX_FLOAT, shape);
    onnx_finish(&graph, 8, &model);
    char *path = ais_path_join(*state, name);
    assert_int_equal(ais_file_write(path, ais_str_get(&model), model.length, &err), 0);
    return path;
}

/* x -> Relu -> m -> MatMul w -> n -> Add b -> y, with the exit e behind m */
static const row whole_rows[] = {{"Relu", "x", "m"},
                                 {"Neg", "m", "e"},
                                 {"MatMul", "m,w", "n"},
                                 {"Add", "n,b", "y"},
                                 {NULL, NULL, NULL}};
static const row first_rows[] = {{"Relu", "x", "m"}, {"Neg", "m", "e"}, {NULL, NULL, NULL}};
static const row second_rows[] = {{"MatMul", "m,w", "n"}, {"Add", "n,b", "y"}, {NULL, NULL, NULL}};
static const row wrong_rows[] = {{"MatMul", "m,w", "n"}, {"Sub", "n,b", "y"}, {NULL, NULL, NULL}};

static ais_verify_result *verify(const char *whole, const char *const *parts, size_t count)
{
    const ais_verify_options options = ais_verify_defaults();
    AIS_AUTO(ais_verifier) verifier = NULL;
    ais_verify_result *result = NULL;
    ais_error *err = NULL;
    if (ais_verifier_new(whole, &options, &verifier, &err) < 0 ||
        ais_verifier_check(verifier, parts, count, &result, &err) < 0)
        fail_msg("%s", unit_error(&err));
    return result;
}

static void assert_refused(const char *whole, const char *const *parts, size_t count,
                           const ais_verify_options *options, const char *text)
{
    const ais_verify_options defaults = ais_verify_defaults();
    AIS_AUTO(ais_verifier) verifier = NULL;
    AIS_AUTO(ais_verify_result) result = NULL;
    ais_error *err = NULL;
    int status = ais_verifier_new(whole, options != NULL ? options : &defaults, &verifier, &err);
    if (status == 0)
        status = ais_verifier_check(verifier, parts, count, &result, &err);
    assert_int_equal(status, -1);
    assert_null(result);
    assert_int_equal(ais_error_get_code(err), AIS_E_INPUT);
    AIS_FREE char *said = unit_error(&err);
    if (strstr(said, text) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", said, text);
}

/* ---- samples ---- */

static ais_sample *sample_of(void **state, int type, const char *shape, size_t i, bool edge)
{
    AIS_AUTO(ais_error) err = NULL;
    AIS_SCOPED(ais_str) graph = {0}, model = {0};
    AIS_FREE char *path = ais_path_join(*state, "identity.onnx");
    onnx_node(&graph, "Identity", "x", "y");
    onnx_input(&graph, "x", type, shape);
    onnx_output(&graph, "y", type, shape);
    onnx_finish(&graph, 8, &model);
    assert_int_equal(ais_file_write(path, ais_str_get(&model), model.length, &err), 0);
    AIS_SESSION session = NULL;
    AIS_AUTO(ais_sampler) sampler = NULL;
    const ais_sample_options options = {.seed = 7};
    if (ais_session_open(path, NULL, &session, &err) < 0 ||
        ais_sampler_new(session, &options, &sampler, &err) < 0)
        fail_msg("%s", unit_error(&err));
    ais_sample *sample = edge ? ais_sampler_edge(sampler, i) : ais_sampler_random(sampler, i);
    sample->inputs[0].name = NULL; /* the session's */
    return sample;
}

/* ---- tests ---- */

static void parts_of_a_model_give_what_it_gives(void **state)
{
    need_library();
    AIS_FREE char *whole = put(state, "w.onnx", whole_rows, "x", "e,y", "N,2");
    AIS_FREE char *first = put(state, "1.onnx", first_rows, "x", "m,e", "N,2");
    AIS_FREE char *second = put(state, "2.onnx", second_rows, "m", "y", "N,2");
    const char *const parts[] = {first, second};
    AIS_AUTO(ais_verify_result) result = verify(whole, parts, 2);
    assert_true(result->equal);
    assert_null(result->fault);
    assert_int_equal(result->output_count, 2);
    assert_string_equal(result->outputs[0].name, "e");
    assert_int_equal(result->inputs, AIS_SAMPLE_EDGES + 5);
    assert_int_equal(result->refused, 0);
    assert_true(result->absolute < 1e-5);
    assert_true(result->whole_s > 0 && result->chain_s > 0 && isfinite(result->chain_s));
}

static void a_wrong_part_is_told_with_output_place_and_inputs(void **state)
{
    need_library();
    AIS_FREE char *whole = put(state, "w.onnx", whole_rows, "x", "e,y", "N,2");
    AIS_FREE char *first = put(state, "1.onnx", first_rows, "x", "m,e", "N,2");
    AIS_FREE char *second = put(state, "2.onnx", wrong_rows, "m", "y", "N,2");
    const char *const parts[] = {first, second};
    AIS_AUTO(ais_verify_result) result = verify(whole, parts, 2);
    assert_false(result->equal);
    assert_false(result->unsteady);
    assert_null(result->outputs[0].fault);
    assert_string_equal(result->outputs[1].fault, result->fault);
    assert_true(ais_str_starts(result->fault, "output 'y' is "));
    assert_non_null(strstr(result->fault, " at [0,0], not "));
    assert_true(ais_str_ends(result->fault, ": 2 of 2 elements differ (inputs: random 1)"));
    assert_true(fabs(result->absolute - 1) < 1e-4); /* 2 * 0.5 */
    assert_true(fabs(result->outputs[0].absolute) < 1e-9);
}

static void tolerances_are_the_callers(void **state)
{
    need_library();
    AIS_FREE char *whole = put(state, "w.onnx", whole_rows, "x", "e,y", "N,2");
    AIS_FREE char *first = put(state, "1.onnx", first_rows, "x", "m,e", "N,2");
    AIS_FREE char *second = put(state, "2.onnx", wrong_rows, "m", "y", "N,2");
    const char *const parts[] = {first, second};
    ais_verify_options options = ais_verify_defaults();
    options.atol = 1.01;
    AIS_AUTO(ais_verifier) verifier = NULL;
    AIS_AUTO(ais_verify_result) result = NULL;
    AIS_AUTO(ais_error) err = NULL;
    assert_int_equal(ais_verifier_new(whole, &options, &verifier, &err), 0);
    assert_int_equal(ais_verifier_check(verifier, parts, 2, &result, &err), 0);
    assert_true(result->equal);
}

static void parts_in_the_wrong_order_are_refused(void **state)
{
    need_library();
    AIS_FREE char *whole = put(state, "w.onnx", whole_rows, "x", "e,y", "N,2");
    AIS_FREE char *first = put(state, "1.onnx", first_rows, "x", "m,e", "N,2");
    AIS_FREE char *second = put(state, "2.onnx", second_rows, "m", "y", "N,2");
    const char *const swapped[] = {second, first}, *const short_one[] = {first};
    assert_refused(whole, swapped, 2, NULL,
                   "2.onnx: error: 'm' is an input of this part, but neither one of");
    assert_refused(whole, swapped, 2, NULL, "give the parts in the order of the chain");
    assert_refused(whole, short_one, 1, NULL, "no part gives the output 'y'");
}

/* onnx 1.x before 1.8 wrote such parts */
static void weights_among_the_inputs_of_a_part_are_those_of_the_whole(void **state)
{
    need_library();
    AIS_AUTO(ais_error) err = NULL;
    AIS_SCOPED(ais_str) graph = {0}, model = {0};
    AIS_FREE char *whole = put(state, "w.onnx", whole_rows, "x", "e,y", "N,2");
    AIS_FREE char *first = put(state, "1.onnx", first_rows, "x", "m,e", "N,2");
    AIS_FREE char *second = ais_path_join(*state, "2.onnx");
    onnx_node(&graph, "MatMul", "m,w", "n");
    onnx_node(&graph, "Add", "n,b", "y");
    onnx_input(&graph, "m", ONNX_FLOAT, "N,2");
    onnx_input(&graph, "b", ONNX_FLOAT, "2");
    onnx_input(&graph, "w", ONNX_FLOAT, "2,2");
    onnx_output(&graph, "y", ONNX_FLOAT, "N,2");
    onnx_finish(&graph, 8, &model);
    assert_int_equal(ais_file_write(second, ais_str_get(&model), model.length, &err), 0);
    const char *const parts[] = {first, second};
    AIS_AUTO(ais_verify_result) result = verify(whole, parts, 2);
    assert_true(result->equal);
}

static void a_part_that_is_no_model_is_refused(void **state)
{
    need_library();
    AIS_AUTO(ais_error) err = NULL;
    AIS_FREE char *whole = put(state, "w.onnx", whole_rows, "x", "e,y", "N,2");
    AIS_FREE char *broken = ais_path_join(*state, "broken.onnx");
    const char *const parts[] = {broken};
    assert_int_equal(ais_file_write(broken, "\xff\xff", 2, &err), 0);
    assert_refused(whole, parts, 1, NULL, "broken.onnx");
    assert_refused(broken, parts, 1, NULL, "broken.onnx");
}

static void not_a_number_is_equal_in_place_only(void **state)
{
    need_library();
    static const row logs[] = {{"Log", "x", "y"}, {NULL, NULL, NULL}};
    static const row safe[] = {{"Abs", "x", "a"}, {"Log", "a", "y"}, {NULL, NULL, NULL}};
    AIS_FREE char *whole = put(state, "w.onnx", logs, "x", "y", "2,2");
    AIS_FREE char *same = put(state, "1.onnx", logs, "x", "y", "2,2");
    AIS_FREE char *other = put(state, "2.onnx", safe, "x", "y", "2,2");
    const char *const equal[] = {same}, *const different[] = {other};
    AIS_AUTO(ais_verify_result) a = verify(whole, equal, 1);
    assert_true(a->equal);
    AIS_AUTO(ais_verify_result) b = verify(whole, different, 1);
    assert_false(b->equal);
    assert_true(isinf(b->absolute));
    assert_non_null(strstr(b->fault, "not nan"));
}

static void another_shape_is_a_difference(void **state)
{
    need_library();
    static const row keep[] = {{"Identity", "x", "y"}, {NULL, NULL, NULL}};
    static const row turn[] = {{"Transpose", "x", "y"}, {NULL, NULL, NULL}};
    AIS_FREE char *whole = put(state, "w.onnx", keep, "x", "y", "1,2");
    AIS_FREE char *part = put(state, "1.onnx", turn, "x", "y", "A,B");
    const char *const parts[] = {part};
    AIS_AUTO(ais_verify_result) result = verify(whole, parts, 1);
    assert_false(result->equal);
    assert_string_equal(result->fault,
                        "output 'y' is float32[2,1], not float32[1,2] (inputs: random 1)");
}

static void a_part_that_fails_where_the_whole_runs_is_a_difference(void **state)
{
    need_library();
    static const row keep[] = {{"Identity", "x", "y"}, {NULL, NULL, NULL}};
    static const row add[] = {{"Add", "x,b", "y"}, {NULL, NULL, NULL}};
    AIS_FREE char *whole = put(state, "w.onnx", keep, "x", "y", "1,3");
    AIS_FREE char *part = put(state, "1.onnx", add, "x", "y", "A,B");
    const char *const parts[] = {part};
    AIS_AUTO(ais_verify_result) result = verify(whole, parts, 1);
    assert_false(result->equal);
    assert_true(ais_str_starts(result->fault, "part 1 fails where the whole runs: "));
}

static void a_model_that_throws_dice_is_told_apart(void **state)
{
    need_library();
    static const row dice[] = {{"RandomNormalLike", "x", "y"}, {NULL, NULL, NULL}};
    AIS_FREE char *whole = put(state, "w.onnx", dice, "x", "y", "4,4");
    AIS_FREE char *part = put(state, "1.onnx", dice, "x", "y", "4,4");
    const char *const parts[] = {part};
    AIS_AUTO(ais_verify_result) result = verify(whole, parts, 1);
    assert_false(result->equal);
    assert_true(result->unsteady);
}

static void a_model_without_inputs_is_run_once(void **state)
{
    need_library();
    static const row rows[] = {{"MatMul", "b,w", "y"}, {NULL, NULL, NULL}};
    AIS_FREE char *whole = put(state, "w.onnx", rows, "", "y", "2");
    const char *const parts[] = {whole};
    AIS_AUTO(ais_verify_result) result = verify(whole, parts, 1);
    assert_true(result->equal);
    assert_int_equal(result->inputs, 1);
}

static void sizes_are_the_users_or_found(void **state)
{
    need_library();
    static const row rows[] = {{"MatMul", "x,w", "y"}, {NULL, NULL, NULL}};
    AIS_FREE char *whole = put(state, "w.onnx", rows, "x", "y", "batch,wide");
    const char *const parts[] = {whole};
    AIS_AUTO(ais_verify_result) found = verify(whole, parts, 1); /* wide must be 2: 1 is refused */
    assert_true(found->equal);
    const ais_onnx_size sizes[] = {{.symbol = "wide", .size = 3}}, typo = {.symbol = "batsh"};
    ais_verify_options options = ais_verify_defaults();
    options.sizes = sizes;
    options.size_count = 1;
    assert_refused(whole, parts, 1, &options, "give sizes that it accepts: --dim NAME=N");
    options.sizes = &typo;
    assert_refused(whole, parts, 1, &options,
                   "no input has an open size 'batsh' (did you mean 'batch'?)");
}

static void inputs_of_any_shape_and_indices_are_found(void **state)
{
    need_library();
    AIS_AUTO(ais_error) err = NULL;
    AIS_SCOPED(ais_str) graph = {0}, model = {0};
    AIS_FREE char *path = ais_path_join(*state, "gather.onnx");
    onnx_node(&graph, "Gather", "w,i", "g");
    onnx_node(&graph, "MatMul", "x,w", "h");
    onnx_node(&graph, "Add", "g,h", "y");
    onnx_floats(&graph, "w", "2,2", steps, 4);
    onnx_input(&graph, "i", ONNX_INT64, "K"); /* 0 or 1 */
    onnx_input(&graph, "x", ONNX_FLOAT, NULL);
    onnx_output(&graph, "y", ONNX_FLOAT, NULL);
    onnx_finish(&graph, 8, &model);
    assert_int_equal(ais_file_write(path, ais_str_get(&model), model.length, &err), 0);
    const char *const parts[] = {path};
    AIS_AUTO(ais_verify_result) result = verify(path, parts, 1);
    assert_true(result->equal);
    assert_true(result->inputs >= AIS_SAMPLE_EDGES + 1); /* no edge leaves what is accepted */
}

static void what_never_changes_says_little(void **state)
{
    need_library();
    static const row zero[] = {{"Sub", "x,x", "y"}, {NULL, NULL, NULL}};
    AIS_FREE char *still = put(state, "s.onnx", zero, "x", "y", "2,2");
    AIS_FREE char *whole = put(state, "w.onnx", whole_rows, "x", "e,y", "N,2");
    const char *const parts[] = {still, whole};
    AIS_AUTO(ais_verify_result) flat = verify(still, &parts[0], 1);
    AIS_AUTO(ais_verify_result) other = verify(whole, &parts[1], 1);
    assert_true(flat->equal && flat->flat);
    assert_true(other->equal && !other->flat);
}

static void images_are_more_than_one_pixel(void **state)
{
    need_library();
    AIS_AUTO(ais_sample) image = sample_of(state, ONNX_FLOAT, "N,3,H,W", 0, false);
    const int64_t expected[] = {1, 3, 64, 64};
    assert_memory_equal(image->inputs[0].shape, expected, sizeof expected);
}

static void the_user_may_interrupt(void **state)
{
    need_library();
    int ends[2];
    AIS_FREE char *whole = put(state, "w.onnx", whole_rows, "x", "e,y", "N,2");
    const char *const parts[] = {whole};
    ais_ctx ctx = ais_ctx_default();
    ais_verify_options options = ais_verify_defaults();
    ais_verifier *verifier = NULL;
    AIS_AUTO(ais_verify_result) result = NULL;
    ais_error *err = NULL;
    assert_int_equal(pipe(ends), 0);
    ctx.interrupt_fd = ends[0];
    options.ctx = &ctx;
    assert_int_equal(ais_verifier_new(whole, &options, &verifier, &err), 0);
    assert_int_equal(write(ends[1], "x", 1), 1);
    assert_int_equal(ais_verifier_check(verifier, parts, 1, &result, &err), -1);
    assert_int_equal(ais_error_get_code(err), AIS_E_INTERRUPTED);
    ais_error_free(err);
    ais_verifier_free(verifier);
    verifier = NULL;
    err = NULL;
    assert_int_equal(ais_verifier_new(whole, &options, &verifier, &err), -1);
    assert_int_equal(ais_error_get_code(err), AIS_E_INTERRUPTED);
    ais_error_free(err);
    close(ends[0]);
    close(ends[1]);
}

static void random_inputs_are_the_same_again(void **state)
{
    need_library();
    AIS_AUTO(ais_sample) a = sample_of(state, ONNX_FLOAT, "N,100", 2, false);
    AIS_AUTO(ais_sample) b = sample_of(state, ONNX_FLOAT, "N,100", 2, false);
    AIS_AUTO(ais_sample) c = sample_of(state, ONNX_FLOAT, "N,100", 0, false);
    assert_string_equal(a->label, "random 3");
    assert_memory_equal(a->inputs[0].data, b->inputs[0].data, a->inputs[0].bytes);
    assert_memory_not_equal(a->inputs[0].data, c->inputs[0].data, a->inputs[0].bytes);
}

static void every_second_random_set_has_a_larger_batch(void **state)
{
    need_library();
    AIS_AUTO(ais_sample) a = sample_of(state, ONNX_FLOAT, "N,100", 0, false);
    AIS_AUTO(ais_sample) b = sample_of(state, ONNX_FLOAT, "N,100", 1, false);
    assert_int_equal(a->inputs[0].shape[0], 1);
    assert_int_equal(b->inputs[0].shape[0], 2);
}

static void values_fit_their_types(void **state)
{
    need_library();
    static const struct {
        int type;
        size_t edge;
        unsigned char bytes[4];
        size_t count;
    } rows[] = {{ONNX_UINT8, 2, {255}, 1},
                {ONNX_UINT8, 3, {0}, 1},
                {ONNX_BOOL, 2, {1}, 1},
                {ONNX_BOOL, 3, {0}, 1},
                {ONNX_FLOAT16, 1, {0x00, 0x3c}, 2},
                {ONNX_FLOAT16, 2, {0x40, 0x56}, 2},
                {ONNX_FLOAT16, 3, {0x40, 0xd6}, 2},
                {ONNX_FLOAT16, 4, {0x11, 0x00}, 2},

                {ONNX_FLOAT, 2, {0, 0, 0xc8, 0x42}, 4}};
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        AIS_AUTO(ais_sample) sample = sample_of(state, rows[i].type, "3", rows[i].edge, true);
        assert_memory_equal(sample->inputs[0].data, rows[i].bytes, rows[i].count);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        TEST(parts_of_a_model_give_what_it_gives),
        TEST(a_wrong_part_is_told_with_output_place_and_inputs),
        TEST(tolerances_are_the_callers),
        TEST(parts_in_the_wrong_order_are_refused),
        TEST(weights_among_the_inputs_of_a_part_are_those_of_the_whole),
        TEST(a_part_that_is_no_model_is_refused),
        TEST(not_a_number_is_equal_in_place_only),
        TEST(another_shape_is_a_difference),
        TEST(a_part_that_fails_where_the_whole_runs_is_a_difference),
        TEST(a_model_that_throws_dice_is_told_apart),
        TEST(a_model_without_inputs_is_run_once),
        TEST(sizes_are_the_users_or_found),
        TEST(inputs_of_any_shape_and_indices_are_found),
        TEST(what_never_changes_says_little),
        TEST(images_are_more_than_one_pixel),
        TEST(the_user_may_interrupt),
        TEST(random_inputs_are_the_same_again),
        TEST(every_second_random_set_has_a_larger_batch),
        TEST(values_fit_their_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
