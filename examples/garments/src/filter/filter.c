/* filter - lets garments pass and drops bags.
 *
 * What goes in and out: see item.h. The model has two heads; the early one decides where it is sure,
 * see is_sure(). `aisprint design` splits the component there: the first part runs up to the early head
 * and answers where it is sure, the second part has the rest. */
#include <aisprint/annotations.h>
#include <aisprint/component.h>
#include <aisprint/inference.h>

#include <stdbool.h>

#include "item.h"

/* Is the first head of the result sure enough to leave the network there? Where it is, it is right for
 * 99.9 % of the test images, no less often than the final head; train/train.py measures how many go on. */
static bool is_sure(const ais_run *result)
{
    const ais_tensor *head = ais_run_get_output(result, 0);
    if (head->type != AIS_FLOAT32 || head->bytes != CLASSES * sizeof(float))
        return false; /* answer() refuses it */
    const float *probabilities = head->data;
    return probabilities[GARMENT] >= 0.98F || probabilities[BAG] >= 0.98F;
}

/* What the models need, and the file itself: it goes on, perhaps from another machine. */
static int add_item(item *image, ais_bundle *input, ais_error **err)
{
    const ais_tensor pixels = {.name = "image",
                               .type = AIS_FLOAT32,
                               .rank = 4,
                               .shape = {1, 1, SIDE, SIDE},
                               .data = image->pixels,
                               .bytes = sizeof image->pixels};
    const ais_tensor file = {.name = "file",
                             .type = AIS_UINT8,
                             .rank = 1,
                             .shape = {(int64_t)image->length},
                             .data = image->bytes,
                             .bytes = image->length};
    return ais_bundle_add(input, &pixels, err) < 0 ? -1 : ais_bundle_add(input, &file, err);
}

/* Pass a garment on. `result` has both heads, or one where the network was split. */
static int answer(const ais_bundle *returned, const ais_run *result, const char *output,
                  ais_error **err)
{
    const size_t last = ais_run_count_outputs(result) - 1;
    const ais_tensor *head = ais_run_get_output(result, is_sure(result) ? 0 : last);
    const ais_tensor *file = ais_bundle_find(returned, "file");
    if (head->type != AIS_FLOAT32 || head->bytes != CLASSES * sizeof(float) || file == NULL)
        return ais_error_set(err, AIS_E_INPUT, "the model's output '%s' is not %d probabilities",
                             head->name, CLASSES);
    const float *probabilities = head->data;
    if (probabilities[GARMENT] < probabilities[BAG])
        return 0;
    return item_write(file->data, file->bytes, output, err);
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
    ais_bundle *input = ais_bundle_new(), *returned = NULL;
    ais_run *result = NULL;
    const char *model = call->onnx_file != NULL ? call->onnx_file : "onnx/filter.onnx";
    int status = item_read(call->input, &image, err);
    if (status == 0)
        status = add_item(&image, input, err);
    if (status == 0)
        status = ais_load_and_inference(model, input, NULL, &returned, &result, err);
    if (status == 0)
        status = answer(returned, result, call->output, err);
    ais_bundle_free(returned);
    ais_run_free(result);
    ais_bundle_free(input);
    return status;
}
