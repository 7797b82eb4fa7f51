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


def write_filter(model, folder):
    """filter.onnx with two outputs, [P(garment), P(bag)] each, and the table of its early exit."""
    graph = Graph("filter")
    x = graph.input("image", IMAGE)
    for i, layer in enumerate(model.trunk, 1):
        x = _add_conv(graph, x, f"trunk{i}", layer)
    trunk = x
    _add_head(graph, trunk, "early_exit", model.early, (12, 7, 7))
    for i, layer in enumerate(model.rest, 1):
        x = _add_conv(graph, x, f"rest{i}", layer)
    _add_head(graph, x, "final", model.final, (32, 7, 7))
    _write(graph, folder, "filter.onnx")
    with open(os.path.join(folder, "early_exits.csv"), "w", encoding="utf-8") as file:
        file.write(f"exits,input_nodes,output_nodes\nexit1,['{trunk}'],['early_exit']\n")


def write_classifier(model, folder):
    graph = Graph("classifier")
    x = graph.input("image", IMAGE)
    for i, layer in enumerate(model.body, 1):
        x = _add_conv(graph, x, f"conv{i}", layer)
    _add_head(graph, x, "probabilities", model.final, (40, 7, 7))
    _write(graph, folder, "classifier.onnx")
