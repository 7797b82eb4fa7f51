"""Small convolutional networks in numpy: forward, backward, Adam.

Images are [N,H,W,C] here, because one row of a 3x3 window is then contiguous and the copy into the
matrix that is multiplied (im2col) is fast; the ONNX files are [N,C,H,W] as the standard wants.
"""
import numpy as np

KERNEL = 3
EPSILON = 1e-5


class Conv:
    """A 3x3 convolution with padding 1, perhaps 2x2 max pooling, then normalisation and ReLU.

    Normalisation is batch normalisation with a shift only. A scale would be redundant: what follows
    is ReLU and another linear layer, so a positive scale can live in that layer's weights. That
    leaves the factor 1/sigma, which is positive, so it commutes with the pooling and `fold` can
    move it into the convolution: the exported model has no normalisation left.
    Source: Ioffe and Szegedy, Batch Normalization, arXiv:1502.03167, section 3.
    """

    STATE = ("weight", "shift", "mean", "variance")

    def __init__(self, random, inputs, outputs, pool=False, first=False):
        fan_in = KERNEL * KERNEL * inputs
        self.inputs, self.outputs, self.pool, self.first = inputs, outputs, pool, first
        self.weight = random.normal(0, np.sqrt(2 / fan_in), (fan_in, outputs)).astype(np.float32)
        self.shift = np.zeros(outputs, np.float32)
        self.mean = np.zeros(outputs, np.float32)
        self.variance = np.ones(outputs, np.float32)
        self.parameters = [self.weight, self.shift]

    def _columns(self, x):
        n, height, width, channels = x.shape
        padded = np.zeros((n, height + 2, width + 2, channels), np.float32)
        padded[:, 1:-1, 1:-1] = x
        columns = np.empty((n, height, width, KERNEL, KERNEL * channels), np.float32)
        steps = padded.strides
        rows = np.lib.stride_tricks.as_strided(
            padded, (n, height + 2, width, KERNEL * channels), steps)
        for i in range(KERNEL):
            columns[:, :, :, i] = rows[:, i:i + height]
        return columns.reshape(n * height * width, -1)

    def forward(self, x, training):
        n, height, width, _ = x.shape
        columns = self._columns(x)
        y = (columns @ self.weight).reshape(n, height, width, self.outputs)
        if self.pool:
            above = y[:, 0::2] >= y[:, 1::2]
            y = np.maximum(y[:, 0::2], y[:, 1::2])
            left = y[:, :, 0::2] >= y[:, :, 1::2]
            y = np.maximum(y[:, :, 0::2], y[:, :, 1::2])
        flat = y.reshape(-1, self.outputs)
        if training:
            mean = flat.mean(axis=0)
            centred = flat - mean
            variance = np.einsum("ij,ij->j", centred, centred) / len(flat)
            self.mean += 0.02 * (mean - self.mean)
            self.variance += 0.02 * (variance - self.variance)
        else:
            variance = self.variance
            centred = flat - self.mean
        inverse = 1 / np.sqrt(variance + EPSILON)
        centred *= inverse
        out = centred + self.shift
        np.maximum(out, 0, out=out)
        out = out.reshape(y.shape)
        if training:
            self.saved = (x.shape, columns, centred, inverse, out > 0,
                          (above, left) if self.pool else None)
        return out

    def backward(self, gradient):
        shape, columns, normal, inverse, active, pooled = self.saved
        self.saved = None
        n, height, width, channels = shape
        gradient = gradient * active
        flat = gradient.reshape(-1, self.outputs)
        shift_gradient = flat.sum(axis=0)
        along = np.einsum("ij,ij->j", flat, normal) / len(flat)
        flat = flat - normal * along
        flat -= shift_gradient / len(flat)
        flat *= inverse
        if self.pool:
            above, left = pooled
            across = np.empty(above.shape, np.float32)
            piece = flat.reshape(left.shape)
            np.multiply(piece, left, out=across[:, :, 0::2])
            np.subtract(piece, across[:, :, 0::2], out=across[:, :, 1::2])
            whole = np.empty((n, height, width, self.outputs), np.float32)
            np.multiply(across, above, out=whole[:, 0::2])
            np.subtract(across, whole[:, 0::2], out=whole[:, 1::2])
            flat = whole.reshape(-1, self.outputs)
        self.gradients = [columns.T @ flat, shift_gradient]
        if self.first:
            return None
        spread = (flat @ self.weight.T).reshape(n, height, width, KERNEL, KERNEL, channels)
        padded = np.zeros((n, height + 2, width + 2, channels), np.float32)
        for i in range(KERNEL):
            for j in range(KERNEL):
                padded[:, i:i + height, j:j + width] += spread[:, :, :, i, j]
        return padded[:, 1:-1, 1:-1]

    def fold(self):
        """Weights [O,I,3,3] and bias [O] of the plain convolution that does the same."""
        inverse = 1 / np.sqrt(self.variance + EPSILON)
        weight = (self.weight * inverse).reshape(KERNEL, KERNEL, self.inputs, self.outputs)
        return weight.transpose(3, 2, 0, 1), self.shift - self.mean * inverse


class Dense:
    """A matrix and a bias; its input is [N,H,W,C], averaged over H and W first when `average`."""

    STATE = ("weight", "bias")

    def __init__(self, random, inputs, outputs, average):
        self.average = average
        self.weight = random.normal(0, np.sqrt(1 / inputs), (inputs, outputs)).astype(np.float32)
        self.bias = np.zeros(outputs, np.float32)
        self.parameters = [self.weight, self.bias]

    def forward(self, x, training):
        vector = x.mean(axis=(1, 2)) if self.average else x.reshape(len(x), -1)
        if training:
            self.saved = (x.shape, vector)
        return vector @ self.weight + self.bias

    def backward(self, gradient):
        shape, vector = self.saved
        self.saved = None
        self.gradients = [vector.T @ gradient, gradient.sum(axis=0)]
        back = gradient @ self.weight.T
        if self.average:
            back = back[:, None, None, :] / np.float32(shape[1] * shape[2])
            return np.broadcast_to(back, shape)
        return back.reshape(shape)


class Adam:
    """Kingma and Ba, arXiv:1412.6980, algorithm 1, with decoupled weight decay on matrices only
    (Loshchilov and Hutter, arXiv:1711.05101)."""

    def __init__(self, layers, decay):
        self.layers, self.decay, self.time = layers, decay, 0
        self.first = [[np.zeros_like(p) for p in layer.parameters] for layer in layers]
        self.second = [[np.zeros_like(p) for p in layer.parameters] for layer in layers]

    def step(self, rate):
        self.time += 1
        scale = np.float32(rate * np.sqrt(1 - 0.999 ** self.time) / (1 - 0.9 ** self.time))
        for layer, firsts, seconds in zip(self.layers, self.first, self.second):
            for value, gradient, first, second in zip(layer.parameters, layer.gradients,
                                                      firsts, seconds):
                first += np.float32(0.1) * (gradient - first)
                second += np.float32(0.001) * (gradient * gradient - second)
                if value.ndim == 2:
                    value *= np.float32(1 - rate * self.decay)
                value -= scale * first / (np.sqrt(second) + np.float32(1e-8))


def softmax(logits):
    power = np.exp(logits - logits.max(axis=1, keepdims=True))
    return power / power.sum(axis=1, keepdims=True)


def cross_entropy(logits, targets):
    """Mean loss and its gradient with respect to the logits."""
    probability = softmax(logits)
    rows = np.arange(len(targets))
    loss = -np.log(np.maximum(probability[rows, targets], 1e-12)).mean()
    probability[rows, targets] -= 1
    return loss, probability / np.float32(len(targets))
