/* The ONNX Runtime back-end: starting the library and loading models. */
#include "infer/onnxruntime.h"

/* ---- types ---- */

static const struct {
    ONNXTensorElementDataType onnx;
    ais_tensor_type type;
} types[] = {
    {.onnx = ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, .type = AIS_FLOAT32},
    {.onnx = ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE, .type = AIS_FLOAT64},
    {.onnx = ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16, .type = AIS_FLOAT16},
    {.onnx = ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16, .type = AIS_BFLOAT16},
    {.onnx = ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8, .type = AIS_INT8},
    {.onnx = ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16, .type = AIS_INT16},
    {.onnx = ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32, .type = AIS_INT32},
    {.onnx = ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64, .type = AIS_INT64},
    {.onnx = ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8, .type = AIS_UINT8},
    {.onnx = ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16, .type = AIS_UINT16},
    {.onnx = ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32, .type = AIS_UINT32},
    {.onnx = ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64, .type = AIS_UINT64},
    {.onnx = ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL, .type = AIS_BOOL},
};

ais_tensor_type ais__ort_type(ONNXTensorElementDataType type)
{
    for (size_t i = 0; i < AIS_COUNT(types); i++)
        if (types[i].onnx == type)
            return types[i].type;
    return AIS_TENSOR_TYPE_COUNT;
}

ONNXTensorElementDataType ais__ort_type_of(ais_tensor_type type)
{
    for (size_t i = 0; i < AIS_COUNT(types); i++)
        if (types[i].type == type)
            return types[i].onnx;
    return ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
}

/* Of what an input or output may be besides a dense tensor. */
static const char *const kinds[] = {
    [ONNX_TYPE_UNKNOWN] = "of unknown kind",
    [ONNX_TYPE_TENSOR] = "a tensor",
    [ONNX_TYPE_SEQUENCE] = "a sequence",
    [ONNX_TYPE_MAP] = "a map",
    [ONNX_TYPE_OPAQUE] = "opaque",
    [ONNX_TYPE_SPARSETENSOR] = "a sparse tensor",
    [ONNX_TYPE_OPTIONAL] = "an optional value",
};

/* ---- errors ---- */

int ais__ort_check(const OrtApi *api, OrtStatus *status, const char *path, const char *what,
                   ais_error **err)
{
    if (status == NULL)
        return 0;
    AIS_SCOPED(ais_str) sentence = {0};
    ais__infer_shorten(api->GetErrorMessage(status), &sentence);
    api->ReleaseStatus(status);
    return ais_error_set_at(err, AIS_E_INPUT, (ais_pos){.file = path}, "%s: %s", what,
                            ais_str_get(&sentence));
}

/* ---- starting ---- */

/* What it has to say comes back as a status as well; a library must not write to standard error. */
static void ORT_API_CALL be_silent(void *param, OrtLoggingLevel severity, const char *category,
                                   const char *id, const char *location, const char *message)
{
    (void)param, (void)severity, (void)category, (void)id, (void)location, (void)message;
}

static int start(void **engine, ais_infer_status *status, ais_error **err)
{
    static const char what[] = "starting ONNX Runtime";
    const OrtApi *api = NULL;
    if (ais__ort_find(&api, &status->path, &status->version, err) < 0)
        return -1;
    ais__ort_engine *made = ais_alloc(sizeof *made);
    *made = (ais__ort_engine){.api = api};
    OrtStatus *answer = api->CreateEnvWithCustomLogger(be_silent, NULL, ORT_LOGGING_LEVEL_FATAL,
                                                       "aisprint", &made->env);
    if (answer == NULL)
        answer = api->DisableTelemetryEvents(made->env);
    if (answer == NULL)
        answer = api->CreateCpuMemoryInfo(OrtDeviceAllocator, OrtMemTypeDefault, &made->memory);
    if (answer == NULL)
        answer = api->GetAllocatorWithDefaultOptions(&made->allocator);
    if (ais__ort_check(api, answer, status->path, what, err) < 0) {
        if (made->memory != NULL)
            api->ReleaseMemoryInfo(made->memory);
        if (made->env != NULL)
            api->ReleaseEnv(made->env);
        free(made);
        return -1;
    }
    *engine = made;
    return 0;
}

/* ---- loading ---- */

static OrtStatus *set_options(const ais__ort_engine *engine, const ais__infer_model *model,
                              int threads, OrtSessionOptions *options)
{
    const OrtApi *api = engine->api;
    /* Threads that spin while they wait cost twice the time on a loaded machine. */
    const char *const entries[][2] = {
        {"session.intra_op.allow_spinning", "0"},
        {"session.inter_op.allow_spinning", "0"},
        {"session.load_model_format", "ONNX"},
    };
    OrtStatus *answer = api->SetIntraOpNumThreads(options, threads);
    if (answer == NULL)
        answer = api->SetInterOpNumThreads(options, 1);
    if (answer == NULL)
        answer = api->SetSessionExecutionMode(options, ORT_SEQUENTIAL);
    if (answer == NULL)
        answer = api->EnableMemPattern(options);
    if (answer == NULL)
        answer = api->SetSessionLogSeverityLevel(options, ORT_LOGGING_LEVEL_FATAL);
    for (size_t i = 0; i < AIS_COUNT(entries) && answer == NULL; i++)
        answer = api->AddSessionConfigEntry(options, entries[i][0], entries[i][1]);
    if (answer != NULL || model->external.count == 0)
        return answer;
    /* The bytes are given from memory, so that what was checked is what is loaded. */
    AIS_FREE char *folder = ais_path_dir(model->path);
    AIS_FREE char *real = realpath(folder, NULL);
    return api->AddSessionConfigEntry(options,
                                      "session.model_external_initializers_file_folder_path",
                                      real != NULL ? real : folder);
}

static int create(const ais__ort_engine *engine, const ais__infer_model *model, int threads,
                  OrtSession **out, ais_error **err)
{
    const OrtApi *api = engine->api;
    OrtSessionOptions *options = NULL;
    OrtStatus *answer = api->CreateSessionOptions(&options);
    if (answer == NULL)
        answer = set_options(engine, model, threads, options);
    if (answer == NULL)
        answer = api->CreateSessionFromArray(engine->env, model->data, model->length, options, out);
    if (options != NULL)
        api->ReleaseSessionOptions(options);
    return ais__ort_check(api, answer, model->path, "the model cannot be loaded", err);
}

/* ---- inputs and outputs ---- */

/* The two sides of a model, as the library names them. */
typedef struct side {
    const char *noun;
    OrtStatus *(ORT_API_CALL *count)(const OrtSession *session, size_t *out);
    OrtStatus *(ORT_API_CALL *name)(const OrtSession *session, size_t i, OrtAllocator *allocator,
                                    char **out);
    OrtStatus *(ORT_API_CALL *type)(const OrtSession *session, size_t i, OrtTypeInfo **out);
} side;

static int refuse_kind(const ais__infer_model *model, const side *s, const char *name,
                       const char *kind, ais_error **err)
{
    return ais_error_set_at(err, AIS_E_INPUT, (ais_pos){.file = model->path},
                            "%s '%s' is %s (only dense tensors of numbers can be used)", s->noun,
                            name, kind);
}

static int read_shape(const OrtApi *api, const OrtTensorTypeAndShapeInfo *shape, ais_arena *arena,
                      const ais__infer_model *model, ais_tensor_info *info, ais_error **err)
{
    size_t rank = 0;
    if (ais__ort_check(api, api->GetDimensionsCount(shape, &rank), model->path, info->name, err) <
        0)
        return -1;
    if (rank > AIS_TENSOR_MAX_RANK)
        return ais_error_set_at(err, AIS_E_LIMIT, (ais_pos){.file = model->path},
                                "'%s' has %zu dimensions (at most %d)", info->name, rank,
                                AIS_TENSOR_MAX_RANK);
    OrtStatus *answer = api->GetDimensions(shape, info->shape, rank);
    const char *names[AIS_TENSOR_MAX_RANK] = {NULL};
    if (answer == NULL)
        answer = api->GetSymbolicDimensions(shape, names, rank);
    if (ais__ort_check(api, answer, model->path, info->name, err) < 0)
        return -1;
    info->rank = rank;
    for (size_t i = 0; i < rank; i++) {
        if (info->shape[i] >= 0)
            continue;
        info->shape[i] = -1;
        if (names[i] != NULL && names[i][0] != '\0')
            info->size_names[i] = ais_arena_strdup(arena, names[i]);
    }
    for (size_t i = 0; i < model->shapeless.count && rank == 0; i++)
        if (ais_str_equal(model->shapeless.items[i], info->name))
            info->any_rank = 1;
    return 0;
}

static int read_type(const OrtApi *api, const OrtTypeInfo *type, const side *s, ais_arena *arena,
                     const ais__infer_model *model, ais_tensor_info *info, ais_error **err)
{
    ONNXType kind = ONNX_TYPE_UNKNOWN;
    const OrtTensorTypeAndShapeInfo *tensor = NULL; /* borrowed */
    ONNXTensorElementDataType element = ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
    OrtStatus *answer = api->GetOnnxTypeFromTypeInfo(type, &kind);
    if (answer == NULL)
        answer = api->CastTypeInfoToTensorInfo(type, &tensor);
    if (answer == NULL && tensor != NULL)
        answer = api->GetTensorElementType(tensor, &element);
    if (ais__ort_check(api, answer, model->path, info->name, err) < 0)
        return -1;
    if (kind != ONNX_TYPE_TENSOR || tensor == NULL)
        return refuse_kind(model, s, info->name,
                           (size_t)kind < AIS_COUNT(kinds) ? kinds[kind] : kinds[0], err);
    info->type = ais__ort_type(element);
    if (info->type == AIS_TENSOR_TYPE_COUNT)
        return refuse_kind(model, s, info->name,
                           element == ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING
                               ? "a tensor of strings"
                               : "a tensor of a type that C does not have",
                           err);
    return read_shape(api, tensor, arena, model, info, err);
}

static int read_info(const ais__ort_model *loaded, const side *s, size_t i, ais_arena *arena,
                     const ais__infer_model *model, ais_tensor_info *info, ais_error **err)
{
    const ais__ort_engine *engine = loaded->engine;
    const OrtApi *api = engine->api;
    char *name = NULL;
    OrtTypeInfo *type = NULL;
    OrtStatus *answer = s->name(loaded->session, i, engine->allocator, &name);
    if (ais__ort_check(api, answer, model->path, s->noun, err) < 0)
        return -1;
    info->name = ais_arena_strdup(arena, name);
    engine->allocator->Free(engine->allocator, name);
    answer = s->type(loaded->session, i, &type);
    if (ais__ort_check(api, answer, model->path, info->name, err) < 0)
        return -1;
    const int result = read_type(api, type, s, arena, model, info, err);
    api->ReleaseTypeInfo(type);
    return result;
}

static int read_side(const ais__ort_model *loaded, const side *s, const ais__infer_model *model,
                     ais_arena *arena, ais_tensor_info **infos, const char ***names, size_t *count,
                     ais_error **err)
{
    size_t n = 0;
    if (ais__ort_check(loaded->engine->api, s->count(loaded->session, &n), model->path, s->noun,
                       err) < 0)
        return -1;
    *infos = ais_arena_alloc(arena, n * sizeof **infos);
    *names = ais_arena_alloc(arena, n * sizeof **names);
    for (size_t i = 0; i < n; i++) {
        if (read_info(loaded, s, i, arena, model, &(*infos)[i], err) < 0)
            return -1;
        (*names)[i] = (*infos)[i].name;
    }
    *count = n;
    return 0;
}

static void unload(void *loaded)
{
    ais__ort_model *model = loaded;
    if (model->run_options != NULL)
        model->engine->api->ReleaseRunOptions(model->run_options);
    if (model->session != NULL)
        model->engine->api->ReleaseSession(model->session);
    free(model);
}

static int load(void *engine_, const ais__infer_model *model, ais_session *session, ais_error **err)
{
    const ais__ort_engine *engine = engine_;
    const OrtApi *api = engine->api;
    const side inputs = {.noun = "input",
                         .count = api->SessionGetInputCount,
                         .name = api->SessionGetInputName,
                         .type = api->SessionGetInputTypeInfo};
    const side outputs = {.noun = "output",
                          .count = api->SessionGetOutputCount,
                          .name = api->SessionGetOutputName,
                          .type = api->SessionGetOutputTypeInfo};
    ais__ort_model *loaded = ais_alloc(sizeof *loaded);
    loaded->engine = engine;
    if (create(engine, model, session->threads, &loaded->session, err) < 0 ||
        ais__ort_check(api, api->CreateRunOptions(&loaded->run_options), model->path,
                       "the model cannot be loaded", err) < 0 ||
        read_side(loaded, &inputs, model, session->arena, &session->inputs, &loaded->input_names,
                  &session->input_count, err) < 0 ||
        read_side(loaded, &outputs, model, session->arena, &session->outputs, &loaded->output_names,
                  &session->output_count, err) < 0) {
        unload(loaded);
        return -1;
    }
    ais__ort_plan_places(session, loaded);
    session->loaded = loaded;
    return 0;
}

const ais_infer_backend ais__infer_onnxruntime = {
    .name = "onnxruntime",
    .summary = "ONNX Runtime's C API on the processor",
    .start = start,
    .load = load,
    .unload = unload,
    .run = ais__ort_run,
    .end_run = ais__ort_end_run,
};
