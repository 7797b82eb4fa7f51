"""The parts of examples/reading that need no model: pictures, boxes, letters of a font."""
import os
import struct
import sys
import unittest
import zlib
from pathlib import Path

import numpy as np

from support import TemporaryFolder

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / 'examples/reading/src/detector'), str(ROOT / 'examples/reading')]

import boxes  # noqa: E402
import pictures  # noqa: E402
import truetype  # noqa: E402

FONT = '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf'


def paeth(a, b, c):
    p = a + b - c
    return min((a, b, c), key=lambda each: abs(p - each))


def png(pixels, colour, filters=(0,), palette=None, depth=8, interlaced=0):
    """A PNG file, byte by byte as the specification defines its filters; rows take turns in them."""
    height, width, step = pixels.shape
    rows = np.pad(pixels.reshape(height, -1).astype(int), ((1, 0), (step, 0)))
    raw = bytearray()
    for y in range(1, height + 1):
        kind = filters[y % len(filters)]
        raw.append(kind)
        for x in range(step, rows.shape[1]):
            left, up, corner = rows[y, x - step], rows[y - 1, x], rows[y - 1, x - step]
            guess = (0, left, up, (left + up) // 2, paeth(left, up, corner))[kind]
            raw.append((rows[y, x] - guess) % 256)

    def chunk(kind, body):
        return struct.pack('>I', len(body)) + kind + body + struct.pack('>I', zlib.crc32(kind + body))

    header = struct.pack('>IIBBBBB', width, height, depth, colour, 0, 0, interlaced)
    colours = chunk(b'PLTE', palette.tobytes()) if palette is not None else b''
    return (pictures.PNG + chunk(b'IHDR', header) + colours + chunk(b'IDAT', zlib.compress(bytes(raw))) +
            chunk(b'IEND', b''))


class Pictures(TemporaryFolder):
    def read(self, data):
        path = self.path('picture')
        Path(path).write_bytes(data)
        return pictures.read(path)

    def test_png_of_every_filter_and_colour_type_is_read(self):
        random = np.random.default_rng(1)
        for colour, channels in pictures.CHANNELS.items():
            if colour == 3:
                continue
            pixels = random.integers(0, 256, (11, 7, channels), np.uint8)
            if channels in (2, 4):
                pixels[:, :, -1] = 255
            wanted = pixels[:, :, :-1] if channels in (2, 4) else pixels
            for filters in ((0,), (1,), (2,), (3,), (4,), (0, 1, 2, 3, 4)):
                with self.subTest(colour=colour, filters=filters):
                    self.assertTrue((self.read(png(pixels, colour, filters)) == wanted).all())

    def test_png_with_a_palette_is_read(self):
        palette = np.array([[1, 2, 3], [250, 0, 9]], np.uint8)
        got = self.read(png(np.array([[[1], [0]]], np.uint8), 3, palette=palette))
        self.assertEqual(got.tolist(), [[[250, 0, 9], [1, 2, 3]]])
        with self.assertRaisesRegex(ValueError, 'not in the palette'):
            self.read(png(np.array([[[2]]], np.uint8), 3, palette=palette))

    def test_what_is_transparent_is_white(self):
        got = self.read(png(np.array([[[10, 20, 30, 0], [10, 20, 30, 255]]], np.uint8), 6))
        self.assertEqual(got.tolist(), [[[255, 255, 255], [10, 20, 30]]])

    def test_broken_pictures_are_refused_in_words(self):
        good = png(np.zeros((4, 4, 3), np.uint8), 2)
        damaged = bytearray(good)
        damaged[45] ^= 1
        for data, text in ((b'', 'neither PNG'), (b'P6\n2 2\n255\nabc', 'ends early'),
                           (b'P5\n1 1\n256\na', 'values up to 256'), (good[:-20], 'ends early'),
                           (bytes(damaged), 'is damaged'), (good[:33] + good[-12:], 'ends early'),
                           (pictures.PNG + good[33:], 'without header'),
                           (png(np.zeros((4, 4, 3), np.uint8), 2, depth=16), '16 bits'),
                           (png(np.zeros((4, 4, 3), np.uint8), 2, interlaced=1), 'interlaced'),
                           (b'P6\n99999 99999\n255\n', 'pixels')):
            with self.subTest(text=text):
                with self.assertRaisesRegex(ValueError, text):
                    self.read(data)

    def test_a_packed_flood_is_cut_off(self):
        """A megabyte of zeros in a picture of 1x1: no more is unpacked than the picture has."""
        self.assertEqual(len(pictures._inflate([zlib.compress(bytes(1 << 20))], 4)), 4)

    def test_ppm_comes_back_with_its_comment(self):
        picture = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
        path = self.path('p.ppm')
        pictures.write_ppm(path, picture, 'two\nlines')
        self.assertTrue((pictures.read(path) == picture).all())
        self.assertEqual(pictures.comment(path), 'two lines')
        pictures.write_ppm(path, picture)
        self.assertIsNone(pictures.comment(path))

    def test_grey_is_read_and_scaled(self):
        self.assertEqual(self.read(b'P5 2 1 # two\n3\n\x00\x03').tolist(), [[[0] * 3, [255] * 3]])

    def test_shrinking_keeps_the_mean(self):
        picture = np.random.default_rng(2).integers(0, 256, (64, 96, 3), np.uint8)
        small = pictures.resize(picture, 16, 24)
        self.assertEqual(small.shape, (16, 24, 3))
        self.assertLess(abs(small.mean() - picture.mean()), 1)


class Boxes(unittest.TestCase):
    def test_regions_are_those_that_touch_also_at_corners(self):
        mask = np.array([[1, 0, 0, 0, 1],
                         [0, 1, 0, 0, 1],
                         [0, 0, 0, 0, 1],
                         [1, 1, 0, 1, 1]], bool)
        got = sorted(sorted(map(tuple, region.tolist())) for region in boxes.regions(mask))
        self.assertEqual(got, [[(0, 0), (1, 1)], [(0, 3), (1, 3)],
                               [(3, 3), (4, 0), (4, 1), (4, 2), (4, 3)]])

    def test_regions_are_those_of_a_flood(self):
        mask = np.random.default_rng(3).random((30, 40)) < 0.4
        label = np.where(mask, np.arange(mask.size).reshape(mask.shape) + 1, 0)
        while True:  # each pixel takes the largest label around it
            padded = np.pad(label, 1)
            around = np.max([padded[y:y + 30, x:x + 40] for y in range(3) for x in range(3)], axis=0)
            if (np.where(mask, around, 0) == label).all():
                break
            label = np.where(mask, around, 0)
        wanted = sorted(np.unique(label[mask], return_counts=True)[1].tolist())
        self.assertEqual(sorted(len(region) for region in boxes.regions(mask)), wanted)

    def test_a_leaning_word_is_cut_out_upright(self):
        """A bar with a mark at its left end, turned by any angle at which text is read from the left."""
        for degrees in (-40, -10, 0, 7, 40):
            angle = np.radians(degrees)
            along, across = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
            y, x = np.mgrid[:160, :200]
            place = np.stack([x - 100, y - 80], axis=-1)
            u, v = place @ along, place @ across
            bar = (abs(u) <= 50) & (abs(v) <= 10)
            picture = np.where(bar & (u < -30), 255, 0)[..., None].repeat(3, axis=2).astype(np.uint8)
            with self.subTest(degrees=degrees):
                (box, sure), = boxes.find(bar * 0.9)
                self.assertAlmostEqual(sure, 0.9)
                word = boxes.cut_out(picture, box)
                self.assertGreater(word.shape[1], 2 * word.shape[0])
                left, right = np.array_split(word.mean(axis=(0, 2)), 2)
                self.assertGreater(left.mean(), 20)
                self.assertLess(right.max(), 1e-9)

    def test_words_come_line_by_line(self):
        found = [(np.array([[x, y], [x + 40, y], [x + 40, y + 10], [x, y + 10]]), 1.0)
                 for x, y in ((60, 3), (0, 30), (0, 0), (70, 28))]
        got = [box[0].tolist() for box, _ in boxes.in_reading_order(found)]
        self.assertEqual(got, [[0, 0], [60, 3], [0, 30], [70, 28]])

    def test_specks_and_doubts_are_no_words(self):
        map_ = np.zeros((40, 60))
        map_[5:7, 5:7] = 1
        map_[20:30, 10:50] = 0.5
        self.assertEqual(boxes.find(map_), [])


class Letters(unittest.TestCase):
    def test_filling_covers_exactly(self):
        square = np.array([[1.25, 1.5], [1.25, 3.5], [4.75, 3.5], [4.75, 1.5]])
        got = truetype.fill([square], 5, 6)
        self.assertAlmostEqual(got.sum(), 7.0)
        self.assertTrue((got[2, 2:4] == 1).all())
        self.assertAlmostEqual(got[2, 1], 0.75)
        self.assertAlmostEqual(got[1, 2], 0.5)

    @unittest.skipUnless(os.path.exists(FONT), 'fonts-dejavu-core is not installed')
    def test_letters_have_their_shape(self):
        font = truetype.Font(FONT)
        ring = truetype.outline(font, 'o', 100)
        self.assertEqual(len(ring), 2)
        low, high = ring[0].min(axis=0), ring[0].max(axis=0)
        middle = ((low + high) / 2).astype(int)
        filled = truetype.fill([points - low for points in ring], *np.ceil(high - low).astype(int)[::-1])
        self.assertAlmostEqual(filled[middle[1] - int(low[1]), middle[0] - int(low[0])], 0)
        self.assertGreater(filled.mean(), 0.2)
        self.assertEqual(len(truetype.outline(font, 'ä', 100)), len(truetype.outline(font, 'a', 100)) + 2)
        with self.assertRaisesRegex(ValueError, 'the font has no'):
            truetype.outline(font, '\u4e2d', 100)


if __name__ == '__main__':
    unittest.main()
