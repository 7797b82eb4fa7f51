/* Operators that sample pictures anew: Resize, GridSample, RoiAlign, ... */
#include <math.h>
#include <string.h>

#include "infer_priv.h"

/* ---- Resize and Upsample ---- */

/* Which axes `sizes` and `scales` are for: all, or those of the attribute (opset 18). */
static int resize_axes(ais__onnx_call *call, size_t rank, size_t count, size_t *axes)
{
    size_t given = rank;
    const int64_t *list = call->studio ? NULL : ais__onnx_get_ints(call, "axes", &given);
    if (count != given)
        return ais__onnx_fail(call, "%zu sizes or scales for %zu axes", count, given);
    for (size_t i = 0; i < given; i++) {
        axes[i] = i;
        if (list != NULL && (i >= rank || ais__onnx_need_axis(call, list[i], rank, &axes[i]) < 0))
            return -1;
    }
    return 0;
}

static ais_onnx_dim scaled(ais_onnx_dim dim, double scale)
{
    /* in single precision, as ONNX defines it */
    const float size = floorf((float)dim.size * (float)scale);
    if (dim.size < 0)
        return scale == 1 ? dim : AIS__ONNX_OPEN;
    return size >= 0 && size < 9e18F ? ais__onnx_dim((int64_t)size) : AIS__ONNX_OPEN;
}

/* By scales in `data`; those of an attribute were copied there. */
static int scale_axes(ais__onnx_call *call, const ais_onnx_shape *in, const ais__onnx_data *data)
{
    size_t *axes = ais_arena_alloc(call->arena, (data->count + in->rank) * sizeof *axes);
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, in->rank);
    if (resize_axes(call, in->rank, data->count, axes) < 0)
        return -1;
    if (!call->studio && dims != NULL)
        memcpy(dims, in->dims, in->rank * sizeof *dims);
    for (size_t i = 0; dims != NULL && i < data->count; i++) {
        const ais_onnx_dim dim = in->dims[axes[i]];
        dims[axes[i]] = AIS__ONNX_OPEN;
        if (data->items[i].known && (dim.size >= 0 || !call->studio))
            dims[axes[i]] = scaled(dim, data->items[i].real);
    }
    return 0;
}

static int size_axes(ais__onnx_call *call, const ais_onnx_shape *in, const ais__onnx_data *data)
{
    size_t *axes = ais_arena_alloc(call->arena, (data->count + in->rank) * sizeof *axes);
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, in->rank);
    if (resize_axes(call, in->rank, data->count, axes) < 0)
        return -1;
    /* not_larger and not_smaller keep the proportions: only the bound is known */
    const bool exact = ais__onnx_is_text(call, "keep_aspect_ratio_policy", "stretch", "stretch");
    if (!call->studio && dims != NULL)
        memcpy(dims, in->dims, in->rank * sizeof *dims);
    for (size_t i = 0; dims != NULL && i < data->count; i++)
        dims[axes[i]] = exact ? ais__onnx_item_dim(data->items[i]) : AIS__ONNX_OPEN;
    return 0;
}

static int resize(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    if (in == NULL)
        return 0;
    const bool old = call->opset < 11 || call->op->argument == 1; /* X, scales */
    const ais_onnx_attribute *attribute = ais_onnx_find_attribute(call->node, "scales");
    const ais__onnx_data *scales = ais__onnx_input_data(call, old ? 1 : 2);
    const ais__onnx_data *sizes = old ? NULL : ais__onnx_input_data(call, 3);
    if (attribute != NULL && attribute->type == AIS_ONNX_ATTRIBUTE_FLOATS && old) {
        ais__onnx_item *items =
            ais_arena_alloc(call->arena, (attribute->count + 1) * sizeof *items);
        ais__onnx_data *list = ais_arena_alloc(call->arena, sizeof *list);
        for (size_t i = 0; i < attribute->count; i++)
            items[i] = (ais__onnx_item){.known = true, .real = (double)attribute->floats[i]};
        *list = (ais__onnx_data){.real = true, .count = attribute->count, .items = items};
        scales = list;
    }
    if (sizes != NULL && !sizes->real && (sizes->count > 0 || call->input_count > 3))
        return size_axes(call, in, sizes);
    const bool by_sizes = call->studio ? call->input_count == 4 : ais__onnx_has_input(call, 3);
    if (scales != NULL && scales->real && !by_sizes && (scales->count > 0 || call->studio))
        return scale_axes(call, in, scales);
    ais__onnx_new_shape(call, 0, in->rank);
    return 0;
}

/* ---- GridSample, AffineGrid, RoiAlign, MaxRoiPool ---- */

static int grid_sample(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    const ais_onnx_shape *grid = ais__onnx_input_shape(call, 1);
    if (call->studio &&
        (ais__onnx_need_rank(call, 0, 4) < 0 || ais__onnx_need_rank(call, 1, 4) < 0))
        return -1;
    if (in != NULL && grid != NULL && in->rank != grid->rank)
        return ais__onnx_fail(call, "the input has %zu axes and the grid %zu", in->rank,
                              grid->rank);
    if (in == NULL && grid == NULL && !call->studio)
        return 0;
    const size_t rank = in != NULL ? in->rank : grid != NULL ? grid->rank : 4;
    if (rank < 3)
        return ais__onnx_fail(call, "the input has %zu axes (must be 3 or more)", rank);
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, rank);
    if (dims == NULL)
        return 0;
    if (in != NULL) {
        dims[0] = in->dims[0];
        dims[1] = in->dims[1];
    }
    for (size_t i = 2; grid != NULL && i < rank; i++)
        dims[i] = grid->dims[i - 1];
    return 0;
}

/* theta [N, 2, 3] or [N, 3, 4] and the size [N, C, H, W] or [N, C, D, H, W] (opset 20). */
static int affine_grid(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    const ais__onnx_data *size = ais__onnx_input_data(call, 1);
    const ais_onnx_shape *length = ais__onnx_input_shape(call, 1);
    if (length == NULL || length->rank != 1 || length->dims[0].size < 3)
        return 0;
    const size_t rank = (size_t)length->dims[0].size;
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, rank);
    if (dims == NULL)
        return 0;
    for (size_t i = 0; size != NULL && !size->real && i < rank && i < size->count; i++)
        if (i != 1)
            dims[i == 0 ? 0 : i - 1] = ais__onnx_item_dim(size->items[i]);
    dims[rank - 1] = ais__onnx_dim((int64_t)rank - 2);
    return 0;
}

static int roi_align(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    const ais_onnx_shape *rois = ais__onnx_input_shape(call, 1);
    const ais_onnx_shape *batch = ais__onnx_input_shape(call, 2);
    if (ais__onnx_need_rank(call, 0, 4) < 0 || ais__onnx_need_rank(call, 1, 2) < 0 ||
        ais__onnx_need_rank(call, 2, 1) < 0)
        return -1;
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, 4);
    if (in != NULL)
        dims[1] = in->dims[1];
    if (rois != NULL)
        dims[0] = rois->dims[0];
    if (batch != NULL &&
        ais__onnx_merge_dim(call, batch->dims[0], &dims[0], "number of regions") < 0)
        return -1;
    dims[2] = ais__onnx_dim(ais__onnx_get_int(call, "output_height", 1));
    dims[3] = ais__onnx_dim(ais__onnx_get_int(call, "output_width", 1));
    return 0;
}

static int max_roi_pool(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    const ais_onnx_shape *rois = ais__onnx_input_shape(call, 1);
    size_t count;
    const int64_t *pooled = ais__onnx_get_ints(call, "pooled_shape", &count);
    if (in == NULL || rois == NULL)
        return 0;
    if (in->rank < 2 || ais__onnx_need_rank(call, 1, 2) < 0)
        return -1;
    if (pooled == NULL || count != in->rank - 2)
        return ais__onnx_fail(call, "'pooled_shape' is not for %zu axes", in->rank);
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, in->rank);
    if (dims == NULL)
        return 0;
    dims[0] = rois->dims[0];
    dims[1] = in->dims[1];
    for (size_t i = 0; i < count; i++)
        dims[i + 2] = ais__onnx_dim(pooled[i]);
    return 0;
}

/* ---- CenterCropPad, Col2Im (opset 18), ImageDecoder (opset 20) ---- */

static int center_crop_pad(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    const ais__onnx_data *sizes = ais__onnx_input_data(call, 1);
    if (in == NULL)
        return 0;
    size_t count = in->rank;
    const int64_t *axes = ais__onnx_get_ints(call, "axes", &count);
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, in->rank);
    if (dims == NULL)
        return 0;
    for (size_t i = 0; axes != NULL && i < in->rank; i++)
        dims[i] = in->dims[i];
    for (size_t i = 0; i < count; i++) {
        size_t axis = i;
        if (axes != NULL && ais__onnx_need_axis(call, axes[i], in->rank, &axis) < 0)
            return -1;
        dims[axis] = sizes != NULL && !sizes->real && sizes->count == count
                         ? ais__onnx_item_dim(sizes->items[i])
                         : AIS__ONNX_OPEN;
    }
    return 0;
}

/* [N, C times the block, L] becomes [N, C, image...]. */
static int col2im(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    const ais__onnx_data *image = ais__onnx_input_data(call, 1);
    size_t count;
    const int64_t *block = ais__onnx_input_ints(call, 2, &count);
    if (image == NULL || image->real)
        return 0;
    int64_t taps = 1;
    for (size_t i = 0; block != NULL && i < count; i++)
        taps = ais__onnx_times(taps, block[i]);
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, image->count + 2);
    if (dims == NULL)
        return 0;
    if (in != NULL && in->rank == 3) {
        dims[0] = in->dims[0];
        if (block != NULL && taps > 0)
            dims[1] = ais__onnx_dim_divide(in->dims[1], taps);
    }
    for (size_t i = 0; i < image->count; i++)
        dims[i + 2] = ais__onnx_item_dim(image->items[i]);
    return 0;
}

static int image_decoder(ais__onnx_call *call)
{
    ais__onnx_set_type(call, 0, AIS_ONNX_UINT8);
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, 3);
    dims[2] = ais__onnx_dim(ais__onnx_is_text(call, "pixel_format", "RGB", "Grayscale") ? 1 : 3);
    return 0;
}

static const ais__onnx_op ops[] = {
    {.name = "Resize", .rule = resize, .cost = AIS__ONNX_COST_RESIZE},
    {.name = "Upsample", .rule = resize, .cost = AIS__ONNX_COST_RESIZE, .argument = 1},
    {.name = "GridSample", .rule = grid_sample, .cost = AIS__ONNX_COST_SAMPLE},
    {.name = "AffineGrid",
     .rule = affine_grid,
     .cost = AIS__ONNX_COST_EACH,
     .factor = 6,
     .flags = AIS__ONNX_NEW},
    {.name = "RoiAlign", .rule = roi_align, .cost = AIS__ONNX_COST_SAMPLE},
    {.name = "MaxRoiPool", .rule = max_roi_pool},
    {.name = "CenterCropPad", .rule = center_crop_pad, .flags = AIS__ONNX_NEW},
    {.name = "Col2Im",
     .rule = col2im,
     .cost = AIS__ONNX_COST_INPUT,
     .factor = 1,
     .flags = AIS__ONNX_NEW},
    {.name = "ImageDecoder", .rule = image_decoder, .flags = AIS__ONNX_NEW},
};
const ais__onnx_family ais__onnx_image = {.domain = "", .ops = ops, .count = AIS_COUNT(ops)};
