#!/usr/bin/python3
"""Train both models of the example and write all that follows from them.

    /usr/bin/python3 train/train.py [--only filter|classifier] [--weights FOLDER]

Learns from the 60,000 training images; the 10,000 test images only measure. Writes, per component:
  src/<c>/onnx/<c>.onnx                                     the model
  src/<c>/classification_performance/confusion_matrix.npy   joint probabilities, rows = true class
  src/<c>/classification_performance/class_names_dictionary.csv
  src/filter/onnx/early_exits.csv                           where the filter may be left early
The same machine and numpy give the same bytes. Needs numpy and the package dataset-fashion-mnist;
about 18 minutes on one core with OpenBLAS (libopenblas0), hours with the reference BLAS.
"""
import argparse
import os
import sys
import time

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
APP = os.path.dirname(HERE)
sys.path[:0] = [HERE, APP]

import export  # noqa: E402
import fashion  # noqa: E402
import models  # noqa: E402

SURE = 0.98  # the filter's is_sure() in src/filter/filter.c uses the same number
FILTER_CLASSES = ("Garment", "Bag")
GARMENTS = [label for label in range(len(fashion.LABELS)) if label != fashion.BAG]
SEED = {"filter": 20, "classifier": 21}
RECIPE = {"filter": {"epochs": 8, "batch": 100, "rate": 3e-3, "decay": 0.02, "reach": 2},
          "classifier": {"epochs": 12, "batch": 64, "rate": 3e-3, "decay": 0.02, "reach": 1}}


def load(split):
    images, labels = fashion.read(split)
    return images.astype(np.float32) / np.float32(255), labels.astype(np.int64)


def trained(name, model, images, targets, random, folder):
    """Train, or take the weights of an earlier run from `folder`."""
    path = os.path.join(folder, name + ".npz") if folder else None
    if path and os.path.exists(path):
        model.set_state(np.load(path))
        print(f"{name}: weights taken from {path}")
        return model
    start = time.monotonic()

    def report(epoch, loss):
        print(f"{name}: epoch {epoch}/{RECIPE[name]['epochs']}  loss {loss:.4f}  "
              f"{time.monotonic() - start:.0f} s", flush=True)

    models.fit(model, images, targets, random, report=report, **RECIPE[name])
    if path:
        os.makedirs(folder, exist_ok=True)
        np.savez(path, **model.get_state())
    return model


def decide(early, final):
    """What the filter component does: the early head where it is sure, else the final one."""
    sure = early.max(axis=1) >= SURE
    return np.where(sure, early.argmax(axis=1), final.argmax(axis=1)), sure


def confusion(true, predicted, count):
    matrix = np.zeros((count, count))
    np.add.at(matrix, (true, predicted), 1)
    return matrix / len(true)


def write_performance(component, names, matrix):
    folder = os.path.join(APP, "src", component, "classification_performance")
    os.makedirs(folder, exist_ok=True)
    np.save(os.path.join(folder, "confusion_matrix.npy"), matrix)
    with open(os.path.join(folder, "class_names_dictionary.csv"), "w", encoding="utf-8") as file:
        file.write(",class,index\n")
        file.writelines(f"{i},{name},{i}\n" for i, name in enumerate(names))


def make_filter(train, test, folder):
    random = np.random.default_rng(SEED["filter"])
    images, labels = train
    targets = (labels == fashion.BAG).astype(np.int64)
    model = trained("filter", models.Filter(random), images, targets, random, folder)
    export.write_filter(model, os.path.join(APP, "src", "filter", "onnx"))

    chosen, sure = decide(*models.predict(model, images))
    print(f"filter: training split: accuracy {(chosen == targets).mean():.4f}, "
          f"P(continue past the early exit) = {1 - sure.mean():.4f}")
    images, labels = test
    targets = (labels == fashion.BAG).astype(np.int64)
    early, final = models.predict(model, images)
    chosen, sure = decide(early, final)
    print(f"filter: test split: accuracy {(chosen == targets).mean():.4f} "
          f"(early head alone {(early.argmax(axis=1) == targets).mean():.4f}, "
          f"final {(final.argmax(axis=1) == targets).mean():.4f}, left early {sure.mean():.4f})")
    write_performance("filter", FILTER_CLASSES, confusion(targets, chosen, 2))


def make_classifier(train, test, folder):
    random = np.random.default_rng(SEED["classifier"])
    place = np.full(len(fashion.LABELS), -1)
    place[GARMENTS] = np.arange(len(GARMENTS))
    images, labels = (part[train[1] != fashion.BAG] for part in train)
    model = trained("classifier", models.Classifier(random), images, place[labels], random, folder)
    export.write_classifier(model, os.path.join(APP, "src", "classifier", "onnx"))

    images, labels = (part[test[1] != fashion.BAG] for part in test)
    chosen = models.predict(model, images)[0].argmax(axis=1)
    print(f"classifier: test split: accuracy {(chosen == place[labels]).mean():.4f}")
    write_performance("classifier", [fashion.LABELS[label] for label in GARMENTS],
                      confusion(place[labels], chosen, len(GARMENTS)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=("filter", "classifier"))
    parser.add_argument("--weights", metavar="FOLDER",
                        help="keep the weights there; when they are there already, do not train")
    options = parser.parse_args()
    try:
        train, test = load("train"), load("test")
    except fashion.DatasetMissing as missing:
        sys.exit(f"train.py: error: {missing}")
    if options.only != "classifier":
        make_filter(train, test, options.weights)
    if options.only != "filter":
        make_classifier(train, test, options.weights)


if __name__ == "__main__":
    main()
