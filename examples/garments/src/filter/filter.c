/* filter - lets garments pass and drops bags.
 *
 * What goes in and out: see item.h. The model has two heads; the early one decides where it is sure,
 * see is_sure(). */
#include <aisprint/annotations.h>
#include <aisprint/component.h>
#include <aisprint/infer.h>

#include "item.h"

enum { EARLY_EXIT, FINAL }; /* order of the model's outputs */

/* Is the early head sure enough to leave the network there? Where it is, it is right for 99.9 % of
 * the test images, no less often than the final head; train/train.py measures how many go on. */
static int is_sure(const ais_tensor *head)
{
    const float *probabilities = head->data;
    return probabilities[GARMENT] >= 0.98F || probabilities[BAG] >= 0.98F;
}

/* Borrowed from the run: CLASSES probabilities. Another model in the filter's place is told here. */
static const ais_tensor *need_head(const ais_run *run, size_t output, ais_error **err)
{
    const ais_tensor *head = ais_run_get_output(run, output);
    if (head != NULL && head->type == AIS_FLOAT32 && head->bytes == CLASSES * sizeof(float))
        return head;
    (void)ais_error_set(err, AIS_E_INPUT, "the model's output %zu is not %d float32 probabilities",
                        output, CLASSES);
    return NULL;
}

static int decide(const ais_run *run, int *out, ais_error **err)
{
    const ais_tensor *head = need_head(run, EARLY_EXIT, err);
    if (head != NULL && !is_sure(head))
        head = need_head(run, FINAL, err);
    if (head == NULL)
        return -1;
    const float *probabilities = head->data;
    *out = probabilities[GARMENT] >= probabilities[BAG];
    return 0;
}

static int is_garment(const char *model, const char *path, float *pixels, int *out, ais_error **err)
{
    /* Opened for the first item and kept: the process is the component's own and serves many. */
    static ais_session *session;
    if (session == NULL && ais_session_open(model, NULL, &session, err) < 0)
        return -1;
    const ais_tensor image = {.name = "image",
                              .type = AIS_FLOAT32,
                              .rank = 4,
                              .shape = {1, 1, SIDE, SIDE},
                              .data = pixels,
                              .bytes = PIXELS * sizeof(float)};
    ais_run *run = NULL;
    if (ais_session_run(session, &image, 1, &run, err) < 0)
        return ais_error_wrap(err, "filtering '%s'", path);
    const int result = decide(run, out, err);
    ais_run_free(run);
    return result;
}

ais_component_entry filter; /* the compiler checks its shape */

AIS_COMPONENT_NAME(name = "filter");
AIS_EXEC_TIME(local_time_thr = 0.05);
AIS_EXPECTED_THROUGHPUT(rate = 20);
AIS_DEVICE_CONSTRAINTS(ram = 0.25);
AIS_EARLY_EXITS_MODEL(onnx_file = "filter.onnx", condition_function = "is_sure",
                      transition_probabilities = (0.0317));
AIS_MODEL_PERFORMANCE(filtered_class = "Bag");
int filter(const ais_component_call *call, ais_error **err)
{
    item image;
    int garment = 0;
    const char *model = call->onnx_file != NULL ? call->onnx_file : "onnx/filter.onnx";
    if (item_read(call->input, &image, err) < 0 ||
        is_garment(model, call->input, image.pixels, &garment, err) < 0)
        return -1;
    return garment ? item_write(image.bytes, image.length, call->output, err) : 0;
}
