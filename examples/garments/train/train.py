#!/usr/bin/python3
"""Train the models of the example and write all that follows from them.

    /usr/bin/python3 train/train.py [--only COMPONENT] [--weights FOLDER]

Learns from the 60,000 training images; the 10,000 test images only measure. Writes, per component:
  src/<c>/onnx/<c>.onnx                                     the model
  src/<c>/onnx/early_exits.csv                              where it may be left early, if anywhere
  src/<c>/classification_performance/confusion_matrix.npy   joint probabilities, rows = true class
  src/<c>/classification_performance/class_names_dictionary.csv
and prints the figures that stand in the sources: transition probabilities, accuracies. The same
machine and numpy give the same bytes. Needs numpy and the package dataset-fashion-mnist, and
OpenBLAS (libopenblas0): with the reference BLAS it takes hours.
"""
import argparse
import os
import sys
import time
from dataclasses import dataclass

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
APP = os.path.dirname(HERE)
sys.path[:0] = [HERE, APP]

import export  # noqa: E402
import fashion  # noqa: E402
import models  # noqa: E402

SURE = 0.98  # the filter's is_sure() in src/filter/filter.c uses the same number
ENTROPY = 0.5  # nats; is_certain() in src/classifier_exits/main.py uses the same number
GARMENTS = [label for label in range(len(fashion.LABELS)) if label != fashion.BAG]
BAG_OR_NOT = [int(label == fashion.BAG) for label in range(len(fashion.LABELS))]
WHICH_GARMENT = [GARMENTS.index(label) if label in GARMENTS else -1
                 for label in range(len(fashion.LABELS))]


def is_sure(head):
    return head.max(axis=1) >= SURE


def is_certain(head):
    return -(head * np.log(np.maximum(head, 1e-12))).sum(axis=1) < ENTROPY


@dataclass(frozen=True)
class Task:
    """What a component learns and how. Labels that `targets` maps to -1 are not shown to it."""

    targets: list
    classes: tuple
    seed: int
    epochs: int
    batch: int
    reach: int             # images are moved by up to so many pixels
    held_out: int = 0      # so many training images only measure the transition probabilities
    leaves: object = None  # of probabilities: is the item let out at an early exit?


FILTERED = {"targets": BAG_OR_NOT, "classes": ("Garment", "Bag"), "reach": 2, "batch": 100}
NAMED = {"targets": WHICH_GARMENT, "classes": tuple(fashion.LABELS[label] for label in GARMENTS),
         "reach": 1, "batch": 64}
TASKS = {
    "filter": Task(**FILTERED, seed=20, epochs=8, leaves=is_sure),
    "filter_tiny": Task(**FILTERED, seed=22, epochs=4),
    "classifier": Task(**NAMED, seed=21, epochs=12),
    "classifier_exits": Task(**NAMED, seed=23, epochs=10, held_out=6000, leaves=is_certain),
}
RATE, DECAY = 3e-3, 0.02


def load(split):
    images, labels = fashion.read(split)
    return images.astype(np.float32) / np.float32(255), labels.astype(np.int64)


def select(task, data):
    """The images that the task knows and their targets."""
    images, labels = data
    targets = np.array(task.targets)[labels]
    return images[targets >= 0], targets[targets >= 0]


def trained(name, images, targets, folder):
    """Train, or take the weights of an earlier run from `folder`."""
    task = TASKS[name]
    random = np.random.default_rng(task.seed)
    model = models.Model(random, models.NETWORKS[name], len(task.classes))
    path = os.path.join(folder, name + ".npz") if folder else None
    if path and os.path.exists(path):
        model.set_state(np.load(path))
        print(f"{name}: weights taken from {path}")
        return model
    start = time.monotonic()

    def report(epoch, loss):
        print(f"{name}: epoch {epoch}/{task.epochs}  loss {loss:.4f}  "
              f"{time.monotonic() - start:.0f} s", flush=True)

    models.fit(model, images, targets, random, epochs=task.epochs, batch=task.batch, rate=RATE,
               decay=DECAY, reach=task.reach, report=report)
    if path:
        os.makedirs(folder, exist_ok=True)
        np.savez(path, **model.get_state())
    return model


def decide(task, heads):
    """What the component does: the first head that lets an item out decides it, else the last one.
    Returns the classes chosen and which head chose."""
    last = len(heads) - 1
    which = np.full(len(heads[0]), last)
    for i in range(last - 1, -1, -1):
        which[task.leaves(heads[i])] = i
    chosen = np.stack([head.argmax(axis=1) for head in heads])
    return chosen[which, np.arange(len(which))], which


def go_on(which, heads):
    """P(an item that came to an exit goes on past it), an exit each."""
    return [float((which > i).sum() / (which >= i).sum()) for i in range(heads - 1)]


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


def describe_exits(task, heads, targets):
    """A line an exit: how many leave there, how many of those are right, and the head on its own."""
    chosen, which = decide(task, heads)
    for i, head in enumerate(heads):
        left = which == i
        right = (chosen == targets)[left].mean() if left.any() else 1.0
        print(f"    head {i + 1}: {left.mean():.4f} leave here, right {right:.4f}; "
              f"alone {(head.argmax(axis=1) == targets).mean():.4f}")


def make(name, train, test, folder):
    task = TASKS[name]
    images, targets = select(task, train)
    learn = len(images) - task.held_out
    model = trained(name, images[:learn], targets[:learn], folder)
    export.write_model(model, os.path.join(APP, "src", name, "onnx"), name)
    if task.leaves:
        rest = slice(learn, None) if task.held_out else slice(None)
        heads = models.predict(model, images[rest])
        past = go_on(decide(task, heads)[1], len(heads))
        print(f"{name}: on {'held out' if task.held_out else 'the'} training images: "
              f"transition_probabilities {[round(p, 4) for p in past]}")
        describe_exits(task, heads, targets[rest])
    images, targets = select(task, test)
    heads = models.predict(model, images)
    chosen, _ = decide(task, heads)
    print(f"{name}: test split: accuracy {(chosen == targets).mean():.4f}")
    describe_exits(task, heads, targets)
    write_performance(name, task.classes, confusion(targets, chosen, len(task.classes)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=tuple(TASKS))
    parser.add_argument("--weights", metavar="FOLDER",
                        help="keep the weights there; when they are there already, do not train")
    options = parser.parse_args()
    try:
        train, test = load("train"), load("test")
    except fashion.DatasetMissing as missing:
        sys.exit(f"train.py: error: {missing}")
    for name in TASKS if options.only is None else (options.only,):
        make(name, train, test, options.weights)


if __name__ == "__main__":
    main()
