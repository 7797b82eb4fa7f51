"""Fashion-MNIST as the Debian package dataset-fashion-mnist installs it: gzipped IDX files.

Reads them with numpy alone. Knows nothing of components or models.
Source of the format: http://yann.lecun.com/exdb/mnist/ ("THE IDX FILE FORMAT").
"""
import gzip
import os
import struct

import numpy as np

LABELS = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker",
          "Bag", "Ankle boot")
BAG = LABELS.index("Bag")

FOLDERS = ("/usr/share/datasets/fashion-mnist", "/usr/share/dataset/fashion-mnist",
           "/usr/share/dataset-fashion-mnist")
PREFIX = {"train": "train", "test": "t10k"}


class DatasetMissing(Exception):
    """The images are not on this machine; the text says how to get them."""


def find_folder():
    """The folder with the IDX files: GARMENTS_DATASET when set, else where Debian puts them."""
    override = os.environ.get("GARMENTS_DATASET")
    for folder in (override,) if override else FOLDERS:
        if os.path.exists(os.path.join(folder, "t10k-images-idx3-ubyte.gz")):
            return folder
    where = override or " or ".join(FOLDERS)
    raise DatasetMissing(
        f"Fashion-MNIST is not installed (looked in {where})\n"
        "  mend: sudo apt-get install dataset-fashion-mnist\n"
        "  or set GARMENTS_DATASET to a folder with its four *-ubyte.gz files")


def _read_idx(path, ranks):
    with gzip.open(path, "rb") as file:
        data = file.read()
    zeros, kind, rank = struct.unpack_from(">HBB", data)
    if zeros != 0 or kind != 0x08 or rank != ranks:
        raise DatasetMissing(f"{path}: not an IDX file of bytes with {ranks} dimension(s)")
    shape = struct.unpack_from(f">{rank}I", data, 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * rank).reshape(shape)


def read(split):
    """Images [N,28,28] and labels [N], both uint8, of the split "train" or "test"."""
    stem = os.path.join(find_folder(), PREFIX[split])
    return (_read_idx(stem + "-images-idx3-ubyte.gz", 3),
            _read_idx(stem + "-labels-idx1-ubyte.gz", 1))
