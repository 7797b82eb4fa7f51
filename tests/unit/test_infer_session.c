/* Opening, inspecting and running models; what is refused, and how. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "infer/infer_priv.h"
#include "support/need_library.h"
#include "support/onnx_make.h"

/* A folder of its own for each test. */
static int make_folder(void **state)
{
    const char *tmp = getenv("TMPDIR");
    char *folder = ais_format("%s/aisprint-infer-XXXXXX", tmp != NULL ? tmp : "/tmp");
    *state = folder;
    return mkdtemp(folder) == NULL ? -1 : 0;
}

static int remove_folder(void **state)
{
    AIS_AUTO(ais_error) err = NULL;
    AIS_FREE char *folder = *state;
    return ais_tree_remove(folder, &err);
}

/* ---- models ---- */

static char *put(void **state, const char *name, const ais_str *bytes)
{
    AIS_AUTO(ais_error) err = NULL;
    char *path = ais_path_join(*state, name);
    assert_int_equal(ais_file_write(path, ais_str_get(bytes), bytes->length, &err), 0);
    return path;
}

static char *put_graph(void **state, const char *name, const ais_str *graph)
{
    AIS_SCOPED(ais_str) model = {0};
    onnx_finish(graph, 8, &model);
    return put(state, name, &model);
}

/* y[N,2] = x[N,2] + b[2], b = (10, 20) */
static char *put_add(void **state)
{
    static const float b[] = {10, 20};
    AIS_SCOPED(ais_str) graph = {0};
    onnx_node(&graph, "Add", "x,b", "y");
    onnx_floats(&graph, "b", "2", b, 2);
    onnx_input(&graph, "x", ONNX_FLOAT, "N,2");
    onnx_output(&graph, "y", ONNX_FLOAT, "N,2");
    return put_graph(state, "add.onnx", &graph);
}

static ais_session *open_model(const char *path)
{
    AIS_AUTO(ais_error) err = NULL;
    ais_session *session = NULL;
    if (ais_session_open(path, NULL, &session, &err) < 0)
        fail_msg("%s: %s", path, ais_error_get_message(err));
    return session;
}

static void assert_says(const ais_error *err, ais_error_code code, const char *text)
{
    AIS_SCOPED(ais_str) whole = {0};
    assert_non_null(err);
    ais_error_write(err, &whole);
    if (strstr(ais_str_get(&whole), text) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", ais_str_get(&whole), text);
    assert_string_equal(ais_error_code_name(ais_error_get_code(err)), ais_error_code_name(code));
}

/* The file is named in the error's position. */
static void assert_refused(const char *path, ais_error_code code, const char *text)
{
    AIS_AUTO(ais_error) err = NULL;
    ais_session *session = NULL;
    assert_int_equal(ais_session_open(path, NULL, &session, &err), -1);
    assert_null(session);
    assert_says(err, code, text);
    assert_string_equal(ais_error_get_pos(err).file, path);
}

static void assert_run_refused(ais_session *session, const ais_tensor *inputs, size_t count,
                               const char *text)
{
    AIS_AUTO(ais_error) err = NULL;
    ais_run *run = NULL;
    assert_int_equal(ais_session_run(session, inputs, count, &run, &err), -1);
    assert_null(run);
    assert_says(err, AIS_E_INPUT, text);
}

static ais_tensor floats(float *values, int64_t rows, int64_t columns)
{
    return (ais_tensor){.type = AIS_FLOAT32,
                        .rank = 2,
                        .shape = {rows, columns},
                        .data = values,
                        .bytes = (size_t)(rows * columns) * sizeof *values};
}

static ais_run *run_one(ais_session *session, const ais_tensor *input)
{
    AIS_AUTO(ais_error) err = NULL;
    ais_run *run = NULL;
    if (ais_session_run(session, input, 1, &run, &err) < 0)
        fail_msg("%s", ais_error_get_message(err));
    return run;
}

/* ---- what works ---- */

static void test_session_tells_what_the_model_says(void **state)
{
    need_library();
    AIS_FREE char *path = put_add(state);
    AIS_SESSION session = open_model(path);
    assert_int_equal(ais_session_count_inputs(session), 1);
    assert_int_equal(ais_session_count_outputs(session), 1);
    const ais_tensor_info *x = ais_session_get_input(session, 0);
    assert_string_equal(x->name, "x");
    assert_int_equal(x->type, AIS_FLOAT32);
    assert_int_equal(x->rank, 2);
    assert_int_equal(x->shape[0], -1);
    assert_string_equal(x->size_names[0], "N");
    assert_int_equal(x->shape[1], 2);
    assert_int_equal(x->any_rank, 0);
    assert_null(ais_session_get_input(session, 1));
    assert_null(ais_session_get_output(session, 1));
    assert_int_equal(ais_session_find_input(session, "x"), 0);
    assert_int_equal(ais_session_find_input(session, "b"), -1);
    assert_int_equal(ais_session_find_output(session, "y"), 0);
}

static void test_run_gives_the_outputs(void **state)
{
    need_library();
    float values[] = {1, 2, 3, 4};
    AIS_FREE char *path = put_add(state);
    AIS_SESSION session = open_model(path);
    const ais_tensor x = floats(values, 2, 2);
    AIS_AUTO(ais_run) run = run_one(session, &x);
    assert_int_equal(ais_run_count_outputs(run), 1);
    assert_null(ais_run_get_output(run, 1));
    const ais_tensor *y = ais_run_get_output(run, 0);
    assert_string_equal(y->name, "y");
    assert_int_equal(y->rank, 2);
    assert_int_equal(y->shape[0], 2);
    assert_int_equal(y->bytes, sizeof values);
    const float expected[] = {11, 22, 13, 24};
    assert_memory_equal(y->data, expected, sizeof expected);
    assert_float_equal(values[0], 1, 0);
}

static void test_run_takes_empty_tensors(void **state)
{
    need_library();
    AIS_FREE char *path = put_add(state);
    AIS_SESSION session = open_model(path);
    ais_tensor x = floats(NULL, 0, 2);
    AIS_AUTO(ais_run) run = run_one(session, &x);
    char byte = 0;
    x.data = &byte; /* where nothing is read, alignment does not matter */
    AIS_AUTO(ais_run) again = run_one(session, &x);
    assert_int_equal(ais_run_get_output(again, 0)->shape[0], 0);
    assert_int_equal(ais_run_get_output(run, 0)->shape[0], 0);
    assert_int_equal(ais_run_get_output(run, 0)->bytes, 0);
}

static void test_run_outlives_its_session(void **state)
{
    need_library();
    float values[] = {1, 2};
    AIS_FREE char *path = put_add(state);
    ais_session *session = open_model(path);
    const ais_tensor x = floats(values, 1, 2);
    AIS_AUTO(ais_run) run = run_one(session, &x);
    ais_session_close(session);
    const ais_tensor *y = ais_run_get_output(run, 0);
    assert_string_equal(y->name, "y");
    assert_float_equal(((const float *)y->data)[1], 22, 0);
}

static void test_output_that_is_the_input_is_copied(void **state)
{
    need_library();
    float values[] = {1, 2};
    AIS_SCOPED(ais_str) graph = {0};
    onnx_input(&graph, "x", ONNX_FLOAT, "1,2");
    onnx_output(&graph, "x", ONNX_FLOAT, "1,2");
    AIS_FREE char *path = put_graph(state, "through.onnx", &graph);
    AIS_AUTO(ais_error) err = NULL;
    AIS_SESSION session = NULL;
    if (ais_session_open(path, NULL, &session, &err) < 0)
        return; /* some versions of the library refuse such a model */
    const ais_tensor x = floats(values, 1, 2);
    AIS_AUTO(ais_run) run = run_one(session, &x);
    values[0] = values[1] = 0;
    assert_ptr_not_equal(ais_run_get_output(run, 0)->data, values);
    assert_float_equal(((const float *)ais_run_get_output(run, 0)->data)[1], 2, 0);
}

static void test_older_models_count_true_inputs_only(void **state)
{
    need_library();
    static const float b[] = {10, 20};
    AIS_SCOPED(ais_str) graph = {0}, model = {0};
    onnx_node(&graph, "Add", "x,b", "y");
    onnx_floats(&graph, "b", "2", b, 2);
    onnx_input(&graph, "b", ONNX_FLOAT, "2");
    onnx_input(&graph, "x", ONNX_FLOAT, "N,2");
    onnx_output(&graph, "y", ONNX_FLOAT, "N,2");
    onnx_finish(&graph, 3, &model);
    AIS_FREE char *path = put(state, "ir3.onnx", &model);
    AIS_SESSION session = open_model(path);
    assert_int_equal(ais_session_count_inputs(session), 1);
    assert_string_equal(ais_session_get_input(session, 0)->name, "x");
}

/* What a listed weight makes known tells that the library may compute with it beforehand. */
static void test_weights_among_the_inputs_are_constant(void **state)
{
    need_library();
    static const int64_t sizes[] = {4};
    AIS_SCOPED(ais_str) graph = {0}, tensor = {0};
    onnx_input(&graph, "s", ONNX_INT64, "1"); /* before the weight is known */
    onnx_input(&graph, "x", ONNX_FLOAT, "2,2");
    onnx_node(&graph, "Reshape", "x,s", "y");
    onnx_tensor_fields(&tensor, "s", ONNX_INT64, "1");
    pb_bytes(&tensor, 9, sizes, sizeof sizes);
    pb_message(&graph, 5, &tensor);
    onnx_output(&graph, "y", ONNX_FLOAT, NULL);
    AIS_FREE char *path = put_graph(state, "listed.onnx", &graph);
    AIS_SESSION session = open_model(path);
    assert_int_equal(ais_session_count_inputs(session), 1);
    assert_string_equal(ais_session_get_input(session, 0)->name, "x");
    const ais_tensor_info *y = ais_session_get_output(session, 0);
    assert_int_equal(y->rank, 1);
    assert_int_equal(y->shape[0], 4);
    float values[] = {1, 2, 3, 4};
    const ais_tensor x = floats(values, 2, 2);
    AIS_AUTO(ais_run) run = run_one(session, &x);
    assert_memory_equal(ais_run_get_output(run, 0)->data, values, sizeof values);
}

static void test_shapeless_inputs_take_any_rank(void **state)
{
    need_library();
    float values[] = {1, 2, 3};
    AIS_SCOPED(ais_str) graph = {0};
    onnx_node(&graph, "Neg", "x", "y");
    onnx_node(&graph, "Neg", "s", "t");
    onnx_input(&graph, "x", ONNX_FLOAT, NULL);
    onnx_input(&graph, "s", ONNX_FLOAT, "");
    onnx_output(&graph, "y", ONNX_FLOAT, NULL);
    onnx_output(&graph, "t", ONNX_FLOAT, "");
    AIS_FREE char *path = put_graph(state, "any.onnx", &graph);
    AIS_SESSION session = open_model(path);
    assert_int_equal(ais_session_get_input(session, 0)->any_rank, 1);
    assert_int_equal(ais_session_get_input(session, 1)->any_rank, 0);
    ais_tensor inputs[2] = {floats(values, 1, 3),
                            {.type = AIS_FLOAT32, .data = values, .bytes = 4}};
    AIS_AUTO(ais_error) err = NULL;
    AIS_AUTO(ais_run) run = NULL;
    assert_int_equal(ais_session_run(session, inputs, 2, &run, &err), 0);
    assert_int_equal(ais_run_get_output(run, 0)->rank, 2);
    assert_int_equal(ais_run_get_output(run, 1)->rank, 0);
    assert_int_equal(ais_run_get_output(run, 1)->bytes, 4);
}

static void test_every_type_passes_through(void **state)
{
    need_library();
    static const struct {
        int onnx;
        ais_tensor_type type;
    } rows[] = {{ONNX_FLOAT, AIS_FLOAT32},
                {ONNX_DOUBLE, AIS_FLOAT64},
                {ONNX_FLOAT16, AIS_FLOAT16},
                {ONNX_INT64, AIS_INT64},
                {ONNX_UINT8, AIS_UINT8},
                {ONNX_BOOL, AIS_BOOL},
                {5, AIS_INT16},
                {3, AIS_INT8},
                {6, AIS_INT32},
                {4, AIS_UINT16},
                {12, AIS_UINT32},
                {13, AIS_UINT64},
                {16, AIS_BFLOAT16}};
    assert_int_equal(AIS_COUNT(rows), AIS_TENSOR_TYPE_COUNT);
    _Alignas(8) unsigned char bytes[8] = {1, 0, 1, 0, 1, 0, 1, 0};
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        AIS_SCOPED(ais_str) graph = {0};
        onnx_node(&graph, "Identity", "x", "y");
        onnx_input(&graph, "x", rows[i].onnx, "1");
        onnx_output(&graph, "y", rows[i].onnx, "1");
        AIS_FREE char *name = ais_format("type%zu.onnx", i);
        AIS_FREE char *path = put_graph(state, name, &graph);
        AIS_SESSION session = open_model(path);
        const size_t size = ais_tensor_type_size(rows[i].type);
        const ais_tensor x = {
            .type = rows[i].type, .rank = 1, .shape = {1}, .data = bytes, .bytes = size};
        AIS_AUTO(ais_run) run = run_one(session, &x);
        const ais_tensor *y = ais_run_get_output(run, 0);
        assert_int_equal(y->type, rows[i].type);
        assert_memory_equal(y->data, bytes, size);
    }
}

/* ---- the cache ---- */

static void test_same_file_gives_the_same_session(void **state)
{
    need_library();
    AIS_FREE char *path = put_add(state);
    AIS_FREE char *link = ais_path_join(*state, "link.onnx");
    assert_int_equal(symlink("add.onnx", link), 0);
    AIS_SESSION first = open_model(path);
    AIS_SESSION second = open_model(link);
    assert_ptr_equal(first, second);
    const ais_session_options two = {.threads = 2};
    AIS_SESSION other = NULL;
    AIS_AUTO(ais_error) err = NULL;
    assert_int_equal(ais_session_open(path, &two, &other, &err), 0);
    assert_ptr_not_equal(first, other);
}

static void test_closed_sessions_are_kept_for_a_while(void **state)
{
    need_library();
    AIS_FREE char *path = put_add(state);
    ais_session *first = open_model(path);
    ais_session_close(first);
    AIS_SESSION second = open_model(path);
    assert_ptr_equal(first, second);
}

static void test_changed_file_is_loaded_anew(void **state)
{
    need_library();
    AIS_FREE char *path = put_add(state);
    AIS_SESSION first = open_model(path);
    AIS_SCOPED(ais_str) graph = {0};
    onnx_node(&graph, "Neg", "x", "y");
    onnx_input(&graph, "x", ONNX_FLOAT, "1");
    onnx_output(&graph, "y", ONNX_FLOAT, "1");
    AIS_FREE char *again = put_graph(state, "add.onnx", &graph);
    AIS_SESSION second = open_model(again);
    assert_ptr_not_equal(first, second);
    assert_int_equal(ais_session_get_input(second, 0)->rank, 1);
    assert_int_equal(ais_session_get_input(first, 0)->rank, 2);
}

static void test_many_closed_sessions_are_ended(void **state)
{
    need_library();
    for (int i = 0; i < 20; i++) {
        AIS_SCOPED(ais_str) graph = {0};
        AIS_FREE char *name = ais_format("%d.onnx", i);
        onnx_node(&graph, "Neg", "x", "y");
        onnx_input(&graph, "x", ONNX_FLOAT, "1");
        onnx_output(&graph, "y", ONNX_FLOAT, "1");
        AIS_FREE char *path = put_graph(state, name, &graph);
        AIS_SESSION session = open_model(path);
        assert_non_null(session);
    }
}

typedef struct job {
    const char *path;
    bool good;
} job;

static void *open_and_run(void *job_)
{
    job *j = job_;
    j->good = true;
    for (int i = 0; i < 50; i++) {
        float values[] = {(float)i, 2};
        const ais_tensor x = floats(values, 1, 2);
        AIS_SESSION session = NULL;
        AIS_AUTO(ais_run) run = NULL;
        if (ais_session_open(j->path, NULL, &session, NULL) < 0 ||
            ais_session_run(session, &x, 1, &run, NULL) < 0)
            j->good = false;
        else
            j->good = j->good && ((float *)ais_run_get_output(run, 0)->data)[0] == (float)i + 10;
    }
    return NULL;
}

static void test_many_threads_share_one_model(void **state)
{
    need_library();
    AIS_FREE char *path = put_add(state);
    pthread_t threads[4];
    job jobs[4];
    for (size_t i = 0; i < 4; i++) {
        jobs[i] = (job){.path = path};
        assert_int_equal(pthread_create(&threads[i], NULL, open_and_run, &jobs[i]), 0);
    }
    for (size_t i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        assert_true(jobs[i].good);
    }
}

/* ---- wrong inputs ---- */

static void test_run_refuses_what_does_not_fit(void **state)
{
    need_library();
    float values[8] = {0};
    AIS_FREE char *path = put_add(state);
    AIS_SESSION session = open_model(path);
    ais_tensor x = floats(values, 1, 3);
    assert_run_refused(session, &x, 1,
                       "add.onnx: error: input 'x' has shape [1,3] (the model wants "
                       "[N,2] float32)");
    assert_run_refused(session, &x, 0, "0 inputs given (the model wants 1: x)");
    x = floats(values, 1, 2);
    x.rank = 1;
    assert_run_refused(session, &x, 1, "input 'x' has shape [1] (the model wants [N,2] float32)");
    x.rank = 17;
    assert_run_refused(session, &x, 1, "input 'x' has 17 dimensions");
    x = floats(values, -1, 2);
    assert_run_refused(session, &x, 1, "input 'x' has shape [-1,2]");
    x = floats(values, 1, 2);
    x.bytes = 4;
    assert_run_refused(session, &x, 1, "input 'x' has shape [1,2] but 4 bytes");
    x = floats(NULL, 1, 2);
    assert_run_refused(session, &x, 1, "input 'x' has no data");
    x = floats(values, 1, 2);
    x.data = (char *)values + 1;
    assert_run_refused(session, &x, 1, "input 'x' is not aligned to 4 bytes in memory");
    x = floats(values, 1, 2);
    x.type = AIS_FLOAT64;
    assert_run_refused(session, &x, 1, "input 'x' is float64 (the model wants [N,2] float32)");
    x.type = (ais_tensor_type)99;
    assert_run_refused(session, &x, 1, "input 'x' is unknown (the model wants [N,2] float32)");
    x = floats(values, INT64_MAX / 2, 2);
    assert_run_refused(session, &x, 1, "input 'x' has shape [4611686018427387903,2]");
}

static void test_run_reports_what_the_model_cannot_do(void **state)
{
    need_library();
    float values[8] = {0};
    AIS_SCOPED(ais_str) graph = {0};
    onnx_node(&graph, "Add", "a,b", "y");
    onnx_input(&graph, "a", ONNX_FLOAT, "N,M");
    onnx_input(&graph, "b", ONNX_FLOAT, "N,M");
    onnx_output(&graph, "y", ONNX_FLOAT, "N,M");
    AIS_FREE char *path = put_graph(state, "two.onnx", &graph);
    AIS_SESSION session = open_model(path);
    const ais_tensor inputs[] = {floats(values, 2, 3), floats(values, 3, 2)};
    assert_run_refused(session, inputs, 2,
                       "two.onnx: error: the model cannot be run on this input:");
}

static void test_open_refuses_silly_thread_counts(void **state)
{
    AIS_FREE char *path = put_add(state);
    AIS_SESSION session = NULL;
    AIS_AUTO(ais_error) err = NULL;
    const ais_session_options options = {.threads = -3};
    assert_int_equal(ais_session_open(path, &options, &session, &err), -1);
    assert_says(err, AIS_E_INPUT, "-3 threads (must be 1 to 1024)");
}

/* ---- wrong models ---- */

static void test_open_refuses_what_is_no_model(void **state)
{
    AIS_SCOPED(ais_str) bytes = {0};
    AIS_FREE char *empty = put(state, "empty.onnx", &bytes);
    assert_refused(empty, AIS_E_INPUT, "the file is empty (must be an ONNX model)");
    assert_refused(*state, AIS_E_IO, "this is a folder (must be a file)");
    AIS_FREE char *missing = ais_path_join(*state, "missing.onnx");
    assert_refused(missing, AIS_E_IO, "cannot open the model: No such file or directory");
    ais_str_add(&bytes, "import numpy\n");
    AIS_FREE char *text = put(state, "text.onnx", &bytes);
    assert_refused(text, AIS_E_INPUT, "this is no whole ONNX model: at byte ");
    ais_str_clear(&bytes);
    pb_number(&bytes, 1, 8);
    AIS_FREE char *hollow = put(state, "hollow.onnx", &bytes);
    assert_refused(hollow, AIS_E_INPUT, "this is no ONNX model: it holds no graph");
}

static void test_open_refuses_a_file_beyond_protobuf(void **state)
{
    AIS_FREE char *path = ais_path_join(*state, "huge.onnx");
    AIS_CLOSE int fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, (off_t)3 << 30), 0); /* takes no room */
    assert_refused(path, AIS_E_LIMIT, "the file is too large (must be at most 2147483647 bytes)");
}

static void test_open_survives_every_truncation(void **state)
{
    need_library();
    AIS_AUTO(ais_error) err = NULL;
    AIS_FREE char *path = put_add(state);
    AIS_FREE char *data = NULL;
    size_t length = 0;
    assert_int_equal(ais_file_read(path, 4096, &data, &length, &err), 0);
    AIS_FREE char *cut = ais_path_join(*state, "cut.onnx");
    for (size_t n = 1; n < length; n++) {
        AIS_SESSION session = NULL;
        AIS_AUTO(ais_error) refused = NULL;
        assert_int_equal(ais_file_write(cut, data, n, &err), 0);
        /* Cut between two fields it is a model without an opset: the library's to refuse. */
        assert_int_equal(ais_session_open(cut, NULL, &session, &refused), -1);
        assert_string_equal(ais_error_get_pos(refused).file, cut);
    }
}

static void test_open_names_the_byte_where_a_model_ends(void **state)
{
    AIS_SCOPED(ais_str) bytes = {0};
    pb_number(&bytes, 1, 8);
    ais_str_add_bytes(&bytes,
                      "\x3a\x64"
                      "ab",
                      4); /* a graph of 100 bytes, of which 2 are there */
    AIS_FREE char *path = put(state, "cut.onnx", &bytes);
    assert_refused(path, AIS_E_INPUT, "at byte 3 a part of 100 bytes begins, but only 2 are left");
}

static void test_open_refuses_deep_nesting(void **state)
{
    AIS_SCOPED(ais_str) inner = {0};
    for (int i = 0; i < 60; i++) {
        AIS_SCOPED(ais_str) attribute = {0}, node = {0}, graph = {0};
        pb_message(&attribute, 6, &inner);
        pb_message(&node, 5, &attribute);
        pb_message(&graph, 1, &node);
        ais_str_clear(&inner);
        inner = graph;
        graph = (ais_str){0};
    }
    AIS_FREE char *path = put_graph(state, "deep.onnx", &inner);
    assert_refused(path, AIS_E_LIMIT, "the model is nested deeper than 100 messages");
}

static void test_open_refuses_a_lying_initializer(void **state)
{
    need_library();
    static const float b[] = {10, 20};
    AIS_SCOPED(ais_str) graph = {0};
    onnx_node(&graph, "Add", "x,b", "y");
    onnx_floats(&graph, "b", "1000000,1000000", b, 2);
    onnx_input(&graph, "x", ONNX_FLOAT, "1");
    onnx_output(&graph, "y", ONNX_FLOAT, "1000000,1000000");
    AIS_FREE char *path = put_graph(state, "lie.onnx", &graph);
    assert_refused(path, AIS_E_INPUT, "the model cannot be loaded: ");
}

/* What is said of the output does not hold: neither its sizes nor the meaning of "N". */
static void check_lying_output(void **state, const char *shape)
{
    float values[] = {1, 2, 3, 4, 5, 6};
    AIS_SCOPED(ais_str) graph = {0};
    onnx_node(&graph, "Transpose", "x", "y");
    onnx_input(&graph, "x", ONNX_FLOAT, "N,M");
    onnx_output(&graph, "y", ONNX_FLOAT, shape);
    AIS_FREE char *path = put_graph(state, "lie.onnx", &graph);
    AIS_AUTO(ais_error) err = NULL;
    AIS_SESSION session = NULL;
    if (ais_session_open(path, NULL, &session, &err) < 0)
        return; /* seen through at once: as good */
    for (int64_t rows = 1; rows <= 3; rows++) {
        const ais_tensor x = floats(values, rows, 6 / rows);
        AIS_AUTO(ais_run) run = run_one(session, &x);
        const ais_tensor *y = ais_run_get_output(run, 0);
        assert_int_equal(y->rank, 2);
        assert_int_equal(y->shape[0], 6 / rows);
        assert_int_equal(y->shape[1], rows);
        assert_int_equal(y->bytes, sizeof values);
        assert_float_equal(((const float *)y->data)[rows], 2, 0);
        assert_float_equal(((const float *)y->data)[5], 6, 0);
    }
}

static void test_run_gives_the_true_shape_of_a_lying_output(void **state)
{
    need_library();
    check_lying_output(state, "500,500");
    check_lying_output(state, "2,3");
    check_lying_output(state, "N,M");
    check_lying_output(state, "K,L");
    check_lying_output(state, "M,N");
    check_lying_output(state, NULL);
}

static void test_constant_outputs_come_out(void **state)
{
    need_library();
    static const float b[] = {10, 20};
    float values[] = {1, 2};
    AIS_SCOPED(ais_str) graph = {0};
    onnx_node(&graph, "Neg", "x", "y");
    onnx_node(&graph, "Neg", "b", "c"); /* folded when the model is loaded */
    onnx_floats(&graph, "b", "2", b, 2);
    onnx_input(&graph, "x", ONNX_FLOAT, "N,2");
    onnx_output(&graph, "y", ONNX_FLOAT, "N,2");
    onnx_output(&graph, "c", ONNX_FLOAT, "2");
    AIS_FREE char *path = put_graph(state, "constant.onnx", &graph);
    AIS_SESSION session = open_model(path);
    const ais_tensor x = floats(values, 1, 2);
    AIS_AUTO(ais_run) run = run_one(session, &x);
    assert_float_equal(((const float *)ais_run_get_output(run, 0)->data)[1], -2, 0);
    assert_float_equal(((const float *)ais_run_get_output(run, 1)->data)[1], -20, 0);
}

static void test_open_refuses_what_is_no_dense_tensor(void **state)
{
    need_library();
    AIS_SCOPED(ais_str) sequence = {0}, text = {0};
    onnx_node(&sequence, "SequenceConstruct", "x", "s");
    onnx_input(&sequence, "x", ONNX_FLOAT, "1");
    onnx_sequence_output(&sequence, "s", ONNX_FLOAT);
    AIS_FREE char *path = put_graph(state, "sequence.onnx", &sequence);
    assert_refused(path, AIS_E_INPUT, "output 's' is a sequence (only dense tensors of numbers");
    onnx_node(&text, "Identity", "x", "y");
    onnx_input(&text, "x", ONNX_STRING, "1");
    onnx_output(&text, "y", ONNX_STRING, "1");
    AIS_FREE char *strings = put_graph(state, "strings.onnx", &text);
    assert_refused(strings, AIS_E_INPUT, "input 'x' is a tensor of strings (only dense tensors");
}

static void test_open_refuses_unknown_operators_in_one_sentence(void **state)
{
    need_library();
    AIS_SCOPED(ais_str) graph = {0};
    onnx_node(&graph, "NoSuchThing", "x", "y");
    onnx_input(&graph, "x", ONNX_FLOAT, "1");
    onnx_output(&graph, "y", ONNX_FLOAT, "1");
    AIS_FREE char *path = put_graph(state, "unknown.onnx", &graph);
    AIS_AUTO(ais_error) err = NULL;
    AIS_SESSION session = NULL;
    assert_int_equal(ais_session_open(path, NULL, &session, &err), -1);
    assert_says(err, AIS_E_INPUT, "NoSuchThing");
    assert_null(strchr(ais_error_get_message(err), '\n'));
    assert_null(strstr(ais_error_get_message(err), ".cc:"));
}

/* The library's own words, as versions 1.21 to 1.30 give them. */
static void test_errors_of_the_library_lose_their_source_positions(void **state)
{
    (void)state;
    static const struct {
        const char *text, *sentence;
    } rows[] = {
        {"plain words. ", "plain words"},
        {"two\nlines", "two"},
        {"Load model from m.onnx failed:Protobuf parsing failed.", "Protobuf parsing failed"},
        {"/a/graph.cc:12 f(int, g(x)) const text", "text"},
        {"Exception during initialization: /a/rnn.h:44 R<T>::R(const K&) [with T = float] l == 0 "
         "was "
         "false. Batchwise",
         "Exception during initialization: l == 0 was false. Batchwise"},
        {"a file.cc: without a line", "a file.cc: without a line"},
        {"/a/graph.cc:12 no function", "/a/graph.cc:12 no function"},
        {"/a/graph.cc:12 f(never closed", ""},
    };
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        AIS_SCOPED(ais_str) out = {.data = NULL};
        ais__infer_shorten(rows[i].text, &out);
        assert_string_equal(ais_str_get(&out), rows[i].sentence);
    }
}

/* ---- external data ---- */

static char *put_external(void **state, const char *name, const char *location, unsigned offset,
                          unsigned bytes)
{
    AIS_SCOPED(ais_str) graph = {0};
    onnx_node(&graph, "Add", "x,b", "y");
    onnx_external(&graph, "b", "2", location, offset, bytes);
    onnx_input(&graph, "x", ONNX_FLOAT, "N,2");
    onnx_output(&graph, "y", ONNX_FLOAT, "N,2");
    return put_graph(state, name, &graph);
}

static void put_weights(void **state, const char *name)
{
    static const float b[] = {0, 10, 20};
    AIS_SCOPED(ais_str) bytes = {0};
    ais_str_add_bytes(&bytes, (const char *)b, sizeof b);
    AIS_FREE char *path = put(state, name, &bytes);
    assert_non_null(path);
}

static void test_external_data_beside_the_model_is_read(void **state)
{
    need_library();
    float values[] = {1, 2};
    put_weights(state, "weights.bin");
    AIS_FREE char *path = put_external(state, "model.onnx", "weights.bin", 4, 8);
    AIS_SESSION session = open_model(path);
    const ais_tensor x = floats(values, 1, 2);
    AIS_AUTO(ais_run) run = run_one(session, &x);
    const float expected[] = {11, 22};
    assert_memory_equal(ais_run_get_output(run, 0)->data, expected, sizeof expected);
}

static void test_changed_external_data_is_loaded_anew(void **state)
{
    need_library();
    put_weights(state, "weights.bin");
    AIS_FREE char *path = put_external(state, "model.onnx", "weights.bin", 4, 8);
    AIS_SESSION first = open_model(path);
    AIS_FREE char *weights = ais_path_join(*state, "weights.bin");
    assert_int_equal(unlink(weights), 0);
    put_weights(state, "weights.bin");
    AIS_SESSION second = open_model(path);
    assert_ptr_not_equal(first, second);
}

static void test_external_data_elsewhere_is_refused(void **state)
{
    AIS_FREE char *inside = ais_path_join(*state, "in");
    AIS_AUTO(ais_error) err = NULL;
    assert_int_equal(ais_dir_make(inside, &err), 0);
    put_weights(state, "secret.bin");
    AIS_FREE char *link = ais_path_join(inside, "link.bin");
    assert_int_equal(symlink("../secret.bin", link), 0);
    static const struct {
        const char *location, *text;
    } rows[] = {
        {"/etc/passwd", "the model keeps weights in '/etc/passwd', outside of its folder"},
        {"../secret.bin", "the model keeps weights in '../secret.bin', outside of its folder"},
        {"a/../../secret.bin", "outside of its folder"},
        {"*/_ORT_MEM_ADDR_/*", "outside of its folder"},
        {"link.bin", "the model keeps weights in 'link.bin', a link that leads out of its folder"},
        {"none.bin", "the model keeps weights in 'none.bin', a file that is not there"},
        {".", "which is no regular file"},
        {"", "a file without a name"},
    };
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        AIS_FREE char *path = put_external(state, "in/m.onnx", rows[i].location, 0, 8);
        assert_refused(path, AIS_E_INPUT, rows[i].text);
    }
}

static void test_external_data_that_is_too_short_is_refused(void **state)
{
    put_weights(state, "weights.bin");
    AIS_FREE char *path = put_external(state, "model.onnx", "weights.bin", 8, 8);
    assert_refused(path, AIS_E_INPUT,
                   "the model keeps weights in 'weights.bin', bytes 8 and 8 "
                   "more, but the file has 12 bytes");
}

static void test_external_data_in_a_subgraph_is_found(void **state)
{
    AIS_SCOPED(ais_str) branch = {0}, attribute = {0}, node = {0}, graph = {0};
    onnx_external(&branch, "b", "2", "/etc/passwd", 0, 8);
    pb_text(&attribute, 1, "then_branch");
    pb_message(&attribute, 6, &branch);
    pb_text(&node, 4, "If");
    pb_message(&node, 5, &attribute);
    pb_message(&graph, 1, &node);
    AIS_FREE char *path = put_graph(state, "if.onnx", &graph);
    assert_refused(path, AIS_E_INPUT, "the model keeps weights in '/etc/passwd', outside");
}

/* ---- no library ---- */

static void test_tensor_count_refuses_overflow(void **state)
{
    (void)state;
    const int64_t good[] = {2, 3, 4}, empty[] = {INT64_MAX, 0, INT64_MAX}, negative[] = {2, -1};
    const int64_t large[] = {INT64_MAX, 2};
    assert_int_equal(ais_tensor_count(3, good), 24);
    assert_int_equal(ais_tensor_count(0, good), 1);
    assert_int_equal(ais_tensor_count(3, empty), 0);
    assert_int_equal(ais_tensor_count(2, negative), -1);
    assert_int_equal(ais_tensor_count(2, large), -1);
    assert_int_equal(ais_tensor_count(AIS_TENSOR_MAX_RANK + 1, good), -1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_session_tells_what_the_model_says),
        CASE(test_run_gives_the_outputs),
        CASE(test_run_takes_empty_tensors),
        CASE(test_run_outlives_its_session),
        CASE(test_output_that_is_the_input_is_copied),
        CASE(test_older_models_count_true_inputs_only),
        CASE(test_weights_among_the_inputs_are_constant),
        CASE(test_shapeless_inputs_take_any_rank),
        CASE(test_every_type_passes_through),
        CASE(test_same_file_gives_the_same_session),
        CASE(test_closed_sessions_are_kept_for_a_while),
        CASE(test_changed_file_is_loaded_anew),
        CASE(test_many_closed_sessions_are_ended),
        CASE(test_many_threads_share_one_model),
        CASE(test_run_refuses_what_does_not_fit),
        CASE(test_run_reports_what_the_model_cannot_do),
        CASE(test_open_refuses_silly_thread_counts),
        CASE(test_open_refuses_what_is_no_model),
        CASE(test_open_refuses_a_file_beyond_protobuf),
        CASE(test_open_survives_every_truncation),
        CASE(test_open_names_the_byte_where_a_model_ends),
        CASE(test_open_refuses_deep_nesting),
        CASE(test_open_refuses_a_lying_initializer),
        CASE(test_run_gives_the_true_shape_of_a_lying_output),
        CASE(test_constant_outputs_come_out),
        CASE(test_open_refuses_what_is_no_dense_tensor),
        CASE(test_open_refuses_unknown_operators_in_one_sentence),
        cmocka_unit_test(test_errors_of_the_library_lose_their_source_positions),
        CASE(test_external_data_beside_the_model_is_read),
        CASE(test_changed_external_data_is_loaded_anew),
        CASE(test_external_data_elsewhere_is_refused),
        CASE(test_external_data_that_is_too_short_is_refused),
        CASE(test_external_data_in_a_subgraph_is_found),
        cmocka_unit_test(test_tensor_count_refuses_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
