#!/usr/bin/python3
"""Take test images of Fashion-MNIST as items for the application, with their true labels.

    /usr/bin/python3 make_items.py FOLDER [--count N]

Writes FOLDER/images/00000.pgm ... (binary PGM, 28x28; the number is the image's place in the test
split) and FOLDER/labels.csv, a table `item,label`. The N images are spread evenly over the 10,000,
the same ones every time. Items of an earlier call are removed, so that images/ holds just those
asked for.
"""
import argparse
import os
import re
import sys

sys.dont_write_bytecode = True
import fashion  # noqa: E402

ITEM = re.compile(r"\d{5}\.pgm")


def write_items(folder, count):
    images, labels = fashion.read("test")
    picks = [i * len(images) // count for i in range(count)]
    items = os.path.join(folder, "images")
    os.makedirs(items, exist_ok=True)
    stale = {name for name in os.listdir(items) if ITEM.fullmatch(name)}
    header = b"P5\n%d %d\n255\n" % (images.shape[2], images.shape[1])
    rows = ["item,label\n"]
    for pick in picks:
        name = f"{pick:05d}.pgm"
        stale.discard(name)
        with open(os.path.join(items, name), "wb") as file:
            file.write(header + images[pick].tobytes())
        rows.append(f"{name},{fashion.LABELS[labels[pick]]}\n")
    for name in stale:
        os.remove(os.path.join(items, name))
    with open(os.path.join(folder, "labels.csv"), "w", encoding="utf-8") as file:
        file.writelines(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", metavar="FOLDER", help="where the items go")
    parser.add_argument("--count", type=int, default=1000, metavar="N",
                        help="how many (1..10000; default 1000)")
    options = parser.parse_args()
    if not 1 <= options.count <= 10000:
        parser.error(f"--count is {options.count} (must be 1 to 10000)")
    try:
        write_items(options.folder, options.count)
    except fashion.DatasetMissing as missing:
        sys.exit(f"make_items.py: error: {missing}")
    print(f"{options.count} items in {os.path.join(options.folder, 'images')}, "
          f"their labels in {os.path.join(options.folder, 'labels.csv')}")


if __name__ == "__main__":
    main()
