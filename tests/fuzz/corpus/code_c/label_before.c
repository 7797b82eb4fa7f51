/* A component. */
#include <aisprint/annotations.h>
#include <aisprint/component.h>
#include <aisprint/inference.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct image {
    float values[4];
} image;

/* Read a bundle's x; the item of these tests is one. */
static int load(const char *path, image *out, ais_error **err)
{
    ais_bundle *file = NULL;
    if (ais_bundle_read(path, &file, err) < 0)
        return -1;
    const ais_tensor *x = ais_bundle_find(file, "x");
    if (x == NULL)
        return ais_error_set(err, AIS_E_INPUT, "%s: no image", path);
    memcpy(out->values, x->data, sizeof out->values);
    ais_bundle_free(file);
    return 0;
}

static int fill(ais_bundle *input, image *in, const char *note, ais_error **err)
{
    const ais_tensor x = {.name = "x", .type = AIS_FLOAT32, .rank = 2, .shape = {2, 2},
                          .data = in->values, .bytes = sizeof in->values};
    ais_tensor copy = x;
    copy.name = "image";
    return ais_bundle_add(input, &x, err) < 0 || ais_bundle_add(input, &copy, err) < 0
               ? -1
               : ais_bundle_add_text(input, "note", note, err);
}

static int save(const char *path, const ais_tensor *y, const ais_bundle *returned)
{
    FILE *file = fopen(path, "w");
    const ais_tensor *in = ais_bundle_find(returned, "image");
    for (size_t i = 0; i < y->bytes / sizeof(float); i++)
        fprintf(file, "%.6g %.6g\n", ((const float *)y->data)[i], ((const float *)in->data)[i]);
    fprintf(file, "%s\n", ais_bundle_find_text(returned, "note"));
    return fclose(file) == 0 ? 0 : -1;
}

static bool is_sure(const ais_run *result)
{
    return *(const float *)ais_run_get_output(result, 0)->data > 0;
}

static int counter;
static const int constant = 3;

AIS_COMPONENT_NAME(name = "case");
AIS_EARLY_EXITS_MODEL(onnx_file = "net.onnx", condition_function = "is_sure",
                      transition_probabilities = (0.5));
int entry(const ais_component_call *call, ais_error **err)
{
    image in;
    ais_bundle *input = ais_bundle_new(), *returned = NULL;
    ais_run *result = NULL;
    int status = load(call->input, &in, err);
again:
    if (status == 0)
        status = fill(input, &in, "\"a note\"", err);
    if (status == 0)
        status = ais_load_and_inference(call->onnx_file, input, NULL, &returned, &result, err);
    if (status == 0)
        status = save(call->output, ais_run_get_output(result, 0), returned);
    ais_bundle_free(returned);
    ais_run_free(result);
    ais_bundle_free(input);
    return status;
}
