"""Pictures in files, with numpy and zlib alone: reads PNG, PGM and PPM, writes PPM.

A picture is uint8 [height,width,3], red first.
Sources: PNG specification, third edition (https://www.w3.org/TR/png-3/);
https://netpbm.sourceforge.net/doc/ppm.html.
"""
import re
import struct
import zlib

import numpy as np

MAX_PIXELS = 50_000_000
PNG = b'\x89PNG\r\n\x1a\n'
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by colour type: grey, RGB, palette, grey + alpha, RGBA
BLANK = rb'(?:\s|#[^\n]*\n)+'  # comments may stand between the numbers
PNM = re.compile(rb'P([56])' + 3 * (BLANK + rb'(\d{1,5})') + rb'\s')


def read(path):
    with open(path, 'rb') as file:
        data = file.read()
    try:
        return _read_png(data) if data.startswith(PNG) else _read_pnm(data)
    except (ValueError, zlib.error) as error:
        raise ValueError('%s: %s' % (path, error)) from None


def comment(path):
    """The first comment in the header of a PPM file, None where there is none."""
    with open(path, 'rb') as file:
        head = file.read(4096)
    found = re.match(rb'P[56]\s+#([^\n]*)\n', head)
    return found.group(1).decode().strip() if found else None


def write_ppm(path, picture, text=None):
    """`text`, one line, goes into the header as a comment."""
    head = '' if text is None else '# %s\n' % text.replace('\n', ' ')
    head = 'P6\n%s%d %d\n255\n' % (head, picture.shape[1], picture.shape[0])
    with open(path, 'wb') as file:
        file.write(head.encode())
        file.write(np.ascontiguousarray(picture).tobytes())


def sample(picture, x, y):
    """The picture at places between its pixels; outside, its edge goes on."""
    height, width = picture.shape[:2]
    x, y = np.clip(x, 0, width - 1), np.clip(y, 0, height - 1)
    left, top = x.astype(int), y.astype(int)
    right, below = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    h, v = (x - left)[..., None], (y - top)[..., None]
    return ((picture[top, left] * (1 - h) + picture[top, right] * h) * (1 - v) +
            (picture[below, left] * (1 - h) + picture[below, right] * h) * v)


def resize(picture, height, width):
    """The picture in another size, float32. What shrinks is averaged first, so that thin strokes
    stay."""
    shrink = [max(1, old // new) for old, new in zip(picture.shape, (height, width))]
    if max(shrink) > 1:
        rows, columns = (picture.shape[i] // shrink[i] for i in (0, 1))
        picture = picture[:rows * shrink[0], :columns * shrink[1]]
        picture = picture.reshape(rows, shrink[0], columns, shrink[1], -1).mean(axis=(1, 3))
    y = (np.arange(height) + 0.5) * picture.shape[0] / height - 0.5
    x = (np.arange(width) + 0.5) * picture.shape[1] / width - 0.5
    return sample(picture, *np.meshgrid(x, y)).astype(np.float32)


def _check_size(width, height):
    if not 0 < width * height <= MAX_PIXELS:
        raise ValueError('a picture of %dx%d pixels (1 to %d are read)' % (width, height, MAX_PIXELS))


def _read_pnm(data):
    header = PNM.match(data)
    if not header:
        raise ValueError('neither PNG nor binary PGM or PPM')
    kind, width, height, white = (int(number) for number in header.groups())
    _check_size(width, height)
    channels = 3 if kind == 6 else 1
    if not 0 < white < 256:
        raise ValueError('values up to %d (must be 1 to 255)' % white)
    if len(data) - header.end() < width * height * channels:
        raise ValueError('the picture ends early')
    pixels = np.frombuffer(data, np.uint8, width * height * channels, header.end())
    pixels = pixels.reshape(height, width, channels)
    if white != 255:
        pixels = (np.minimum(pixels, white) * (255 / white)).round().astype(np.uint8)
    return np.broadcast_to(pixels, (height, width, 3))


def _chunks(data):
    at = len(PNG)
    while at + 12 <= len(data):
        length, kind = struct.unpack_from('>I4s', data, at)
        body = data[at + 8:at + 8 + length]
        if len(data) < at + 12 + length:
            break
        if zlib.crc32(kind + body) != struct.unpack_from('>I', data, at + 8 + length)[0]:
            raise ValueError('the chunk %s is damaged' % kind.decode('latin-1'))
        yield kind, body
        if kind == b'IEND':
            return
        at += 12 + length
    raise ValueError('the picture ends early')


def _read_png(data):
    header, palette, packed = None, None, []
    for kind, body in _chunks(data):
        if kind == b'IHDR' and len(body) == 13:
            header = struct.unpack('>IIBBBBB', body)
        elif kind == b'PLTE':
            palette = np.frombuffer(body[:len(body) // 3 * 3], np.uint8).reshape(-1, 3)
        elif kind == b'IDAT':
            packed.append(body)
    if header is None:
        raise ValueError('a PNG file without header')
    width, height, depth, colour, _, _, interlaced = header
    _check_size(width, height)
    if depth != 8 or colour not in CHANNELS or interlaced:
        raise ValueError('PNG of colour type %d with %d bits%s (8 bits a channel, not interlaced, '
                         'are read)' % (colour, depth, ', interlaced' if interlaced else ''))
    channels = CHANNELS[colour]
    pixels = _unfilter(_inflate(packed, height * (1 + width * channels)), height, channels)
    pixels = pixels.reshape(height, width, channels)
    if colour == 3:
        if palette is None or pixels.max() >= len(palette):
            raise ValueError('a colour is not in the palette')
        return palette[pixels[:, :, 0]]
    if channels in (2, 4):  # what shines through is white, as on paper
        alpha = pixels[:, :, -1:].astype(np.float32) / 255
        pixels = (pixels[:, :, :-1] * alpha + 255 * (1 - alpha)).round().astype(np.uint8)
    return np.broadcast_to(pixels, (height, width, 3))


def _inflate(packed, expected):
    """Never more than the picture has, however well the file is packed."""
    stream = zlib.decompressobj()
    raw = stream.decompress(b''.join(packed), expected)
    if len(raw) < expected:
        raise ValueError('the picture ends early')
    return raw


def _unfilter(raw, height, step):
    """Undo the filter of each row; `step` bytes are one pixel."""
    rows = np.frombuffer(raw, np.uint8).reshape(height, -1)
    out = np.zeros((height + 1, rows.shape[1] - 1), np.uint8)
    for y, row in enumerate(rows):
        kind, line, above = row[0], row[1:], out[y]
        if kind == 0:
            out[y + 1] = line
        elif kind == 1:  # Sub: sums along the row, channel by channel
            out[y + 1] = line.reshape(-1, step).cumsum(axis=0, dtype=np.uint8).ravel()
        elif kind == 2:
            out[y + 1] = line + above
        elif kind in (3, 4):
            out[y + 1] = _unfilter_slow(kind, line.tobytes(), above.tobytes(), step)
        else:
            raise ValueError('row %d has the filter %d (there are 0 to 4)' % (y, kind))
    return out[1:]


def _unfilter_slow(kind, line, above, step):
    """Average and Paeth: each byte needs the one before it."""
    now, before = bytearray(step) + bytearray(line), bytes(step) + above
    for i in range(step, len(now)):
        left, up, corner = now[i - step], before[i], before[i - step]
        if kind == 3:
            guess = (left + up) // 2
        else:
            by_left, by_up = abs(up - corner), abs(left - corner)
            by_corner = abs(left + up - 2 * corner)
            guess = (left if by_left <= by_up and by_left <= by_corner
                     else up if by_up <= by_corner else corner)
        now[i] = (now[i] + guess) & 255
    return np.frombuffer(bytes(now[step:]), np.uint8)
