"""From the detector's map of text to upright pictures of words.

A box is [4,2]: corners clockwise from top left, x and y in pixels.
Source: Liao et al., Real-time Scene Text Detection with Differentiable Binarization,
arXiv:1911.08947, section 3.4, with the limits of PP-OCR.
"""
import numpy as np

import pictures

TEXT = 0.3     # a pixel belongs to text
SURE = 0.6     # the mean over a region for it to be kept
UNCLIP = 1.5   # the map shows the core of a word: boxes grow by area * UNCLIP / circumference
SMALLEST = 3   # pixels of the map


def regions(mask):
    """Pixels of each 8-connected region: a list of [N,2], x and y."""
    padded = np.zeros((mask.shape[0], mask.shape[1] + 2), np.int8)
    padded[:, 1:-1] = mask
    change = np.diff(padded, axis=1)
    rows, starts = (change == 1).nonzero()
    ends = (change == -1).nonzero()[1]
    parent = list(range(len(rows)))

    def find(run):
        while parent[run] != run:
            parent[run] = run = parent[parent[run]]
        return run

    first = np.searchsorted(rows, np.arange(mask.shape[0] + 1))
    for y in range(1, mask.shape[0]):
        above, stop = first[y - 1], first[y]
        for run in range(first[y], first[y + 1]):
            while above < stop and ends[above] < starts[run]:
                above += 1
            at = above
            while at < stop and starts[at] <= ends[run]:
                parent[find(run)] = find(at)
                at += 1
    together = {}
    for run in range(len(rows)):
        together.setdefault(find(run), []).append(run)
    return [np.concatenate([np.stack([np.arange(starts[run], ends[run]),
                                      np.full(ends[run] - starts[run], rows[run])], axis=1)
                            for run in runs]) for runs in together.values()]


def hull(points):
    """Corners of the convex hull, in order. Andrew's monotone chain."""
    def half(path):
        kept = []
        for p in path:
            while len(kept) > 1 and ((kept[-1][0] - kept[-2][0]) * (p[1] - kept[-2][1]) -
                                     (kept[-1][1] - kept[-2][1]) * (p[0] - kept[-2][0])) <= 0:
                kept.pop()
            kept.append(p)
        return kept[:-1]

    path = sorted(set(map(tuple, points.tolist())))
    return np.array(half(path) + half(path[::-1]) if len(path) > 1 else path, float)


def smallest_rectangle(points):
    """Of least area around the points: one of its sides lies on a side of their hull."""
    corners = hull(points)
    edges = np.roll(corners, -1, axis=0) - corners
    best = None
    for angle in np.unique(np.arctan2(edges[:, 1], edges[:, 0]) % (np.pi / 2)):
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        turned = corners @ turn
        low, high = turned.min(axis=0), turned.max(axis=0)
        area = (high - low).prod()
        if best is None or area < best[0] - 1e-9:
            best = area, turn, low, high
    return best[1:]


def grow(rectangle, ratio):
    turn, low, high = rectangle
    width, height = high - low
    reach = ratio * width * height / (2 * (width + height))
    return turn, low - reach, high + reach


def corners_of(rectangle):
    """The box of a rectangle, turned so that its text runs from left to right where it is nearly so."""
    turn, low, high = rectangle
    box = np.array([low, (high[0], low[1]), high, (low[0], high[1])]) @ turn.T
    # Of the four corners that may be the first, the one whose upper side points most to the right.
    sides = np.roll(box, -1, axis=0) - box
    first = int(np.argmax(sides[:, 0] / np.maximum(np.hypot(*sides.T), 1e-9)))
    return np.roll(box, -first, axis=0)


def find(probabilities):
    """Boxes of text on a map [H,W], in its pixels, in reading order; and how sure each is."""
    found = []
    for pixels in regions(probabilities > TEXT):
        sure = float(probabilities[pixels[:, 1], pixels[:, 0]].mean())
        if sure < SURE or len(pixels) < SMALLEST * SMALLEST:
            continue
        rectangle = smallest_rectangle(np.concatenate([pixels, pixels + 1, pixels + (0, 1),
                                                       pixels + (1, 0)]))
        if (rectangle[2] - rectangle[1]).min() < SMALLEST:
            continue
        found.append((corners_of(grow(rectangle, UNCLIP)), sure))
    return in_reading_order(found)


def in_reading_order(found):
    """Line by line: a box belongs to the line whose first box it overlaps by half its height."""
    lines = []
    for box, sure in sorted(found, key=lambda each: each[0][:, 1].mean()):
        middle = box[:, 1].mean()
        for line in lines:
            top, bottom = line[0][0][:, 1].min(), line[0][0][:, 1].max()
            if top + (bottom - top) / 4 <= middle <= bottom - (bottom - top) / 4:
                line.append((box, sure))
                break
        else:
            lines.append([(box, sure)])
    return [each for line in lines for each in sorted(line, key=lambda each: each[0][:, 0].min())]


def cut_out(picture, box):
    """The picture inside a box, upright; what stands on end is turned to lie."""
    across, down = box[1] - box[0], box[3] - box[0]
    width, height = (max(1, int(round(np.hypot(*side)))) for side in (across, down))
    u, v = np.meshgrid((np.arange(width) + 0.5) / width, (np.arange(height) + 0.5) / height)
    places = box[0] + u[..., None] * across + v[..., None] * down - 0.5
    word = pictures.sample(picture, places[..., 0], places[..., 1]).round().astype(np.uint8)
    return np.rot90(word) if height >= 1.5 * width else word
