/* The walk over a model's bytes that comes before the library sees them. */
#include "infer/infer_priv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AIS_AUTO(ais_error) err = NULL;
    AIS_FREE uint8_t *copy = ais_alloc(size + 1);
    memcpy(copy, data, size);
    AIS_SCOPED(ais__infer_model) model = {.path = "/nowhere/m.onnx", .data = copy, .length = size};
    if (ais__infer_model_scan(&model, &err) < 0 && ais_error_get_message(err)[0] == '\0')
        AIS_BUG("refused without a reason");
    return 0;
}
