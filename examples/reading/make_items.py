#!/usr/bin/python3
"""Render words into pictures as items for the application, with what stands on them.

    /usr/bin/python3 make_items.py FOLDER [--count N] [--words N] [--noise X] [--seed N]

Writes FOLDER/pictures/sign-000.png ... (640x480, colour, several words each in the fonts of the
Debian package fonts-dejavu-core) and FOLDER/words.csv, a table `picture,word,x,y` with the middle of
each word. The same seed gives the same pictures. Items of an earlier call are removed.
"""
import argparse
import os
import re
import struct
import sys
import zlib

import numpy as np

sys.dont_write_bytecode = True
import truetype  # noqa: E402

FONTS = "/usr/share/fonts/truetype/dejavu"
FACES = ("DejaVuSans", "DejaVuSans-Bold", "DejaVuSerif", "DejaVuSerif-Bold", "DejaVuSansMono",
         "DejaVuSansMono-Bold")
WIDTH, HEIGHT = 640, 480
MARGIN = 12             # pixels between words and the edge
GAP = 1.0               # of a word's size, around it: the detector takes what is nearer for one line
SMALLEST, LARGEST = 20, 52
LEAN = np.radians(4)    # words lean by up to so much
TRIES = 60              # for a place where a word fits
ITEM = re.compile(r"sign-\d{3}\.png")

# What stands on doors, parcels, shelves and machines.
WORDS = """
Aisle Alarm Arrival Battery Baggage Bicycle Block Bridge Building Button Cabin Camera Cargo Caution
Centre Channel Charge Clean Closed Coffee Conveyor Corner Counter Customs Danger Delivery Departure
Deposit Desk Distance Door Double Drive Edge Electric Elevator Emergency Empty Engine Entrance Exit
Express Factory Fire Floor Forklift Fragile Freight Fresh Garage Garden Gate Glass Gloves Goods Green
Ground Handle Harbour Heavy Helmet Hospital Hotel Import Inside Island Journey Keep Kitchen Ladder
Large Left Library Lift Light Loading Locker Machine Market Maximum Medium Metal Middle Minimum Mirror
Monday Morning Motor Museum Needle Night North Number Office Open Orange Order Outlet Oxygen Package
Pallet Paper Parcel Parking Passage Person Platform Point Police Port Power Pressure Price Private
Public Quality Quarter Queue Railway Ramp Receipt Record Red Repair Reserved Return Right River Road
Room Safety Sample School Second Security Sensor Service Shelf Ship Signal Small South Speed Staff
Stairs Station Stop Storage Street Summer Switch Table Taxi Temple Ticket Track Traffic Train Turn
Under Upper Valve Vehicle Visitor Warehouse Warning Waste Water Weight West White Window Winter Wood
Yellow Zone 2024 1875 360 42 7031 128 5500 96
""".split()


def write_png(path, picture):
    """Rows that repeat the row above compress best when each stands as its difference from it."""
    rows = picture.reshape(picture.shape[0], -1)
    differences = np.diff(rows, axis=0, prepend=np.zeros((1, rows.shape[1]), np.uint8))
    raw = np.concatenate([np.full((len(rows), 1), 2, np.uint8), differences], axis=1)

    def chunk(kind, body):
        return (struct.pack(">I", len(body)) + kind + body +
                struct.pack(">I", zlib.crc32(kind + body)))

    header = struct.pack(">IIBBBBB", picture.shape[1], picture.shape[0], 8, 2, 0, 0, 0)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) +
                   chunk(b"IDAT", zlib.compress(raw.tobytes(), 9)) + chunk(b"IEND", b""))


def spell(random, word):
    """As it is, or in capitals, or small."""
    return (word, word.upper(), word.lower())[random.integers(3)]


def find_place(random, extent, gap, taken):
    """Left top corner of a free place of that size with a gap around it, or None."""
    room = np.array([WIDTH, HEIGHT]) - extent - 2 * MARGIN
    if room.min() < 0:
        return None
    for _ in range(TRIES):
        corner = MARGIN + random.random(2) * room
        low, high = corner - gap, corner + extent + gap
        if all((high <= a).any() or (low >= b).any() for a, b in taken):
            taken.append((corner, corner + extent))
            return corner
    return None


def colours(random):
    """Paper and ink, far enough apart to read."""
    while True:
        paper, ink = random.integers(0, 256, (2, 3))
        if abs((paper - ink) @ (0.3, 0.6, 0.1)) > 110:
            return paper, ink


def draw(random, fonts, count, noise):
    """One picture, and the words that are on it with their middles."""
    paper, ink = colours(random)
    covered = np.zeros((HEIGHT, WIDTH))
    taken, words = [], []
    for word in random.choice(WORDS, count, replace=False):
        word = spell(random, str(word))
        font = fonts[random.integers(len(fonts))]
        angle = random.uniform(-LEAN, LEAN)
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        size = random.uniform(SMALLEST, LARGEST)
        polygons = [points @ turn for points in truetype.outline(font, word, size)]
        every = np.concatenate(polygons)
        low, high = every.min(axis=0), every.max(axis=0)
        corner = find_place(random, high - low, GAP * size, taken)
        if corner is None:
            continue
        covered += truetype.fill([points - low + corner for points in polygons], HEIGHT, WIDTH)
        words.append((word, *(corner + (high - low) / 2)))
    picture = paper + np.minimum(covered, 1)[..., None] * (ink - paper)
    picture = picture + noise * random.normal(size=picture.shape)
    return np.clip(picture.round(), 0, 255).astype(np.uint8), words


def write_items(folder, fonts, options):
    pictures = os.path.join(folder, "pictures")
    os.makedirs(pictures, exist_ok=True)
    for name in os.listdir(pictures):
        if ITEM.fullmatch(name):
            os.remove(os.path.join(pictures, name))
    rows = ["picture,word,x,y\n"]
    for i in range(options.count):
        name = f"sign-{i:03d}.png"
        picture, drawn = draw(np.random.default_rng([options.seed, i]), fonts, options.words,
                              options.noise)
        write_png(os.path.join(pictures, name), picture)
        rows += [f"{name},{word},{x:.0f},{y:.0f}\n" for word, x, y in drawn]
    with open(os.path.join(folder, "words.csv"), "w", encoding="utf-8") as file:
        file.writelines(rows)
    return len(rows) - 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", metavar="FOLDER", help="where the items go")
    parser.add_argument("--count", type=int, default=50, metavar="N",
                        help="how many pictures (1..999; default 50)")
    parser.add_argument("--words", type=int, default=6, metavar="N",
                        help="words on each, as far as there is room (1..20; default 6)")
    parser.add_argument("--noise", type=float, default=0, metavar="X",
                        help="of a camera: standard deviation, of 255 (default 0)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="default 1")
    options = parser.parse_args()
    if not 1 <= options.count <= 999 or not 1 <= options.words <= 20 or \
            min(options.seed, options.noise) < 0:
        parser.error("--count must be 1 to 999, --words 1 to 20, --seed and --noise not negative")
    try:
        fonts = [truetype.Font(os.path.join(FONTS, face + ".ttf")) for face in FACES]
    except OSError as error:
        sys.exit(f"make_items.py: error: {error}\n  mend: sudo apt-get install fonts-dejavu-core")
    drawn = write_items(options.folder, fonts, options)
    print(f"{options.count} pictures in {os.path.join(options.folder, 'pictures')}, "
          f"their {drawn} words in {os.path.join(options.folder, 'words.csv')}")


if __name__ == "__main__":
    main()
