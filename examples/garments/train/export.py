"""The trained networks as ONNX files.

One input, `image`: float32 [N,1,28,28], 0 = black, 1 = white.
"""
import os

from onnx_writer import Graph

IMAGE = ("N", 1, 28, 28)


def _add_conv(graph, x, name, layer):
    weight, bias = layer.fold()
    x = graph.node("Conv", [x, graph.weight(name + ".weight", weight),
                            graph.weight(name + ".bias", bias)],
                   name, kernel_shape=[3, 3], pads=[1, 1, 1, 1])
    x = graph.node("Relu", [x], name + ".relu")
    if layer.pool:
        x = graph.node("MaxPool", [x], name + ".pool", kernel_shape=[2, 2], strides=[2, 2])
    return x


def _add_head(graph, x, name, layer, shape):
    """Logits and softmax; `shape` is [C,H,W] of x, because training keeps its images as [H,W,C]."""
    weight = layer.weight
    if layer.average:
        x = graph.node("GlobalAveragePool", [x], name + ".average")
    else:
        channels, height, width = shape
        weight = weight.reshape(height, width, channels, -1).transpose(2, 0, 1, 3)
        weight = weight.reshape(height * width * channels, -1)
    x = graph.node("Flatten", [x], name + ".flat", axis=1)
    x = graph.node("Gemm", [x, graph.weight(name + ".weight", weight),
                            graph.weight(name + ".bias", layer.bias)], name + ".logits")
    graph.output(graph.node("Softmax", [x], name, axis=1), ("N", weight.shape[1]))


def _write(graph, folder, name):
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(graph.to_bytes())
    print(f"wrote {path} ({os.path.getsize(path)} bytes)")


def write_model(model, folder, name):
    """NAME.onnx with one output a head and, where there are early exits, the table of them."""
    graph = Graph(name)
    x = graph.input("image", IMAGE)
    side, exits = IMAGE[2], []
    for stage, convs, head in model.stages:
        for i, layer in enumerate(convs, 1):
            x = _add_conv(graph, x, f"{stage.name}{i}", layer)
            side = side // 2 if layer.pool else side
        _add_head(graph, x, stage.head, head, (convs[-1].outputs, side, side))
        exits.append((x, stage.head))
    _write(graph, folder, name + ".onnx")
    if len(exits) > 1:
        with open(os.path.join(folder, "early_exits.csv"), "w", encoding="utf-8") as file:
            file.write("exits,input_nodes,output_nodes\n")
            file.writelines(f"exit{i},['{trunk}'],['{head}']\n"
                            for i, (trunk, head) in enumerate(exits[:-1], 1))
