#!/usr/bin/python3
"""Measures the models of examples/garments on the 10,000 test images of Fashion-MNIST.

    AISPRINT_BUILD=build /usr/bin/python3 tests/extra/garments_accuracy.py

Runs them through the package `aisprint`, as a component does, and holds against each other: the
models, the confusion matrices and the early exit's probability that stand in the example, and the
limits that the project promises. Exit 0 all hold, 1 one does not, 77 skipped (dataset or ONNX
Runtime missing).
"""
import os
import re
import sys

import numpy as np

sys.dont_write_bytecode = True
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
APP = os.path.join(ROOT, "examples", "garments")
BUILD = os.environ.get("AISPRINT_BUILD", os.path.join(ROOT, "build"))
sys.path[:0] = [APP, os.path.join(APP, "train"), os.path.join(BUILD, "python")]

import fashion  # noqa: E402
import train  # noqa: E402

MAX_BYTES = 500_000
LEAST_FILTER, LEAST_CLASSIFIER = 0.98, 0.90
SKIPPED = 77
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


def check_filter(training, test):
    images, labels = test
    bags = (labels == fashion.BAG).astype(np.int64)
    early, final = predict("filter", images)
    chosen, sure = train.decide(early, final)
    accuracy = (chosen == bags).mean()
    expect(accuracy >= LEAST_FILTER,
           f"filter: accuracy {accuracy:.4f} on {len(images)} test images, "
           f"{sure.mean():.4f} left early (at least {LEAST_FILTER})")
    check_matrix("filter", train.confusion(bags, chosen, 2), train.FILTER_CLASSES)
    source = read_source("filter/filter.c")
    given = re.findall(r"transition_probabilities = \(([\d.]+),?\)", source)
    onward = 1 - train.decide(*predict("filter", training[0]))[1].mean()
    expect(len(given) == 1 and abs(float(given[0]) - onward) <= 0.001,
           f"filter: transition_probabilities {given} is the training split's {onward:.4f}")
    expect(f"{train.SURE}F" in source, f"filter: is_sure() uses the measured limit {train.SURE}")
    return chosen == 1


def check_classifier(test):
    images, labels = test
    garments = np.array(train.GARMENTS)
    chosen = predict("classifier", images)[0].argmax(axis=1)
    inside = labels != fashion.BAG
    place = np.searchsorted(garments, labels[inside])
    matrix = train.confusion(place, chosen[inside], len(garments))
    accuracy = np.trace(matrix)
    f1 = (2 * np.diag(matrix) / (matrix.sum(axis=0) + matrix.sum(axis=1))).mean()
    expect(accuracy >= LEAST_CLASSIFIER,
           f"classifier: accuracy {accuracy:.4f}, average f1 {f1:.4f} on the {inside.sum()} test "
           f"images of its nine classes (at least {LEAST_CLASSIFIER})")
    check_matrix("classifier", matrix, [fashion.LABELS[label] for label in garments])
    table = re.findall(r"\((\d), '([^']+)'\)", read_source("classifier/main.py"))
    expect([(int(n), name) for n, name in table] == [(n, fashion.LABELS[n]) for n in garments],
           "classifier: main.py names its classes as the dataset does")
    return garments[chosen]


def main():
    # A sanitized build's extension needs an interpreter with the sanitizer's runtime.
    interpreter = os.environ.pop("AISPRINT_PYTHON", None)
    if interpreter:
        os.execv(interpreter, [interpreter, os.path.abspath(__file__)])
    try:
        training, test = train.load("train"), train.load("test")
    except fashion.DatasetMissing as missing:
        skip(missing)
    for component in ("filter", "classifier"):
        size = os.path.getsize(os.path.join(APP, "src", component, "onnx", component + ".onnx"))
        expect(size < MAX_BYTES, f"{component}: model of {size} bytes (below {MAX_BYTES})")
    try:
        predict("filter", test[0][:1])
    except Exception as error:
        if "ONNX Runtime" not in str(error) and "inference library" not in str(error):
            raise
        skip(error)
    dropped = check_filter(training, test)
    named = np.where(dropped, fashion.BAG, check_classifier(test))
    right = (named == test[1]).mean()
    expect(right >= LEAST_CLASSIFIER,
           f"end to end: {right:.4f} of all {len(named)} test images are named rightly or, "
           f"when bags, dropped (at least {LEAST_CLASSIFIER})")
    print(f"{outcomes.count(True)} passed, {outcomes.count(False)} failed")
    sys.exit(0 if all(outcomes) else 1)


if __name__ == "__main__":
    main()
