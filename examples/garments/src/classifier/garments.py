"""What both classifiers have in common: the image they read and the answer they write."""
import json
import re

import numpy as np

SIDE = 28
BLANK = rb'(?:\s|#[^\n]*\n)+'  # comments may stand between the numbers
HEADER = re.compile(rb'P5' + 3 * (BLANK + rb'(\d{1,5})') + rb'\s')
# Number in Fashion-MNIST and label, in the order of the models' outputs. Number 8, Bag, is missing:
# bags are what the filter drops.
GARMENTS = ((0, 'T-shirt/top'), (1, 'Trouser'), (2, 'Pullover'), (3, 'Dress'), (4, 'Coat'),
            (5, 'Sandal'), (6, 'Shirt'), (7, 'Sneaker'), (9, 'Ankle boot'))


def read_pgm(path):
    """The image as float32 [1,1,28,28], 0 = black, 1 = white."""
    with open(path, 'rb') as file:
        data = file.read()
    header = HEADER.match(data)
    if not header:
        raise ValueError('%s: not a binary PGM image' % path)
    width, height, white = (int(number) for number in header.groups())
    if (width, height) != (SIDE, SIDE) or not 0 < white < 256:
        raise ValueError('%s: image of %dx%d pixels up to %d (must be %dx%d up to 1..255)'
                         % (path, width, height, white, SIDE, SIDE))
    if len(data) < header.end() + SIDE * SIDE:
        raise ValueError('%s: image ends early' % path)
    pixels = np.frombuffer(data, np.uint8, SIDE * SIDE, header.end())
    return pixels.reshape(1, 1, SIDE, SIDE) / np.float32(white)


def write_answer(path, item, probabilities):
    """The most probable garment as JSON; `probabilities` in the order of GARMENTS."""
    number, label = GARMENTS[int(probabilities.argmax())]
    each = {name: round(float(p), 6) for (_, name), p in zip(GARMENTS, probabilities)}
    answer = {'item': item, 'label': label, 'class': number, 'confidence': each[label],
              'probabilities': each}
    with open(path, 'w', encoding='utf-8') as file:
        json.dump(answer, file)
        file.write('\n')
