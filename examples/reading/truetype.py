"""Words as pictures: reads a TrueType font and fills its outlines, with numpy alone.

As much of the format as printed Latin words need: outlines of quadratic curves, composite glyphs
placed by offsets, characters of the Basic Multilingual Plane. No hinting, no kerning.
Source: OpenType specification 1.9, tables cmap (format 4), glyf, head, hhea, hmtx, loca.
"""
import struct

import numpy as np

STEPS = 6    # straight pieces that a curve is drawn with
SAMPLES = 4  # lines that a row of pixels is sampled at

ON_CURVE, X_BYTE, Y_BYTE, REPEAT, X_SAME, Y_SAME = 1, 2, 4, 8, 16, 32
WORDS, OFFSETS, ONE_SCALE, MORE, TWO_SCALES, MATRIX = 1, 2, 8, 32, 64, 128
DEPTH = 4  # composite glyphs of composite glyphs


class Font:
    """A letter's size is `em` font units; `characters` maps code points to glyphs."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = file.read()
        count = struct.unpack_from(">H", self.data, 4)[0]
        rows = (struct.unpack_from(">4sIII", self.data, 12 + 16 * i) for i in range(count))
        self.tables = {tag.decode(): offset for tag, _, offset, _ in rows}
        self.em = self._read("head", ">H", 18)[0]
        self.glyphs = self._read("maxp", ">H", 4)[0]
        self.advances = self._read("hhea", ">H", 34)[0]
        long = self._read("head", ">h", 50)[0]
        places = self._read("loca", f">{self.glyphs + 1}{'I' if long else 'H'}", 0)
        self.places = places if long else [2 * place for place in places]
        self.characters = self._read_characters()

    def _read(self, table, layout, offset):
        return struct.unpack_from(layout, self.data, self.tables[table] + offset)

    def _read_characters(self):
        for i in range(self._read("cmap", ">H", 2)[0]):
            at = self._read("cmap", ">I", 8 + 8 * i)[0]
            if self._read("cmap", ">H", at)[0] == 4:
                return self._read_segments(at)
        raise ValueError("the font has no table of characters that we read (cmap format 4)")

    def _read_segments(self, at):
        count = self._read("cmap", ">H", at + 6)[0] // 2
        ends, starts, deltas, ranges = (
            self._read("cmap", f">{count}H", at + 14 + 2 * count * i + (2 if i else 0))
            for i in range(4))
        found = {}
        for i, (end, start, delta, offset) in enumerate(zip(ends, starts, deltas, ranges)):
            for code in range(start, min(end, 0xFFFE) + 1):
                glyph = code
                if offset:
                    place = at + 16 + 6 * count + 2 * i + offset + 2 * (code - start)
                    glyph = self._read("cmap", ">H", place)[0]
                if glyph or not offset:
                    found[code] = (glyph + delta) & 0xFFFF
        return found

    def advance(self, glyph):
        """How far the next glyph is, in font units."""
        return self._read("hmtx", ">H", 4 * min(glyph, self.advances - 1))[0]

    def contours(self, glyph, depth=0):
        """Closed polygons [N,2] in font units, y upwards."""
        start, end = self.places[glyph], self.places[glyph + 1]
        if start == end:
            return []
        count = self._read("glyf", ">h", start)[0]
        if count >= 0:
            return self._read_outline(start + 10, count)
        return self._read_parts(start + 10, depth)

    def _read_parts(self, at, depth):
        found, flags = [], MORE
        while flags & MORE and depth < DEPTH:
            flags, glyph = self._read("glyf", ">HH", at)
            layout = ">hh" if flags & WORDS else ">bb"
            move = self._read("glyf", layout, at + 4) if flags & OFFSETS else (0, 0)
            at += 4 + struct.calcsize(layout)
            size = 1 if flags & ONE_SCALE else 2 if flags & TWO_SCALES else 4 if flags & MATRIX else 0
            scale = [value / 16384 for value in self._read("glyf", f">{size}h", at)] or [1.0]
            at += 2 * size
            matrix = np.reshape(scale, (2, 2)) if size == 4 else np.diag(np.resize(scale, 2))
            found += [points @ matrix + move for points in self.contours(glyph, depth + 1)]
        return found

    def _read_outline(self, at, count):
        if count == 0:
            return []
        ends = self._read("glyf", f">{count}H", at)
        at += 2 * count
        at += 2 + self._read("glyf", ">H", at)[0]  # instructions
        flags = []
        while len(flags) <= ends[-1]:
            flag, more = self._read("glyf", ">BB", at)
            at += 2 if flag & REPEAT else 1
            flags += [flag] * (1 + (more if flag & REPEAT else 0))
        axes = []
        for byte, same in ((X_BYTE, X_SAME), (Y_BYTE, Y_SAME)):
            value, axis = 0, []
            for flag in flags[:ends[-1] + 1]:
                if flag & byte:
                    step = self._read("glyf", ">B", at)[0]
                    value += step if flag & same else -step
                    at += 1
                elif not flag & same:
                    value += self._read("glyf", ">h", at)[0]
                    at += 2
                axis.append(value)
            axes.append(axis)
        points = np.array(axes, dtype=float).T
        on = np.array(flags[:ends[-1] + 1]) & ON_CURVE
        firsts = [0, *(end + 1 for end in ends[:-1])]
        return [_flatten(points[a:b + 1], on[a:b + 1]) for a, b in zip(firsts, ends) if b > a]


def _flatten(points, on):
    """A polygon from points on and off the curve; between two points off it lies one on it."""
    whole = []
    for i, point in enumerate(points):
        following = points[(i + 1) % len(points)], on[(i + 1) % len(points)]
        whole.append((point, bool(on[i])))
        if not on[i] and not following[1]:
            whole.append(((point + following[0]) / 2, True))
    start = next(i for i, (_, is_on) in enumerate(whole) if is_on)
    whole = whole[start:] + whole[:start + 1]
    polygon = [whole[0][0]]
    for i, (point, is_on) in enumerate(whole[1:], 1):
        if is_on and whole[i - 1][1]:
            polygon.append(point)
        elif not is_on:
            t = (np.arange(1, STEPS + 1) / STEPS)[:, None]
            a, b = polygon[-1], whole[i + 1][0]
            polygon += list((1 - t) ** 2 * a + 2 * t * (1 - t) * point + t ** 2 * b)
    return np.array(polygon)


def outline(font, text, size):
    """Polygons of a word in pixels, y downwards, the baseline's beginning at (0, 0)."""
    at, found = 0, []
    for letter in text:
        glyph = font.characters.get(ord(letter))
        if glyph is None:
            raise ValueError(f"the font has no '{letter}'")
        found += [points + (at, 0) for points in font.contours(glyph)]
        at += font.advance(glyph)
    scale = size / font.em
    return [points * (scale, -scale) for points in found]


def fill(polygons, height, width):
    """How much of each pixel the polygons cover, 0 to 1, [H,W].

    Each crossing of a sampled line adds a step at its place, upwards or downwards as the outline
    runs; summed along the row, the steps are the covered part of each pixel.
    """
    steps = np.zeros((height * SAMPLES, width + 2))
    for points in polygons:
        a, b = points, np.roll(points, -1, axis=0)
        lines = (np.arange(height * SAMPLES) + 0.5) / SAMPLES
        crossed = ((a[:, 1, None] <= lines) != (b[:, 1, None] <= lines)).nonzero()
        edge, row = crossed
        part = (lines[row] - a[edge, 1]) / (b[edge, 1] - a[edge, 1])
        x = np.clip(a[edge, 0] + part * (b[edge, 0] - a[edge, 0]), 0, width)
        sign = np.where(a[edge, 1] <= lines[row], 1.0, -1.0)
        column = x.astype(int)
        rest = x - column
        np.add.at(steps, (row, column), sign * (1 - rest))
        np.add.at(steps, (row, column + 1), sign * rest)
    covered = np.abs(steps.cumsum(axis=1)[:, :width])
    return np.clip(covered.reshape(height, SAMPLES, width).mean(axis=1), 0, 1)
