"""The networks of the example. What they are made of; train.py trains, export.py writes them as ONNX."""
from dataclasses import dataclass

import numpy as np

from network import Adam, Conv, Dense, cross_entropy, softmax

SIDE = 28


@dataclass(frozen=True)
class Stage:
    """Some 3x3 convolutions and the head that decides from what they give."""

    name: str       # of the convolutions in the ONNX file, which are numbered: trunk1, trunk2, ...
    convs: tuple    # (channels, followed by 2x2 pooling?) each
    head: str       # name of its output, probabilities
    average: bool = False  # the head sees each channel's average only


# Every stage but the last is an early exit: its head decides from what has been computed so far, and
# the stages behind it are for the images of which it is not sure.
NETWORKS = {
    "filter": (Stage("trunk", ((8, True), (12, True)), "early_exit"),
               Stage("rest", ((32, False), (32, False)), "final", average=True)),
    "filter_tiny": (Stage("conv", ((4, True), (6, True)), "decision"),),
    "classifier": (Stage("conv", ((16, True), (32, False), (48, True), (64, False), (40, False)),
                         "probabilities"),),
    "classifier_exits": (Stage("first", ((12, True), (24, True)), "exit1"),
                         Stage("second", ((32, False),), "exit2"),
                         Stage("third", ((40, False), (40, False)), "final")),
}


class Model:
    """A network with one head a stage; its state can be kept in a file."""

    def __init__(self, random, stages, classes):
        self.stages = []  # (description, convolutions, head)
        channels, side = 1, SIDE
        for stage in stages:
            convs = []
            for wider, pool in stage.convs:
                convs.append(Conv(random, channels, wider, pool=pool, first=channels == 1))
                channels, side = wider, side // 2 if pool else side
            inputs = channels if stage.average else side * side * channels
            head = Dense(random, inputs, classes, average=stage.average)
            self.stages.append((stage, convs, head))
        self.layers = [layer for _, convs, head in self.stages for layer in (*convs, head)]

    def get_state(self):
        return {f"{i}.{name}": getattr(layer, name)
                for i, layer in enumerate(self.layers) for name in layer.STATE}

    def set_state(self, state):
        for i, layer in enumerate(self.layers):
            for name in layer.STATE:
                getattr(layer, name)[...] = state[f"{i}.{name}"]

    def forward(self, images, training=False):
        """Logits of each head."""
        x, heads = images, []
        for _, convs, head in self.stages:
            for layer in convs:
                x = layer.forward(x, training)
            heads.append(head.forward(x, training))
        return heads

    def learn(self, images, targets):
        """One step backwards through all heads; returns the sum of their losses."""
        losses = [cross_entropy(logits, targets) for logits in self.forward(images, training=True)]
        gradient = None
        for (_, convs, head), (_, of_head) in zip(reversed(self.stages), reversed(losses)):
            back = head.backward(of_head)
            gradient = back if gradient is None else gradient + back
            for layer in reversed(convs):
                gradient = layer.backward(gradient)
        return sum(loss for loss, _ in losses)


def augment(random, images, reach):
    """Mirror half of the images; move each by up to `reach` pixels in both directions."""
    n, height, width = images.shape
    mirrored = random.random(n) < 0.5
    images = np.where(mirrored[:, None, None], images[:, :, ::-1], images)
    padded = np.zeros((n, height + 2 * reach, width + 2 * reach), np.float32)
    padded[:, reach:-reach, reach:-reach] = images
    rows = random.integers(0, 2 * reach + 1, n)[:, None] + np.arange(height)
    columns = random.integers(0, 2 * reach + 1, n)[:, None] + np.arange(width)
    return padded[np.arange(n)[:, None, None], rows[:, :, None], columns[:, None, :]]


def fit(model, images, targets, random, *, epochs, batch, rate, decay, reach, report):
    """Train with Adam; the learning rate rises for half an epoch, then falls along a cosine."""
    adam = Adam(model.layers, decay)
    steps = epochs * (len(images) // batch)
    warm = steps // epochs // 2
    step = 0
    for epoch in range(epochs):
        order = random.permutation(len(images))
        total = 0.0
        for start in range(0, len(images) - batch + 1, batch):
            pick = order[start:start + batch]
            step += 1
            part = (step - warm) / max(1, steps - warm)
            now = rate * (step / warm if step < warm else 0.5 * (1 + np.cos(np.pi * part)))
            total += model.learn(augment(random, images[pick], reach)[..., None], targets[pick])
            adam.step(now)
        report(epoch + 1, total / (len(images) // batch))


def predict(model, images, batch=500):
    """Probabilities of every head, a list of arrays."""
    parts = [[softmax(head) for head in model.forward(images[i:i + batch, :, :, None])]
             for i in range(0, len(images), batch)]
    return [np.concatenate(heads) for heads in zip(*parts)]
