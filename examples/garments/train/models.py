"""The two networks of the example. Layers only: train.py trains, export.py writes them as ONNX."""
import numpy as np

from network import Adam, Conv, Dense, cross_entropy, softmax


class Model:
    """What both have: `layers`, and a state that can be kept in a file."""

    def get_state(self):
        return {f"{i}.{name}": getattr(layer, name)
                for i, layer in enumerate(self.layers) for name in layer.STATE}

    def set_state(self, state):
        for i, layer in enumerate(self.layers):
            for name in layer.STATE:
                getattr(layer, name)[...] = state[f"{i}.{name}"]


class Filter(Model):
    """Garment or bag, with an early exit.

    trunk: two small convolutions, down to 7x7x12; `early` decides from it for about 1/4 of the work
    of the whole. `rest` and `final` are the deeper part, for images of which `early` is not sure.
    """

    def __init__(self, random):
        self.trunk = [Conv(random, 1, 8, pool=True, first=True), Conv(random, 8, 12, pool=True)]
        self.early = Dense(random, 7 * 7 * 12, 2, average=False)
        self.rest = [Conv(random, 12, 32), Conv(random, 32, 32)]
        self.final = Dense(random, 32, 2, average=True)
        self.layers = [*self.trunk, self.early, *self.rest, self.final]

    def forward(self, images, training=False):
        """Logits of the early and of the final head."""
        x = images
        for layer in self.trunk:
            x = layer.forward(x, training)
        early = self.early.forward(x, training)
        for layer in self.rest:
            x = layer.forward(x, training)
        return early, self.final.forward(x, training)

    def learn(self, images, targets):
        early, final = self.forward(images, training=True)
        early_loss, early_gradient = cross_entropy(early, targets)
        final_loss, final_gradient = cross_entropy(final, targets)
        gradient = self.final.backward(final_gradient)
        for layer in reversed(self.rest):
            gradient = layer.backward(gradient)
        gradient = gradient + self.early.backward(early_gradient)
        for layer in reversed(self.trunk):
            gradient = layer.backward(gradient)
        return early_loss + final_loss


class Classifier(Model):
    """Which of the nine garments."""

    def __init__(self, random):
        self.body = [Conv(random, 1, 16, pool=True, first=True), Conv(random, 16, 32),
                     Conv(random, 32, 48, pool=True), Conv(random, 48, 64), Conv(random, 64, 40)]
        self.final = Dense(random, 7 * 7 * 40, 9, average=False)
        self.layers = [*self.body, self.final]

    def forward(self, images, training=False):
        x = images
        for layer in self.body:
            x = layer.forward(x, training)
        return (self.final.forward(x, training),)

    def learn(self, images, targets):
        loss, gradient = cross_entropy(self.forward(images, training=True)[0], targets)
        for layer in reversed(self.layers):
            gradient = layer.backward(gradient)
        return loss


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
