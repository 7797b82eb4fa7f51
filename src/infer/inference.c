/* load_and_inference() for components in C; see aisprint/inference.h. */
#include "aisprint/inference.h"

#include <string.h>

#include "infer/bundle_priv.h"

static int refuse_missing(const ais_session *session, const ais_bundle *input, ais_error **err)
{
    AIS_SCOPED(ais_str) missing = {.data = NULL};
    AIS_SCOPED(ais_str) given = {.data = NULL};
    for (size_t i = 0; i < session->input_count; i++)
        if (ais_bundle_find(input, session->inputs[i].name) == NULL) {
            ais_str_add_format(&missing, "%s'%s' (", missing.length > 0 ? ", " : "",
                               session->inputs[i].name);
            ais__infer_write_info(&missing, &session->inputs[i]);
            ais_str_add(&missing, ")");
        }
    for (size_t i = 0; i < input->count; i++)
        ais_str_add_format(&given, "%s'%s'", i > 0 ? ", " : "", input->tensors[i]->name);
    ais_error_set_at(err, AIS_E_INPUT, (ais_pos){.file = session->path},
                     "the model wants %s, which the bundle does not have", ais_str_get(&missing));
    return ais_error_hint(err, given.length > 0 ? "it has %s" : "it has no tensors",
                          ais_str_get(&given));
}

static int run_on(ais_session *session, const ais_bundle *input, ais_run **out, ais_error **err)
{
    AIS_FREE ais_tensor *inputs = ais_alloc(session->input_count * sizeof *inputs);
    for (size_t i = 0; i < session->input_count; i++) {
        const ais_tensor *tensor = ais_bundle_find(input, session->inputs[i].name);
        if (tensor == NULL)
            return refuse_missing(session, input, err);
        inputs[i] = *tensor;
    }
    return ais_session_run(session, inputs, session->input_count, out, err);
}

static int refuse_output(const ais_session *session, const char *name, ais_error **err)
{
    AIS_SCOPED(ais_str) names = {.data = NULL};
    for (size_t i = 0; i < session->output_count; i++)
        ais_str_add_format(&names, "%s'%s'", i > 0 ? ", " : "", session->outputs[i].name);
    ais_error_set_at(err, AIS_E_INPUT, (ais_pos){.file = session->path},
                     "the model has no output '%s'", name);
    return ais_error_hint(err, "its outputs are %s", ais_str_get(&names));
}

/* From now on the run's outputs are those of the list. */
static int select_outputs(ais_run *run, const char *const *names, ais_error **err)
{
    size_t count = 0;
    while (names[count] != NULL)
        count++;
    AIS_FREE const ais_tensor **selected = ais_alloc(count * sizeof *selected);
    for (size_t i = 0; i < count; i++) {
        const int at = ais_session_find_output(run->session, names[i]);
        if (at < 0)
            return refuse_output(run->session, names[i], err);
        selected[i] = &run->outputs[at];
    }
    run->selected = selected;
    run->selected_count = count;
    selected = NULL;
    return 0;
}

static bool is_selected(const ais_run *run, const ais_tensor *output)
{
    for (size_t i = 0; run->selected != NULL && i < run->selected_count; i++)
        if (run->selected[i] == output)
            return true;
    return false;
}

/* Is `keep` of the bundle true, in the sense of the language that wrote it? */
static bool keeps_inputs(const ais_bundle *input)
{
    static const char *const untrue[] = {"false", "null", "0", "\"\"", "[]", "{}"};
    const char *text = ais_bundle_find_text(input, "keep");
    for (size_t i = 0; text != NULL && i < AIS_COUNT(untrue); i++)
        if (ais_str_equal(text, untrue[i]))
            return false;
    const ais_tensor *tensor = ais_bundle_find(input, "keep"); /* one of numpy's truth values */
    if (tensor == NULL || tensor->type != AIS_BOOL || tensor->bytes != 1)
        return text != NULL;
    return *(const char *)tensor->data != 0;
}

static bool is_kept(const ais_session *session, const char *name, bool keep)
{
    return ais_session_find_output(session, name) < 0 &&
           (keep || ais_session_find_input(session, name) < 0);
}

static ais_bundle *make_returned(ais_run *run, const ais_bundle *input)
{
    const ais_session *session = run->session;
    const bool keeps = keeps_inputs(input);
    ais_bundle *bundle = ais_bundle_new();
    for (size_t i = 0; i < input->count; i++)
        if (is_kept(session, input->tensors[i]->name, keeps))
            ais__bundle_put(bundle, input->tensors[i]);
    for (size_t i = 0; i < session->output_count; i++)
        if (!is_selected(run, &run->outputs[i]))
            ais__bundle_put(bundle, &run->outputs[i]);
    for (size_t i = 0; i < input->text_count; i++)
        if (is_kept(session, input->texts[i].key, false))
            ais__bundle_put_text(bundle, input->texts[i].key, input->texts[i].value);
    ais__bundle_keep(bundle, input, run);
    return bundle;
}

static int threads_wanted(void)
{
    const char *text = getenv("AISPRINT_THREADS");
    char *end = NULL;
    const long threads = text != NULL ? strtol(text, &end, 10) : 0;
    return threads > 0 && threads <= AIS__INFER_MAX_THREADS && *end == '\0' ? (int)threads : 0;
}

int ais_load_and_inference(const char *onnx_file, const ais_bundle *input,
                           const char *const *outputs, ais_bundle **returned, ais_run **result,
                           ais_error **err)
{
    AIS_SESSION session = NULL; /* stays in the cache when it is given back */
    AIS_AUTO(ais_run) run = NULL;
    if (onnx_file == NULL)
        return ais_error_set(err, AIS_E_INPUT, "no model is given to load_and_inference");
    const ais_session_options options = {.threads = threads_wanted()};
    if (ais_session_open(onnx_file, &options, &session, err) < 0 ||
        run_on(session, input, &run, err) < 0)
        return -1;
    if (run == NULL)
        AIS_BUG("the model ran, and there is no run");
    if (outputs != NULL && select_outputs(run, outputs, err) < 0)
        return -1;
    if (returned != NULL)
        *returned = make_returned(run, input);
    if (result != NULL) {
        *result = run;
        run = NULL;
    }
    return 0;
}
