/* One run through ONNX Runtime: inputs where they lie, outputs where the library puts them.
 *
 * This is the hot path: the rule is to stay within 2 % of the library's own calls
 * (bench/bench_infer.c), so it allocates nothing for up to INPUTS_ON_STACK inputs, and small outputs
 * go straight into the block of the run. */
#include "infer/onnxruntime.h"

#include <string.h>

enum { INPUTS_ON_STACK = 16 };

static void release_values(const OrtApi *api, OrtValue **values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (values[i] != NULL)
            api->ReleaseValue(values[i]);
}

static OrtStatus *wrap_inputs(const ais__ort_engine *engine, const ais_tensor *inputs, size_t count,
                              OrtValue **values)
{
    static const int64_t nothing = 0; /* where empty tensors point; never read */
    OrtStatus *answer = NULL;
    for (size_t i = 0; i < count && answer == NULL; i++) {
        const ais_tensor *t = &inputs[i];
        answer = engine->api->CreateTensorWithDataAsOrtValue(
            engine->memory, t->bytes > 0 ? t->data : ais__infer_unconst(&nothing), t->bytes,
            t->shape, t->rank, ais__ort_type_of(t->type), &values[i]);
    }
    return answer;
}

static int refuse_output(const ais_session *session, size_t i, const char *what, ais_error **err)
{
    return ais_error_set_at(err, AIS_E_INPUT, (ais_pos){.file = session->path},
                            "output '%s' came out as %s", session->outputs[i].name, what);
}

/* Type and shape of a value; the model's word for them need not be true. */
static int read_output(const ais_session *session, size_t i, const OrtValue *value, ais_tensor *out,
                       ais_error **err)
{
    const ais__ort_model *model = session->loaded;
    const OrtApi *api = model->engine->api;
    OrtTensorTypeAndShapeInfo *info = NULL;
    ONNXTensorElementDataType type = ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
    size_t rank = 0;
    OrtStatus *answer = api->GetTensorTypeAndShape(value, &info);
    if (answer == NULL)
        answer = api->GetTensorElementType(info, &type);
    if (answer == NULL)
        answer = api->GetDimensionsCount(info, &rank);
    if (answer == NULL && rank <= AIS_TENSOR_MAX_RANK)
        answer = api->GetDimensions(info, out->shape, rank);
    if (info != NULL)
        api->ReleaseTensorTypeAndShapeInfo(info);
    if (ais__ort_check(api, answer, session->path, session->outputs[i].name, err) < 0)
        return -1;
    if (rank > AIS_TENSOR_MAX_RANK)
        return refuse_output(session, i, "a tensor of too many dimensions", err);
    out->type = ais__ort_type(type);
    if (out->type == AIS_TENSOR_TYPE_COUNT)
        return refuse_output(session, i, "a tensor of a type that C does not have", err);
    out->name = session->outputs[i].name;
    out->rank = rank;
    out->bytes = (size_t)ais_tensor_count(rank, out->shape) * ais_tensor_type_size(out->type);
    return 0;
}

/* A model may hand an input through as its output; then the library gives the caller's memory back.
 * Such an output is copied, for the input may be gone when the call returns. */
static bool lies_in(const ais_tensor *output, const ais_tensor *inputs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if ((uintptr_t)output->data - (uintptr_t)inputs[i].data < inputs[i].bytes)
            return true;
    return false;
}

static OrtStatus *copy_output(const ais__ort_engine *engine, ais_tensor *output, OrtValue **value)
{
    const OrtApi *api = engine->api;
    OrtValue *copy = NULL;
    void *data = NULL;
    OrtStatus *answer = api->CreateTensorAsOrtValue(engine->allocator, output->shape, output->rank,
                                                    ais__ort_type_of(output->type), &copy);
    if (answer == NULL)
        answer = api->GetTensorMutableData(copy, &data);
    if (answer != NULL) {
        if (copy != NULL)
            api->ReleaseValue(copy);
        return answer;
    }
    memcpy(data, output->data, output->bytes);
    api->ReleaseValue(*value);
    *value = copy;
    output->data = data;
    return NULL;
}

static int take_outputs(const ais_session *session, const ais_tensor *inputs, ais_run *run,
                        ais_error **err)
{
    const ais__ort_model *model = session->loaded;
    OrtValue **values = (OrtValue **)run->values;
    for (size_t i = 0; i < session->output_count; i++) {
        ais_tensor *output = &run->outputs[i];
        if (output->data != NULL)
            continue; /* it has its place */
        if (read_output(session, i, values[i], output, err) < 0)
            return -1;
        OrtStatus *answer = model->engine->api->GetTensorMutableData(values[i], &output->data);
        if (answer == NULL && lies_in(output, inputs, session->input_count))
            answer = copy_output(model->engine, output, &values[i]);
        if (ais__ort_check(model->engine->api, answer, session->path, output->name, err) < 0)
            return -1;
    }
    return 0;
}

static OrtStatus *call(const ais_session *session, OrtValue *const *inputs, ais_run *run)
{
    const ais__ort_model *model = session->loaded;
    return model->engine->api->Run(
        model->session, model->run_options, model->input_names, (const OrtValue *const *)inputs,
        session->input_count, model->output_names, session->output_count, (OrtValue **)run->values);
}

/* Where an output's shape is another than foreseen, the library refuses the place that we made for
 * it: then the run is done again without places, and so are all later ones. */
static OrtStatus *call_with_places(const ais_session *session, const ais_tensor *inputs,
                                   OrtValue *const *values, ais_run *run)
{
    ais__ort_model *model = session->loaded;
    const OrtApi *api = model->engine->api;
    OrtStatus *answer = ais__ort_place_outputs(session, inputs, run);
    if (answer == NULL)
        answer = call(session, values, run);
    if (answer == NULL)
        return NULL;
    ais__ort_end_run(session, run);
    run->room = NULL;
    memset(run->values, 0, session->output_count * sizeof *run->values);
    memset(run->outputs, 0, session->output_count * sizeof *run->outputs);
    OrtStatus *second = call(session, values, run);
    api->ReleaseStatus(answer);
    if (second == NULL)
        __atomic_store_n(&model->unplaced, true, __ATOMIC_RELAXED);
    return second;
}

int ais__ort_run(const ais_session *session, const ais_tensor *inputs, ais_run *run,
                 ais_error **err)
{
    const ais__ort_model *model = session->loaded;
    const OrtApi *api = model->engine->api;
    const size_t count = session->input_count;
    OrtValue *on_stack[INPUTS_ON_STACK] = {NULL};
    AIS_FREE OrtValue **on_heap =
        count > INPUTS_ON_STACK ? ais_alloc(count * sizeof(OrtValue *)) : NULL;
    OrtValue **values = on_heap != NULL ? on_heap : on_stack;
    const bool unplaced = __atomic_load_n(&model->unplaced, __ATOMIC_RELAXED);
    OrtStatus *answer = wrap_inputs(model->engine, inputs, count, values);
    if (answer == NULL)
        answer =
            unplaced ? call(session, values, run) : call_with_places(session, inputs, values, run);
    release_values(api, values, count);
    if (ais__ort_check(api, answer, session->path, "the model cannot be run on this input", err) <
        0)
        return -1;
    return take_outputs(session, inputs, run, err);
}

void ais__ort_end_run(const ais_session *session, ais_run *run)
{
    const ais__ort_model *model = session->loaded;
    release_values(model->engine->api, (OrtValue **)run->values, session->output_count);
    free(run->room);
}
