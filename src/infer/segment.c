/* What segments of components in C call; see aisprint/segment.h. */
#include "aisprint/segment.h"

#include <string.h>

#include "infer/infer_priv.h"

int ais_segment_read(const ais_component_call *call, ais_bundle **out, ais_error **err)
{
    return ais_bundle_read(call->input, out, err);
}

static int end_segment(const ais_bundle *returned, const char *path, ais_error **err)
{
    if (ais_bundle_write(returned, path, err) < 0)
        return -1;
    return ais_error_set(err, AIS_E_GOES_ON, "'%s' goes on to the next segment", path);
}

int ais_segment_send(const ais_component_call *call, const ais_bundle *returned, ais_error **err)
{
    return end_segment(returned, call->output, err);
}

int ais_segment_pass_on(const ais_component_call *call, const ais_bundle *returned, ais_error **err)
{
    const bool named = ais_str_ends(call->output, AIS_SEGMENT_GOES_ON);
    AIS_FREE char *path = ais_format("%s%s", call->output, named ? "" : AIS_SEGMENT_GOES_ON);
    return end_segment(returned, path, err);
}

int ais_segment_pass(const ais_component_call *call, const char *onnx_file, ais_error **err)
{
    AIS_AUTO(ais_bundle) input = NULL;
    AIS_AUTO(ais_bundle) returned = NULL;
    const char *model = call->onnx_file != NULL ? call->onnx_file : onnx_file;
    if (ais_segment_read(call, &input, err) < 0 ||
        ais_load_and_inference(model, input, NULL, &returned, NULL, err) < 0)
        return -1;
    return ais_bundle_write(returned, call->output, err);
}
