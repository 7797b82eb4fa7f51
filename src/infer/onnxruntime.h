/* What the three files of the ONNX Runtime back-end share: onnxruntime_find.c finds and loads the
 * library, onnxruntime.c loads models, onnxruntime_run.c runs them.
 *
 * Only the C API is used, in the version of the header's ORT_API_VERSION: newer libraries serve it. */
#ifndef AIS_INFER_ONNXRUNTIME_H
#define AIS_INFER_ONNXRUNTIME_H
#include <onnxruntime_c_api.h>

#include "infer/infer_priv.h"

/* One a process, never ended: the library cannot be started twice. */
typedef struct ais__ort_engine {
    const OrtApi *api;
    OrtEnv *env;
    OrtMemoryInfo *memory;   /* "the processor's", for tensors over the caller's memory */
    OrtAllocator *allocator; /* borrowed */
} ais__ort_engine;

/* Where an open size of an output comes from: a size of an input, or nowhere known. */
typedef struct ais__ort_size {
    int input, dimension; /* input -1: the size is not open */
} ais__ort_size;

/* How the shape of an output follows from the inputs; see onnxruntime_place.c. */
typedef struct ais__ort_place {
    bool known; /* else the library finds a place for this output */
    ais__ort_size sizes[AIS_TENSOR_MAX_RANK];
} ais__ort_place;

/* A loaded model. The arrays are in the order of the session's inputs and outputs. */
typedef struct ais__ort_model {
    const ais__ort_engine *engine;
    OrtSession *session;
    OrtRunOptions *run_options; /* defaults; made once, as NULL makes them in each run */
    const char **input_names, **output_names; /* as the places, in the arena of the ais_session */
    ais__ort_place *places;
    bool unplaced; /* atomic; no output has a known place, or one has proved wrong */
} ais__ort_model;

extern const ais_infer_backend ais__infer_onnxruntime;

/* `*path` is borrowed, as the library stays for ever.
 * Errors: AIS_E_MISSING. */
AIS_NODISCARD int ais__ort_find(const OrtApi **api, const char **path, const char **version,
                                ais_error **err);

/* `status` is the library's answer: NULL is fine and gives 0. Else the error "<what>: <its text>" at
 * `path`, shortened to a sentence; `status` is freed. */
AIS_NODISCARD int ais__ort_check(const OrtApi *api, OrtStatus *status, const char *path,
                                 const char *what, ais_error **err);

/* AIS_TENSOR_TYPE_COUNT where the public API has no such type, and the name that ONNX gives it. */
ais_tensor_type ais__ort_type(ONNXTensorElementDataType type);
ONNXTensorElementDataType ais__ort_type_of(ais_tensor_type type);

/* Find out which outputs of a loaded model can be placed. */
void ais__ort_plan_places(ais_session *session, ais__ort_model *model);
/* Make room for them in `run`; the tensors are complete then, and `values` stand for them. */
OrtStatus *ais__ort_place_outputs(const ais_session *session, const ais_tensor *inputs,
                                  ais_run *run);

int ais__ort_run(const ais_session *session, const ais_tensor *inputs, ais_run *run,
                 ais_error **err);
void ais__ort_end_run(const ais_session *session, ais_run *run);
#endif
