/* RNN, GRU, LSTM: X [T, B, I] (layout 0) or [B, T, I] (layout 1). */
#include "infer_priv.h"

static int recurrent(ais__onnx_call *call)
{
    ais_onnx_dim directions = AIS__ONNX_OPEN, steps = AIS__ONNX_OPEN, batch = AIS__ONNX_OPEN;
    if (ais__onnx_is_text(call, "direction", "forward", "bidirectional"))
        directions = ais__onnx_dim(2);
    else if (ais__onnx_is_text(call, "direction", "forward", "forward") ||
             ais__onnx_is_text(call, "direction", "forward", "reverse"))
        directions = ais__onnx_dim(1);
    const int64_t cells = ais__onnx_get_int(call, "hidden_size", -1);
    ais_onnx_dim hidden = ais__onnx_dim(cells > 0 ? cells : -1);
    const ais_onnx_shape *again = ais__onnx_input_shape(call, 2); /* R [D, G H, H] */
    if (hidden.size < 0 && again != NULL && again->rank == 3 && !call->studio)
        hidden = again->dims[2];
    const bool batch_first = ais__onnx_get_int(call, "layout", 0) != 0;
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    if (ais__onnx_need_rank(call, 0, 3) < 0)
        return -1;
    if (in != NULL) {
        steps = in->dims[batch_first ? 1 : 0];
        batch = in->dims[batch_first ? 0 : 1];
    }
    for (size_t i = 0; i < call->output_count && i < 3; i++) {
        if (ais__onnx_take_type(call, 0, i) < 0)
            return -1;
        ais_onnx_dim *dims = ais__onnx_new_shape(call, i, i == 0 ? 4 : 3);
        size_t next = 0;
        if (batch_first)
            dims[next++] = batch;
        if (i == 0)
            dims[next++] = steps;
        dims[next++] = directions;
        if (!batch_first)
            dims[next++] = batch;
        dims[next] = hidden;
    }
    return 0;
}

/* `argument`: gates; `factor`: operations of a cell besides the products: activations (tanh 1, sigmoid 4),
 * biases (one each gate), and how they are combined. */
static const ais__onnx_op ops[] = {
    {.name = "RNN",
     .rule = recurrent,
     .cost = AIS__ONNX_COST_RECURRENT,
     .argument = 1,
     .factor = 3},
    {.name = "GRU",
     .rule = recurrent,
     .cost = AIS__ONNX_COST_RECURRENT,
     .argument = 3,
     .factor = 19},
    {.name = "LSTM",
     .rule = recurrent,
     .cost = AIS__ONNX_COST_RECURRENT,
     .argument = 4,
     .factor = 26},
};
const ais__onnx_family ais__onnx_recurrent = {.domain = "", .ops = ops, .count = AIS_COUNT(ops)};
