#!/usr/bin/python3
"""How many of the words on the pictures were read rightly, and at their place?

    /usr/bin/python3 score.py RESULTS WORDS.csv [--least SHARE]

RESULTS is the folder of the recogniser's results, WORDS.csv what make_items.py writes. A word counts
when the box of one result holds its middle and the label is the word, capitals and all. Prints each
that was not read so. Exit 0; 1 when less than SHARE (default 0.95) of the words are right.
"""
import argparse
import csv
import json
import os
import sys


def read_results(folder):
    """By picture, a list of (label, box)."""
    found = {}
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            answer = json.load(file)
        found.setdefault(answer["picture"], []).append((answer["label"], answer["box"]))
    return found


def holds(box, x, y):
    """Is the point on the same side of all four sides?"""
    sides = zip(box, box[1:] + box[:1])
    return len({(bx - ax) * (y - ay) >= (by - ay) * (x - ax)
                for (ax, ay), (bx, by) in sides}) == 1


def score(folder, words):
    """(how many words are right, how many there are, a text for each that is not)"""
    found, right, total, wrong = read_results(folder), 0, 0, []
    with open(words, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            there = [label for label, box in found.get(row["picture"], [])
                     if holds(box, float(row["x"]), float(row["y"]))]
            total += 1
            right += there == [row["word"]]
            if there != [row["word"]]:
                wrong.append(f"{row['picture']}: '{row['word']}' was read as {there or 'nothing'}")
    return right, total, wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", metavar="RESULTS")
    parser.add_argument("words", metavar="WORDS.csv")
    parser.add_argument("--least", type=float, default=0.95, metavar="SHARE")
    options = parser.parse_args()
    right, total, wrong = score(options.results, options.words)
    for line in wrong:
        print(line)
    print(f"{right} of {total} words are right ({right / max(1, total):.1%})")
    sys.exit(0 if total and right >= options.least * total else 1)


if __name__ == "__main__":
    main()
