/* filter_tiny - lets garments pass and drops bags, with a network of 0.07 million multiplications.
 *
 * The alternative of `filter` for boards with little power: it lets more bags pass and drops more
 * garments. What goes in and out is the same, see item.h. */
#include <aisprint/annotations.h>
#include <aisprint/component.h>
#include <aisprint/infer.h>

#include "item.h"

/* Another model in the filter's place is told here. */
static int decide(const ais_run *run, int *is_garment, ais_error **err)
{
    const ais_tensor *head = ais_run_get_output(run, 0);
    if (head == NULL || head->type != AIS_FLOAT32 || head->bytes != CLASSES * sizeof(float))
        return ais_error_set(err, AIS_E_INPUT, "the model's output is not %d float32 probabilities",
                             CLASSES);
    const float *probabilities = head->data;
    *is_garment = probabilities[GARMENT] >= probabilities[BAG];
    return 0;
}

static int classify(const char *model, item *image, int *is_garment, ais_error **err)
{
    /* Opened for the first item and kept: the process is the component's own and serves many. */
    static ais_session *session;
    if (session == NULL && ais_session_open(model, NULL, &session, err) < 0)
        return -1;
    const ais_tensor pixels = {.name = "image",
                               .type = AIS_FLOAT32,
                               .rank = 4,
                               .shape = {1, 1, SIDE, SIDE},
                               .data = image->pixels,
                               .bytes = sizeof image->pixels};
    ais_run *run = NULL;
    if (ais_session_run(session, &pixels, 1, &run, err) < 0)
        return -1;
    const int result = decide(run, is_garment, err);
    ais_run_free(run);
    return result;
}

ais_component_entry filter_tiny; /* the compiler checks its shape */

AIS_COMPONENT_NAME(name = "filter_tiny");
AIS_EXEC_TIME(local_time_thr = 0.05);
AIS_EXPECTED_THROUGHPUT(rate = 20);
AIS_DEVICE_CONSTRAINTS(ram = 0.125);
int filter_tiny(const ais_component_call *call, ais_error **err)
{
    item image;
    int is_garment = 0;
    const char *model = call->onnx_file != NULL ? call->onnx_file : "onnx/filter_tiny.onnx";
    if (item_read(call->input, &image, err) < 0)
        return -1;
    if (classify(model, &image, &is_garment, err) < 0)
        return ais_error_wrap(err, "filtering '%s'", call->input);
    return is_garment ? item_write(image.bytes, image.length, call->output, err) : 0;
}
