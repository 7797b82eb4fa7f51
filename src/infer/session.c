/* Open, inspect and run a model: the public functions, and every check that does not depend on the
 * back-end. */
#include "infer/infer_priv.h"

#include <string.h>

/* ---- stamps ---- */

ais__infer_stamp ais__infer_stamp_of(const struct stat *status)
{
    return (ais__infer_stamp){.device = status->st_dev,
                              .inode = status->st_ino,
                              .bytes = status->st_size,
                              .modified = status->st_mtim,
                              .changed = status->st_ctim};
}

static bool same_time(struct timespec a, struct timespec b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

bool ais__infer_stamp_equal(const ais__infer_stamp *a, const ais__infer_stamp *b)
{
    return a->device == b->device && a->inode == b->inode && a->bytes == b->bytes &&
           same_time(a->modified, b->modified) && same_time(a->changed, b->changed);
}

/* ---- opening ---- */

void ais__infer_session_end(ais_session *session)
{
    if (session->loaded != NULL)
        session->backend->unload(session->loaded);
    ais__infer_files_clear(&session->external);
    ais_arena_free(session->arena);
    free(session->path);
    free(session);
}

static int load(const char *path, const ais__infer_stamp *stamp, int threads, ais_session **out,
                ais_error **err)
{
    const ais_infer_backend *backend = NULL;
    void *engine = NULL;
    ais_infer_status status;
    AIS_FREE char *data = NULL;
    AIS_SCOPED(ais__infer_model) model = {.path = path};
    if (ais_file_read(path, AIS__INFER_MAX_MODEL_BYTES, &data, &model.length, err) < 0)
        return -1;
    model.data = (uint8_t *)data;
    if (ais__infer_model_scan(&model, err) < 0 ||
        ais__infer_cache_start(&backend, &engine, &status, err) < 0)
        return -1;
    ais_session *session = ais_alloc(sizeof *session);
    *session = (ais_session){.backend = backend,
                             .path = ais_strdup(path),
                             .arena = ais_arena_new(),
                             .stamp = *stamp,
                             .threads = threads,
                             .users = 1};
    if (backend->load(engine, &model, session, err) < 0) {
        ais__infer_session_end(session);
        return -1;
    }
    session->external = model.external;
    model.external = (ais__infer_files){.items = NULL};
    *out = session;
    return 0;
}

int ais_session_open(const char *path, const ais_session_options *options, ais_session **out,
                     ais_error **err)
{
    const int threads = options != NULL && options->threads != 0 ? options->threads : 1;
    if (threads < 0 || threads > AIS__INFER_MAX_THREADS)
        return ais_error_set(err, AIS_E_INPUT, "%d threads (must be 1 to %d)", threads,
                             AIS__INFER_MAX_THREADS);
    struct stat status;
    if (stat(path, &status) < 0)
        return ais_error_set_errno(err, path, "cannot open the model");
    /* The stamp is taken before the bytes: a change in between makes the next opening load anew. */
    const ais__infer_stamp stamp = ais__infer_stamp_of(&status);
    ais_session *session = ais__infer_cache_find(&stamp, threads);
    if (session == NULL) {
        if (load(path, &stamp, threads, &session, err) < 0)
            return -1;
        session = ais__infer_cache_add(session);
    }
    *out = session;
    return 0;
}

void ais_session_close(ais_session *session)
{
    if (session != NULL)
        ais__infer_cache_release(session);
}

int ais_infer_probe(ais_infer_status *out, ais_error **err)
{
    const ais_infer_backend *backend = NULL;
    void *engine = NULL;
    return ais__infer_cache_start(&backend, &engine, out, err);
}

/* ---- looking ---- */

size_t ais_session_count_inputs(const ais_session *session)
{
    return session->input_count;
}

size_t ais_session_count_outputs(const ais_session *session)
{
    return session->output_count;
}

const ais_tensor_info *ais_session_get_input(const ais_session *session, size_t i)
{
    return i < session->input_count ? &session->inputs[i] : NULL;
}

const ais_tensor_info *ais_session_get_output(const ais_session *session, size_t i)
{
    return i < session->output_count ? &session->outputs[i] : NULL;
}

static int find_info(const ais_tensor_info *infos, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(infos[i].name, name) == 0)
            return (int)i;
    return -1;
}

int ais_session_find_input(const ais_session *session, const char *name)
{
    return find_info(session->inputs, session->input_count, name);
}

int ais_session_find_output(const ais_session *session, const char *name)
{
    return find_info(session->outputs, session->output_count, name);
}

/* ---- running ---- */

static bool shape_fits(const ais_tensor_info *info, const ais_tensor *tensor)
{
    if (info->any_rank)
        return tensor->rank <= AIS_TENSOR_MAX_RANK;
    if (tensor->rank != info->rank)
        return false;
    for (size_t i = 0; i < info->rank; i++)
        if (info->shape[i] >= 0 && info->shape[i] != tensor->shape[i])
            return false;
    return true;
}

/* "input 'x' has shape [1,3] (the model wants [N,3,480,640] float32)" */
static int refuse_input(const ais_session *session, const ais_tensor_info *info,
                        const ais_str *what, ais_error **err)
{
    AIS_SCOPED(ais_str) wants = {0};
    ais__infer_write_info(&wants, info);
    return ais_error_set_at(err, AIS_E_INPUT, (ais_pos){.file = session->path},
                            "input '%s' %s (the model wants %s)", info->name, ais_str_get(what),
                            ais_str_get(&wants));
}

/* Slow path: `tensor` does not fit; say why. */
static int explain_input(const ais_session *session, const ais_tensor_info *info,
                         const ais_tensor *tensor, ais_error **err)
{
    AIS_SCOPED(ais_str) what = {0};
    const size_t size = ais_tensor_type_size(tensor->type);
    if (tensor->type != info->type) {
        ais_str_add_format(&what, "is %s", ais_tensor_type_name(tensor->type));
    } else if (tensor->rank > AIS_TENSOR_MAX_RANK) {
        ais_str_add_format(&what, "has %zu dimensions", tensor->rank);
    } else if (!shape_fits(info, tensor) || ais_tensor_count(tensor->rank, tensor->shape) < 0) {
        ais_str_add(&what, "has shape ");
        ais__infer_write_shape(&what, tensor->rank, tensor->shape);
    } else if (tensor->data == NULL && tensor->bytes > 0) {
        ais_str_add(&what, "has no data");
    } else if (tensor->bytes > 0 && (uintptr_t)tensor->data % size != 0) {
        ais_str_add_format(&what, "is not aligned to %zu bytes in memory", size);
    } else {
        ais_str_add(&what, "has shape ");
        ais__infer_write_shape(&what, tensor->rank, tensor->shape);
        ais_str_add_format(&what, " but %zu bytes", tensor->bytes);
    }
    return refuse_input(session, info, &what, err);
}

static int check_input(const ais_session *session, const ais_tensor_info *info,
                       const ais_tensor *tensor, ais_error **err)
{
    if (tensor->type == info->type && shape_fits(info, tensor)) {
        const int64_t count = ais_tensor_count(tensor->rank, tensor->shape);
        const size_t size = ais_tensor_type_size(info->type);
        size_t bytes = 0;
        if (count >= 0 && !__builtin_mul_overflow((size_t)count, size, &bytes) &&
            tensor->bytes == bytes && (tensor->data != NULL || bytes == 0) &&
            (bytes == 0 || (uintptr_t)tensor->data % size == 0))
            return 0;
    }
    return explain_input(session, info, tensor, err);
}

static int refuse_count(const ais_session *session, size_t count, ais_error **err)
{
    AIS_SCOPED(ais_str) names = {0};
    for (size_t i = 0; i < session->input_count; i++)
        ais_str_add_format(&names, "%s%s", i > 0 ? ", " : ": ", session->inputs[i].name);
    return ais_error_set_at(err, AIS_E_INPUT, (ais_pos){.file = session->path},
                            "%zu inputs given (the model wants %zu%s)", count, session->input_count,
                            ais_str_get(&names));
}

/* One block: the struct, its tensors, then the pointers of the back-end. */
static ais_run *new_run(ais_session *session)
{
    const size_t outputs = session->output_count;
    const size_t head = sizeof(ais_run) + outputs * sizeof(ais_tensor);
    ais_run *run = ais_alloc(head + outputs * sizeof(void *));
    run->values = (void **)(void *)((char *)run + head);
    run->session = session;
    run->users = 1;
    ais__infer_cache_keep(session);
    return run;
}

int ais_session_run(ais_session *session, const ais_tensor *inputs, size_t input_count,
                    ais_run **out, ais_error **err)
{
    if (input_count != session->input_count)
        return refuse_count(session, input_count, err);
    for (size_t i = 0; i < input_count; i++)
        if (check_input(session, &session->inputs[i], &inputs[i], err) < 0)
            return -1;
    AIS_AUTO(ais_run) run = new_run(session);
    if (session->backend->run(session, inputs, run, err) < 0)
        return -1;
    *out = run;
    run = NULL;
    return 0;
}

size_t ais_run_count_outputs(const ais_run *run)
{
    return run->selected != NULL ? run->selected_count : run->session->output_count;
}

const ais_tensor *ais_run_get_output(const ais_run *run, size_t i)
{
    if (i >= ais_run_count_outputs(run))
        return NULL;
    return run->selected != NULL ? run->selected[i] : &run->outputs[i];
}

void ais_run_free(ais_run *run)
{
    if (run == NULL || __atomic_sub_fetch(&run->users, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    run->session->backend->end_run(run->session, run);
    ais__infer_cache_release(run->session);
    free(run->selected);
    free(run);
}
