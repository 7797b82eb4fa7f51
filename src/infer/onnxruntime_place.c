/* Places for small outputs.
 *
 * When the library has to find memory for an output, make a value for it and tell its shape, that
 * takes longer than everything else that we do in a run. So outputs whose shape can be foreseen are
 * written into memory of the run. Foreseen: sizes that the model states; open sizes that bear the name
 * of an input's size ("N"); an open first size, which is the batch, as the first input has it. The
 * library compares the shape with the true one before it writes; see call_with_places() for what
 * happens when the guess was wrong. Large outputs are left to the library, which reuses its memory. */
#include "infer/onnxruntime.h"

#include <string.h>

enum { MAX_ROOM = 64 * 1024, ALIGNMENT = 64 };

/* ---- planning, once a model ---- */

static bool find_name(const ais_session *session, const char *name, ais__ort_size *out)
{
    for (size_t i = 0; i < session->input_count; i++) {
        const ais_tensor_info *info = &session->inputs[i];
        for (size_t j = 0; j < info->rank; j++) {
            if (info->size_names[j] == NULL || !ais_str_equal(info->size_names[j], name))
                continue;
            *out = (ais__ort_size){.input = (int)i, .dimension = (int)j};
            return true;
        }
    }
    return false;
}

static bool plan_size(const ais_session *session, const ais_tensor_info *info, size_t dimension,
                      ais__ort_size *out)
{
    *out = (ais__ort_size){.input = -1};
    if (info->shape[dimension] >= 0)
        return true;
    const char *name = info->size_names[dimension];
    if (name != NULL && find_name(session, name, out))
        return true;
    const bool batch = dimension == 0 && session->input_count > 0 && session->inputs[0].rank > 0 &&
                       session->inputs[0].shape[0] < 0;
    *out = (ais__ort_size){.input = 0, .dimension = 0};
    return batch;
}

/* Not for an output that is an input as well: there the library gives the input back and leaves our
 * place as it was. */
static bool plan(const ais_session *session, const ais_tensor_info *info, ais__ort_place *out)
{
    bool known = !info->any_rank && ais_session_find_input(session, info->name) < 0;
    for (size_t i = 0; i < info->rank && known; i++)
        known = plan_size(session, info, i, &out->sizes[i]);
    return known;
}

void ais__ort_plan_places(ais_session *session, ais__ort_model *model)
{
    model->places = ais_arena_alloc(session->arena, session->output_count * sizeof *model->places);
    model->unplaced = true;
    for (size_t i = 0; i < session->output_count; i++) {
        model->places[i].known = plan(session, &session->outputs[i], &model->places[i]);
        if (model->places[i].known)
            model->unplaced = false;
    }
}

/* ---- placing, in each run ---- */

static size_t round_up(size_t bytes)
{
    return (bytes + ALIGNMENT - 1) & ~((size_t)ALIGNMENT - 1);
}

/* Complete `output` but for its data; false when it is empty or too large for `room`. */
static bool foresee(const ais_tensor_info *info, const ais__ort_place *place,
                    const ais_tensor *inputs, size_t room, ais_tensor *output)
{
    if (!place->known)
        return false;
    for (size_t i = 0; i < info->rank; i++) {
        const ais__ort_size from = place->sizes[i];
        output->shape[i] =
            from.input < 0 ? info->shape[i] : inputs[from.input].shape[from.dimension];
    }
    const int64_t count = ais_tensor_count(info->rank, output->shape);
    if (count <= 0 || count > MAX_ROOM)
        return false;
    output->bytes = (size_t)count * ais_tensor_type_size(info->type);
    if (round_up(output->bytes) > room)
        return false;
    output->name = info->name;
    output->type = info->type;
    output->rank = info->rank;
    return true;
}

OrtStatus *ais__ort_place_outputs(const ais_session *session, const ais_tensor *inputs,
                                  ais_run *run)
{
    const ais__ort_model *model = session->loaded;
    size_t used = 0;
    for (size_t i = 0; i < session->output_count; i++) {
        ais_tensor *output = &run->outputs[i];
        if (foresee(&session->outputs[i], &model->places[i], inputs, MAX_ROOM - used, output))
            used += round_up(output->bytes);
        else
            output->bytes = 0;
    }
    if (used == 0)
        return NULL;
    char *room = ais_realloc(NULL, used + ALIGNMENT); /* not zeroed: all of it is written */
    run->room = room;
    room += -(uintptr_t)room & (ALIGNMENT - 1);
    OrtStatus *answer = NULL;
    for (size_t i = 0; i < session->output_count && answer == NULL; i++) {
        ais_tensor *output = &run->outputs[i];
        if (output->bytes == 0)
            continue;
        output->data = room;
        room += round_up(output->bytes);
        answer = model->engine->api->CreateTensorWithDataAsOrtValue(
            model->engine->memory, output->data, output->bytes, output->shape, output->rank,
            ais__ort_type_of(output->type), (OrtValue **)&run->values[i]);
    }
    return answer;
}
