/* What the files of infer/ share and nobody else may call.
 *
 * Path of a model: session.c reads the bytes, model.c walks them once (truncation, external data),
 * cache.c holds what is loaded, the back-end's files run it. */
#ifndef AIS_INFER_PRIV_H
#define AIS_INFER_PRIV_H
#include <sys/stat.h>
#include <time.h>

#include "base/file.h"
#include "infer/infer.h"
#include "onnx/external.h"

/* Protobuf, and so ONNX, ends at 2 GiB; larger models keep their weights in external data. */
#define AIS__INFER_MAX_MODEL_BYTES ((size_t)INT32_MAX)
enum { AIS__INFER_MAX_THREADS = 1024 };

/* ---- one version of a file ---- */

/* Equal stamps, equal content: a file is changed in place (times) or replaced (inode). */
typedef struct ais__infer_stamp {
    dev_t device;
    ino_t inode;
    off_t bytes;
    struct timespec modified, changed;
} ais__infer_stamp;
ais__infer_stamp ais__infer_stamp_of(const struct stat *status);
bool ais__infer_stamp_equal(const ais__infer_stamp *a, const ais__infer_stamp *b);

/* A file beside the model that holds weights. */
typedef struct ais__infer_file {
    char *path; /* resolved */
    ais__infer_stamp stamp;
} ais__infer_file;

typedef struct ais__infer_files {
    ais__infer_file *items;
    size_t count, capacity;
} ais__infer_files;
void ais__infer_files_clear(ais__infer_files *files);

/* ---- a model file before it is loaded ---- */

typedef struct ais__infer_model {
    const char *path;
    uint8_t *data; /* a copy of the whole file, borrowed */
    size_t length;
    ais__infer_files external;
    ais_names shapeless; /* inputs and outputs of the main graph that take any rank */
} ais__infer_model;
void ais__infer_model_clear(ais__infer_model *model);

/* Walk the bytes of `model` once and fill `external` and `shapeless`. Weights are taken off the list of
 * inputs, by a change of `data` in place.
 * Errors: AIS_E_INPUT with the byte where the file stops making sense, or for external data that is
 * missing, too short or outside of the model's folder; AIS_E_LIMIT when nested too deeply. */
AIS_NODISCARD int ais__infer_model_scan(ais__infer_model *model, ais_error **err);

/* Find the file and add it to `model->external` (once).
 * Errors: AIS_E_INPUT, AIS_E_IO. */
AIS_NODISCARD int ais__infer_external_add(ais__infer_model *model,
                                          const ais_onnx_external *external, ais_error **err);

/* ---- a loaded model ---- */

struct ais_session {
    const ais_infer_backend *backend;
    void *loaded;     /* the back-end's */
    char *path;       /* as first opened, for messages */
    ais_arena *arena; /* infos and their texts */
    ais_tensor_info *inputs, *outputs;
    size_t input_count, output_count;

    /* The cache's; `users` is atomic and goes from 1 to 0 under the cache's lock only. */
    ais__infer_stamp stamp;
    ais__infer_files external;
    int threads;
    size_t users;
    uint64_t idle_since; /* ticks of the cache */
    ais_session *next;
};

struct ais_run {
    ais_session *session; /* kept open: it owns the names, and perhaps the memory of constants */
    void **values;        /* the back-end's objects behind `outputs` */
    void *room;           /* the back-end's, for outputs that it places itself */
    size_t users;         /* atomic: the caller, and bundles that hold outputs */
    const ais_tensor **selected; /* what the caller sees of `outputs`; NULL: all */
    size_t selected_count;
    ais_tensor outputs[];
};

struct ais_infer_backend {
    const char *name;
    const char *summary;
    /* Load the library, once a process. Errors: AIS_E_MISSING. */
    int (*start)(void **engine, ais_infer_status *status, ais_error **err);
    /* Fill `session`: loaded, inputs, outputs. On failure it holds nothing. */
    int (*load)(void *engine, const ais__infer_model *model, ais_session *session, ais_error **err);
    void (*unload)(void *loaded);
    /* Inputs are checked. `run` has room for the session's outputs; what is in its `values` after a
     * failure is ended by end_run(), too. */
    int (*run)(const ais_session *session, const ais_tensor *inputs, ais_run *run, ais_error **err);
    void (*end_run)(const ais_session *session, ais_run *run);
};

/* ---- the cache ---- */

/* A loaded session of this version of the file, with one more user, or NULL. */
ais_session *ais__infer_cache_find(const ais__infer_stamp *stamp, int threads);
/* Take `session` with its one user. When another thread was faster, its session comes back and ours
 * is ended. */
ais_session *ais__infer_cache_add(ais_session *session);
void ais__infer_cache_keep(ais_session *session);    /* one more user */
void ais__infer_cache_release(ais_session *session); /* one less */
/* The engine of the first back-end that starts. */
AIS_NODISCARD int ais__infer_cache_start(const ais_infer_backend **backend, void **engine,
                                         ais_infer_status *status, ais_error **err);
/* End a session that is in no cache. */
void ais__infer_session_end(ais_session *session);

/* ---- texts ---- */

/* Append "[1,3,N]" for a tensor, or what a model says of one. */
void ais__infer_write_shape(ais_str *out, size_t rank, const int64_t *shape);
void ais__infer_write_info(ais_str *out, const ais_tensor_info *info);
/* Append a library's error text as one sentence: first line, without positions in its sources. */
void ais__infer_shorten(const char *text, ais_str *out);
/* The name that safetensors uses ("F32"), and back (AIS_TENSOR_TYPE_COUNT when unknown). */
const char *ais__infer_type_code(ais_tensor_type type);
ais_tensor_type ais__infer_type_of_code(const char *code);
/* `data` for reading through a `void *` that the public structs want. */
void *ais__infer_unconst(const void *data);
#endif
