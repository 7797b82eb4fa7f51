#!/usr/bin/python3
"""Measures the models of examples/garments on the 10,000 test images of Fashion-MNIST.

    AISPRINT_BUILD=build /usr/bin/python3 tests/extra/garments_accuracy.py

Runs them through the package `aisprint`, as a component does, and holds against each other: the
models, the confusion matrices and the probabilities of early exits that stand in the example, and
the limits that the project promises. Exit 0 all hold, 1 one does not, 77 skipped (dataset or ONNX
Runtime missing).
"""
import json
import os
import re
import subprocess
import sys

import numpy as np

sys.dont_write_bytecode = True
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
APP = os.path.join(ROOT, "examples", "garments")
BUILD = os.environ.get("AISPRINT_BUILD", os.path.join(ROOT, "build"))
sys.path[:0] = [APP, os.path.join(APP, "train"), os.path.join(BUILD, "python")]

import fashion  # noqa: E402
import train  # noqa: E402

MAX_BYTES = 400_000
LEAST = {"filter": 0.98, "filter_tiny": 0.97, "classifier": 0.90, "classifier_exits": 0.89}
LEAST_TOGETHER = 0.90
PREDICTED_TO = 0.005
SKIPPED = 77
# Where a component says when it leaves its network, and the text there.
SOURCES = {"filter": ("filter/filter.c", f"{train.SURE}F"),
           "classifier_exits": ("classifier_exits/main.py", f"CERTAIN = {train.ENTROPY} ")}
outcomes = []


def expect(holds, claim):
    outcomes.append(bool(holds))
    print(f"{'ok' if holds else 'not ok'} {len(outcomes)} {claim}")


def skip(why):
    print("SKIPPED, the accuracy of the example is not measured: " + " ".join(str(why).split()))
    sys.exit(SKIPPED)


def predict(component, images, batch=1000):
    from aisprint.onnx_inference import load_and_inference
    path = os.path.join(APP, "src", component, "onnx", component + ".onnx")
    parts = [load_and_inference(path, {"image": images[i:i + batch, None]})[1]
             for i in range(0, len(images), batch)]
    return [np.concatenate(heads) for heads in zip(*parts)]


def read_source(path):
    with open(os.path.join(APP, "src", path), encoding="utf-8") as file:
        return file.read()


def check_matrix(component, matrix, names):
    folder = "classification_performance"
    path = os.path.join(APP, "src", component, folder, "confusion_matrix.npy")
    kept = np.load(path, allow_pickle=False)
    same = kept.shape == matrix.shape and np.abs(kept - matrix).max() <= 1e-6
    expect(same and abs(kept.sum() - 1) <= 1e-9,
           f"{component}: confusion_matrix.npy is what the model gives")
    rows = read_source(f"{component}/{folder}/class_names_dictionary.csv").splitlines()
    expect(rows == [",class,index"] + [f"{i},{name},{i}" for i, name in enumerate(names)],
           f"{component}: class_names_dictionary.csv names its rows")


def check_exits(component, heads, source, limit):
    """What the source says of its exits is what the model does with images that did not train it."""
    given = re.findall(r"transition_probabilities ?= ?[(\[]([\d., ]+)[)\]]", source)
    given = [float(number) for number in given[0].strip(", ").split(",")] if given else []
    measured = train.go_on(train.decide(train.TASKS[component], heads)[1], len(heads))
    expect(len(given) == len(measured) and np.abs(np.subtract(given, measured)).max() <= 0.001,
           f"{component}: transition_probabilities {given} are the measured "
           f"{[round(p, 4) for p in measured]}")
    expect(limit in source, f"{component}: leaves early by the measured limit, {limit}")


def check_model(component, training, test):
    """Returns the classes chosen, of the test images that the component knows."""
    task = train.TASKS[component]
    images, targets = train.select(task, test)
    heads = predict(component, images)
    chosen, which = train.decide(task, heads)
    matrix = train.confusion(targets, chosen, len(task.classes))
    f1 = (2 * np.diag(matrix) / (matrix.sum(axis=0) + matrix.sum(axis=1))).mean()
    accuracy = np.trace(matrix)
    shares = ", ".join(f"{(which == i).mean():.4f}" for i in range(len(heads)))
    expect(accuracy >= LEAST[component],
           f"{component}: accuracy {accuracy:.4f}, average f1 {f1:.4f} on {len(images)} test images "
           f"(at least {LEAST[component]}); share decided by each head: {shares}")
    check_matrix(component, matrix, task.classes)
    if task.leaves:
        images, _ = train.select(task, training)
        images = images[len(images) - task.held_out if task.held_out else 0:]
        file, limit = SOURCES[component]
        check_exits(component, predict(component, images), read_source(file), limit)


def name(component, images):
    """The class that the component gives each image, in the dataset's numbers; filters: is it a bag?"""
    return train.decide(train.TASKS[component], predict(component, images))[0]


def check_chain(filter_name, classifier, test):
    images, labels = test
    garments = np.array(train.GARMENTS)[name(classifier, images)]
    right = (np.where(name(filter_name, images) == 1, fashion.BAG, garments) == labels).mean()
    expect(right >= LEAST_TOGETHER,
           f"{filter_name}, {classifier}: {right:.4f} of all {len(images)} test images are named "
           f"rightly or, when bags, dropped (at least {LEAST_TOGETHER})")


    predicted = predict_chain(filter_name, classifier)
    expect(abs(predicted - right) <= PREDICTED_TO,
           f"{filter_name}, {classifier}: the two confusion matrices say {predicted:.4f}, the images "
           f"{right:.4f} (at most {PREDICTED_TO} apart)")


def predict_chain(filter_name, classifier):
    """What model_performance makes of the confusion matrices, without running anything."""
    folders = [os.path.join(APP, "src", c, "classification_performance")
               for c in (filter_name, classifier)]
    done = subprocess.run([os.path.join(BUILD, "tests/unit/cascade_driver"), "Bag", *folders],
                          stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)["ours"]["accuracy"]


def check_names():
    table = re.findall(r"\((\d), '([^']+)'\)", read_source("classifier/garments.py"))
    expect([(int(n), label) for n, label in table] ==
           [(n, fashion.LABELS[n]) for n in train.GARMENTS],
           "garments.py names its classes as the dataset does")


def main():
    # A sanitized build's extension needs an interpreter with the sanitizer's runtime.
    interpreter = os.environ.pop("AISPRINT_PYTHON", None)
    if interpreter:
        os.execv(interpreter, [interpreter, os.path.abspath(__file__)])
    try:
        training, test = train.load("train"), train.load("test")
    except fashion.DatasetMissing as missing:
        skip(missing)
    for component in train.TASKS:
        size = os.path.getsize(os.path.join(APP, "src", component, "onnx", component + ".onnx"))
        expect(size <= MAX_BYTES, f"{component}: model of {size} bytes (at most {MAX_BYTES})")
    try:
        predict("filter", test[0][:1])
    except Exception as error:
        if "ONNX Runtime" not in str(error) and "inference library" not in str(error):
            raise
        skip(error)
    for component in train.TASKS:
        check_model(component, training, test)
    check_names()
    for filter_name in ("filter", "filter_tiny"):
        for classifier in ("classifier", "classifier_exits"):
            check_chain(filter_name, classifier, test)
    print(f"{outcomes.count(True)} passed, {outcomes.count(False)} failed")
    sys.exit(0 if all(outcomes) else 1)


if __name__ == "__main__":
    main()
